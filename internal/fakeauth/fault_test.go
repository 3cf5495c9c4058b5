package fakeauth

import (
	"testing"

	"github.com/grantway/grantway/faults"
)

func TestEveryNamedFaultCanBeCommitted(t *testing.T) {
	named := 0
	for _, f := range faults.All() {
		if f, ok := f.(faults.Named); ok {
			named++
			if commits[f] == nil {
				t.Errorf("%s: nothing says what it does", f)
			}
		}
	}
	if named != len(commits) {
		t.Errorf("%d faults, and what %d do", named, len(commits))
	}
}
