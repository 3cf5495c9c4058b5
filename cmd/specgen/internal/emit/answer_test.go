package emit_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/cmd/specgen/internal/emit"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// answering is a spec of one operation whose answer is an object: what stands
// beside its properties, and the properties themselves, in YAML's flow style.
func answering(beside, properties string) string {
	return `openapi: 3.0.3
info: {title: Acme, version: 0.1.0}
paths:
  /token:
    get:
      operationId: getToken
      responses:
        '200':
          description: The token.
          content: {application/json: {schema: {$ref: '#/components/schemas/Answer'}}}
components:
  schemas:
    Answer: {type: object, ` + beside + `properties: {` + properties + `}}
`
}

// flat is all the code that is made of the spec, its white space reduced.
func flat(t *testing.T, spec string) string {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	p, err := shape.Of(doc, []shape.Call{{ID: "getToken", Method: "GET", Path: "/token"}}, shape.Normalizer(""))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(emit.Calls("acmeapi", "Acme", p)+emit.Decoders("acmeapi", p)), " ")
}

func TestAnAnswerIsReadAndRefusedByWhatTheSpecSays(t *testing.T) {
	for _, c := range []struct{ name, beside, properties, want, lacks string }{
		{"what tells a refusal is read strictly", "x-refused: {kind: present}, ", "kind: {type: string}",
			"d.Strict().Text()", "d.Text()"},
		{"a scheme that cannot be read is unknown", "x-refused: {kind: not-bearer}, ", "kind: {type: string}",
			"d.Text()", "d.Strict()"},
		{"any other member is not", "", "kind: {type: string}",
			"d.Text()", "d.Strict()"},
		{"a scheme that is there is held against bearer", "x-refused: {kind: not-bearer}, ", "kind: {type: string}",
			"case !provider.IsBearer(out.Kind):", "*out.Kind"},
		{"a scheme that may be null is looked at if it is there", "x-refused: {kind: not-bearer}, ", "kind: {type: string, nullable: true}",
			"case out.Kind != nil && !provider.IsBearer(*out.Kind):", "IsBearer(out.Kind)"},
		{"text that may be null is told from empty text", "", "note: {type: string, nullable: true}",
			"v.Note = &x0", "v.Note = x0"},
		{"any other text is plain", "", "note: {type: string}",
			"v.Note = x0", "&x0"},
		{"an error of any type is told from null", "x-refused: {error: present}, ", "error: {description: What went wrong.}",
			"case !out.Error.IsZero():", "d.Raw()"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := flat(t, answering(c.beside, c.properties))
			if !strings.Contains(got, c.want) || strings.Contains(got, c.lacks) {
				t.Errorf("want %q, without %q: %s", c.want, c.lacks, got)
			}
		})
	}
}
