package snippet

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// Given are the names that a fragment finds, as the parameters of the function
// whose body it is.
const Given = "ctx context.Context, w http.ResponseWriter, r *http.Request, t *testing.T, " +
	"secret, code string, startAgain func() error, sq *square.Client, tok *grantway.Token, " +
	"auth *grantway.Auth, sealer func() *grantway.Sealer, source func(*http.Request) *grantway.Source"

const ours = "github.com/grantway/grantway"

// Packages are what a fragment may name without importing it.
var Packages = map[string]string{
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
	"filestore":      ours + "/filestore",
	"login":          ours + "/login",
	"square":         ours + "/square",
	"squaretest":     ours + "/square/squaretest",
	"storetest":      ours + "/storetest",
}

// Files turns blocks into Go files, each in a folder of its own, by path. Each
// tells the compiler where in the documentation its code comes from.
func Files(blocks []Block) (map[string]string, error) {
	files := map[string]string{}
	for i := 0; i < len(blocks); {
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
		text, err := function(blocks[i:end])
		if err != nil {
			return nil, err
		}
		files[path] = text
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

// function makes one function of the fragments under one heading.
func function(blocks []Block) (string, error) {
	var body strings.Builder
	for _, b := range blocks {
		body.WriteString("{\n" + at(b) + b.Text)
	}
	// What comes after the code is ours; an error there is about the whole.
	last := blocks[len(blocks)-1]
	fmt.Fprintf(&body, "//line %s:%d:1\n", last.File, last.Line+strings.Count(last.Text, "\n"))
	body.WriteString(strings.Repeat("}\n", len(blocks)))
	fn := "func _(" + Given + ") error {\n" + body.String() + "return nil\n}\n"

	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", "package snippet\n"+fn, 0)
	if err != nil {
		return "", err // its position is in the documentation
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
	return "package snippet\n\n" + strings.Join(imports, "") + "\n" + fn, nil
}
