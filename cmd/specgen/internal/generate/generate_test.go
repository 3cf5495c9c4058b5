package generate

import (
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// made makes the package of a text.
func made(t *testing.T, text string) (map[string][]byte, error) {
	t.Helper()
	c, findings := config.Parse([]byte(spectest.Config))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	doc, findings, err := spec.Parse(spectest.Name, []byte(text))
	if doc == nil {
		t.Fatal(findings, err)
	}
	client, _, err := Package(doc, c.Clients[0], "a-generator v1.2.3")
	return client, err
}

// files are those of a package, by their names in it.
func files(t *testing.T, text string) map[string]string {
	t.Helper()
	all, err := made(t, text)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, content := range all {
		out[strings.TrimPrefix(name, "gen/acmeapi/")] = string(content)
	}
	return out
}

func TestEachFileSaysWhatItIsAndFromWhat(t *testing.T) {
	out := files(t, spectest.Spec)
	if len(out) != 4 {
		t.Errorf("%d files", len(out))
	}
	// The form that cmd/go, gopls and linters look for.
	mark := regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
	for _, name := range []string{ModelsFile, CallsFile, DecodeFile, OperationsFile} {
		head, _, _ := strings.Cut(out[name], "package acmeapi")
		if !mark.MatchString(head) {
			t.Errorf("%s: no mark in %q", name, head)
		}
		for _, want := range []string{spectest.Name, spec.Sum([]byte(spectest.Spec)), "// generator: a-generator v1.2.3\n"} {
			if !strings.Contains(head, want) {
				t.Errorf("the header of %s lacks %q: %s", name, want, head)
			}
		}
	}
}

func TestImportsAreThoseThatAreUsed(t *testing.T) {
	for name, src := range files(t, spectest.Spec) {
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range file.Imports {
			if short := importName(imp); !strings.Contains(src, short+".") {
				t.Errorf("%s imports %s and does not use it", name, imp.Path.Value)
			}
		}
	}
}
