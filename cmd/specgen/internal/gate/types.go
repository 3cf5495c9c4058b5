package gate

import (
	"errors"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
)

// types checks the package as the compiler would, but for what comes from other
// packages: with an importer that finds nothing, go/types takes those as given
// and still sees every name that is declared twice or not at all. It takes
// milliseconds where `go build` takes a good part of a second.
//
// What the check finds out about names serves to hold them against what a
// client may use of other packages.
func (g *gate) types() *Fault {
	var found *Fault
	conf := types.Config{
		Importer: noImporter{},
		Error: func(err error) {
			var e types.Error
			if found != nil || !errors.As(err, &e) || strings.HasPrefix(e.Msg, "could not import") {
				return
			}
			found = g.fault(e.Pos, "does not compile: %s", e.Msg)
			if found.Name = g.nameAt(e.Pos); strings.HasPrefix(e.Msg, "undefined") {
				found.Name = g.declaredAround(e.Pos) // what is not there comes from nowhere
			}
		},
	}
	uses := map[*ast.Ident]types.Object{}
	_, _ = conf.Check("generated", g.fset, g.files, &types.Info{Uses: uses}) // every error went through conf.Error
	if found != nil {
		return found
	}
	return g.names(uses)
}

// noImporter finds no package. go/types then makes up an empty one and does not
// complain of what it lacks.
type noImporter struct{}

var errNotImported = errors.New("not imported")

func (noImporter) Import(string) (*types.Package, error) { return nil, errNotImported }

// nameAt is the identifier at a position.
func (g *gate) nameAt(pos token.Pos) string {
	for _, file := range g.files {
		if pos < file.FileStart || pos > file.FileEnd {
			continue
		}
		name := ""
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Pos() == pos {
				name = id.Name
			}
			return name == ""
		})
		return name
	}
	return ""
}

// declaredAround is the name of the declaration that a position is in; of a
// method, that of its type.
func (g *gate) declaredAround(pos token.Pos) string {
	for _, file := range g.files {
		for _, decl := range file.Decls {
			if pos < decl.Pos() || pos > decl.End() {
				continue
			}
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					return d.Name.Name
				}
				typ := d.Recv.List[0].Type
				if star, ok := typ.(*ast.StarExpr); ok {
					typ = star.X
				}
				return types.ExprString(typ)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if t, ok := spec.(*ast.TypeSpec); ok && pos >= t.Pos() && pos <= t.End() {
						return t.Name.Name
					}
				}
			}
		}
	}
	return ""
}

// parseFault places a syntax error.
func parseFault(path string, err error) *Fault {
	f := &Fault{Path: path, Line: 1, Col: 1, Message: "does not parse: " + err.Error()}
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		f.Line, f.Col, f.Message = list[0].Pos.Line, list[0].Pos.Column, "does not parse: "+list[0].Msg
	}
	return f
}
