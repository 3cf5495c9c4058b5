package house_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/grantway/grantway/conformance/internal/clone"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// maxCloneLines is how long a pair of places with the same logic may be.
const maxCloneLines = 20

// notOurs are folders whose code shows what others write: it is kept as it is,
// and its likeness to itself is what is measured.
var notOurs = []string{"bench/internal/peers", "conformance/internal/plain"}

// twin is a pair that stays: two functions, each named as the finder names it.
type twin struct {
	a, b string // "file.go: Func"
	// lines is how long the pair may be. What grows is looked at again.
	lines  int
	reason string
}

// twins are all pairs that stay.
var twins = []twin{}

// cloneFaults compares what was found with what may stay.
func cloneFaults(pairs []clone.Pair, stay []twin) []string {
	var faults []string
	used := make([]bool, len(stay))
	for _, p := range pairs {
		a, b := p.A.File+": "+p.A.Func, p.B.File+": "+p.B.Func
		i := slices.IndexFunc(stay, func(s twin) bool { return s.a == a && s.b == b || s.a == b && s.b == a })
		switch {
		case i < 0:
			faults = append(faults, fmt.Sprintf("the same logic twice: %s", p))
			continue
		case p.Lines() > stay[i].lines:
			faults = append(faults, fmt.Sprintf("%s, and only %d may stay", p, stay[i].lines))
		}
		used[i] = true
	}
	for i, s := range stay {
		if !used[i] {
			faults = append(faults, fmt.Sprintf("%s ~ %s may stay, and is not there any more", s.a, s.b))
		}
		if strings.TrimSpace(s.reason) == "" {
			faults = append(faults, fmt.Sprintf("%s ~ %s may stay, and nothing says why", s.a, s.b))
		}
	}
	return faults
}

// handWritten parses every Go file of the project, tests too, that no generator
// wrote. As for the go command, testdata and folders with a dot are no code.
func handWritten(t *testing.T, fset *token.FileSet, tree fs.FS) []*ast.File {
	t.Helper()
	var files []*ast.File
	err := fs.WalkDir(tree, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			name := entry.Name()
			if path != "." && (name[0] == '.' || name[0] == '_') || name == "testdata" || name == "node_modules" || slices.Contains(notOurs, path) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err == nil && !ast.IsGenerated(file) {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestClones_NoLogicOfMoreThanTwentyLinesIsThereTwice(t *testing.T) {
	fset := token.NewFileSet()
	files := handWritten(t, fset, os.DirFS(repo.Root(t)))
	report := clone.Find(fset, files, maxCloneLines+1)
	for _, fault := range cloneFaults(report.Pairs, twins) {
		t.Error(fault)
	}
	if len(files) < 100 {
		t.Errorf("only %d files were compared", len(files))
	}
	t.Logf("figure: compared %d functions with %d lines in %d hand-written files; %d pairs may stay; the longest pair is %s",
		report.Functions, report.Lines, len(files), len(twins), report.Longest)
}

// TestClones_ACopyPlantedInTheTreeIsSeen adds a file of the project once more,
// with other names in it.
func TestClones_ACopyPlantedInTheTreeIsSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: the whole project is compared twice")
	}
	const original = "conformance/internal/clone/clone.go"
	text := strings.NewReplacer("report", "result", "windows", "table", "package clone", "package planted").Replace(string(repo.Read(t, original)))
	fset := token.NewFileSet()
	files := handWritten(t, fset, os.DirFS(repo.Root(t)))
	planted, err := parser.ParseFile(fset, "planted.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	faults := cloneFaults(clone.Find(fset, append(files, planted), maxCloneLines+1).Pairs, twins)
	contains(t, faults, "the same logic twice: "+original+":")
	contains(t, faults, "~ planted.go:")
}

func TestClones_OnlyWhatIsOnTheListStays(t *testing.T) {
	pair := clone.Pair{
		A: clone.Place{File: "a.go", Func: "F", Start: 1, End: 25, Lines: 25},
		B: clone.Place{File: "b.go", Func: "T.G", Start: 31, End: 54, Lines: 24},
	}
	good := twin{"a.go: F", "b.go: T.G", 24, "they are two proofs of one thing"}
	edited := func(edit func(*twin)) []twin {
		s := good
		edit(&s)
		return []twin{s}
	}
	for _, c := range []struct {
		name  string
		pairs []clone.Pair
		stay  []twin
		want  string
	}{
		{"it is on the list", []clone.Pair{pair}, []twin{good}, ""},
		{"the other way round", []clone.Pair{pair}, edited(func(s *twin) { s.a, s.b = s.b, s.a }), ""},
		{"two runs of one pair", []clone.Pair{pair, pair}, []twin{good}, ""},
		{"the list is empty", []clone.Pair{pair}, nil, "twice: a.go:1-25 (F) ~ b.go:31-54 (T.G): 24 lines"},
		{"another function", []clone.Pair{pair}, edited(func(s *twin) { s.b = "b.go: T.H" }), "twice: a.go:1-25"},
		{"it has grown", []clone.Pair{pair}, edited(func(s *twin) { s.lines = 23 }), "only 23 may stay"},
		{"it has gone", nil, []twin{good}, "is not there any more"},
		{"nobody said why", []clone.Pair{pair}, edited(func(s *twin) { s.reason = " " }), "nothing says why"},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults := cloneFaults(c.pairs, c.stay)
			if c.want != "" {
				contains(t, faults, c.want)
			} else if len(faults) > 0 {
				t.Errorf("%v", faults)
			}
		})
	}
}

func TestClones_ReadsHandWrittenFilesAndNoOthers(t *testing.T) {
	const code = "package p\n"
	tree := fstest.MapFS{
		"a.go":                              {Data: []byte(code)},
		"a_test.go":                         {Data: []byte(code)},
		"cmd/specgen/deep/b.go":             {Data: []byte(code)},
		"gen/c.go":                          {Data: []byte("// Code generated by specgen from api/c.yaml; DO NOT EDIT.\n\n" + code)},
		"cmd/testdata/d.go":                 {Data: []byte("no Go at all")},
		".hidden/e.go":                      {Data: []byte(code)},
		"bench/internal/peers/other/f.go":   {Data: []byte(code)},
		"conformance/npm/node_modules/g.go": {Data: []byte(code)},
		"h.go.tmpl":                         {Data: []byte(code)},
	}
	fset := token.NewFileSet()
	var names []string
	for _, file := range handWritten(t, fset, tree) {
		names = append(names, fset.Position(file.Package).Filename)
	}
	if want := []string{"a.go", "a_test.go", "cmd/specgen/deep/b.go"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}
