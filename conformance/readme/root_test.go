package readme_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// The comment of the root package says that it does nothing: it starts no
// goroutine, has no state of its own, opens no connection and reads nothing of
// its surroundings. What it imports of ours is held by conformance/house.

// surroundings are packages by which code reaches beyond its arguments.
var surroundings = []string{"flag", "net", "os", "os/exec", "os/signal", "os/user", "runtime", "syscall", "unsafe"}

// acts are what other packages have that does something, and not only is.
var acts = map[string][]string{
	"http": {
		"DefaultClient", "DefaultServeMux", "DefaultTransport", "Get", "Handle", "HandleFunc", "Head",
		"ListenAndServe", "ListenAndServeTLS", "Post", "PostForm", "ProxyFromEnvironment", "Serve", "ServeTLS",
	},
	"slog": {"Debug", "Default", "Error", "Info", "Log", "LogAttrs", "SetDefault", "Warn"},
	"time": {"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"},
}

// deeds lists what a file of the root package does that its comment denies.
func deeds(fset *token.FileSet, file *ast.File) []string {
	var out []string
	deed := func(n ast.Node, format string, args ...any) {
		out = append(out, fmt.Sprintf("%s: ", fset.Position(n.Pos()))+fmt.Sprintf(format, args...))
	}
	for _, spec := range file.Imports {
		if path := strings.Trim(spec.Path.Value, `"`); slices.Contains(surroundings, path) {
			deed(spec, "imports %s", path)
		}
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				deed(d, "runs when it is imported")
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok || d.Tok != token.VAR {
					continue
				}
				for i, name := range v.Names {
					if i >= len(v.Values) || !isSentinel(v.Values[i]) && name.Name != "_" {
						deed(name, "the variable %s is state", name.Name)
					}
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			deed(n, "starts a goroutine")
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if ok && x.Obj == nil && slices.Contains(acts[x.Name], n.Sel.Name) {
				deed(n, "uses %s.%s", x.Name, n.Sel.Name)
			}
		}
		return true
	})
	return out
}

// isSentinel reports whether a variable is made as an error that never changes.
func isSentinel(value ast.Expr) bool {
	call, ok := value.(*ast.CallExpr)
	return ok && types.ExprString(call.Fun) == "errors.New"
}

func TestTheRootPackageDoesNothingAsItsCommentSays(t *testing.T) {
	root := repo.Root(t)
	names, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	comment, read := "", 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		read++
		for _, d := range deeds(fset, file) {
			t.Error(d)
		}
		if filepath.Base(name) == "doc.go" {
			comment = strings.Join(strings.Fields(file.Doc.Text()), " ")
		}
	}
	const claim = "It opens no connection, starts no goroutine, reads neither the clock nor the environment, and has no state of its own."
	if !strings.Contains(comment, claim) {
		t.Errorf("the comment does not say what is held here: %q", claim)
	}
	t.Logf("figure: read %d files of the root package", read)
}

func TestWhatTheRootPackageMustNotDoIsSeen(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{"import \"errors\"\nvar ErrA = errors.New(\"a\")", ""},
		{"import \"net/http\"\ntype A struct { C *http.Client }", ""},
		{"func f() { go f() }", "starts a goroutine"},
		{"var cache = map[string]int{}", "the variable cache is state"},
		{"import \"sync\"\nvar mu sync.Mutex", "the variable mu is state"},
		{"import \"os\"\nvar _ = os.Getenv", "imports os"},
		{"import \"net/http\"\nfunc f() { http.Get(\"\") }", "uses http.Get"},
		{"import \"net/http\"\nfunc f() *http.Client { return http.DefaultClient }", "uses http.DefaultClient"},
		{"import \"time\"\nfunc f() time.Time { return time.Now() }", "uses time.Now"},
		{"func init() {}", "runs when it is imported"},
	} {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "a.go", "package a\n"+c.code, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(deeds(fset, file), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s\ngot  %q\nwant %q", c.code, got, c.want)
		}
	}
}
