package tree

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

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
// a temporary name beside its place, then each takes its place while the old one
// is kept, and a failure puts the old ones back as they were. A file that is no
// longer what it was in have is such a failure.
func Write(root string, changes []Change, have, want map[string][]byte) error {
	return WriteSteps(root, changes, have, want, func(string) error { return nil })
}

// WriteSteps is Write, and calls before ahead of each step, with what it is
// about to do. An error of before stops the writing as a failure of the step
// would.
func WriteSteps(root string, changes []Change, have, want map[string][]byte, before func(step string) error) (err error) {
	for _, c := range changes {
		if !strings.HasPrefix(c.Path, config.Output+"/") || c.Path != path.Clean(c.Path) {
			return fmt.Errorf("%s is not below %s/: nothing was written", c.Path, config.Output)
		}
	}
	// Nothing that is opened below is outside of the project, whatever takes the
	// place of a folder meanwhile.
	dir, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	w := writer{dir: dir, have: have, before: before, id: rand.Text()[:8]}
	defer func() {
		err = errors.Join(err, w.cleanup(err != nil), dir.Close())
	}()
	for i, c := range changes {
		if err := w.stage(i, c, want[c.Path]); err != nil {
			return err
		}
	}
	if err := w.step("sync", w.sync); err != nil {
		return err
	}
	for i, c := range changes {
		if err := w.commit(i, c); err != nil {
			return err
		}
	}
	return nil
}

type writer struct {
	dir    *os.Root
	have   map[string][]byte
	before func(step string) error
	id     string     // of this run, for names of its own
	open   []*os.File // written, and not yet sure to be on the disk
	undo   []func() error
	extra  []string // files that are ours alone: new ones not in place yet, old ones kept
	gone   []string // files that were removed
	dirs   []string // made by us, outermost first
}

// step does one thing that touches the disk.
func (w *writer) step(what string, do func() error) error {
	if err := w.before(what); err != nil {
		return err
	}
	return do()
}

// beside is a name of our own in the folder of a file.
func (w *writer) beside(name, what string, i int) string {
	return path.Join(path.Dir(name), fmt.Sprintf(".specgen-%s-%s-%d", what, w.id, i))
}

// stage makes the folders and writes the temporary file.
func (w *writer) stage(i int, c Change, content []byte) error {
	if err := w.mkdirs(path.Dir(c.Path)); err != nil {
		return err
	}
	if c.Verb == "removed" {
		return nil
	}
	temporary := w.beside(c.Path, "new", i)
	var f *os.File
	err := w.step("create "+temporary, func() (err error) {
		f, err = w.dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		return err
	})
	if err != nil {
		return err
	}
	w.extra = append(w.extra, temporary)
	w.open = append(w.open, f)
	return w.step("write "+temporary, func() error {
		_, err := f.Write(content)
		// The mode is the same whatever the umask is.
		return errors.Join(err, f.Chmod(0o644))
	})
}

// sync waits until all files are on the disk, all at once: one after the other
// took longer than making them.
func (w *writer) sync() error {
	errs := make([]error, len(w.open))
	var all sync.WaitGroup
	for i, f := range w.open {
		all.Go(func() { errs[i] = f.Sync() })
	}
	all.Wait()
	return errors.Join(append(errs, w.close())...)
}

func (w *writer) close() error {
	var errs []error
	for _, f := range w.open {
		errs = append(errs, f.Close())
	}
	w.open = nil
	return errors.Join(errs...)
}

// mkdirs makes the folders of a path one by one, so that none of them is a
// symbolic link that leads elsewhere.
func (w *writer) mkdirs(rel string) error {
	parts := strings.Split(rel, "/")
	for i := range parts {
		dir := strings.Join(parts[:i+1], "/")
		info, err := w.dir.Lstat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if err := w.step("mkdir "+dir, func() error { return w.dir.Mkdir(dir, 0o755) }); err != nil {
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

// commit puts one file in its place, or removes it. The old file is moved aside
// and not copied, so that putting it back gives the same file.
func (w *writer) commit(i int, c Change) error {
	if c.Verb != "created" {
		if now, err := w.dir.ReadFile(c.Path); err != nil || string(now) != string(w.have[c.Path]) {
			return errors.Join(fmt.Errorf("%s changed while specgen ran: run it again; nothing was written", c.Path), err)
		}
		kept := w.beside(c.Path, "old", i)
		if err := w.step("keep "+c.Path, func() error { return w.dir.Rename(c.Path, kept) }); err != nil {
			return err
		}
		w.undo = append(w.undo, func() error { return w.dir.Rename(kept, c.Path) })
		w.extra = append(w.extra, kept)
	}
	if c.Verb == "removed" {
		w.gone = append(w.gone, c.Path)
		return nil
	}
	if err := w.step("rename "+c.Path, func() error { return w.dir.Rename(w.beside(c.Path, "new", i), c.Path) }); err != nil {
		return err
	}
	w.undo = append(w.undo, func() error { return w.dir.Remove(c.Path) })
	return nil
}

// cleanup removes what is temporary, after putting back what was there before if
// something failed. It asks nobody before its steps.
func (w *writer) cleanup(failed bool) error {
	errs := []error{w.close()}
	if failed {
		for _, undo := range slices.Backward(w.undo) {
			errs = append(errs, undo())
		}
	}
	for _, name := range w.extra {
		// One that is in its place, old or new, is no longer under this name.
		if err := w.dir.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	if !failed {
		w.removeEmptyDirs()
		return errors.Join(errs...)
	}
	for _, dir := range slices.Backward(w.dirs) {
		errs = append(errs, w.dir.Remove(dir))
	}
	return errors.Join(errs...)
}

// removeEmptyDirs drops the folder of a package that is gone. A folder with
// anything left in it stays: Remove refuses it, which is what is wanted.
func (w *writer) removeEmptyDirs() {
	for _, name := range w.gone {
		for dir := path.Dir(name); dir != config.Output && dir != "."; dir = path.Dir(dir) {
			if w.dir.Remove(dir) != nil {
				break
			}
		}
	}
}
