package generate

import (
	"errors"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// parsed is the document of a text, and where its mark was.
func parsed(t *testing.T, text string) (doc *spec.Document, line, col int) {
	t.Helper()
	text, line, col = spectest.Marked(t, text)
	doc, findings, err := spec.Parse(spectest.Name, []byte(text))
	if doc == nil {
		t.Fatal(findings, err)
	}
	return doc, line, col
}

// wantBroken fails unless an error is a finding at that place with those words.
func wantBroken(t *testing.T, err error, line, col int, words ...string) {
	t.Helper()
	var broken *Error
	if !errors.As(err, &broken) || broken.Finding.Line != line || broken.Finding.Col != col {
		t.Fatalf("got %v, want a finding at %d:%d", err, line, col)
	}
	for _, word := range words {
		if !strings.Contains(broken.Finding.Message, word) {
			t.Errorf("%q lacks %q", broken.Finding.Message, word)
		}
	}
}

func withMember(t *testing.T, text string) string {
	t.Helper()
	return spectest.Edit(t, "        short_lived:\n", text+"        short_lived:\n")
}

func withParameters(t *testing.T, text string) string {
	t.Helper()
	return spectest.Edit(t, "      operationId: getStatus\n", "      operationId: getStatus\n      parameters:\n"+text)
}

func TestNamesThatCannotBeWritten(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		word string
	}{
		"letters without capitals":     {withMember(t, "        «日本: {type: string}\n"), "x-go-name"},
		"a letter without one":         {withMember(t, "        «ß: {type: string}\n"), "x-go-name"},
		"no letters":                   {withMember(t, "        «★: {type: string}\n"), "x-go-name"},
		"a space":                      {withMember(t, "        «' ': {type: string}\n"), "x-go-name"},
		"a comma":                      {withMember(t, "        «'a,b': {type: string}\n"), "encoding/json"},
		"a backslash":                  {withMember(t, "        «'a\\b': {type: string}\n"), "encoding/json"},
		"a quote":                      {withMember(t, "        «'a\"b': {type: string}\n"), "encoding/json"},
		"no name":                      {withMember(t, "        «'': {type: string}\n"), "encoding/json"},
		"a sign that JSON's tags lack": {withMember(t, "        «★: {type: string, x-go-name: Stars}\n"), "encoding/json"},
		"inside a member":              {withMember(t, "        kind: {type: object, properties: {«日: {type: string}}}\n"), "x-go-name"},
		"a parameter":                  {withParameters(t, "        - {in: query, name: «日本, schema: {type: string}}\n"), "x-go-name"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, line, col := parsed(t, c.text)
			wantBroken(t, checkNames(doc), line, col, c.word)
		})
	}
	for _, fine := range []string{"'@type'", "$ref2", "'1'", "'-'", "_id", "éa", "'a b'", "größe", "'日本': {type: string, x-go-name: Japan}\n        x"} {
		doc, findings, err := spec.Parse(spectest.Name, []byte(withMember(t, "        "+fine+": {type: string}\n")))
		if doc == nil {
			t.Fatal(findings, err)
		}
		if err := checkNames(doc); err != nil {
			t.Errorf("%s: %v", fine, err)
		}
	}
}

func TestAClashNamesBothAndTheWayOut(t *testing.T) {
	const message = "gen/acmeapi/client.gen.go:39:2: does not compile: %s redeclared"
	for name, c := range map[string]struct {
		text, goName string
		words        []string
	}{
		"two members":               {withMember(t, "        '@type': {type: string}\n        «type: {type: string}\n"), "Type", []string{`"@type"`, `"type"`, "line 85", "`x-go-name`"}},
		"a member and a given name": {withMember(t, "        a: {type: string, x-go-name: Type}\n        «type: {type: string}\n"), "Type", []string{`"a"`}},
		"two parameters":            {withParameters(t, "        - {in: query, name: a-b, schema: {type: string}}\n        - {in: query, name: «a_b, schema: {type: string}}\n"), "AB", []string{`"a-b"`, `"a_b"`}},
		"one of the code's own":     {withParameters(t, "        - {in: query, name: «ctx, schema: {type: string}}\n"), "ctx", []string{`"ctx"`, "for itself"}},
	} {
		t.Run(name, func(t *testing.T) {
			doc, line, col := parsed(t, c.text)
			wantBroken(t, Broken(doc, config.Client{}, strings.ReplaceAll(message, "%s", c.goName), c.goName), line, col, c.words...)
			// The inverse: another fault of the same name is not taken for a clash.
			var broken *Error
			if err := Broken(doc, config.Client{}, "undefined: x", c.goName); !errors.As(err, &broken) || strings.Contains(broken.Finding.Message, "called") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWhatRefersToAnExcludedSchemaIsNamed(t *testing.T) {
	c := config.Client{Options: config.Options{ExcludeSchemas: []string{"Error"}}}
	for name, text := range map[string]string{
		"a response": spectest.Edit(t, "      content:\n        application/json:\n          schema:\n            $ref: '#/components/schemas/Error'\n",
			"      content:\n        application/json:\n          schema:\n            $ref: «'#/components/schemas/Error'\n"),
		"a schema": spectest.Edit(t, "        short_lived:\n", "        error:\n          $ref: «'#/components/schemas/Error'\n        short_lived:\n"),
	} {
		t.Run(name, func(t *testing.T) {
			doc, line, col := parsed(t, text)
			goName, want := "Failure", []string{"components/responses/Failure", "schema Error", "exclude-schemas in api/specgen.yaml", "off that list, or write"}
			if name == "a schema" {
				goName, want = "TokenResponse", []string{"components/schemas/TokenResponse", "schema Error", "or put TokenResponse on it"}
			}
			wantBroken(t, Broken(doc, c, "x.go:1:1: does not compile: undefined: Error", goName), line, col, want...)
			if err := Broken(doc, config.Client{}, "x.go:1:1: does not compile: undefined: Error", goName); strings.Contains(err.Error(), "exclude") {
				t.Errorf("nothing is excluded: %v", err)
			}
		})
	}
}
