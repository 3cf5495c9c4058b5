package starter

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var errTest = errors.New("as the test wants it")

// tree is everything below a folder, folders included.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			out[name] = "a folder"
			return nil
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		out[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// started is a project on the disk, and a starter for it.
func started(t *testing.T) (string, Made) {
	t.Helper()
	dir := t.TempDir()
	made := Made{
		New:     Files{"acme/a.go": []byte("a\n"), "acme/deep/er/b.go": []byte("b\n"), "api/acme.yaml": []byte("c\n")},
		Changed: Files{"api/specgen.yaml": []byte("old\nnew\n"), "api/SOURCES.md": []byte("sources\n")},
	}
	if err := os.Mkdir(filepath.Join(dir, "api"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "api", "specgen.yaml"), []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, made
}

func always(string) error { return nil }

func TestAllIsWritten(t *testing.T) {
	dir, made := started(t)
	steps, last := 0, false
	err := made.Write(dir, func(string) error { steps++; return nil }, func() error { last = true; return nil })
	if err != nil || !last || steps != 5 {
		t.Fatalf("%v after %d steps", err, steps)
	}
	got := tree(t, dir)
	for _, files := range []Files{made.New, made.Changed} {
		for name, content := range files {
			if got[name] != string(content) {
				t.Errorf("%s is %q", name, got[name])
			}
		}
	}
	if n := len(got); n != len(made.New)+len(made.Changed)+len([]string{".", "api", "acme", "acme/deep", "acme/deep/er"}) {
		t.Errorf("%d entries: %v", n, got)
	}
}

func TestAFailureAtAnyStepLeavesTheProjectAsItWas(t *testing.T) {
	for at := 1; at <= 6; at++ {
		dir, made := started(t)
		before, step := tree(t, dir), 0
		fail := func() error {
			if step++; step == at {
				return errTest
			}
			return nil
		}
		if err := made.Write(dir, func(string) error { return fail() }, fail); !errors.Is(err, errTest) {
			t.Fatalf("step %d: %v", at, err)
		}
		if after := tree(t, dir); !maps.Equal(after, before) {
			t.Errorf("step %d: %v, want %v", at, after, before)
		}
	}
}

func TestAFileThatCameMeanwhileStays(t *testing.T) {
	dir, made := started(t)
	before := tree(t, dir)
	err := made.Write(dir, func(step string) error {
		if step == "create api/acme.yaml" {
			return os.WriteFile(filepath.Join(dir, "api", "acme.yaml"), []byte("mine\n"), 0o644)
		}
		return nil
	}, func() error { return nil })
	if !errors.Is(err, fs.ErrExist) || strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
	before["api/acme.yaml"] = "mine\n"
	if after := tree(t, dir); !maps.Equal(after, before) {
		t.Errorf("%v, want %v", after, before)
	}
}

func TestNoLinkLeadsOutOfTheProject(t *testing.T) {
	dir, made := started(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "acme")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := made.Write(dir, always, func() error { return nil }); err == nil {
		t.Error("written through a link")
	}
	if got := tree(t, outside); len(got) != 1 {
		t.Errorf("written outside: %v", got)
	}
}
