package supply_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

var specgenOnce struct {
	sync.Once
	dir string
}

// specgen is the path of the generator, built from the tree once.
func specgen(t *testing.T) string {
	t.Helper()
	specgenOnce.Do(func() {
		dir, err := os.MkdirTemp("", "specgen")
		if err != nil {
			t.Fatal(err)
		}
		specgenOnce.dir = dir
		gocmd.Project(t, filepath.Join(repo.Root(t), "cmd", "specgen"), "build", "-o", filepath.Join(dir, "specgen"), ".")
	})
	return filepath.Join(specgenOnce.dir, "specgen")
}

func TestMain(m *testing.M) {
	code := m.Run()
	if specgenOnce.dir != "" {
		_ = os.RemoveAll(specgenOnce.dir) // a leftover in the temporary folder, at worst
	}
	os.Exit(code)
}

// runSpecgen runs a command of specgen in a project and returns its exit code
// and what it printed.
func runSpecgen(t *testing.T, root, command string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), specgen(t), "-C", root, command)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// copyProject copies the root module, which is what specgen works on, and
// nothing of the nested modules.
func copyProject(t *testing.T) string {
	t.Helper()
	from, to := repo.Root(t), t.TempDir()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if nested := err == nil && rel != "."; nested || strings.HasPrefix(entry.Name(), ".") && rel != "." {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if !entry.Type().IsRegular() || strings.HasPrefix(entry.Name(), "go.work") {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// differences compares gen/ of two projects, both ways.
func differences(t *testing.T, a, b string) (paths []string, files int) {
	t.Helper()
	left, right := genFiles(t, a), genFiles(t, b)
	for path, content := range left {
		if other, ok := right[path]; !ok || !bytes.Equal(content, other) {
			paths = append(paths, path)
		}
	}
	for path := range right {
		if _, ok := left[path]; !ok {
			paths = append(paths, path)
		}
	}
	return paths, len(left)
}

func genFiles(t *testing.T, root string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(filepath.Join(root, "gen")), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[path], err = os.ReadFile(filepath.Join(root, "gen", filepath.FromSlash(path)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
