// Package gate holds generated Go code against what generated code may contain,
// before any of it is written.
//
// It does not trust the generator, whose templates put text of the spec into
// source code. It refuses imports that a client has no use for, code that runs
// on import, compiler directives, and whatever does not compile. It never runs
// the code, and needs neither the disk nor the go command.
package gate

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Fault is what is wrong with a generated file, and where in it.
type Fault struct {
	Path      string
	Line, Col int
	Message   string
	Name      string // the Go name at that place, if there is one
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.Path, f.Line, f.Col, f.Message)
}

// Check looks at all files of one client package and returns the first fault, or
// nil.
func Check(files map[string][]byte) *Fault { return check(files, imports) }

// CheckFake is Check for a package for a fake.
func CheckFake(files map[string][]byte) *Fault { return check(files, fakeImports) }

func check(files map[string][]byte, allowed map[string]string) *Fault {
	paths := slices.Sorted(maps.Keys(files))
	g := gate{fset: token.NewFileSet(), files: make([]*ast.File, len(paths)), allowed: allowed}
	faults := make([]*Fault, len(paths))
	var all sync.WaitGroup
	for i, path := range paths {
		all.Go(func() { g.files[i], faults[i] = g.file(path, files[path]) })
	}
	all.Wait()
	for _, f := range faults {
		if f != nil {
			return f
		}
	}
	return g.types()
}

type gate struct {
	fset    *token.FileSet
	files   []*ast.File
	allowed map[string]string // what may be imported, and what of it used
}

func (g *gate) fault(at token.Pos, format string, args ...any) *Fault {
	p := g.fset.Position(at)
	return &Fault{Path: p.Filename, Line: p.Line, Col: p.Column, Message: fmt.Sprintf(format, args...)}
}

func (g *gate) file(path string, src []byte) (*ast.File, *Fault) {
	// //line directives in the source would move positions; they are refused
	// below, where the plain ones are needed.
	file, err := parser.ParseFile(g.fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, parseFault(path, err)
	}
	for _, check := range []func(*ast.File) *Fault{g.imports, g.comments, g.declarations, g.syntax} {
		if f := check(file); f != nil {
			return nil, f
		}
	}
	return file, nil
}

func (g *gate) imports(file *ast.File) *Fault {
	for _, imp := range file.Imports {
		path, err := strconv.Unquote(imp.Path.Value)
		if _, ok := g.allowed[path]; err != nil || !ok {
			return g.fault(imp.Pos(), "import of %s is not allowed", imp.Path.Value)
		}
		if imp.Name != nil && (imp.Name.Name == "." || imp.Name.Name == "_") {
			return g.fault(imp.Pos(), "import as %q is not allowed", imp.Name.Name)
		}
	}
	return nil
}

// directive is a comment that a tool obeys: //go:embed, //line, // +build,
// //export, #cgo.
var directive = regexp.MustCompile(`^//(?:[a-z0-9]+:[a-z0-9]|line |export |extern |[ \t]*\+build\b|[ \t]*#cgo\b)`)

func (g *gate) comments(file *ast.File) *Fault {
	for _, group := range file.Comments {
		for _, c := range group.List {
			switch {
			case strings.HasPrefix(c.Text, "/*"):
				return g.fault(c.Pos(), "a block comment: the generator writes none, so this is text of the spec that got out of place")
			case directive.MatchString(c.Text):
				return g.fault(c.Pos(), "the comment %.40q is a directive: reword the description that it comes from", c.Text)
			}
		}
	}
	return nil
}

// declarations lets types, constants, functions and methods through: nothing of
// which runs before somebody calls it.
func (g *gate) declarations(file *ast.File) *Fault {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				return g.fault(d.Pos(), "a package variable is not allowed: it would be set up on import")
			}
		case *ast.FuncDecl:
			if d.Recv == nil && (d.Name.Name == "init" || d.Name.Name == "main") {
				return g.fault(d.Pos(), "func %s is not allowed", d.Name.Name)
			}
			if d.Body == nil {
				return g.fault(d.Pos(), "func %s has no body", d.Name.Name)
			}
		}
	}
	return nil
}
