package fakeauth

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// declared are the names of a folder's exported constants that name a fault,
// each with what it says about it.
func declared(t *testing.T, folder, pattern string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", folder, err)
	}
	docs := map[string]string{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.CONST {
				for _, s := range d.Specs {
					if s := s.(*ast.ValueSpec); s.Names[0].IsExported() {
						docs[s.Names[0].Name] = s.Doc.Text()
					}
				}
			}
		}
	}
	return docs
}

func TestThePackagesOnTopOfferTheSameFaultsInTheSameWords(t *testing.T) {
	want := declared(t, ".", "fault*.go")
	if len(want) != len(standard())+len(DialFaults())+len(TLSFaults()) {
		t.Errorf("%d constants, %d faults", len(want), len(standard())+len(DialFaults())+len(TLSFaults()))
	}
	var first string
	for _, folder := range []string{"../../square/squaretest", "../../builtbybit/builtbybittest", "../../bytenite/bytenitetest"} {
		got := declared(t, folder, "fault.go")
		for name, doc := range want {
			if d, ok := got[name]; !ok || d != doc {
				t.Errorf("%s: %s is %q, want %q", folder, name, d, doc)
			}
		}
		b, err := os.ReadFile(filepath.Join(folder, "fault.go"))
		if err != nil {
			t.Fatal(err)
		}
		// The same file but for the names of the package and of an operation.
		text := string(b)
		for _, own := range []string{filepath.Base(folder), "obtainToken", "requestToken", "accessToken"} {
			text = strings.ReplaceAll(text, own, "…")
		}
		words := strings.Join(slices.DeleteFunc(strings.Fields(text), func(w string) bool { return w == "//" }), " ")
		if first == "" {
			first = words
		}
		if words != first {
			t.Errorf("%s/fault.go differs from the others", folder)
		}
	}
}
