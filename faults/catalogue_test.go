package faults_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/grantway/grantway/faults"
)

// constant is an exported constant of the package, as its source has it.
type constant struct{ typ, name, text string }

// source reads the package: its constants, and each exported name with its
// comment.
func source(t *testing.T) (constants []constant, docs map[string]string) {
	t.Helper()
	docs = map[string]string{}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				docs[d.Name.Name] = d.Doc.Text()
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						docs[s.Name.Name] = d.Doc.Text()
					case *ast.ValueSpec:
						docs[s.Names[0].Name] = s.Doc.Text()
						if !s.Names[0].IsExported() {
							continue
						}
						text, err := strconv.Unquote(s.Values[0].(*ast.BasicLit).Value)
						if err != nil {
							t.Fatal(err)
						}
						constants = append(constants, constant{s.Type.(*ast.Ident).Name, s.Names[0].Name, text})
					}
				}
			}
		}
	}
	for name := range docs {
		if !ast.IsExported(name) {
			delete(docs, name)
		}
	}
	return constants, docs
}

// undocumented are the names whose comment does not begin with the name.
func undocumented(docs map[string]string) (names []string) {
	for name, doc := range docs {
		if !strings.HasPrefix(doc, name+" ") {
			names = append(names, name)
		}
	}
	return names
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	_, docs := source(t)
	for _, name := range undocumented(docs) {
		t.Errorf("%s: the comment is %q", name, docs[name])
	}
	if docs["Fault"] == "" || docs["GzipBomb"] == "" || docs["Arm"] != "" {
		t.Errorf("%d names were read", len(docs))
	}
	if got := undocumented(map[string]string{"A": "A is.", "B": "", "C": "It is."}); len(got) != 2 {
		t.Errorf("inverse: %q are seen as undocumented", got)
	}
}

func TestEveryConstantIsListedOnceUnderANameOfItsOwn(t *testing.T) {
	listed := map[constant]bool{}
	list := func(typ, text string) {
		if listed[constant{typ: typ, text: text}] {
			t.Errorf("%s %q is listed twice", typ, text)
		}
		listed[constant{typ: typ, text: text}] = true
	}
	for _, f := range faults.All() {
		if f, ok := f.(faults.Named); ok {
			list("Named", f.String())
		}
	}
	for _, f := range faults.DialFaults() {
		list("DialFault", f.String())
	}
	for _, f := range faults.TLSFaults() {
		list("TLSFault", f.String())
	}
	constants, _ := source(t)
	names := map[string]string{}
	for _, c := range constants {
		if other := names[c.text]; other != "" {
			t.Errorf("%s and %s have the same name, %q", c.name, other, c.text)
		}
		names[c.text] = c.name
		if !listed[constant{typ: c.typ, text: c.text}] {
			t.Errorf("%s is not listed", c.name)
		}
	}
	if len(constants) != len(listed) || len(constants) < 40 {
		t.Errorf("%d constants, %d listed", len(constants), len(listed))
	}
}

func TestTheCatalogueHasEachFaultOnceUnderItsOwnName(t *testing.T) {
	names, values := map[string]bool{}, map[faults.Fault]bool{}
	for _, f := range faults.All() {
		if err := f.Check(); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if names[f.String()] || values[f] {
			t.Errorf("%s comes twice", f)
		}
		names[f.String()], values[f] = true, true
	}
	for _, want := range []string{"reset after the request", "gzip bomb", "status 524", "redirect 308 to http://127.0.0.1:1/elsewhere",
		`status 429 with Retry-After ["1" "2"]`, `status 500 with application/json "{}"`} {
		if !names[want] {
			t.Errorf("%s is missing", want)
		}
	}
	if got := faults.CarriedOut(faults.Status(502, "", "")).String(); got != "status 502, carried out" {
		t.Errorf("%s", got)
	}
	if got := faults.Status(502, "text/plain", strings.Repeat("x", 99)).String(); len(got) > 60 {
		t.Errorf("a long name: %s", got)
	}
	if http.StatusText(520) != "" {
		t.Error("520 has a name now; the catalogue has it for having none")
	}
}

func TestWhatNoFakeCanCommitIsSaid(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault faults.Fault
		want  string
	}{
		{"a name that is none", faults.Named("x"), `no fault "x"`},
		{"a name that is none, carried out", faults.CarriedOut(faults.Named("x")), `no fault "x"`},
		{"nothing, carried out", faults.CarriedOut(nil), "no fault"},
		{"an interim status", faults.Status(103, "", ""), "status 103"},
		{"a status that HTTP cannot have", faults.Redirect(1000, "x"), "status 1000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.fault.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}
