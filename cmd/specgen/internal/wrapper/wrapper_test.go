package wrapper

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/generate"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

const entry = "version: 1\nclients:\n  - spec: api/acme.yaml\n    package: acmeapi\n    dir: gen/acmeapi\n    options:\n      fake: true\n"

// head is a spec up to its paths; each operation of the tests is put behind it.
const head = `openapi: 3.0.3
info: {title: Acme, version: '1', description: Acme., license: {name: MIT, url: https://opensource.org/licenses/MIT}, contact: {name: a, url: https://example.org}}
servers: [{url: https://api.acme.internal, description: Production}]
tags: [{name: Auth, description: Tokens.}]
x-codes: {invalid_grant: rejected, teapot: status}
components:
  securitySchemes:
    secretKey: {type: apiKey, in: header, name: X-Key, x-auth-format: 'Key {secret}', x-credential: client, description: A key.}
    urlKey: {type: apiKey, in: query, name: key, x-credential: client, description: Another.}
    bearerToken: {type: http, scheme: bearer, description: A token.}
paths:
`

// operation is one of a spec, by its own words.
func operation(path, id, security, request, answer string) string {
	return `  ` + path + `:
    post:
      operationId: ` + id + `
      tags: [Auth]
      summary: An operation.
      description: It is one.
      x-retry: never
      x-source: SOURCES.md#acme
      security: ` + security + `
` + request + `      responses:
        '200':
          description: Done.
          content:
            application/json:
` + answer + `        4XX:
          description: Refused.
          content:
            application/json:
              schema:
                type: object
                required: [failure]
                properties:
                  failure:
                    type: object
                    description: What failed.
                    required: [code]
                    properties: {code: {type: integer, description: A number.}, text: {type: string, description: For people.}}
              example: {failure: {code: 7, text: x}}
`
}

const (
	keyRequest = `      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [api_key]
              properties:
                api_key: {type: string, format: password, description: The key.}
                deep: {type: boolean, default: false, description: Whether it is.}
            example: {api_key: example-key, deep: false}
`
	nestedToken = `              schema:
                type: object
                required: [data]
                properties:
                  data:
                    type: object
                    description: What was issued.
                    required: [access_token]
                    properties:
                      access_token: {type: string, format: password, description: The token.}
                      expires_in: {type: integer, x-expiry: seconds, description: Its life.}
              example: {data: {access_token: example-access, expires_in: 60}}
`
	listRequest = `      parameters:
        - {name: account, in: path, required: true, description: Whose., schema: {type: string}, example: a/b}
        - {name: page, in: query, description: Which., schema: {type: integer}, example: 2}
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: array, items: {type: string}}
            example: [a, b]
`
	words200 = `              schema:
                type: object
                required: [words]
                properties: {words: {type: array, items: {type: string}, description: All.}}
              example: {words: [a]}
`
)

func files(t *testing.T, paths string) (*Provider, map[string][]byte, error) {
	t.Helper()
	cfg, findings := config.Parse([]byte(entry))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	in := project.Inputs{Config: cfg, ConfigFile: []byte(entry), Sources: []byte("# Sources\n\n## Acme\n"), Specs: map[string][]byte{"api/acme.yaml": []byte(head + paths)}}
	made, findings, err := project.Build(in)
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	doc, findings, err := spec.Parse("api/acme.yaml", in.Specs["api/acme.yaml"])
	if err != nil || doc == nil {
		t.Fatal(findings, err)
	}
	shapes, err := generate.Shapes(doc, cfg.Clients[0])
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read("acme", "github.com/grantway/grantway", doc, shapes)
	if err != nil {
		return nil, nil, err
	}
	out, err := p.Files(made)
	return p, out, err
}

// spaces are what gofmt lines columns up with.
var spaces = regexp.MustCompile(` +`)

func TestWhatIsReadOfASpec(t *testing.T) {
	p, out, err := files(t,
		operation("/token", "buyToken", "[]", keyRequest, nestedToken)+
			operation("/{account}/words", "listWords", "[{secretKey: [], urlKey: []}]", listRequest, words200)+
			operation("/logout", "logOut", "[{secretKey: [], bearerToken: []}]", "", words200)+
			operation("/who", "whoIsIt", "[{bearerToken: []}, {}]", "", words200))
	if err != nil {
		t.Fatal(err)
	}
	if p.Mint() == nil || p.Exchange() != nil || p.Refresh() != nil || p.Page != nil || p.Revoke() == nil || p.Introspect() != nil {
		t.Errorf("the roles of the operations: %v", p)
	}
	for place, wants := range map[string][]string{
		"acme/client.go":           {"SecretKey grantway.Secret", "APIKeyFunc", "api.SecretKey = secretKey", `Account string`},
		"acme/flows.go":            {"AccessToken: resp.Data.AccessToken", "t.Expiry = resp.Data.ExpiresIn", "c.api.LogOut(ctx, t.AccessToken)"},
		"acme/errors.go":           {"v.Failure.Code != 0", "strconv.FormatInt(int64(v.Failure.Code), 10)"},
		"acme/testdata/pairs.json": {`"body": "{\"api_key\":\"example-key\"}"`, `"url": "https://api.acme.internal/a%2Fb/words?key=example-secret%2F%2B%25%3D%26&page=2"`, `"X-Key": "Key example-secret/+%=&"`, `"body": "[\"a\",\"b\"]"`},
		"acme/acmetest/server.go":  {"BuyToken: s.answerBuyToken", "SecretKey: checkSecretKey", "BearerToken: s.checkBearerToken", "fakeauth.Credential{Secret: ownSecretKey}", "URLKey: checkURLKey"},
		"acme/acmetest/state.go": {`inner["expires_in"] = int64(s.opts.Lifetime / time.Second)`, `"data.access_token"`, "s.tokens.Delete(c.Credential.Secret)", `if c.Text("api_key") != ownAPIKey {`,
			`if c.Credential.Secret != "" && s.tokens.Live(c.Credential.Secret) == nil {`},
		"acme/acmetest/server_test.go": {
			`{"buyToken: a credential where none belongs", "POST", "/token", `, `{"buyToken: no api_key", "POST", "/token", `, `{"buyToken: a parameter that nobody knows", "POST", "/token?nobody_knows_this=x", `,
			`{"listWords: no X-Key", "POST", "/a%2Fb/words?key=example-secret%2F%2B%25%3D%26&page=2", `, `{"listWords: no key", "POST", "/a%2Fb/words?page=2", `, `{"listWords: another key", "POST", "/a%2Fb/words?key=Example+wrong&page=2", `,
			`{"logOut: an unknown token", `, `{"whoIsIt: another Authorization", `,
		},
		"internal/scorecard/acme_test.go": {`refused: map[string]string{"data": "missing"}`, `tokens: []string{}`},
	} {
		for _, want := range wants {
			if !strings.Contains(spaces.ReplaceAllString(string(out[place]), " "), want) {
				t.Errorf("%s has no %q:\n%s", place, want, out[place])
			}
		}
	}
	for _, never := range []string{"logOut: a parameter", "whoIsIt: no Authorization"} { // of which the token comes first, and may be none
		if strings.Contains(string(out["acme/acmetest/server_test.go"]), never) {
			t.Errorf("the fake is to refuse %s", never)
		}
	}
}

func TestASpecWithoutAnExampleIsRefused(t *testing.T) {
	bare := strings.Replace(keyRequest, "            example: {api_key: example-key, deep: false}\n", "", 1)
	rest := operation("/words/{account}", "listWords", "[{secretKey: [], urlKey: []}]", listRequest, words200) + operation("/logout", "logOut", "[{bearerToken: []}]", "", words200)
	if _, _, err := files(t, operation("/token", "buyToken", "[]", bare, nestedToken)+rest); err == nil || !strings.Contains(err.Error(), "operation buyToken has no example") {
		t.Errorf("without an example: %v", err)
	}
}

// Text of a spec stays text, wherever it stands.
func TestNoTextOfASpecBecomesCode(t *testing.T) {
	const evil = `"); panic("evil`
	// What cannot be a name in Go is refused before; see the gate.
	answer := (`              schema:
                type: object
                required: [remark, words]
                properties:
                  remark: {type: string, description: "\n\npackage evil\n"}
                  words: {type: array, items: {type: string}, description: All.}
              example: {remark: "` + "`" + `); panic(` + "`" + `", words: [a]}
`)
	request := strings.NewReplacer("Whose.", `"a\n\nfunc init() {}\n"`, "example: a/b", "example: '"+evil+"'").Replace(listRequest)
	_, out, err := files(t, operation("/token", "buyToken", "[]", keyRequest, nestedToken)+
		operation("/words/{account}", "listWords", "[{secretKey: [], urlKey: []}]", request, answer)+
		operation("/logout", "logOut", "[{bearerToken: []}]", "", answer))
	if err != nil {
		t.Fatal(err)
	}
	for place, file := range out {
		if !strings.HasSuffix(place, ".go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), place, file, parser.ParseComments)
		if err != nil {
			t.Errorf("%s: %v", place, err)
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && (id.Name == "panic" || id.Name == "init" || id.Name == "evil") {
				t.Errorf("%s: %s", place, id.Name)
			}
			return true
		})
	}
}

// An example that the generated call takes for no success is none of the fixtures'.
func TestAnExampleThatXRefusedRefusesIsNoSuccess(t *testing.T) {
	for _, c := range []struct {
		when          string
		refused, good any
	}{
		{"missing", nil, "x"}, {"missing", "", "x"}, {"present", "x", nil}, {"false", false, true}, {"not-empty", []any{"x"}, []any{}},
		{"not-zero", 7.0, 0.0}, {"not-bearer", "mac", "BEARER"}, {"not-bearer", "mac", nil},
	} {
		s := &shape.Struct{Refused: []shape.Refusal{{Field: &shape.Field{Key: "member"}, When: c.when}}}
		if !refuses(s, map[string]any{"member": c.refused}) || refuses(s, map[string]any{"member": c.good}) {
			t.Errorf("%s: %v and %v", c.when, c.refused, c.good)
		}
	}
}
