package scorecard

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// fuzzTargets are the functions of a source tree that `go test -fuzz` takes,
// each with its folder. Modules within the module are not looked into.
func fuzzTargets(t testing.TB, tree fs.FS) []string {
	t.Helper()
	var list []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := fs.Stat(tree, path.Join(name, "go.mod")); err == nil && name != "." || strings.HasPrefix(d.Name(), ".") && name != "." || d.Name() == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Fuzz") || len(fn.Type.Params.List) != 1 {
				continue
			}
			if p, ok := fn.Type.Params.List[0].Type.(*ast.StarExpr); ok {
				if sel, ok := p.X.(*ast.SelectorExpr); ok && sel.Sel.Name == "F" {
					list = append(list, path.Join(path.Dir(name), fn.Name.Name))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func TestCheck048_EveryDecoderOfUntrustedInputIsFuzzed(t *testing.T) {
	targets := fuzzTargets(t, os.DirFS(filepath.Join("..", "..")))
	if len(targets) < 8 {
		t.Errorf("only %d fuzz targets: %v", len(targets), targets)
	}
	for _, want := range []string{
		"authcode/FuzzCallback", "tokens/FuzzRecord", "internal/wire/FuzzDecoder", "internal/wire/FuzzExpiry", "provider/FuzzRetryAfter", "provider/FuzzBaseURL",
		"square/FuzzSquareErrors", "builtbybit/FuzzBuiltByBitErrors", "builtbybit/FuzzRetryAfter", "bytenite/FuzzByteNiteErrors",
	} {
		if !slices.Contains(targets, want) {
			t.Errorf("%s is gone", want)
		}
	}
	for _, name := range wrappers(t) {
		if !slices.ContainsFunc(targets, func(target string) bool { return strings.HasPrefix(target, name+"/Fuzz") }) {
			t.Errorf("the errors of %s are not fuzzed", name)
		}
	}
	// Inverse: what only looks like one, to a search for the word.
	decoys := fstest.MapFS{
		"a.go":            {Data: []byte("package a\nfunc FuzzA(f *testing.F) {}\n")},
		"b_test.go":       {Data: []byte("package a\n// func FuzzB(f *testing.F) {}\nvar s = `func FuzzC(f *testing.F) {}`\nfunc FuzzD() {}\nfunc (x) FuzzE(f *testing.F) {}\n")},
		"other/go.mod":    {Data: []byte("module other\n")},
		"other/c_test.go": {Data: []byte("package c\nfunc FuzzF(f *testing.F) {}\n")},
	}
	if got := fuzzTargets(t, decoys); got != nil {
		t.Errorf("inverse: %v pass for fuzz targets", got)
	}
	t.Logf("figure: %d targets: %s", len(targets), strings.Join(targets, ", "))
}
