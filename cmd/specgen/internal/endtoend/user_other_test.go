//go:build unix && !linux

package endtoend

import (
	"os"
	"testing"
)

// unprivileged skips where nothing is read-only.
func unprivileged(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("the superuser writes to what is read-only")
	}
}
