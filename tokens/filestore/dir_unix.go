//go:build unix

package filestore

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

func private(dir fs.FileInfo) error {
	if mode := dir.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%w: its mode is %#o, which lets others in; run chmod 0700 on it if they may not have read it, or name one that does not exist", ErrNotPrivate, mode)
	}
	if stat, ok := dir.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%w: it belongs to user %d and the process is user %d's; run it as that user, or name a directory that does not exist", ErrNotPrivate, stat.Uid, os.Geteuid())
	}
	return nil
}

func flushDir(d *os.File) error { return d.Sync() }
