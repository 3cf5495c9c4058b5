package scorecard

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/gate"
	"github.com/grantway/grantway/cmd/specgen/internal/generate"
	"github.com/grantway/grantway/cmd/specgen/internal/lint"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// client is the entry of the config that all tests here use.
var client = config.Client{
	Spec: spectest.Name, Package: "acmeapi", Dir: "gen/acmeapi",
	Options: config.Options{NameNormalizer: "ToCamelCaseWithInitialisms", ServerURLs: true},
}

// guarded is what specgen makes of a spec: files, or findings. Anything else is
// a failure of the test.
func guarded(t testing.TB, text string) (map[string][]byte, []finding.Finding) {
	t.Helper()
	files, findings, err := pipeline([]byte(text), everyRule)
	if err != nil {
		t.Fatal(err)
	}
	if (len(files) > 0) == (len(findings) > 0) {
		t.Fatalf("%d files and %d findings: want one or the other", len(files), len(findings))
	}
	return files, findings
}

func everyRule(string) bool { return true }

// safety picks the rules without which there is no telling what a spec does. The
// others are about what this project asks of its own.
func safety(rule string) bool {
	switch rule {
	case "X-GO", "GEN-DROPPED", "EXAMPLE-INVALID", "ENUM-TYPE":
		return true
	}
	return false
}

// pipeline is specgen from the bytes of a spec to files that may be written, but
// for the toolchain. It skips rules of the lint that are not wanted.
func pipeline(data []byte, wanted func(rule string) bool) (map[string][]byte, []finding.Finding, error) {
	doc, findings, err := spec.Parse(client.Spec, data)
	if err != nil || doc == nil {
		return nil, findings, err
	}
	found, err := lint.Check(doc, []byte(spectest.Sources))
	for _, f := range found {
		if wanted(f.Rule) {
			findings = append(findings, f)
		}
	}
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	files, _, err := generate.Package(doc, client, "")
	if err == nil {
		if fault := gate.Check(files); fault != nil {
			err = generate.Broken(doc, client, fault.Error(), fault.Name)
		}
	}
	if broken, ok := err.(*generate.Error); ok { //nolint:errorlint // it is returned as it is
		return nil, []finding.Finding{broken.Finding}, nil
	}
	return files, nil, err
}

// bare is what the generator makes of the same spec without specgen around it.
func bare(text string) (src string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		return "", err
	}
	version := "test"
	return codegen.Generate(doc, codegen.Configuration{
		PackageName:          "acmeapi",
		Generate:             codegen.GenerateOptions{Client: true, Models: true, ServerURLs: true},
		OutputOptions:        codegen.OutputOptions{SkipFmt: true, SkipPrune: true},
		NoVCSVersionOverride: &version,
	})
}

// compiles says what the compiler would of a file that the generator wrote by itself,
// or nil. What it imports is taken as given.
func compiles(src string) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", src, 0)
	if err != nil {
		return err
	}
	var fault error
	conf := types.Config{Importer: noImporter{}, Error: func(err error) {
		if fault == nil && !strings.Contains(err.Error(), "could not import") {
			fault = err
		}
	}}
	_, _ = conf.Check("x", fset, []*ast.File{file}, nil) // each error went through conf.Error
	return fault
}

func TestCodeThatDoesNotCompileIsSeen(t *testing.T) {
	for src, good := range map[string]bool{
		"package x\n\nimport \"net/http\"\n\nvar X http.Client\n": true,
		"package x\n\ntype T int\n\ntype T int\n":                 false,
		"package x\n\ntype T {\n":                                 false,
	} {
		if err := compiles(src); (err == nil) != good {
			t.Errorf("%q: %v", src, err)
		}
	}
}

// marker is the name that a payload tries to bring into the code. It stands
// nowhere in this file as one word.
var marker = "Zz" + "Marker"

// live tells how a marker got into the code: as a name of its own, in an import,
// in a directive, or by breaking the code. Inside a string, a comment or a longer
// name it is text.
func live(src string) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", src, parser.ParseComments)
	if err != nil {
		return "the code does not parse"
	}
	found := ""
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if n.Name == marker {
				found = "a name in the code"
			}
		case *ast.ImportSpec:
			if path, _ := strconv.Unquote(n.Path.Value); strings.Contains(path, marker) {
				found = "an import"
			}
		}
		return found == ""
	})
	for _, d := range directives(file) {
		if strings.Contains(d, marker) {
			found = "a directive"
		}
	}
	return found
}

// directives are the comments of a file that a tool would obey, found by rules
// that are not specgen's own: those of go/ast, of go/build and of cgo.
func directives(file *ast.File) []string {
	var out []string
	for _, group := range file.Comments {
		for _, c := range group.List {
			text := strings.TrimPrefix(c.Text, "//")
			word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
			name, rest, colon := strings.Cut(text, ":")
			switch {
			case strings.HasPrefix(c.Text, "/*"),
				word == "+"+"build", word == "#"+"cgo",
				strings.HasPrefix(text, "line "), strings.HasPrefix(text, "export "), strings.HasPrefix(text, "extern "),
				colon && rest != "" && rest[0] != ' ' && rest[0] != '/' && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == "":
				out = append(out, c.Text)
			}
		}
	}
	return out
}

// quoted writes any text as a YAML string on one line.
func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string has a JSON form
	}
	return string(data)
}
