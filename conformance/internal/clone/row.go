package clone

import (
	"go/ast"
	"go/token"
)

// row is what a file does, as steps.
type row struct {
	file      string
	functions int
	steps     []step
	// data are the lines that hold no logic, by number.
	data map[int]bool
}

// step is a statement without its body, or the end of a body.
type step struct {
	text       string // equal steps have equal texts
	start, end int    // lines
	fn         string // the declared function it is in
}

// place is the run of n steps from i.
func (r row) place(i, n int) Place {
	p := Place{File: r.file}
	if n == 0 {
		return p
	}
	p.Func, p.Start = r.steps[i].fn, r.steps[i].start
	for _, s := range r.steps[i : i+n] {
		p.End = max(p.End, s.end)
	}
	for line := p.Start; line <= p.End; line++ {
		if !r.data[line] {
			p.Lines++
		}
	}
	return p
}

// rows reads a file: one row for its declared functions, in their order, and one
// for each function literal that is no part of another row.
func rows(fset *token.FileSet, file *ast.File) []row {
	name := fset.Position(file.Package).Filename
	var out []row
	all := stepper{fset: fset, data: map[int]bool{}}
	functions, after := 0, 0 // after is where the function before ends
	for _, decl := range file.Decls {
		fn, apart := "var", []*ast.FuncLit(nil)
		if d, ok := decl.(*ast.FuncDecl); !ok {
			apart = literals(decl)
		} else if d.Body != nil {
			functions++
			all.fn = funcName(d)
			all.declared(d, after)
			after = all.line(d.End())
			fn, apart, all.apart = all.fn, all.apart, nil
		}
		for len(apart) > 0 {
			s := stepper{fset: fset, fn: fn, data: map[int]bool{}}
			s.body(apart[0].Body)
			out = append(out, row{name, 1, s.steps, s.data})
			apart = append(apart[1:], s.apart...)
		}
	}
	return append(out, row{name, functions, all.steps, all.data})
}

// funcName is "Name", or "Type.Name" for a method.
func funcName(d *ast.FuncDecl) string {
	name := d.Name.Name
	if d.Recv == nil {
		return name
	}
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok {
			name = id.Name + "." + d.Name.Name
		}
		_, index := n.(*ast.IndexExpr)
		_, indices := n.(*ast.IndexListExpr)
		return !ok && !index && !indices
	})
	return name
}

// literals are the function literals of a node that are in no other.
func literals(n ast.Node) []*ast.FuncLit {
	var out []*ast.FuncLit
	ast.Inspect(n, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if ok {
			out = append(out, lit)
		}
		return !ok
	})
	return out
}
