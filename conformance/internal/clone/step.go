package clone

import (
	"go/ast"
	"go/token"
	"strings"
)

// stepper writes down the statements of functions.
type stepper struct {
	fset  *token.FileSet
	fn    string // the declared function that is being read
	steps []step
	data  map[int]bool
	// apart are the function literals inside of data, which are rows of their own.
	apart []*ast.FuncLit
	// inside are those in the step being written, whose steps come after it.
	inside []*ast.FuncLit
}

func (s *stepper) line(p token.Pos) int { return s.fset.Position(p).Line }

// end is the step at the end of a block.
const end = "end"

// step adds one that stands from a place to another, and the bodies of its function literals.
func (s *stepper) step(from, to token.Pos, text string) {
	inside := s.inside
	s.inside = nil
	head := step{text, s.line(from), s.line(to), s.fn}
	if len(inside) > 0 { // the rest of the lines are steps of their own
		head.end = s.line(inside[0].Body.Lbrace)
	}
	s.steps = append(s.steps, head)
	for _, lit := range inside {
		s.body(lit.Body)
	}
}

// declared adds a function. Its name is in the first step, so a run goes from
// one function into the next only where both sides have the same name. The lines
// between after, where the function before ends, and this one are no logic.
func (s *stepper) declared(d *ast.FuncDecl, after int) {
	for line := after + 1; line < s.line(d.Pos()); line++ {
		s.data[line] = true
	}
	s.step(d.Pos(), d.Body.Lbrace, "func "+d.Name.Name)
	s.body(d.Body)
}

// body adds the steps of a block and its end.
func (s *stepper) body(b *ast.BlockStmt) {
	s.list(b.List)
	s.step(b.Rbrace, b.Rbrace, end)
}

func (s *stepper) list(stmts []ast.Stmt) {
	for _, stmt := range stmts {
		s.stmt(stmt)
	}
}

// stmt adds a statement. What comes before the body of an if, a for or a switch
// is one step with it: its first line is where they begin.
func (s *stepper) stmt(stmt ast.Stmt) {
	switch x := stmt.(type) {
	case *ast.BlockStmt:
		s.step(x.Lbrace, x.Lbrace, "block")
		s.body(x)
	case *ast.IfStmt:
		s.step(x.If, x.Body.Lbrace, "if "+s.simple(x.Init)+s.expr(x.Cond))
		s.body(x.Body)
		if x.Else != nil {
			s.step(x.Else.Pos(), x.Else.Pos(), "else")
			s.stmt(x.Else)
		}
	case *ast.ForStmt:
		s.step(x.For, x.Body.Lbrace, "for "+s.simple(x.Init)+s.expr(x.Cond)+";"+s.simple(x.Post))
		s.body(x.Body)
	case *ast.RangeStmt:
		s.step(x.For, x.Body.Lbrace, "range "+s.exprs(x.Key, x.Value)+s.expr(x.X))
		s.body(x.Body)
	case *ast.SwitchStmt:
		s.step(x.Switch, x.Body.Lbrace, "switch "+s.simple(x.Init)+s.expr(x.Tag))
		s.body(x.Body)
	case *ast.TypeSwitchStmt:
		s.step(x.Switch, x.Body.Lbrace, "typeswitch "+s.simple(x.Init)+s.simple(x.Assign))
		s.body(x.Body)
	case *ast.SelectStmt:
		s.step(x.Select, x.Body.Lbrace, "select")
		s.body(x.Body)
	case *ast.CaseClause:
		s.step(x.Case, x.Colon, "case "+s.exprs(x.List...))
		s.list(x.Body)
	case *ast.CommClause:
		s.step(x.Case, x.Colon, "comm "+s.simple(x.Comm))
		s.list(x.Body)
	case *ast.LabeledStmt:
		s.step(x.Label.Pos(), x.Colon, "label")
		s.stmt(x.Stmt)
	case *ast.EmptyStmt:
	default:
		s.step(stmt.Pos(), stmt.End(), s.simple(stmt))
	}
}

// simple is the text of a statement without a body, or of none.
func (s *stepper) simple(stmt ast.Stmt) string {
	switch x := stmt.(type) {
	case *ast.AssignStmt:
		// Whether a variable is new is a matter of names.
		return s.exprs(x.Lhs...) + strings.TrimPrefix(x.Tok.String(), ":") + s.exprs(x.Rhs...)
	case *ast.ExprStmt:
		return s.expr(x.X)
	case *ast.ReturnStmt:
		return "return " + s.exprs(x.Results...)
	case *ast.BranchStmt:
		return x.Tok.String()
	case *ast.GoStmt:
		return "go " + s.expr(x.Call)
	case *ast.DeferStmt:
		return "defer " + s.expr(x.Call)
	case *ast.SendStmt:
		return s.expr(x.Chan) + "<-" + s.expr(x.Value)
	case *ast.IncDecStmt:
		return s.expr(x.X) + x.Tok.String()
	case *ast.DeclStmt:
		return s.decl(x)
	default:
		return ";"
	}
}

// decl is the text of a declaration inside of a function. Of a type, nothing is
// read: it does nothing.
func (s *stepper) decl(d *ast.DeclStmt) string {
	gen, ok := d.Decl.(*ast.GenDecl)
	if !ok {
		return ";"
	}
	var text strings.Builder
	text.WriteString(gen.Tok.String())
	for _, spec := range gen.Specs {
		if v, ok := spec.(*ast.ValueSpec); ok {
			text.WriteString(" " + strings.Repeat("x", len(v.Names)) + "=" + s.exprs(v.Values...))
		} else {
			s.dataIn(spec)
		}
	}
	return text.String()
}

func (s *stepper) exprs(list ...ast.Expr) string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = s.expr(e)
	}
	return strings.Join(texts, ",")
}

// expr is the text of an expression: its syntax, and the names that it calls.
func (s *stepper) expr(e ast.Expr) string {
	switch x := e.(type) {
	case nil:
		return ""
	case *ast.Ident:
		if x.Name == "nil" || x.Name == "_" {
			return x.Name
		}
		return "x"
	case *ast.BasicLit:
		s.dataIn(x)
		return "x" // a constant may stand for it
	case *ast.ParenExpr:
		return s.expr(x.X)
	case *ast.SelectorExpr:
		return s.expr(x.X) + ".x"
	case *ast.CallExpr:
		return s.called(x.Fun) + "(" + s.exprs(x.Args...) + ")"
	case *ast.StarExpr:
		return "*" + s.expr(x.X)
	case *ast.UnaryExpr:
		return x.Op.String() + s.expr(x.X)
	case *ast.BinaryExpr:
		return "(" + s.expr(x.X) + x.Op.String() + s.expr(x.Y) + ")"
	case *ast.IndexExpr:
		return s.expr(x.X) + "[" + s.expr(x.Index) + "]"
	case *ast.IndexListExpr:
		return s.expr(x.X) + "[" + s.exprs(x.Indices...) + "]"
	case *ast.SliceExpr:
		return s.expr(x.X) + "[" + s.expr(x.Low) + ":" + s.expr(x.High) + ":" + s.expr(x.Max) + "]"
	case *ast.TypeAssertExpr:
		return s.expr(x.X) + ".(T)"
	case *ast.CompositeLit:
		s.dataIn(x)
		s.apart = append(s.apart, literals(x)...)
		return "{}"
	case *ast.FuncLit:
		s.inside = append(s.inside, x)
		return "func"
	default: // a type
		return "T"
	}
}

// called is the text of what a call calls: the last name stays.
func (s *stepper) called(fun ast.Expr) string {
	switch x := fun.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		if _, ok := x.X.(*ast.Ident); ok { // a package or a variable
			return "x." + x.Sel.Name
		}
		return s.expr(x.X) + "." + x.Sel.Name
	case *ast.ParenExpr:
		return s.called(x.X)
	case *ast.IndexExpr: // a type argument, or an element
		return s.called(x.X)
	case *ast.IndexListExpr:
		return s.called(x.X)
	default:
		return s.expr(fun)
	}
}

// dataIn marks the lines a node goes on over, after the one it begins on.
func (s *stepper) dataIn(n ast.Node) {
	for line := s.line(n.Pos()) + 1; line <= s.line(n.End()); line++ {
		s.data[line] = true
	}
}
