package main

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// goFiles are the Go files of a tree that are no tests.
func goFiles(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "testdata" {
			return fs.SkipDir
		}
		if err == nil && !d.IsDir() && path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A file that is left out could change without specgen counting as another one.
func TestTheWholeSourceIsEmbedded(t *testing.T) {
	want, got := goFiles(t, os.DirFS(".")), goFiles(t, source)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(got) < 20 || !slices.Contains(got, "main.go") || !slices.Contains(got, "internal/generate/generate.go") {
		t.Errorf("that is not specgen: %v", got)
	}
}
