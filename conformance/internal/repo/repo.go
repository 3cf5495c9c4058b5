// Package repo tells the tests of this module where the project is and where
// they run. It refuses to guess: a tree that is not the project is an error.
package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Module is the path of the project's root module.
const Module = "github.com/grantway/grantway"

// Root is the project's root folder.
func Root(t testing.TB) string {
	t.Helper()
	root, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	uncached(t, root)
	return root
}

// Read returns a file of the project, named from its root.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(Root(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Providers are the names of the specs, and of the wrappers' packages: each
// folder of gen/ has one, so that a new one is not left out in silence.
func Providers(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(Root(t), "gen"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), "api"); ok && e.IsDir() {
			names = append(names, name)
		}
	}
	if len(names) < 3 {
		t.Fatalf("gen/ has the clients of %v only", names)
	}
	return names
}

// Files are those of the working tree that git does not ignore, named from the
// project's root with slashes. A tree that is no checkout ends the test.
func Files(t testing.TB) []string {
	t.Helper()
	root := Root(t)
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		SkipOrFail(t, "git ls-files: %v", err)
	}
	names := strings.Split(strings.Trim(string(out), "\x00"), "\x00")
	return slices.DeleteFunc(names, func(name string) bool {
		_, err := os.Lstat(filepath.Join(root, filepath.FromSlash(name)))
		return errors.Is(err, fs.ErrNotExist) // deleted, and not committed yet
	})
}

// Copy puts the project as it is in the working tree into a new folder that ends
// with the test, without the folders that it needs nothing of.
func Copy(t testing.TB, without ...string) string {
	t.Helper()
	root, dir := Root(t), t.TempDir()
	for _, name := range Files(t) {
		if slices.ContainsFunc(without, func(folder string) bool { return strings.HasPrefix(name, folder+"/") }) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		Write(t, filepath.Join(dir, filepath.FromSlash(name)), string(b))
	}
	return dir
}

// Write makes a file of a folder that is not the project, and the folders that it
// is in.
func Write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// InCI reports whether a missing tool is a failure and not a reason to skip.
func InCI() bool { return os.Getenv("CI") == "true" }

// SkipOrFail ends the test for want of something that the machine lacks: it
// skips on a developer's machine and fails in CI.
func SkipOrFail(t testing.TB, format string, args ...any) {
	t.Helper()
	if InCI() {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Find is Root for a program that is no test.
func Find() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return "", fmt.Errorf("repo: the path of this file is unknown")
	}
	dir, err := os.Getwd() // with -trimpath file is not a path, but tests run in their folder
	if err != nil {
		return "", err
	}
	if filepath.IsAbs(file) {
		dir = filepath.Dir(file)
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module "+Module+"\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("repo: no go.mod of %s above this folder", Module)
		}
		dir = parent
	}
}

// uncached keeps go from remembering the result of the running test. These
// tests read files outside of their module (specs, README, npm packages), which
// go's test cache does not look at; so they also read one inside of it that is
// always too new for the cache to trust.
func uncached(t testing.TB, root string) {
	t.Helper()
	name := filepath.Join(root, "conformance", ".uncached")
	if err := os.WriteFile(name, []byte("keeps test results out of go's cache\n"), 0o644); err != nil {
		t.Logf("results may come from go's test cache: %v", err)
		return
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(name, later, later); err != nil {
		t.Logf("results may come from go's test cache: %v", err)
		return
	}
	if f, err := os.Open(name); err == nil {
		_ = f.Close()
	}
}
