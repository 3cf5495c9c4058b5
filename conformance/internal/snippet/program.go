package snippet

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Given are the names that a fragment finds, as the parameters of the function
// whose body it is: what every handler and every command has.
const Given = "ctx context.Context, w http.ResponseWriter, r *http.Request"

// Once are the constructors of what a program makes once, when it starts, and
// has ever after. The other fragments of the page find it under the name that it
// was given.
var Once = map[string]string{
	"builtbybit.New":   "*builtbybit.Client",
	"bytenite.New":     "*bytenite.Client",
	"filestore.Open":   "*filestore.Store",
	"square.New":       "*square.Client",
	"tokens.NewSealer": "*tokens.Sealer",
}

const ours = "github.com/grantway/grantway"

// Packages are what a fragment may name without importing it.
var Packages = map[string]string{
	"base64":  "encoding/base64",
	"bytes":   "bytes",
	"context": "context",
	"errors":  "errors",
	"fmt":     "fmt",
	"http":    "net/http",
	"io":      "io",
	"log":     "log",
	"os":      "os",
	"slog":    "log/slog",
	"testing": "testing",
	"time":    "time",
	"url":     "net/url",
	"oauth2":  "golang.org/x/oauth2",

	"grantway":       ours,
	"builtbybit":     ours + "/builtbybit",
	"builtbybittest": ours + "/builtbybit/builtbybittest",
	"bytenite":       ours + "/bytenite",
	"bytenitetest":   ours + "/bytenite/bytenitetest",
	"faults":         ours + "/faults",
	"filestore":      ours + "/tokens/filestore",
	"login":          ours + "/login",
	"square":         ours + "/square",
	"squaretest":     ours + "/square/squaretest",
	"storetest":      ours + "/tokens/storetest",
	"tokens":         ours + "/tokens",
	"authcode":       ours + "/authcode",
}

// Files turns blocks into Go files, each in a folder of its own, by path. Each
// tells the compiler where in the documentation its code comes from.
func Files(blocks []Block) (map[string]string, error) {
	files := map[string]string{}
	var made []variable // on the page so far
	for i := 0; i < len(blocks); {
		if i > 0 && blocks[i].File != blocks[i-1].File {
			made = nil
		}
		path := fmt.Sprintf("snippet%02d/snippet.go", len(files)+1)
		if b := blocks[i]; isFile(b.Text) {
			files[path] = at(b) + b.Text
			i++
			continue
		}
		end := i
		for end < len(blocks) && blocks[end].File == blocks[i].File && blocks[end].Heading == blocks[i].Heading && !isFile(blocks[end].Text) {
			end++
		}
		text, declared, err := function(blocks[i:end], made)
		if err != nil {
			return nil, err
		}
		files[path] = text
		made = append(made, declared...)
		i = end
	}
	return files, nil
}

func isFile(text string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", text, parser.PackageClauseOnly)
	return err == nil
}

// at is the directive that gives the code after it its place in the
// documentation.
func at(b Block) string { return fmt.Sprintf("//line %s:%d:1\n", b.File, b.Line) }

// variable is one that a fragment declares.
type variable struct{ name, typ string }

// function makes one function of the fragments under one heading. made is what
// fragments above have made; the function returns what these fragments make.
func function(blocks []Block, made []variable) (string, []variable, error) {
	var body strings.Builder
	for _, b := range blocks {
		body.WriteString("{\n" + at(b) + b.Text)
	}
	// What comes after the code is ours; an error there is about the whole.
	last := blocks[len(blocks)-1]
	fmt.Fprintf(&body, "//line %s:%d:1\n", last.File, last.Line+strings.Count(last.Text, "\n"))
	body.WriteString(strings.Repeat("}\n", len(blocks)))
	given := map[string]string{} // of two of one name, the later
	for _, v := range made {
		given[v.name] = v.typ
	}
	params := []string{Given}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		params = append(params, name+" "+given[name])
	}
	fn := "func _(" + strings.Join(params, ", ") + ") error {\n" + body.String() + "return nil\n}\n"

	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", "package snippet\n"+fn, 0)
	if err != nil {
		return "", nil, err // its position is in the documentation
	}
	paths := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			// Obj is nil for a name that nothing in the file declares.
			if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil && Packages[x.Name] != "" {
				paths[Packages[x.Name]] = true
			}
		}
		return true
	})
	var imports []string
	for path := range paths {
		imports = append(imports, fmt.Sprintf("import %q\n", path))
	}
	slices.Sort(imports)
	return "package snippet\n\n" + strings.Join(imports, "") + "\n" + fn, makes(file), nil
}

// makes lists the variables that are declared with what a constructor in Once
// returns.
func makes(file *ast.File) []variable {
	var out []variable
	ast.Inspect(file, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE {
			return true
		}
		call, ok := assign.Rhs[0].(*ast.CallExpr)
		if !ok {
			return true
		}
		if typ := Once[types.ExprString(call.Fun)]; typ != "" {
			out = append(out, variable{types.ExprString(assign.Lhs[0]), typ})
		}
		return true
	})
	return out
}
