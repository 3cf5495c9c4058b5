// Package consumer_test is a user of the project: modules of their own that
// import it from outside, and what that costs and moves.
package consumer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// source is what a user's module is made of.
type source struct {
	// imports are packages of this project, below its module path.
	imports []string
	// foreign are packages of other modules, by their whole path.
	foreign []string
	// tools and requires are lines of go.mod.
	tools, requires []string
	// specgen adds the module of the generator to the graph, as importing a root
	// module that held the generator would.
	specgen bool
}

// module is a user's module, tidied.
type module struct {
	dir string
	// sumLines is the length of go.sum before any question about the graph,
	// whose answer go writes down there too.
	sumLines int
}

func newModule(t *testing.T, src source) module {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: a module is resolved and built")
	}
	root := repo.Root(t)
	var mod strings.Builder
	mod.WriteString("module example.com/consumer\n\ngo 1.25.0\n\n")
	for _, tool := range src.tools {
		fmt.Fprintf(&mod, "tool %s\n", tool)
	}
	for _, req := range src.requires {
		fmt.Fprintf(&mod, "require %s\n", req)
	}
	fmt.Fprintf(&mod, "replace %s => %q\n", repo.Module, root)
	if src.specgen {
		fmt.Fprintf(&mod, "tool %s/cmd/specgen\n", repo.Module) // else tidying would drop it
		fmt.Fprintf(&mod, "require %s/cmd/specgen v0.0.0\n", repo.Module)
		fmt.Fprintf(&mod, "replace %s/cmd/specgen => %q\n", repo.Module, filepath.Join(root, "cmd", "specgen"))
	}
	var main strings.Builder
	main.WriteString("package main\n\nimport (\n")
	for _, path := range src.imports {
		fmt.Fprintf(&main, "\t_ %q\n", repo.Module+"/"+path)
	}
	for _, path := range src.foreign {
		fmt.Fprintf(&main, "\t_ %q\n", path)
	}
	main.WriteString(")\n\nfunc main() {}\n")
	if len(src.imports) > 0 {
		fmt.Fprintf(&mod, "require %s v0.0.0\n", repo.Module)
	}
	m := module{dir: gocmd.Write(t, map[string]string{"go.mod": mod.String(), "main.go": main.String()})}
	gocmd.Run(t, m.dir, "mod", "tidy")
	sum, err := os.ReadFile(filepath.Join(m.dir, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m.sumLines = strings.Count(string(sum), "\n")
	return m
}

// modules returns "path version" of every module of the graph but the user's
// own.
func (m module) modules(t *testing.T) []string {
	t.Helper()
	return gocmd.Lines(gocmd.Run(t, m.dir, "list", "-m", "-f", "{{if not .Main}}{{.Path}} {{.Version}}{{end}}", "all"))
}

// packages returns the packages that are compiled into the program and are
// not of the standard library.
func (m module) packages(t *testing.T) []string {
	t.Helper()
	return gocmd.Lines(gocmd.Run(t, m.dir, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "."))
}

// version returns the version of a module in "path version" lines, or "".
func version(modules []string, path string) string {
	for _, m := range modules {
		if v, ok := strings.CutPrefix(m, path+" "); ok {
			return v
		}
	}
	return ""
}

// below returns what of list is one of the paths, or below one.
func below(list []string, paths ...string) []string {
	var out []string
	for _, item := range list {
		path, _, _ := strings.Cut(item, " ")
		if slices.ContainsFunc(paths, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") }) {
			out = append(out, item)
		}
	}
	return out
}
