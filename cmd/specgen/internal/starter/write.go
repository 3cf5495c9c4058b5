package starter

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
)

// Write puts the starter into the project at dir, and calls before ahead of each
// file, with what it is about to do, and last at the end. All is written or
// nothing: if any of it fails, before and last included, what was new is taken
// away and what was changed is put back.
func (m Made) Write(dir string, before func(step string) error, last func() error) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // every file is closed, and its error looked at, before
	w := writer{root: root}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.undo())
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(m.New)) {
		if err := before("create " + name); err != nil {
			return err
		}
		if err := w.create(name, m.New[name]); err != nil {
			return fmt.Errorf("%s: %w; nothing was written", name, cause(err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Changed)) {
		if err := before("change " + name); err != nil {
			return err
		}
		if err := w.change(name, m.Changed[name]); err != nil {
			return fmt.Errorf("%s: %w; nothing was written", name, cause(err))
		}
	}
	return last()
}

// cause keeps the path of the machine out of an error.
func cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}

// writer keeps what it did, in order, to undo it. os.Root follows no symbolic
// link out of the project.
type writer struct {
	root *os.Root
	done []func() error
}

func (w *writer) undo() error {
	var errs []error
	for _, back := range slices.Backward(w.done) {
		errs = append(errs, back())
	}
	return errors.Join(errs...)
}

// create writes a file that is not there, and the folders to it.
func (w *writer) create(name string, content []byte) error {
	if err := w.mkdirs(path.Dir(name)); err != nil {
		return err
	}
	f, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	w.done = append(w.done, func() error { return w.root.Remove(name) })
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

func (w *writer) mkdirs(dir string) error {
	if dir == "." {
		return nil
	}
	if err := w.mkdirs(path.Dir(dir)); err != nil {
		return err
	}
	switch err := w.root.Mkdir(dir, 0o755); {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	w.done = append(w.done, func() error { return w.root.Remove(dir) })
	return nil
}

// change puts a file in the place of another, whole: the new one is written
// beside it first.
func (w *writer) change(name string, content []byte) error {
	old, err := w.root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return w.create(name, content)
	}
	if err != nil {
		return err
	}
	beside := name + ".specgen-new"
	if err := w.create(beside, content); err != nil {
		return err
	}
	if err := w.root.Rename(beside, name); err != nil {
		return err
	}
	w.done[len(w.done)-1] = func() error { return w.root.WriteFile(name, old, 0o644) }
	return nil
}
