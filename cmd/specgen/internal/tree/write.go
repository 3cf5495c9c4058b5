package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
)

// Change is what a write does to one file.
type Change struct {
	Verb string // created, changed or removed
	Path string
}

// Plan says what it takes to turn have into want. What is neither in want nor
// known to be specgen's own stays, and is returned as foreign.
func Plan(have, want map[string][]byte) (changes []Change, foreign []string) {
	old := ParseManifest(have[ManifestPath])
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch content, exists := have[name]; {
		case !exists:
			changes = append(changes, Change{"created", name})
		case string(content) != string(want[name]):
			changes = append(changes, Change{"changed", name})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if _, wanted := want[name]; wanted {
			continue
		}
		if _, listed := old[name]; listed || IsGenerated(name, have[name]) {
			changes = append(changes, Change{"removed", name})
		} else {
			foreign = append(foreign, name)
		}
	}
	// The manifest last: until it is written, the old one is true of nothing
	// that is missing.
	slices.SortStableFunc(changes, func(a, b Change) int {
		return boolOrder(a.Path == ManifestPath) - boolOrder(b.Path == ManifestPath)
	})
	return changes, foreign
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Write carries out the changes, all or none: every file is first written under
// a temporary name beside its place, then all are renamed, and a failure puts
// back what was there.
func Write(root string, changes []Change, have, want map[string][]byte) (err error) {
	w := writer{root: root, have: have}
	defer func() {
		err = errors.Join(err, w.cleanup(err != nil))
	}()
	for _, c := range changes {
		if err := w.stage(c, want[c.Path]); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if err := w.commit(c); err != nil {
			return err
		}
	}
	return nil
}

type writer struct {
	root   string
	have   map[string][]byte
	staged map[string]string // path to temporary file
	done   []Change
	dirs   []string // made by us, outermost first
}

func (w *writer) abs(rel string) string { return filepath.Join(w.root, filepath.FromSlash(rel)) }

// stage makes the folders and writes the temporary file.
func (w *writer) stage(c Change, content []byte) error {
	if !strings.HasPrefix(c.Path, config.Output+"/") || c.Path != path.Clean(c.Path) {
		return fmt.Errorf("%s is not below %s/: nothing was written", c.Path, config.Output)
	}
	if err := w.mkdirs(path.Dir(c.Path)); err != nil {
		return err
	}
	if c.Verb == "removed" {
		return nil
	}
	f, err := os.CreateTemp(w.abs(path.Dir(c.Path)), ".specgen-*")
	if err != nil {
		return err
	}
	if w.staged == nil {
		w.staged = map[string]string{}
	}
	w.staged[c.Path] = f.Name()
	_, err = f.Write(content)
	return errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
}

// mkdirs makes the folders of a path one by one, so that none of them is a
// symbolic link that leads elsewhere.
func (w *writer) mkdirs(rel string) error {
	parts := strings.Split(rel, "/")
	for i := range parts {
		dir := strings.Join(parts[:i+1], "/")
		info, err := os.Lstat(w.abs(dir))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if err := os.Mkdir(w.abs(dir), 0o755); err != nil {
				return err
			}
			w.dirs = append(w.dirs, dir)
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is not a folder (a symbolic link does not count): nothing was written", dir)
		}
	}
	return nil
}

// commit puts one file in its place, or removes it.
func (w *writer) commit(c Change) error {
	var err error
	if c.Verb == "removed" {
		err = os.Remove(w.abs(c.Path))
	} else if err = os.Rename(w.staged[c.Path], w.abs(c.Path)); err == nil {
		delete(w.staged, c.Path)
	}
	if err == nil {
		w.done = append(w.done, c)
	}
	return err
}

// cleanup removes what is temporary and, after a failure, puts back what was
// there before.
func (w *writer) cleanup(failed bool) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Values(w.staged)) {
		errs = append(errs, os.Remove(name))
	}
	if !failed {
		w.removeEmptyDirs()
		return errors.Join(errs...)
	}
	for _, c := range slices.Backward(w.done) {
		if c.Verb == "created" {
			errs = append(errs, os.Remove(w.abs(c.Path)))
		} else {
			errs = append(errs, os.WriteFile(w.abs(c.Path), w.have[c.Path], 0o644)) //nolint:gosec // source code is for everyone to read
		}
	}
	for _, dir := range slices.Backward(w.dirs) {
		errs = append(errs, os.Remove(w.abs(dir)))
	}
	return errors.Join(errs...)
}

// removeEmptyDirs drops the folder of a package that is gone. A folder with
// anything left in it stays: os.Remove refuses it, which is what is wanted.
func (w *writer) removeEmptyDirs() {
	for _, c := range w.done {
		if c.Verb != "removed" {
			continue
		}
		for dir := path.Dir(c.Path); dir != config.Output && dir != "."; dir = path.Dir(dir) {
			if os.Remove(w.abs(dir)) != nil {
				break
			}
		}
	}
}
