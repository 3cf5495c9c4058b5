package gate

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// imports are the packages that a generated client may use, and what of each.
// It is what the generator's templates are made of: a name that is not here is
// either a template that is new or text of a spec that became code.
var imports = map[string]string{
	"context": "Context",
	"maps":    "Keys",
	"net/url": "QueryEscape",
	"slices":  "Sorted",
	"strconv": "FormatBool FormatFloat FormatInt",
	"time":    "RFC3339Nano Time",
	"fmt":     "Errorf",              // of the address of a server
	"strings": "Contains ReplaceAll", // likewise

	"github.com/grantway/grantway": "Expiry Kind KindAmbiguous KindBadClient KindMalformed KindNotJudged KindRejected " +
		"KindThrottled KindUnavailable NeverExpires NewSecret Secret",
	"github.com/grantway/grantway/provider": "BadAccessToken BadJSON BadMultiple BadPathValue BadSecret BadString BadText Basic Body Client " +
		"DecodeBody Decoder IsBearer NewDecoder Operation OwnSecret Request",

	"github.com/oapi-codegen/runtime": "StyleParamOptions StyleParamWithOptions ParamLocationHeader ParamLocationPath ParamLocationQuery",
}

// fakeImports are those of a package for a fake, which holds data and nothing that
// does anything.
var fakeImports = map[string]string{
	"github.com/grantway/grantway/internal/fakeauth": "Answer Call Field KindAny KindFlag KindNumber KindWhole Route Rules Scheme",
}

// builtins are the predeclared functions that generated code may call.
const builtins = "append len make"

func listed(names, name string) bool {
	for allowed := range strings.FieldsSeq(names) {
		if allowed == name {
			return true
		}
	}
	return false
}

// syntax lets through the kinds of syntax that the generator writes, and
// nothing else: no goroutine, channel, defer, label, goto, type parameter or
// dot import can be in what passes.
func (g *gate) syntax(file *ast.File) *Fault {
	var found *Fault
	ast.Inspect(file, func(n ast.Node) bool {
		if n != nil && found == nil && !allowed(n) {
			found = g.fault(n.Pos(), "%s is nothing that the generator writes", kind(n))
		}
		return found == nil
	})
	return found
}

func allowed(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.File, *ast.Comment, *ast.CommentGroup, *ast.GenDecl, *ast.FuncDecl, *ast.ImportSpec, *ast.TypeSpec, *ast.ValueSpec,
		*ast.Field, *ast.FieldList, *ast.Ident, *ast.BasicLit, *ast.CompositeLit, *ast.KeyValueExpr, *ast.FuncLit,
		*ast.ParenExpr, *ast.SelectorExpr, *ast.IndexExpr, *ast.CallExpr, *ast.StarExpr, *ast.BinaryExpr,
		*ast.ArrayType, *ast.MapType, *ast.StructType, *ast.FuncType,
		*ast.BlockStmt, *ast.DeclStmt, *ast.AssignStmt, *ast.ExprStmt, *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.IncDecStmt,
		*ast.SwitchStmt, *ast.CaseClause, *ast.ReturnStmt:
		return true
	case *ast.UnaryExpr:
		return n.Op == token.AND || n.Op == token.NOT || n.Op == token.SUB
	case *ast.BranchStmt:
		return n.Label == nil && (n.Tok == token.BREAK || n.Tok == token.CONTINUE)
	}
	return false
}

func kind(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "a go statement"
	case *ast.DeferStmt:
		return "a defer statement"
	case *ast.UnaryExpr:
		return "the operator " + n.Op.String()
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast.")
}

// names holds what is used of other packages, and the predeclared functions,
// against the lists. uses is what the type check found out about each name.
func (g *gate) names(uses map[*ast.Ident]types.Object) *Fault {
	for _, file := range g.files {
		var found *Fault
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				id, ok := n.X.(*ast.Ident)
				if !ok {
					break
				}
				if pkg, ok := uses[id].(*types.PkgName); ok && !listed(g.allowed[pkg.Imported().Path()], n.Sel.Name) {
					found = g.fault(n.Pos(), "use of %s.%s is nothing that the generator writes", id.Name, n.Sel.Name)
				}
			case *ast.Ident:
				if f, ok := uses[n].(*types.Builtin); ok && !listed(builtins, f.Name()) {
					found = g.fault(n.Pos(), "a call of %s is nothing that the generator writes", f.Name())
				}
			}
			return found == nil
		})
		if found != nil {
			return found
		}
	}
	return nil
}
