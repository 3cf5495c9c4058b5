//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package filestore

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

var errBusy = errors.New("the lock is held")

func tryLock(*os.File) error  { return supported() }
func waitLock(*os.File) error { return supported() }
func unlock(*os.File) error   { return supported() }

// supported says whether this system has what the package needs. Without file
// locks two processes would spend one token twice, so Open refuses.
func supported() error {
	return fmt.Errorf("%s has no file locks that this package knows: %w", runtime.GOOS, errors.ErrUnsupported)
}
