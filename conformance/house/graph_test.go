// Package house_test holds the structure of the project: who imports whom, how
// large what a reader meets first may be, what is documented, that nothing is
// there twice, and that the map in CONTRIBUTING.md is true. It does not look at
// what the code does.
package house_test

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// graph is who imports what: each package of the root module by its path below
// the module, "." for the root package.
type graph struct {
	packages map[string]pkg
	// everything are the packages that the module or a test of it needs, by
	// their whole paths.
	everything []string
}

// pkg is one package. Ours are named as in graph, others by their whole paths,
// and those of the standard library are left out.
type pkg struct {
	imports     []string // of code that is no test
	testImports []string
	deps        []string // what imports bring, and what that brings
}

// listed is a package as go list writes it down.
type listed struct {
	ImportPath, ForTest, Dir string
	Standard                 bool
	Module                   *struct{ Path string }
	Imports, Deps            []string
	TestImports              []string
	XTestImports             []string
	IgnoredGoFiles           []string
}

// readGraph asks go list about the root module. Flags such as -overlay go
// before the question.
func readGraph(t *testing.T, flags ...string) graph {
	t.Helper()
	args := append([]string{"list"}, flags...)
	args = append(args, "-test", "-deps", "-json=ImportPath,ForTest,Dir,Standard,Module,Imports,Deps,TestImports,XTestImports,IgnoredGoFiles", "./...")
	g, err := decodeGraph(gocmd.Project(t, repo.Root(t), args...))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func decodeGraph(out string) (graph, error) {
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(out)); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return graph{}, err
		}
		// A package that is built once more for a test has the test's name behind
		// its own.
		if path, _, variant := strings.Cut(l.ImportPath, " "); !variant && l.ForTest == "" && !strings.HasSuffix(path, ".test") {
			all = append(all, l)
		}
	}
	standard := map[string]bool{"C": true, "unsafe": true}
	for _, l := range all {
		if l.Standard {
			standard[l.ImportPath] = true
		}
	}
	names := func(lists ...[]string) []string {
		var out []string
		for _, path := range slices.Concat(lists...) {
			if !standard[path] {
				out = append(out, below(path))
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	g := graph{packages: map[string]pkg{}}
	for _, l := range all {
		if !l.Standard {
			g.everything = append(g.everything, l.ImportPath)
		}
		if l.Module == nil || l.Module.Path != repo.Module {
			continue
		}
		code, tests, err := ignoredImports(l)
		if err != nil {
			return graph{}, err
		}
		g.packages[below(l.ImportPath)] = pkg{
			imports:     names(l.Imports, code),
			testImports: names(l.TestImports, l.XTestImports, tests),
			deps:        names(l.Deps),
		}
	}
	return g, nil
}

// below is the path of a package of ours below the module, and that of any
// other as it is.
func below(path string) string {
	if path == repo.Module {
		return "."
	}
	if rest, ours := strings.CutPrefix(path, repo.Module+"/"); ours {
		return rest
	}
	return path
}

// ignoredImports reads the files that go list leaves out on this machine: those
// of other systems and of build tags that are not set.
func ignoredImports(l listed) (code, tests []string, err error) {
	for _, name := range l.IgnoredGoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(l.Dir, name), nil, parser.ImportsOnly)
		if err != nil {
			return nil, nil, err
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, nil, err
			}
			if strings.HasSuffix(name, "_test.go") {
				tests = append(tests, path)
			} else if path != "C" {
				code = append(code, path)
			}
		}
	}
	return code, tests, nil
}

func TestGraph_ReadsWhatGoListSays(t *testing.T) {
	dir := gocmd.Write(t, map[string]string{
		"other_windows.go":      "package square\n\nimport _ \"example.com/windows\"\n",
		"other_windows_test.go": "package square\n\nimport _ \"example.com/windowstest\"\n",
	})
	text := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	ours := map[string]string{"Path": repo.Module}
	g, err := decodeGraph(text(map[string]any{"ImportPath": "fmt", "Standard": true}) +
		text(map[string]any{"ImportPath": "example.com/far"}) +
		text(map[string]any{"ImportPath": repo.Module, "Module": ours}) +
		text(map[string]any{"ImportPath": repo.Module + "/square [" + repo.Module + "/square.test]", "ForTest": repo.Module + "/square", "Module": ours}) +
		text(map[string]any{"ImportPath": repo.Module + "/square.test", "Module": ours}) +
		text(map[string]any{
			"ImportPath": repo.Module + "/square", "Module": ours, "Dir": dir,
			"Imports": []string{"fmt", repo.Module}, "Deps": []string{"fmt", repo.Module, "example.com/far"},
			"TestImports": []string{repo.Module + "/square/squaretest"}, "XTestImports": []string{"example.com/far", "fmt"},
			"IgnoredGoFiles": []string{"other_windows.go", "other_windows_test.go"},
		}))
	if err != nil {
		t.Fatal(err)
	}
	if len(g.packages) != 2 {
		t.Errorf("%d packages of ours, want the root and square: %v", len(g.packages), g.packages)
	}
	if want := []string{"example.com/far", repo.Module, repo.Module + "/square"}; !slices.Equal(g.everything, want) {
		t.Errorf("everything is %v, want %v", g.everything, want)
	}
	got := g.packages["square"]
	for _, c := range []struct {
		name      string
		got, want []string
	}{
		{"imports", got.imports, []string{".", "example.com/windows"}},
		{"testImports", got.testImports, []string{"example.com/far", "example.com/windowstest", "square/squaretest"}},
		{"deps", got.deps, []string{".", "example.com/far"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}
