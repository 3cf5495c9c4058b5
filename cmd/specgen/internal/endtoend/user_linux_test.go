package endtoend

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// unprivileged has the rest of the test touch files as a user whom modes bind.
// The superuser writes to what is read-only.
func unprivileged(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	runtime.LockOSThread() // the user of files is one of the thread
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setfsuid(0); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
}
