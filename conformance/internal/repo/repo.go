// Package repo tells the tests of this module where the project is and where
// they run. It refuses to guess: a tree that is not the project is an error.
package repo

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
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
