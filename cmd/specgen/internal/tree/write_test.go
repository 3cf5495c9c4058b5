package tree

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheManifestIsWrittenLast(t *testing.T) {
	changes, _ := Plan(nil, tree(map[string]string{"gen/a/x.go": generated, "gen/z/y.go": generated}))
	if last := changes[len(changes)-1]; last.Path != ManifestPath {
		t.Errorf("last is %v", last)
	}
}

func TestWhatIsNoLongerMadeIsRemoved(t *testing.T) {
	root := t.TempDir()
	write(t, root, tree(map[string]string{"gen/a/x.go": generated, "gen/b/y.go": "listed in the manifest, whatever it says\n"}))
	want := tree(map[string]string{"gen/a/x.go": generated})
	write(t, root, want)
	same(t, root, want)
	if _, err := os.Stat(filepath.Join(root, "gen/b")); !os.IsNotExist(err) {
		t.Errorf("the empty folder is still there: %v", err)
	}
}

func TestWhatSomebodyElseWroteStays(t *testing.T) {
	want := tree(map[string]string{"gen/a/x.go": generated})
	have := map[string][]byte{"gen/a/mine.go": []byte("package a\n"), "gen/a/old.go": []byte(generated)}
	changes, foreign := Plan(have, want)
	if len(foreign) != 1 || foreign[0] != "gen/a/mine.go" {
		t.Errorf("foreign: %v", foreign)
	}
	for _, c := range changes {
		if c.Path == "gen/a/mine.go" {
			t.Errorf("%v", c)
		}
	}
	if (Change{"removed", "gen/a/old.go"}) != changes[1] {
		t.Errorf("got %v, want the generated one removed", changes)
	}
}

func TestNothingIsWrittenOutsideGen(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"x.go", "gen/../x.go", "/tmp/x.go", "generic/x.go", "gen"} {
		want := map[string][]byte{name: []byte("x")}
		if err := Write(root, []Change{{"created", name}}, nil, want); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestNoSymbolicLinkIsFollowed(t *testing.T) {
	outside := t.TempDir()
	want := tree(map[string]string{"gen/a/x.go": generated})
	for _, link := range []string{"gen", "gen/a"} {
		root := t.TempDir()
		if link == "gen/a" {
			if err := os.Mkdir(filepath.Join(root, "gen"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(outside, filepath.Join(root, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		changes, _ := Plan(nil, want)
		if err := Write(root, changes, nil, want); err == nil {
			t.Errorf("%s: wrote through the link", link)
		}
		if _, err := Read(root); err == nil {
			t.Errorf("%s: read through the link", link)
		}
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("written outside: %v, %v", entries, err)
	}
}

func TestALinkInPlaceOfAFileIsNotWrittenThrough(t *testing.T) {
	root, target := t.TempDir(), filepath.Join(t.TempDir(), "target")
	if err := os.WriteFile(target, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "gen/a"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(root, "gen/a/x.go")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if _, err := Read(root); err == nil {
		t.Error("read through the link")
	}
	want := tree(map[string]string{"gen/a/x.go": generated})
	changes, _ := Plan(nil, want)
	if err := Write(root, changes, nil, want); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(target); err != nil || string(got) != "mine" {
		t.Errorf("the target is %q, %v", got, err)
	}
}

func TestAFailureLeavesTheOldTree(t *testing.T) {
	root := t.TempDir()
	old := tree(map[string]string{"gen/a/x.go": generated, "gen/b/y.go": generated})
	write(t, root, old)
	want := tree(map[string]string{"gen/a/x.go": generated + "// new\n", "gen/c/z.go": generated})
	changes, _ := Plan(old, want)

	// The steps are counted first, then each one fails once.
	steps := 0
	counted := t.TempDir()
	write(t, counted, old)
	if err := WriteSteps(counted, changes, old, want, func(string) error { steps++; return nil }); err != nil {
		t.Fatal(err)
	}
	same(t, counted, want)
	for fail := range steps {
		broken := errors.New("broken")
		n := 0
		err := WriteSteps(root, changes, old, want, func(step string) error {
			if n++; n == fail+1 {
				return fmt.Errorf("%s: %w", step, broken)
			}
			return nil
		})
		if !errors.Is(err, broken) {
			t.Errorf("step %d: got %v", fail, err)
		}
		same(t, root, old)
		if _, err := os.Stat(filepath.Join(root, "gen/c")); !os.IsNotExist(err) {
			t.Errorf("step %d: the new folder is still there: %v", fail, err)
		}
	}
	if steps < 12 {
		t.Errorf("only %d steps failed", steps)
	}
}

func TestAFileInTheWayLeavesTheOldTree(t *testing.T) {
	root := t.TempDir()
	old := tree(map[string]string{"gen/a/x.go": generated})
	write(t, root, old)
	want := tree(map[string]string{"gen/a/x.go": generated + "// new\n", "gen/c/z.go": generated})
	changes, _ := Plan(old, want)
	if err := os.MkdirAll(filepath.Join(root, "gen/c/z.go/inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(root, changes, old, want); err == nil {
		t.Error("wrote over a folder")
	}
	if err := os.RemoveAll(filepath.Join(root, "gen/c")); err != nil {
		t.Fatal(err)
	}
	same(t, root, old)
}

func TestAFileThatSomebodyChangesMeanwhileIsLeftAlone(t *testing.T) {
	root := t.TempDir()
	old := tree(map[string]string{"gen/a/x.go": generated, "gen/b/y.go": generated})
	write(t, root, old)
	want := tree(map[string]string{"gen/a/x.go": generated + "// 2\n", "gen/b/y.go": generated + "// 2\n"})
	changes, _ := Plan(old, want)
	const theirs = generated + "// theirs\n"
	if err := os.WriteFile(filepath.Join(root, "gen/b/y.go"), []byte(theirs), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(root, changes, old, want); err == nil || !strings.Contains(err.Error(), "gen/b/y.go changed") {
		t.Errorf("got %v", err)
	}
	old["gen/b/y.go"] = []byte(theirs)
	same(t, root, old)
}

func TestAFolderThatBecomesALinkMeanwhileLeadsNowhere(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	want := tree(map[string]string{"gen/a/x.go": generated})
	changes, _ := Plan(nil, want)
	err := WriteSteps(root, changes, nil, want, func(step string) error {
		if !strings.HasPrefix(step, "create gen/a/") {
			return nil
		}
		return errors.Join(os.Remove(filepath.Join(root, "gen/a")), os.Symlink(outside, filepath.Join(root, "gen/a")))
	})
	if err == nil {
		t.Error("wrote through the link")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("written outside: %v, %v", entries, err)
	}
}

func TestAFolderThatCannotBeWrittenLeavesTheOldTree(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is unwritable for root")
	}
	root := t.TempDir()
	old := tree(map[string]string{"gen/a/x.go": generated, "gen/b/y.go": generated})
	write(t, root, old)
	if err := os.Chmod(filepath.Join(root, "gen/b"), 0o555); err != nil {
		t.Fatal(err)
	}
	want := tree(map[string]string{"gen/a/x.go": generated + "// 2\n", "gen/b/y.go": generated + "// 2\n"})
	changes, _ := Plan(old, want)
	if err := Write(root, changes, old, want); err == nil {
		t.Error("no error")
	}
	same(t, root, old)
}
