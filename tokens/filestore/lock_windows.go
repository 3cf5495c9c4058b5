package filestore

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

// errBusy: somebody else has the lock.
var errBusy = errors.New("the lock is held")

var (
	kernel32     = syscall.NewLazyDLL("kernel32.dll")
	lockFileEx   = kernel32.NewProc("LockFileEx")
	unlockFileEx = kernel32.NewProc("UnlockFileEx")
)

const (
	lockFailImmediately = 1
	lockExclusive       = 2

	errorLockViolation = syscall.Errno(33)
)

// beyond is where the locked byte is: past any content, because Windows keeps
// others from reading the bytes that are locked.
func beyond() *syscall.Overlapped { return &syscall.Overlapped{OffsetHigh: 1 << 30} }

func lockEx(f *os.File, flags uintptr) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var locked error
	err = conn.Control(func(fd uintptr) {
		if ok, _, errno := lockFileEx.Call(fd, flags, 0, 1, 0, uintptr(unsafe.Pointer(beyond()))); ok == 0 {
			locked = errno
		}
	})
	if err != nil {
		return err
	}
	return locked
}

func tryLock(f *os.File) error {
	err := lockEx(f, lockExclusive|lockFailImmediately)
	if errors.Is(err, errorLockViolation) {
		return errBusy
	}
	return err
}

func waitLock(f *os.File) error { return lockEx(f, lockExclusive) }

func unlock(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var unlocked error
	err = conn.Control(func(fd uintptr) {
		if ok, _, errno := unlockFileEx.Call(fd, 0, 1, 0, uintptr(unsafe.Pointer(beyond()))); ok == 0 {
			unlocked = errno
		}
	})
	if err != nil {
		return err
	}
	return unlocked
}

// supported says whether this system has what the package needs.
func supported() error { return nil }
