package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// openDir makes the directory if it is not there, and opens it if it is fit to
// hold secrets.
func (s *Store) openDir() error {
	if err := supported(); err != nil {
		return err
	}
	if s.dir == "" {
		return errors.New("it needs a name")
	}
	// Without a trailing slash, which would have Lstat follow a link.
	dir := filepath.Clean(s.dir)
	if err := makeDir(dir); err != nil {
		return err
	}
	seen, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	switch {
	case seen.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%w: it is a symbolic link; name the directory that it leads to", ErrNotPrivate)
	case !seen.IsDir():
		return errors.New("it is no directory")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	opened, err := root.Stat(".")
	if err == nil && !os.SameFile(seen, opened) {
		err = fmt.Errorf("%w: another directory took its place while it was opened", ErrNotPrivate)
	}
	if err == nil {
		err = private(opened, s.allowGroup)
	}
	if err != nil {
		_ = root.Close()
		return err
	}
	s.root = root
	return nil
}

// makeDir is os.MkdirAll that flushes the directory above each one it makes;
// otherwise a power cut could take the new directory with all that is in it.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		if err := makeDir(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	above, err := os.Open(filepath.Dir(dir))
	if errors.Is(err, fs.ErrPermission) {
		return nil // one may write into a directory and not read it
	}
	if err != nil {
		return err
	}
	defer above.Close() //nolint:errcheck // nothing was written through it
	return flushDir(above)
}

// syncDir makes a changed name durable.
func (s *Store) syncDir() error {
	d, err := s.root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // nothing was written through it
	return flushDir(d)
}
