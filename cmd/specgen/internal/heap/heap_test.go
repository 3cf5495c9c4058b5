package heap

import (
	"runtime/debug"
	"testing"
)

func TestTheHeapIsBounded(t *testing.T) {
	if got := debug.SetMemoryLimit(-1); got != limit || limit >= 512<<20 {
		t.Errorf("the limit is %d", got)
	}
	if got := debug.SetGCPercent(growth); got != growth {
		t.Errorf("the growth is %d", got)
	}
}
