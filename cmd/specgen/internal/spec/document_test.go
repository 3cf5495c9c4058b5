package spec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func parse(t *testing.T, text string) []finding.Finding {
	t.Helper()
	doc, findings, err := spec.Parse(spectest.Name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if (doc == nil) != (len(findings) > 0) {
		t.Fatalf("document %v with findings %v: want one or the other", doc, findings)
	}
	return findings
}

func TestACorrectSpecIsRead(t *testing.T) {
	if got := parse(t, spectest.Spec); len(got) > 0 {
		t.Fatal(got)
	}
	if got := parse(t, strings.ReplaceAll(spectest.Spec, "\n", "\r\n")); len(got) > 0 {
		t.Fatal("with CRLF:", got)
	}
}

// failing is a whole file, or pairs of old and new text of the correct one, with
// the mark where the finding has to be.
type failing struct {
	name  string
	rule  string
	edit  []string
	words []string
}

func testFailing(t *testing.T, cases []failing) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := c.edit[0]
			if len(c.edit) > 1 {
				text = spectest.Edit(t, c.edit...)
			}
			text, line, col := spectest.Marked(t, text)
			spectest.Want(t, parse(t, text), c.rule, line, col, c.words...)
		})
	}
}

func TestWhatIsNotADocument(t *testing.T) {
	testFailing(t, []failing{
		{"empty", "SPEC-EMPTY", []string{"«"}, []string{"empty"}},
		{"a comment alone", "SPEC-EMPTY", []string{"«# nothing\n"}, nil},
		{"no operation", "SPEC-EMPTY", []string{"openapi: 3.0.3\ninfo: {title: a, version: b}\n«paths:\n  /a: {}\n"}, []string{"no operation"}},
		{"no paths", "SPEC-INVALID", []string{"«openapi: 3.0.3\ninfo: {title: a, version: b}\n"}, []string{"paths"}},
		{"a list", "SPEC-EMPTY", []string{"«- a\n"}, []string{"not a mapping"}},
		{"text", "SPEC-EMPTY", []string{"«hello\n"}, nil},
		{"broken YAML", "YAML-SYNTAX", []string{"info:\n", "info: [\n", "  version: 0.1.0", "  version«: 0.1.0"}, []string{"','"}},
		{"two documents", "YAML-SYNTAX", []string{"«openapi: 3.0.3\n---\nopenapi: 3.0.3\n"}, []string{"single document"}},
		{"not UTF-8", "YAML-SYNTAX", []string{"«openapi: \xff\xfe\n"}, []string{"UTF-8"}},
		{"no version", "SPEC-VERSION", []string{"openapi: 3.0.3\n", "«"}, nil},
		{"another version", "SPEC-VERSION", []string{"openapi: 3.0.3", "openapi: «3.1.0"}, []string{"3.0.x"}},
		{"an older format", "SPEC-VERSION", []string{"openapi: 3.0.3", "«swagger: '2.0'"}, nil},
		{"too large", "SPEC-SIZE", []string{"«#" + strings.Repeat(" ", spec.MaxBytes)}, nil},
	})
}

func TestYAMLThatIsNotRead(t *testing.T) {
	testFailing(t, []failing{
		{"an alias", "YAML-ALIAS", []string{"  title: Acme\n  version: 0.1.0\n", "  title: &a Acme\n  version: «*a\n"}, []string{"$ref"}},
		{"a merge key", "YAML-ALIAS", []string{"info:\n", "info:\n  «<<: {}\n"}, nil},
		{"a repeated key", "YAML-KEY", []string{"info:\n", "info:\n  title: Acme\n", "  title: Acme\n  version", "  «title: Acme\n  version"}, []string{"line 3"}},
		{"a key that is a list", "YAML-KEY", []string{"info:\n", "info:\n  «[a]: b\n"}, nil},
		{"a tag", "YAML-VALUE", []string{"title: Acme", "title: «!!binary aGk="}, []string{"!!binary"}},
		{"infinity", "YAML-VALUE", []string{"info:\n", "info:\n  x-n: «.inf\n"}, nil},
		{"text that runs backwards", "TEXT-CONTROL", []string{"title: Acme", "title: «Ac\u202eme"}, []string{"U+202E"}},
		{"a control character in a key", "TEXT-CONTROL", []string{"info:\n", "info:\n  «\"x-\\0\": a\n"}, []string{"U+0000"}},
		{"too deep", "SPEC-DEPTH", []string{"info:\n", "info:\n  x-deep: " + strings.Repeat("[", spec.MaxDepth-2) + "«[[]]" + strings.Repeat("]", spec.MaxDepth-2) + "\n"}, nil},
	})
	// Depth is one thing the YAML library itself must survive as well.
	if got := parse(t, strings.Repeat("[", 100_000)); len(got) != 1 || got[0].Rule != "YAML-SYNTAX" {
		t.Errorf("100,000 levels: got %v", got)
	}
}

func TestReferences(t *testing.T) {
	ref := "$ref: '#/components/schemas/TokenRequest'"
	testFailing(t, []failing{
		{"to a file", "REF-EXTERNAL", []string{ref, "$ref: «'other.yaml#/a'"}, []string{`"other.yaml#/a"`}},
		{"to a parent folder", "REF-EXTERNAL", []string{ref, "$ref: «../../secret"}, nil},
		{"to a host", "REF-EXTERNAL", []string{ref, "$ref: «'https://example.com/a.yaml'"}, nil},
		{"to the whole document", "REF-EXTERNAL", []string{ref, "$ref: «'#'"}, nil},
		{"to nothing", "REF-UNRESOLVED", []string{ref, "$ref: «'#/components/schemas/Nothing'"}, []string{"Nothing"}},
		{"to itself", "REF-CYCLE", []string{ref, "$ref: '#/components/schemas/TokenResponse/properties/loop'",
			"        short_lived:\n", "        loop:\n          $ref: «'#/components/schemas/TokenRequest/properties/loop'\n        short_lived:\n",
			"        token_type:\n", "        loop:\n          $ref: '#/components/schemas/TokenRequest/properties/loop'\n        token_type:\n"}, nil},
	}[:5])
	t.Run("to itself", func(t *testing.T) {
		text := spectest.Edit(t, "        short_lived:\n          type: boolean\n", "        short_lived:\n          $ref: '#/components/schemas/TokenResponse/properties/short_lived'\n")
		spectest.Want(t, parse(t, text), "REF-CYCLE", 86, 17, "comes back to itself")
	})
	t.Run("in an example, which is data", func(t *testing.T) {
		if got := parse(t, spectest.Edit(t, "message: An invented message.", "$ref: other.yaml")); len(got) > 0 {
			t.Error(got)
		}
	})
	t.Run("a property of that name", func(t *testing.T) {
		if got := parse(t, spectest.Edit(t, "        short_lived:\n", "        $ref:\n")); len(got) > 0 {
			t.Error(got)
		}
	})
}

func TestWhatWasLeftEmpty(t *testing.T) {
	testFailing(t, []failing{
		{"an operation", "SPEC-NULL", []string{"  /status:\n    get:\n", "  /other:\n    «get:\n  /status:\n    get:\n"}, nil},
		{"a path", "SPEC-NULL", []string{"  /status:\n", "  «/other:\n  /status:\n"}, nil},
		{"a media type", "SPEC-NULL", []string{"          description: Alive.\n", "          description: Alive.\n          content:\n            «text/plain:\n"}, nil},
		{"a schema", "SPEC-NULL", []string{"    Error:\n", "    «Empty:\n    Error:\n"}, nil},
		{"a property", "SPEC-NULL", []string{"        short_lived:\n          type: boolean\n", "        «short_lived:\n"}, nil},
		{"an item of a list", "SPEC-NULL", []string{"        - bearer: []\n", "        -«\n"}, nil},
	})
	t.Run("an example, which is data", func(t *testing.T) {
		if got := parse(t, spectest.Edit(t, "message: An invented message.", "message:")); len(got) > 0 {
			t.Error(got)
		}
	})
}

func TestWhatOpenAPIForbids(t *testing.T) {
	testFailing(t, []failing{
		{"paths as a list", "SPEC-INVALID", []string{"paths:\n", "paths: «[]\nx-paths:\n"}, []string{"paths is array", "object"}},
		{"a title as a list", "SPEC-INVALID", []string{"title: Acme", "title: «[Acme]"}, []string{"has to be string"}},
		{"a flag as text", "SPEC-INVALID", []string{"        required: true\n", "        required: «maybe\n"}, []string{"has to be bool"}},
		{"no title", "SPEC-INVALID", []string{"info:\n  title: Acme\n", "«info:\n"}, []string{"title"}},
		{"an unknown type", "SPEC-INVALID", []string{"        expires_in:\n          type: integer\n", "        «expires_in:\n          type: intger\n"}, []string{"intger"}},
		{"an unknown field", "SPEC-INVALID", []string{"    post:\n", "    «post:\n      banana: 1\n"}, []string{"banana"}},
		{"an undeclared path parameter", "SPEC-INVALID", []string{"  /token:\n", "  «/token/{id}:\n"}, []string{"[id]"}},
		{"an undeclared security scheme", "SPEC-INVALID", []string{"    get:\n", "    «get:\n", "- bearer: []", "- other: []"}, []string{"other"}},
		{"a default that is none", "SPEC-INVALID", []string{"        expires_in:\n          type: integer\n", "        «expires_in:\n          type: integer\n          default: soon\n"}, nil},
		{"a reference to the wrong kind", "SPEC-INVALID", []string{"$ref: '#/components/schemas/TokenRequest'", "$ref: «'#/components/responses/Failure'"}, []string{"schema object"}},
		{"an operationId twice", "OP-ID", []string{"operationId: getStatus", "operationId: getToken", "operationId: getToken\n      x-retry", "operationId: «getToken\n      x-retry"}, nil},
	})
}

func TestAPanicNamesTheSpecAndKeepsItsStack(t *testing.T) {
	f := func() (err error) {
		defer spec.Recover(spectest.Name, &err)
		panic("boom")
	}
	err := f()
	var p *spec.PanicError
	if !errors.As(err, &p) || !strings.HasPrefix(err.Error(), spectest.Name+": ") || !strings.Contains(err.Error(), "boom") {
		t.Errorf("got %v", err)
	}
	if strings.Contains(err.Error(), "goroutine") || len(p.Stack) == 0 {
		t.Error("the stack belongs into the field, not into the text")
	}
}
