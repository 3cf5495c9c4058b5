package spec_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// FuzzParse holds the loader to its word on any bytes: a document or findings
// with a place, and never a panic of a library or of its own.
func FuzzParse(f *testing.F) {
	const head = "openapi: 3.0.3\ninfo: {title: a, version: b}\npaths: {/a: {get: {operationId: a, responses: {'200': {description: x}}}}}\n"
	for _, text := range []string{
		spectest.Spec, head, "", "a: [", "\ufeff" + head, strings.ReplaceAll(head, "\n", "\r\n"),
		head + "components: {schemas: {A: {allOf: [{$ref: '#/components/schemas/A'}]}}}\n",
		head + "components: {schemas: {A: {$ref: '#/components/schemas/A'}}}\n",
		head + "components: {schemas: {A: {type: object, required: [a], properties: {a: {$ref: '#/components/schemas/A'}}}}}\n",
		head + "components: {schemas: {A: {type: array, items: {$ref: '#/components/schemas/A'}}}}\n",
		head + "components: {schemas: {A: {oneOf: [{$ref: '#/components/schemas/B'}], discriminator: {propertyName: a, mapping: {b: '#/components/schemas/B'}}}, B: {type: object}}}\n",
		head + "components: {schemas: {A: {type: string, pattern: '(a{9}){9}', enum: [a, b], default: c}}}\n",
		head + "components: {schemas: {A: {$ref: 'b.yaml#/components/schemas/B'}}}\n",
		head + "components: {parameters: {A: {in: query, name: a, schema: {type: string}}}, headers: {B: {schema: {}}}, links: {C: {operationId: a}}}\n",
		strings.Replace(head, "'200'", "default", 1), strings.Replace(head, "get:", "$ref:", 1), "a: &a [*a]\n", "? [a]\n: b\n", "a: !!binary aGk=\n", "a: .nan\nb: 0x1p-2\nc: 2001-01-01\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return // size is not what is looked for here
		}
		read := func(string, int64) ([]byte, error) { return data, nil }
		for _, beside := range []spec.Reader{nil, read} {
			doc, findings, err := spec.ParseBeside(beside, spectest.Name, data)
			if err != nil {
				t.Fatal(err)
			}
			if (doc == nil) != (len(findings) > 0) {
				t.Fatalf("document %v with findings %v", doc != nil, findings)
			}
			for _, f := range findings {
				if f.Line < 1 || f.Col < 1 || f.Rule == "" || f.Message == "" || f.File == "" || !utf8.ValidString(f.Message) || strings.ContainsAny(f.Message, "\n\r") {
					t.Errorf("finding %q at %q:%d:%d of rule %q", f.Message, f.File, f.Line, f.Col, f.Rule)
				}
			}
		}
	})
}
