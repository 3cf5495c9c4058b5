//go:build unix

package filestore

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

func private(dir fs.FileInfo, allowGroup bool) error {
	mode := dir.Mode().Perm()
	switch {
	case mode&0o007 == 0 && mode&0o070 != 0 && allowGroup:
	case mode&0o007 == 0 && mode&0o070 != 0:
		return fmt.Errorf("%w: its mode is %#o, which lets its group in; run chmod 0700 on it if the group may not have read it, or open it with AllowGroup if the group may: a Kubernetes volume with an fsGroup gets that mode again at each start", ErrNotPrivate, mode)
	case mode&0o077 != 0:
		return fmt.Errorf("%w: its mode is %#o, which lets others in; run chmod 0700 on it if they may not have read it, or name one that does not exist", ErrNotPrivate, mode)
	}
	if stat, ok := dir.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%w: it belongs to user %d and the process is user %d's; run it as that user, or name a directory that does not exist", ErrNotPrivate, stat.Uid, os.Geteuid())
	}
	return nil
}

func flushDir(d *os.File) error { return d.Sync() }
