package house_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// notPublic are the folders of the root module whose packages promise nothing
// to anybody: ours, generated, or programs.
var notPublic = []string{"internal", "gen", "examples", "cmd"}

// public says which packages, by their paths below the module, are public.
func public(packages []string) []string {
	var out []string
	for _, path := range packages {
		first, _, _ := strings.Cut(path, "/")
		if !slices.Contains(notPublic, first) {
			out = append(out, path)
		}
	}
	return out
}

// walk is what a package says to the world, and what it leaves unsaid.
type walk struct {
	fset *token.FileSet
	// symbols are the exported names that go doc lists for a package: constants,
	// variables, functions and types. A promise each.
	symbols []string
	// methods and members (fields, and methods of interfaces) are counted only.
	methods, members int
	examples         int
	faults           []string
}

// walkFiles reads the files of one folder.
//
// The rule for a comment is Go's: it begins with the name it is about. Before
// the name of a type, and of nothing else, "A", "An" or "The" may stand, as
// golint has it. In a group of constants or variables the comment of the group
// is enough; a field, or a method of an interface, has a comment above or beside
// it, whose first word is free. One comment may be above several fields if it
// has the names of all of them in it.
func walkFiles(fset *token.FileSet, files []*ast.File) walk {
	w := walk{fset: fset}
	var tests []*ast.File
	packageComment := false
	name := ""
	for _, file := range files {
		if strings.HasSuffix(fset.Position(file.Package).Filename, "_test.go") {
			tests = append(tests, file)
			continue
		}
		name = file.Name.Name
		packageComment = packageComment || strings.HasPrefix(file.Doc.Text(), "Package "+name+" ")
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				w.function(d)
			case *ast.GenDecl:
				w.group(d)
			}
		}
	}
	if !packageComment {
		w.faults = append(w.faults, fmt.Sprintf("package %s: no comment that begins with \"Package %s\"", name, name))
	}
	w.examples = len(doc.Examples(tests...))
	if w.examples == 0 {
		w.faults = append(w.faults, fmt.Sprintf("package %s: no Example", name))
	}
	return w
}

func (w *walk) fault(n ast.Node, format string, args ...any) {
	p := w.fset.Position(n.Pos())
	w.faults = append(w.faults, fmt.Sprintf("%s:%d: ", p.Filename, p.Line)+fmt.Sprintf(format, args...))
}

func (w *walk) function(d *ast.FuncDecl) {
	if !d.Name.IsExported() {
		return
	}
	what := d.Name.Name
	if d.Recv == nil {
		w.symbols = append(w.symbols, what)
	} else {
		on := typeName(d.Recv.List[0].Type)
		if !ast.IsExported(on) {
			return
		}
		w.methods++
		what = on + "." + what
	}
	w.comment(d, what, d.Doc, d.Name.Name)
}

func (w *walk) group(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if !s.Name.IsExported() {
				continue
			}
			w.symbols = append(w.symbols, s.Name.Name)
			comment := s.Doc
			if comment == nil && !d.Lparen.IsValid() {
				comment = d.Doc
			}
			w.comment(s, s.Name.Name, withoutArticle(comment), s.Name.Name)
			w.membersOf(s.Name.Name, s.Type)
		case *ast.ValueSpec:
			first := ""
			for _, name := range s.Names {
				if name.IsExported() {
					first = cmp.Or(first, name.Name)
					w.symbols = append(w.symbols, name.Name)
				}
			}
			if first == "" || d.Lparen.IsValid() && d.Doc.Text() != "" {
				continue
			}
			comment := s.Doc
			if comment == nil && !d.Lparen.IsValid() {
				comment = d.Doc
			}
			w.comment(s, first, comment, first)
		}
	}
}

// membersOf looks at the fields of a struct and the methods of an interface.
func (w *walk) membersOf(name string, t ast.Expr) {
	var fields *ast.FieldList
	switch t := t.(type) {
	case *ast.StructType:
		fields = t.Fields
	case *ast.InterfaceType:
		fields = t.Methods
	default:
		return
	}
	above := "" // the last comment above a field
	for _, f := range fields.List {
		if f.Doc != nil {
			above = f.Doc.Text()
		}
		if len(f.Names) == 0 {
			continue // embedded: its type says what it is
		}
		i := slices.IndexFunc(f.Names, (*ast.Ident).IsExported)
		if i < 0 {
			continue
		}
		w.members += len(f.Names)
		member := name + "." + f.Names[i].Name
		if f.Doc.Text() == "" && f.Comment.Text() == "" && !slices.Contains(words(above), f.Names[i].Name) {
			w.fault(f, "%s has no comment above or beside it", member)
		}
		w.membersOf(member, f.Type)
	}
}

// words are the words of a comment.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// comment holds a comment to the rule.
func (w *walk) comment(n ast.Node, what string, c *ast.CommentGroup, name string) {
	text := c.Text()
	rest, ok := strings.CutPrefix(text, name)
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case text == "":
		w.fault(n, "%s has no comment", what)
	case !ok || next == '_' || unicode.IsLetter(next) || unicode.IsDigit(next):
		first, _, _ := strings.Cut(text, " ")
		w.fault(n, "the comment of %s begins with %q", what, first)
	}
}

// withoutArticle is a comment without an article at its beginning.
func withoutArticle(c *ast.CommentGroup) *ast.CommentGroup {
	text := c.Text()
	for _, article := range []string{"A ", "An ", "The "} {
		if rest, ok := strings.CutPrefix(text, article); ok {
			return &ast.CommentGroup{List: []*ast.Comment{{Text: "// " + strings.ReplaceAll(rest, "\n", " ")}}}
		}
	}
	return c
}

// typeName is the name of a receiver's type.
func typeName(t ast.Expr) string {
	switch x := t.(type) {
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.IndexListExpr:
		return typeName(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// parseFolder reads every Go file of a folder, those for other systems too.
// Files are named from the root of the project.
func parseFolder(t *testing.T, root, folder string) (*token.FileSet, []*ast.File) {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(fset, filepath.ToSlash(rel), src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return fset, files
}

func TestDocumented_EveryExportedNameSaysWhatItIsAndEveryPackageHasAnExample(t *testing.T) {
	root := repo.Root(t)
	var packages []string
	for _, path := range gocmd.Lines(gocmd.Project(t, root, "list", "./...")) {
		packages = append(packages, below(path))
	}
	var all walk
	folders := public(packages)
	for _, folder := range folders {
		w := walkFiles(parseFolder(t, root, folder))
		for _, fault := range w.faults {
			t.Error(fault)
		}
		if len(w.symbols) == 0 {
			t.Errorf("%s exports nothing: is it public?", folder)
		}
		all.symbols = append(all.symbols, w.symbols...)
		all.methods += w.methods
		all.members += w.members
		all.examples += w.examples
	}
	t.Logf("figure: walked %d exported names, %d methods and %d fields and interface methods in %d public packages, with %d examples",
		len(all.symbols), all.methods, all.members, len(folders), all.examples)
}

const wellDocumented = `// Package p is an example.
package p

// A Thing is a thing.
type Thing struct {
	// Field is a field. Both and Pair are two.
	Field int
	Both  int
	Pair  int
	Other int // is another
	Inner struct {
		Deep int // is inside
	} // holds one
	own int
}

// Doer does.
type Doer interface {
	// Do does it.
	Do()
}

// New makes a Thing.
func New() *Thing { return nil }

// Do does it.
func (t *Thing) Do() {}

// One is the first.
const One = 1

// The others.
const (
	Two = 2
	Three = 3
)

var (
	// ErrNo says no.
	ErrNo = 1
	errOwn = 2
)

type own struct{ Field int }

func (own) Do() {}
`

const wellExampled = "package p_test\n\nfunc Example() {}\n"

// walkText is walkFiles of a package and of its tests.
func walkText(t *testing.T, code, tests string) walk {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for name, src := range map[string]string{"p.go": code, "p_test.go": tests} {
		file, err := parser.ParseFile(fset, name, src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return walkFiles(fset, files)
}

func TestDocumented_WhatIsLeftUnsaidIsSeen(t *testing.T) {
	good := walkText(t, wellDocumented, wellExampled)
	if len(good.faults) > 0 {
		t.Fatalf("before anything is taken away: %v", good.faults)
	}
	slices.Sort(good.symbols)
	if want := []string{"Doer", "ErrNo", "New", "One", "Thing", "Three", "Two"}; !slices.Equal(good.symbols, want) {
		t.Errorf("symbols %v, want %v", good.symbols, want)
	}
	if good.methods != 1 || good.members != 7 || good.examples != 1 {
		t.Errorf("%d methods, %d members, %d examples; want 1, 7, 1", good.methods, good.members, good.examples)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"a package without a comment", "// Package p is an example.\n", "", `no comment that begins with "Package p"`},
		{"a package comment about another", "Package p is", "Package q is", `no comment that begins with "Package p"`},
		{"a type without a comment", "// A Thing is a thing.\n", "", "p.go:4: Thing has no comment"},
		{"a type's comment about another", "// A Thing is", "// A Thingy is", "the comment of Thing begins with"},
		{"a field without a comment", "\t// Field is a field. Both and Pair are two.\n", "", "Thing.Field has no comment"},
		{"a field below a comment about others", "Both and Pair", "Both and Pairs", "Thing.Pair has no comment"},
		{"a field without one beside it", " // is another", "", "Thing.Other has no comment"},
		{"a field of a field", " // is inside", "", "Thing.Inner.Deep has no comment"},
		{"a method of an interface", "\t// Do does it.\n\tDo()", "\tDo()", "Doer.Do has no comment"},
		{"a function without a comment", "// New makes a Thing.\n", "", "New has no comment"},
		{"an article before a function", "// New makes", "// A New makes", `the comment of New begins with "A"`},
		{"a method without a comment", "// Do does it.\nfunc", "func", "Thing.Do has no comment"},
		{"a method's comment about its type", "// Do does it.\nfunc", "// Thing does it.\nfunc", `the comment of Thing.Do begins with "Thing"`},
		{"a constant without a comment", "// One is the first.\n", "", "One has no comment"},
		{"a group without a comment", "// The others.\n", "", "Two has no comment"},
		{"a comment that a blank line cuts off", "// New makes a Thing.\n", "// New makes a Thing.\n\n", "New has no comment"},
		{"a group that is one comment short", "\t// ErrNo says no.\n", "", "ErrNo has no comment"},
		{"a name in a group under another's comment", "// ErrNo says", "// ErrYes says", `the comment of ErrNo begins with "ErrYes"`},
		{"no example", "func Example()", "func example()", "package p: no Example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code := strings.Replace(wellDocumented, c.old, c.new, 1)
			tests := strings.Replace(wellExampled, c.old, c.new, 1)
			if code+tests == wellDocumented+wellExampled {
				t.Fatal("nothing was changed")
			}
			contains(t, walkText(t, code, tests).faults, c.want)
		})
	}
}

func TestDocumented_PublicIsWhatAUserCanImportAndIsMeantTo(t *testing.T) {
	want := map[string]bool{
		".": true, "square": true, "square/squaretest": true, "tokens/filestore": true, "faults": true,
		"internal/wire": false, "gen/squareapi": false, "examples/quickstart": false, "cmd/grantway-fakes": false,
	}
	got := public(slices.Sorted(maps.Keys(want)))
	for path, is := range want {
		if slices.Contains(got, path) != is {
			t.Errorf("public(%s) is %v", path, !is)
		}
	}
}
