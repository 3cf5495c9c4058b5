package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/grantway/grantway/tokens"
)

var (
	// ErrDamaged: the file was cut or changed. The credential in it is lost:
	// put the file back, or remove it and authorize again. It is never
	// overwritten, because what it says about the generation is lost too.
	ErrDamaged = errors.New("it is damaged: put it back from a copy, or remove it and authorize again")
	// ErrNewerFormat: a newer release wrote the file.
	ErrNewerFormat = errors.New("a newer release wrote it: update this program")
	// ErrOtherKey: the file holds the entry of another key; somebody copied or
	// renamed it.
	ErrOtherKey = errors.New("it holds the entry of another key: it was copied or renamed by hand; remove it")
	// ErrNotRegular: something else than a file is in the file's place. No
	// symbolic link is followed.
	ErrNotRegular = errors.New("it is a symbolic link or something else that is no regular file: remove it")
	// ErrNotPrivate: others than the user of the process can get at the
	// directory.
	ErrNotPrivate = errors.New("it is not private")
)

// Error is a failed operation on a file. It holds and prints no credential;
// the name of a file is a hash of the entry's key.
type Error struct {
	// Op is open, load, compare-and-swap, delete, acquire, renew or release.
	Op string
	// Verb is what was being done: "read", "flush", ….
	Verb string
	// Role is what the file is for: the directory, an entry file, a temporary
	// file, a lock file or a lease file.
	Role string
	// Dir is the directory as Open was given it.
	Dir string
	// File is the file's name in it, or empty for the directory itself.
	File string
	// Err is one of this package's errors, or the operating system's, such as
	// one that is fs.ErrPermission or syscall.ENOSPC.
	Err error
}

// The roles of the files.
const (
	directory     = "directory"
	entryFile     = "entry file"
	temporaryFile = "temporary file"
	lockFile      = "lock file"
	leaseFile     = "lease file"
)

// Error names the operation, what was being done to which file, and Err.
func (e *Error) Error() string {
	verb, file := e.Verb, ""
	if verb != "" {
		verb += " "
	}
	if e.File != "" {
		file = e.File + " in "
	}
	return fmt.Sprintf("filestore: %s: %sthe %s %s%q: %v", e.Op, verb, e.Role, file, e.Dir, e.Err)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// fail makes an *Error, but of what is no fault of a file. It drops the paths
// that package os puts into its errors, which say the same less well.
func (s *Store) fail(op, verb, role, file string, err error) error {
	for _, plain := range []error{tokens.ErrConflict, tokens.ErrNotFound, tokens.ErrLeased, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, plain) {
			return err
		}
	}
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &Error{Op: op, Verb: verb, Role: role, Dir: s.dir, File: file, Err: err}
}
