package house_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// What a reader meets first stays small enough to be read.
const (
	maxRootFiles       = 8  // sources at the top, without tests
	maxRootDocLines    = 90 // of go doc .
	maxProviderSymbols = 30 // of package provider: each is a promise
)

// over says by how much something is too large, or nothing.
func over(what string, n, limit int) string {
	if n <= limit {
		return ""
	}
	return fmt.Sprintf("%s: %d, at most %d", what, n, limit)
}

// sources are the names of Go files that are no tests.
func sources(names []string) []string {
	var out []string
	for _, name := range names {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			out = append(out, name)
		}
	}
	return out
}

// docSymbols counts the symbols that go doc prints of a package. A group of
// constants is one of its lines, and so one here.
func docSymbols(out string) int {
	n := 0
	for _, line := range gocmd.Lines(out) {
		keyword, _, _ := strings.Cut(line, " ")
		switch keyword {
		case "const", "var", "func", "type":
			n++
		}
	}
	return n
}

func TestSize_TheRootHasAtMostEightSourceFiles(t *testing.T) {
	entries, err := os.ReadDir(repo.Root(t))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	files := sources(names)
	if fault := over("source files at the root", len(files), maxRootFiles); fault != "" {
		t.Errorf("%s: %s", fault, strings.Join(files, " "))
	}
	t.Logf("figure: %d source files at the root", len(files))
}

func TestSize_GoDocOfTheRootHasAtMostNinetyLines(t *testing.T) {
	lines := strings.Count(gocmd.Project(t, repo.Root(t), "doc", "."), "\n")
	if fault := over("lines of go doc .", lines, maxRootDocLines); fault != "" {
		t.Error(fault)
	}
	if lines < 10 {
		t.Errorf("go doc . has %d lines: is that all?", lines)
	}
	t.Logf("figure: go doc . has %d lines", lines)
}

func TestSize_PackageProviderHasAtMostThirtySymbols(t *testing.T) {
	root := repo.Root(t)
	if _, err := os.Stat(filepath.Join(root, "provider")); err != nil {
		t.Fatalf("no package provider: %v", err)
	}
	printed := docSymbols(gocmd.Project(t, root, "doc", "./provider"))
	// go doc folds a group of constants. Each of them is a promise all the same.
	w := walkFiles(parseFolder(t, root, "provider"))
	if fault := over("exported names of package provider", len(w.symbols), maxProviderSymbols); fault != "" {
		t.Errorf("%s: %s", fault, strings.Join(w.symbols, " "))
	}
	if printed > len(w.symbols) || printed == 0 {
		t.Errorf("go doc ./provider prints %d symbols, and %d were found", printed, len(w.symbols))
	}
	t.Logf("figure: package provider has %d exported names (%d lines of go doc) and %d methods", len(w.symbols), printed, w.methods)
}

// TestSize_WhatIsTooLargeIsSeen measures a package that is.
func TestSize_WhatIsTooLargeIsSeen(t *testing.T) {
	out := gocmd.Project(t, repo.Root(t), "doc", "net/http")
	if fault := over("lines", strings.Count(out, "\n"), maxRootDocLines); fault == "" {
		t.Errorf("go doc net/http has no more than %d lines:\n%s", maxRootDocLines, out)
	}
	if fault := over("symbols", docSymbols(out), maxProviderSymbols); fault == "" {
		t.Errorf("package net/http has no more than %d symbols:\n%s", maxProviderSymbols, out)
	}
	names := []string{"1.go", "2.go", "3.go", "4.go", "5.go", "6.go", "7.go", "8.go", "9_test.go", "go.mod"}
	if fault := over("files", len(sources(names)), maxRootFiles); fault != "" {
		t.Error(fault)
	}
	names = append(names, "tools.go")
	if got, want := over("files", len(sources(names)), maxRootFiles), "files: 9, at most 8"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
