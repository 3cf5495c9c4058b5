// Package filestore keeps credentials in a directory that only its user can
// read, so that they outlive the process. Several processes of one machine may
// share the directory.
//
// Each entry is one file. It is never changed in place: a write goes to a
// temporary file, that file is flushed to the disk, takes the entry's name, and
// the directory is flushed too, before CompareAndSwap returns nil. Whoever
// reads, at any moment and after any crash, finds the entry as it was before or
// as it is after, and a file that the disk or a person damaged is found out.
//
// # What an error means
//
// An *[Error] says what was being done to which file. After one from Load the
// entry is as it was. After one from CompareAndSwap or Delete it almost always
// is as well; only if the last step fails, the flush of the directory, is the
// new state visible and its survival of a power cut unknown. Load again to
// learn which it is.
//
// # Limits
//
// The directory must be on a local file system. On a network file system (NFS,
// SMB, most volumes that several machines mount) the locks that keep writers
// apart may be missing or apply to one machine only, and a flush may promise
// more than it keeps. The package cannot find that out.
//
// The entries are in clear unless grantway seals them: permissions keep other
// users out, not an administrator, not a backup, not other programs of the same
// user. A directory that is put back from a backup is an older state that looks
// like any other; the refresh tokens in it may have been spent since.
//
// On Windows there are no permission bits: the directory has the access list it
// inherits, so that it belongs below the user's profile; and a directory cannot
// be flushed, so that the last write may be undone by a power cut. The package
// is compiled for Windows and not tested on it.
package filestore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/grantway/grantway/tokens"
)

// Store is a directory of entries, safe for concurrent use. It is a
// tokens.Leaser as well.
type Store struct {
	root *os.Root
	dir  string
	// allowGroup accepts a directory that its group can get at.
	allowGroup bool
	// stripes keep this Store's own goroutines from queueing in the kernel,
	// where each would hold a thread.
	stripes [stripes]chan struct{}
	// before is called ahead of each step of a write. It is nil but in tests,
	// which use it to fail or to be killed there.
	before func(step) error
}

var (
	_ tokens.Store  = (*Store)(nil)
	_ tokens.Leaser = (*Store)(nil)
)

// Option is what Open may be given besides the directory.
type Option func(*Store)

// AllowGroup accepts a directory whose group has access to it, and to the files
// in it. A Kubernetes volume with an fsGroup is one: the access is given anew at
// each start of a pod, so that taking it away does not last. Everybody in the
// group can read the credentials then, unless they are sealed. What the store
// itself writes is for its user alone, as ever.
func AllowGroup() Option { return func(s *Store) { s.allowGroup = true } }

// Open opens the directory, which it makes with mode 0700 if it is not there,
// and removes the temporary files that crashed writers left in it. It refuses a
// directory that is a symbolic link, belongs to another user or that others
// have any access to; AllowGroup lets its group in.
//
// A directory that cannot be written opens, and Load works on it.
func Open(dir string, opts ...Option) (*Store, error) {
	s := &Store{dir: dir}
	for _, o := range opts {
		o(s)
	}
	for i := range s.stripes {
		s.stripes[i] = make(chan struct{}, 1)
	}
	if err := s.openDir(); err != nil {
		return nil, s.fail("open", "", directory, "", err)
	}
	if err := s.clean(); err != nil {
		_ = s.root.Close()
		return nil, s.fail("open", "look for temporary files in", directory, "", err)
	}
	return s, nil
}

// Close lets go of the directory. Leases that are held stay until they are
// released or run out, or the process ends.
func (s *Store) Close() error { return s.root.Close() }

// base is the name that the key's files begin with. A hash, because a key may
// hold what a file name may not, and case that a file system does not keep.
func base(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

const (
	entrySuffix = ".entry"
	leaseSuffix = ".lease"
	lockSuffix  = ".lock"
	tempSuffix  = ".tmp"
)

// Load returns the entry. It takes no lock and waits for no writer.
func (s *Store) Load(ctx context.Context, key string) (tokens.Entry, error) {
	if err := tokens.CheckKey(key); err != nil {
		return tokens.Entry{}, err
	}
	return s.read(ctx, "load", key)
}

func (s *Store) read(ctx context.Context, op, key string) (tokens.Entry, error) {
	if err := ctx.Err(); err != nil {
		return tokens.Entry{}, err
	}
	name := base(key) + entrySuffix
	f, err := s.openRegular(ctx, name, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return tokens.Entry{}, tokens.ErrNotFound
	}
	if err != nil {
		return tokens.Entry{}, s.fail(op, "open", entryFile, name, err)
	}
	defer f.Close() //nolint:errcheck // nothing was written through it
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return tokens.Entry{}, s.fail(op, "read", entryFile, name, err)
	}
	e, err := decode(raw)
	if err == nil && e.Key != key {
		err = ErrOtherKey
	}
	if err != nil {
		return tokens.Entry{}, s.fail(op, "read", entryFile, name, err)
	}
	return e, nil
}

// CompareAndSwap writes the entry. Other writers of the directory wait for each
// other, but not longer than their context lasts.
func (s *Store) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	const op = "compare-and-swap"
	if err := tokens.CheckSwap(old, e); err != nil {
		return err
	}
	return s.locked(ctx, op, e.Key, func() error {
		now, err := s.read(ctx, op, e.Key)
		if err != nil && !errors.Is(err, tokens.ErrNotFound) {
			return err
		}
		if now.Generation != old {
			return tokens.ErrConflict
		}
		return s.write(op, base(e.Key), encode(e))
	})
}

// Delete removes the entry's file. The disk may still hold what was in it.
func (s *Store) Delete(ctx context.Context, key string, old uint64) error {
	const op = "delete"
	if err := tokens.CheckKey(key); err != nil {
		return err
	}
	return s.locked(ctx, op, key, func() error {
		now, err := s.read(ctx, op, key)
		switch {
		case errors.Is(err, tokens.ErrNotFound):
			return nil
		case err != nil:
			return err
		case now.Generation != old:
			return tokens.ErrConflict
		}
		name := base(key) + entrySuffix
		if err := s.do(stepRemove, func() error { return s.root.Remove(name) }); err != nil {
			return s.fail(op, "remove", entryFile, name, err)
		}
		if err := s.do(stepSyncDir, s.syncDir); err != nil {
			return s.fail(op, "flush", directory, "", err)
		}
		return nil
	})
}

// write puts raw under the entry's name, whole or not at all. The caller holds
// the lock.
func (s *Store) write(op, base string, raw []byte) (err error) {
	// A name of its own each time: were two writers here after all, on a file
	// system without locks, neither would write into the other's file.
	temp := base + "." + rand.Text() + tempSuffix
	var f *os.File
	if err := s.do(stepCreate, func() (err error) {
		f, err = s.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		return err
	}); err != nil {
		return s.fail(op, "create", temporaryFile, temp, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = s.root.Remove(temp)
		}
	}()
	for _, part := range []struct {
		step step
		verb string
		do   func() error
	}{
		// The umask may have taken the owner's bits.
		{stepChmod, "set the mode of", func() error { return f.Chmod(0o600) }},
		{stepWrite, "write", func() error { _, err := f.Write(raw); return err }},
		{stepSync, "flush", f.Sync},
		{stepClose, "close", f.Close},
	} {
		if err := s.do(part.step, part.do); err != nil {
			return s.fail(op, part.verb, temporaryFile, temp, err)
		}
	}
	name := base + entrySuffix
	if err := s.do(stepRename, func() error { return s.root.Rename(temp, name) }); err != nil {
		return s.fail(op, "replace", entryFile, name, err)
	}
	if err := s.do(stepSyncDir, s.syncDir); err != nil {
		return s.fail(op, "flush", directory, "", err)
	}
	return nil
}

// clean removes temporary files. One whose lock is free has no writer any more,
// however young it is; one whose lock is taken is left for the next Open.
func (s *Store) clean() error {
	d, err := s.root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // nothing was written through it
	for {
		names, err := d.Readdirnames(1000)
		for _, name := range names {
			i, ok := stripe(name)
			if !ok || !strings.HasSuffix(name, tempSuffix) {
				continue
			}
			// Failing is fine, in a directory that can only be read above all.
			if f, err := s.lockFile(i, tryLock); err == nil {
				_ = s.root.Remove(name)
				release(f)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// openRegular opens a file that is no symbolic link, which os.Root alone would
// follow within the directory: what was looked at and what was opened must be
// one file. If they are not, somebody put another in its place meanwhile, as
// every write does, and it looks again. With os.O_CREATE among the flags it
// makes the file if there is none, with mode 0600 whatever the umask.
func (s *Store) openRegular(ctx context.Context, name string, flags int) (*os.File, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		seen, err := s.root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) && flags&os.O_CREATE != 0 {
			f, err := s.root.OpenFile(name, flags|os.O_EXCL, 0o600)
			if errors.Is(err, fs.ErrExist) {
				continue
			}
			if err == nil {
				if err = f.Chmod(0o600); err != nil {
					_ = f.Close()
				}
			}
			return f, err
		}
		if err != nil {
			return nil, err
		}
		if !seen.Mode().IsRegular() {
			return nil, ErrNotRegular
		}
		f, err := s.root.OpenFile(name, flags&^os.O_CREATE, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		opened, err := f.Stat()
		if err == nil && os.SameFile(seen, opened) {
			return f, nil
		}
		_ = f.Close()
		if err != nil {
			return nil, err
		}
	}
}
