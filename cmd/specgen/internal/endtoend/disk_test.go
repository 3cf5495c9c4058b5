//go:build unix

package endtoend

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
	"syscall"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// limitFiles has every write beyond so many bytes of a file fail, as on a disk
// that is full.
func limitFiles(bytes uint64) error {
	var limit syscall.Rlimit
	setLimit(&limit.Cur, bytes)
	setLimit(&limit.Max, bytes)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}

// setLimit is generic because the fields of a Rlimit are int64 on FreeBSD and
// uint64 elsewhere.
func setLimit[N int64 | uint64](field *N, bytes uint64) { *field = N(bytes) }

// files are what is below a folder, by path from the root of the project.
func (s session) files(t *testing.T, below string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(filepath.Join(s.root, below), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(s.root, name) // both are absolute
		out[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}

// stat is by what a file is known that has been replaced by a copy.
func (s session) stat(t *testing.T, name string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(filepath.Join(s.root, name))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// twoSpecs is a project whose gen/ is up to date, and then both of its specs
// change. It returns gen/ as it is and as it will be.
func twoSpecs(t *testing.T) (s session, old, new map[string]string) {
	t.Helper()
	s = newSession(t, t.TempDir())
	s.must(t, "specgen generate")
	put := func(name, text string) { t.Helper(); spectest.Put(t, s.root, name, text) }
	put("api/specgen.yaml", base(t, "api/specgen.yaml")+"  - spec: api/zeta.yaml\n    package: zetaapi\n    dir: gen/zetaapi\n")
	put("api/zeta.yaml", manyLines(t, 1000))
	s.must(t, "specgen generate")
	put("api/zeta.yaml", manyLines(t, 1000)+"# more\n")
	put("api/acme.yaml", base(t, "api/acme.yaml")+"# more\n")
	old = s.files(t, "gen")
	after := session{dir: t.TempDir(), root: t.TempDir()}
	if err := os.CopyFS(after.root, os.DirFS(s.root)); err != nil {
		t.Fatal(err)
	}
	after.must(t, "specgen generate")
	new = after.files(t, "gen")
	if maps.Equal(old, new) {
		t.Fatal("there is nothing to write")
	}
	return s, old, new
}

// must runs one command, which has to succeed.
func (s session) must(t *testing.T, command string) {
	t.Helper()
	got, err := s.replay("$ " + command + "\n")
	if err != nil || strings.Contains(got, "[exit") {
		t.Fatalf("%s, %v", got, err)
	}
}

func TestAFullDiskLeavesTheOldTree(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: processes are started")
	}
	s, old, new := twoSpecs(t)
	largest := 0
	for _, content := range new {
		largest = max(largest, len(content))
	}
	// No file fits, some do, all but one do.
	for _, limit := range []int{0, len(new["gen/acmeapi/calls.gen.go"]), largest - 1} {
		was := s.stat(t, "gen/acmeapi/calls.gen.go")
		cmd, _, stderr := start(t, s.root, fmt.Sprintf("%s=%d", childLimit, limit))
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 2 || !strings.HasPrefix(stderr.String(), "specgen: ") || !strings.Contains(stderr.String(), "file too large") {
			t.Errorf("files of at most %d bytes: exit %d: %s", limit, code, stderr)
		}
		if got := s.files(t, "gen"); !maps.Equal(got, old) {
			t.Errorf("files of at most %d bytes: gen/ is another: %v", limit, slices.Sorted(maps.Keys(got)))
		}
		if !os.SameFile(was, s.stat(t, "gen/acmeapi/calls.gen.go")) {
			t.Errorf("files of at most %d bytes: a file was replaced by a copy", limit)
		}
	}
	// The inverse: with room for the largest file the same run goes through.
	cmd, _, stderr := start(t, s.root, fmt.Sprintf("%s=%d", childLimit, largest))
	if err := cmd.Wait(); err != nil || !maps.Equal(s.files(t, "gen"), new) {
		t.Errorf("with room enough: %v: %s", err, stderr)
	}
}

// restore puts gen/ back as it was.
func (s session) restore(t *testing.T, old map[string]string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(s.root, "gen")); err != nil {
		t.Fatal(err)
	}
	for name, content := range old {
		spectest.Put(t, s.root, name, content)
	}
}

func TestCtrlCInTheMiddleOfAWriteLeavesTheOldTreeOrTheNew(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a process is interrupted at each step")
	}
	s, old, new := twoSpecs(t)
	stopped, finished := 0, 0
	for step, what := range steps(t, s.root) {
		s.restore(t, old)
		code, stderr := stopAt(t, s.root, step, syscall.SIGINT)
		got := s.files(t, "gen")
		switch {
		case code == 2 && maps.Equal(got, old) && strings.Contains(stderr, "interrupted: nothing was changed"):
			stopped++
		case code == 0 && maps.Equal(got, new):
			finished++ // it came after the last step
		default:
			t.Errorf("before %q: exit %d, %s, gen/ is neither the old nor the new: %v", what, code, stderr, slices.Sorted(maps.Keys(got)))
		}
	}
	if stopped == 0 {
		t.Error("it was never stopped")
	}
	t.Logf("figure: interrupted at %d steps: %d times the old tree, byte for byte, %d times the new", stopped+finished, stopped, finished)
}

// A process that is killed cannot put anything back. What it leaves is no file
// that is half old and half new, and the next run mends the tree.
func TestAKilledWriteIsMendedByTheNextRun(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a process is killed at each step")
	}
	s, old, new := twoSpecs(t)
	mixed := 0
	for step, what := range steps(t, s.root) {
		s.restore(t, old)
		stopAt(t, s.root, step, syscall.SIGKILL)
		got := s.files(t, "gen")
		for name, content := range got {
			if !strings.HasPrefix(path.Base(name), ".specgen-") && content != old[name] && content != new[name] {
				t.Errorf("before %q: %s is neither the old nor the new", what, name)
			}
		}
		if !maps.Equal(got, old) && !maps.Equal(got, new) {
			mixed++ // this is what the test above would have seen without a handler
		}
		if _, err := s.replay("$ specgen generate\n"); err != nil {
			t.Fatal(err)
		}
		got = s.files(t, "gen")
		maps.DeleteFunc(got, func(name, _ string) bool { return strings.HasPrefix(path.Base(name), ".specgen-") })
		if !maps.Equal(got, new) {
			t.Errorf("before %q: the next run does not mend it: %v", what, slices.Sorted(maps.Keys(got)))
		}
	}
	if mixed == 0 {
		t.Error("no kill left a mixed tree: the comparison sees nothing")
	}
}

func TestAReadOnlyGenIsLeftAsItIs(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: processes are started")
	}
	s, old, _ := twoSpecs(t)
	readable(t, s.root)
	unprivileged(t)
	got, err := s.replay("$ specgen generate\n$ specgen check\n")
	if err != nil || !strings.Contains(got, "! specgen: ") || !strings.Contains(got, "permission denied\n[exit 2]\n") || !strings.Contains(got, "GEN-STALE") {
		t.Errorf("got %s, %v", got, err)
	}
	if now := s.files(t, "gen"); !maps.Equal(now, old) {
		t.Errorf("gen/ is another: %v", slices.Sorted(maps.Keys(now)))
	}
}

func TestAReadOnlyGenThatIsUpToDateIsFine(t *testing.T) {
	s := newSession(t, t.TempDir())
	s.must(t, "specgen generate")
	readable(t, s.root)
	unprivileged(t)
	for _, command := range []string{"specgen generate", "specgen generate --full", "specgen check", "specgen check --full", "specgen lint"} {
		s.must(t, command)
	}
}

// readable has everybody read the project and nobody write gen/.
func readable(t *testing.T, root string) {
	t.Helper()
	dirs := []string{filepath.Dir(root)} // a test's own folder is the superuser's alone
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			dirs = append(dirs, name)
			return nil
		}
		return os.Chmod(name, 0o444)
	})
	for _, dir := range dirs {
		err = errors.Join(err, os.Chmod(dir, 0o555)) //nolint:gosec // it is to be read by another user
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, dir := range dirs {
			_ = os.Chmod(dir, 0o755) //nolint:gosec // so that it can be removed
		}
	})
}
