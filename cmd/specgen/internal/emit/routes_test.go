package emit_test

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/cmd/specgen/internal/emit"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// oddRoutes has a rule of every kind.
const oddRoutes = `openapi: 3.0.3
info: {title: "Odd\nfunc init() {}", version: 0.1.0}
paths:
  /token/{part}:
    post:
      operationId: get-token
      security: [{own: []}, {}]
      parameters:
        - {name: part, in: path, required: true, schema: {type: string, maxLength: 9}}
        - {name: n, in: query, schema: {type: integer}}
        - {name: tags, in: query, schema: {type: array, items: {type: string, enum: [a, '"b']}}}
        - {name: X-Trace, in: header, schema: {type: string, minLength: 3}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Ask'}}}
      responses: {'204': {description: Done.}}
  /form:
    post:
      operationId: sendForm
      security: [{basic: []}]
      requestBody:
        content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: string}}}}}
      responses: {'204': {description: Done.}}
  /any:
    post:
      operationId: any
      security: [{app: [], key: [], bearer: []}]
      requestBody:
        required: true
        content: {application/json: {schema: {type: array, items: {type: string}}}}
      responses: {'204': {description: Done.}}
  /none:
    get:
      operationId: none
      security: []
      responses: {'204': {description: Done.}}
components:
  securitySchemes:
    own: {type: apiKey, in: header, name: x-key, x-auth-format: 'Own {secret}!', x-credential: token}
    app: {type: apiKey, in: header, name: x-app, x-credential: client}
    basic: {type: http, scheme: basic, x-basic-encoding: form}
    key: {type: apiKey, in: query, name: key, x-credential: token}
    bearer: {type: http, scheme: bearer, x-credential: token}
  schemas:
    Ask:
      type: object
      required: [text, id]
      additionalProperties: true
      properties:
        id: {type: string, readOnly: true}
        text: {type: string, format: password, minLength: 2, maxLength: 5, pattern: '^[^"\\]*$'}
        flag: {type: boolean, nullable: true}
        whole: {type: integer, format: int32}
        number: {type: number}
        ends: {type: string, x-expiry: timestamp}
        secs: {type: integer, x-expiry: seconds}
        list: {type: array, nullable: true, items: {type: string, maxLength: 3}}
        deep: {type: object, properties: {a: {type: string}}}
        lists: {type: array, items: {type: array, items: {type: string}}}
`

func routes(t *testing.T, spec string) string {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	p, err := shape.Of(doc, []shape.Call{
		{ID: "get-token", Method: "POST", Path: "/token/{part}"}, {ID: "sendForm", Method: "POST", Path: "/form"},
		{ID: "any", Method: "POST", Path: "/any"}, {ID: "none", Method: "GET", Path: "/none"},
	}, shape.Normalizer(""))
	if err != nil {
		t.Fatal(err)
	}
	src := emit.Routes("oddfake", doc.Info.Title, "api/odd.yaml", p)
	if _, err := parser.ParseFile(token.NewFileSet(), "routes.gen.go", src, 0); err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	return src
}

// lines is source without white space at the beginning and the end of lines.
func lines(src string) string {
	var out []string
	for line := range strings.Lines(src) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

func TestTheRulesOfAnOddSpecAreWrittenOut(t *testing.T) {
	const want = `
{Name: "get-token", Method: "POST", Path: "/token/{part}", ContentType: "application/json", Query: true, Handle: h.GetToken, Rules: &fakeauth.Rules{
Credentials: []fakeauth.Scheme{
{Name: "own", Header: "X-Key", Before: "Own ", After: "!", Check: c.Own},
},
Optional: true,
Open: true,
Parameters: []fakeauth.Field{
{Name: "X-Trace", In: "header", Least: 3},
{Name: "n", In: "query", Kind: fakeauth.KindWhole},
{Name: "part", In: "path", Required: true, Most: 9},
{Name: "tags", In: "query", List: true, OneOf: []string{"a", "\"b"}},
},
Body: []fakeauth.Field{
{Name: "deep", Kind: fakeauth.KindAny},
{Name: "ends"},
{Name: "flag", Nullable: true, Kind: fakeauth.KindFlag},
{Name: "list", List: true, Nullable: true, Most: 3},
{Name: "lists", List: true, Kind: fakeauth.KindAny},
{Name: "number", Kind: fakeauth.KindNumber},
{Name: "secs", Kind: fakeauth.KindWhole},
{Name: "text", Required: true, Least: 2, Pattern: "^[^\"\\\\]*$", Most: 5},
{Name: "whole", Kind: fakeauth.KindWhole},
},
}},
{Name: "sendForm", Method: "POST", Path: "/form", ContentType: "application/x-www-form-urlencoded", Handle: h.SendForm, Rules: &fakeauth.Rules{
Credentials: []fakeauth.Scheme{
{Name: "basic", Header: "Authorization", Basic: true, FormEncoded: true, Check: c.Basic},
},
BodyOptional: true,
Body: []fakeauth.Field{
{Name: "a"},
},
}},
{Name: "any", Method: "POST", Path: "/any", ContentType: "application/json", Query: true, Handle: h.Any, Rules: &fakeauth.Rules{
Credentials: []fakeauth.Scheme{
{Name: "bearer", Header: "Authorization", Before: "Bearer ", Check: c.Bearer},
{Name: "key", Query: "key", Check: c.Key},
{Name: "app", Header: "X-App", Check: c.App},
},
AnyJSON: true,
}},
{Name: "none", Method: "GET", Path: "/none", Handle: h.None, Rules: &fakeauth.Rules{
}},
}
}`
	src := routes(t, oddRoutes)
	_, body, _ := strings.Cut(lines(src), "return []fakeauth.Route{")
	if body != want {
		t.Errorf("got%s", body)
	}
	for _, line := range []string{"GetToken func(fakeauth.Call) fakeauth.Answer // POST /token/{part}", "Own func(fakeauth.Call) *fakeauth.Answer"} {
		if !strings.Contains(src, line) {
			t.Errorf("lacks %s", line)
		}
	}
	if strings.Contains(src, "\nfunc init") {
		t.Error("text of the spec became code")
	}
}

func TestARuleThatTheSpecLosesIsLost(t *testing.T) {
	whole := routes(t, oddRoutes)
	for _, c := range []struct{ name, old, new, gone string }{
		{"the least", "minLength: 2, ", "", "Least: 2"},
		{"the most", "maxLength: 5, ", "", "Most: 5"},
		{"the pattern", `, pattern: '^[^"\\]*$'`, "", "Pattern:"},
		{"the values", `, enum: [a, '"b']`, "", "OneOf:"},
		{"null", ", nullable: true, items", ", items", "List: true, Nullable: true"},
		{"members that are not declared", "additionalProperties: true", "additionalProperties: false", "Open:"},
		{"members of which nothing is said", "      additionalProperties: true\n", "", "Open:"},
		{"a request without a credential", ", {}]", "]", "\nOptional:"},
		{"what stands before a credential", "'Own {secret}!'", "'{secret}'", `Before: "Own "`},
		{"how Basic is encoded", "x-basic-encoding: form", "x-basic-encoding: raw", "FormEncoded"},
		{"what has to be there", "required: [text, id]", "required: [id]", `{Name: "text", Required: true`},
	} {
		t.Run(c.name, func(t *testing.T) {
			edited := strings.Replace(oddRoutes, c.old, c.new, 1)
			if edited == oddRoutes || !strings.Contains(whole, c.gone) {
				t.Fatal("the case changes nothing")
			}
			if src := routes(t, edited); strings.Contains(src, c.gone) {
				t.Errorf("%s is still there", c.gone)
			}
		})
	}
}
