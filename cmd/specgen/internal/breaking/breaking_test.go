package breaking

import (
	"fmt"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func parse(t *testing.T, text string) *spec.Document {
	t.Helper()
	doc, findings, err := spec.Parse(spectest.Name, []byte(text))
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	return doc
}

func compare(t *testing.T, old, now string) []finding.Finding {
	t.Helper()
	findings, err := Compare(parse(t, old), parse(t, now))
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// change is an edit that breaks callers: pairs of old and new text, with the
// mark where the finding has to be in the new one. from is what the old spec
// was edited with before.
type change struct {
	name, rule string
	from, edit []string
	word       string
}

func testBreaks(t *testing.T, cases []change) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			old := spectest.Edit(t, c.from...)
			now := old
			for i := 0; i < len(c.edit); i += 2 {
				if strings.Count(now, c.edit[i]) != 1 {
					t.Fatalf("the text to replace is not there once: %q", c.edit[i])
				}
				now = strings.Replace(now, c.edit[i], c.edit[i+1], 1)
			}
			now, line, col := spectest.Marked(t, now)
			spectest.Want(t, compare(t, old, now), c.rule, line, col, c.word)
			// The inverse: a spec that did not change breaks nobody.
			if got := compare(t, now, now); len(got) > 0 {
				t.Errorf("against itself: %v", got)
			}
		})
	}
}

const (
	statusOperation = "  /status:\n    get:\n      operationId: getStatus\n      deprecated: true\n      x-deprecated-reason: use getToken\n      x-retry: safe\n      x-source: [SOURCES.md#acme-getstatus]\n      security:\n        - bearer: []\n      responses:\n        '204':\n          description: Alive.\n        4XX:\n          $ref: '#/components/responses/Failure'\n"
	tokenType       = "        token_type:\n          type: string\n"
	expiresIn       = "        expires_in:\n          type: integer\n"
	bearerScheme    = "      type: http\n      scheme: bearer\n"
	pageParameter   = "      parameters:\n        - name: page\n          in: query\n          schema:\n            type: integer\n"
)

func withPage(more string) []string {
	return []string{"      operationId: getStatus\n", "      operationId: getStatus\n" + pageParameter + more}
}

func withEnum(values string) []string {
	return []string{tokenType, tokenType + "          enum: [" + values + "]\n"}
}

func TestOperationsBreak(t *testing.T) {
	testBreaks(t, []change{
		{"a method that is gone", "BREAKING-OPERATION", nil, []string{"  /status:\n    get:\n", "  «/status:\n    put:\n"}, "GET /status"},
		{"another operationId", "BREAKING-NAME", nil, []string{"operationId: getToken", "operationId: «obtainToken"}, `"getToken"`},
	})
	t.Run("a path that is gone", func(t *testing.T) {
		got := compare(t, spectest.Spec, spectest.Edit(t, statusOperation, ""))
		spectest.Want(t, got, "BREAKING-OPERATION", 34, 5, "GET /status", "in the old spec")
	})
}

func TestParametersBreak(t *testing.T) {
	testBreaks(t, []change{
		{"one that is gone", "BREAKING-PROPERTY", withPage(""), []string{"    get:\n", "    «get:\n", pageParameter, ""}, `"page"`},
		{"one that is new and required", "BREAKING-REQUIRED", nil, []string{"      operationId: getStatus\n", "      operationId: getStatus\n      parameters:\n        - «name: page\n          in: query\n          required: true\n          schema:\n            type: integer\n"}, `"page"`},
		{"one that is required now", "BREAKING-REQUIRED", withPage(""), []string{pageParameter, pageParameter + "          «required: true\n"}, "was optional"},
		{"of another type", "BREAKING-TYPE", withPage(""), []string{"            type: integer\n", "            type: «string\n"}, "was integer and is string"},
		{"of a path, by its place", "BREAKING-TYPE",
			[]string{"  /status:\n    get:\n", "  /status/{id}:\n    get:\n      parameters:\n        - name: id\n          in: path\n          required: true\n          schema:\n            type: string\n"},
			[]string{"/status/{id}", "/status/{name}", "- name: id", "- name: name", "            type: string\n", "            type: «integer\n"}, "type of parameter"},
	})
}

func TestBodiesBreak(t *testing.T) {
	testBreaks(t, []change{
		{"a property of a request that is gone", "BREAKING-PROPERTY", nil, []string{"      required: [code]\n      properties:\n        code:\n          type: string\n          format: password\n" + tokenType, "      required: [code]\n      «properties:\n        code:\n          type: string\n          format: password\n"}, `"token_type"`},
		{"a property of an answer that is gone", "BREAKING-PROPERTY", nil, []string{"      type: object\n      properties:\n", "      type: object\n      «properties:\n", "        short_lived:\n          type: boolean\n", ""}, `"short_lived"`},
		{"a property that is new and required", "BREAKING-REQUIRED", nil, []string{"      required: [code]\n      properties:\n        code:\n          type: string\n          format: password\n", "      required: [code, «tenant]\n      properties:\n        tenant:\n          type: string\n        code:\n          type: string\n          format: password\n"}, `"tenant"`},
		{"a property that is required now", "BREAKING-REQUIRED", nil, []string{"      required: [code]\n      properties:\n        code:\n          type: string\n          format: password\n", "      required: [code, «token_type]\n      properties:\n        code:\n          type: string\n          format: password\n"}, `"token_type"`},
		{"a type", "BREAKING-TYPE", nil, []string{expiresIn, "        expires_in:\n          type: «string\n", "expires_in: 3600", "expires_in: '3600'"}, "expires_in was integer and is string"},
		{"a format", "BREAKING-TYPE", nil, []string{expiresIn, expiresIn + "          format: «int64\n"}, "was none and is int64"},
		{"null that is allowed now", "BREAKING-TYPE", nil, []string{expiresIn, expiresIn + "          nullable: «true\n"}, "could not be null"},
		{"the items of a list", "BREAKING-TYPE", []string{tokenType, "        token_type:\n          type: array\n          items:\n            type: string\n"}, []string{"            type: string\n", "            type: «integer\n"}, "an item of token_type"},
		{"the values of a map", "BREAKING-TYPE", []string{tokenType, "        token_type:\n          type: object\n          additionalProperties:\n            type: string\n"}, []string{"            type: string\n", "            type: «integer\n"}, "a value of token_type"},
		{"a value of an enum that is gone", "BREAKING-ENUM", withEnum("a, b"), []string{"          enum: [a, b]\n", "          «enum: [b, c]\n"}, `"a"`},
		{"an enum that is new in a request", "BREAKING-ENUM", nil, []string{tokenType, tokenType + "          «enum: [a]\n"}, "could be anything"},
		{"a media type", "BREAKING-TYPE", nil, []string{"      requestBody:\n        required: true\n        content:\n          application/json:\n", "      «requestBody:\n        required: true\n        content:\n          application/x-www-form-urlencoded:\n"}, "application/json"},
		{"a request body that is gone", "BREAKING-PROPERTY", nil, []string{"    post:\n", "    «post:\n", "      requestBody:\n        required: true\n        content:\n          application/json:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n", ""}, "body is gone"},
		{"an answer that is gone", "BREAKING-TYPE", nil, []string{"      responses:\n        '204':", "      «responses:\n        '205':"}, "the answer 204"},
		{"a part of allOf", "BREAKING-PROPERTY",
			[]string{"    TokenResponse:\n      type: object\n      properties:\n", "    TokenResponse:\n      allOf:\n        - $ref: '#/components/schemas/Base'\n    Base:\n      type: object\n      properties:\n"},
			[]string{"    Base:\n      type: object\n      properties:\n", "    Base:\n      type: object\n      «properties:\n", "        short_lived:\n          type: boolean\n", ""}, `"short_lived"`},
		{"one of several forms", "BREAKING-TYPE",
			[]string{"        access_token:\n          type: string\n          format: password\n", "        access_token:\n          oneOf:\n            - type: string\n              format: password\n            - type: integer\n"},
			[]string{"          oneOf:\n            - type: string\n              format: password\n            - type: integer\n", "          «oneOf:\n            - type: string\n              format: password\n"}, "one of the forms"},
	})
}

func TestAuthBreaks(t *testing.T) {
	testBreaks(t, []change{
		{"another scheme", "BREAKING-AUTH", nil, []string{"      security:\n        - bearer: []\n", "      «security:\n        - bearer: []\n", bearerScheme, "      type: http\n      scheme: basic\n"}, "no longer takes http bearer, but http basic"},
		{"another header", "BREAKING-AUTH", []string{bearerScheme, "      type: apiKey\n      in: header\n      name: X-Key\n"}, []string{"      security:\n        - bearer: []\n", "      «security:\n        - bearer: []\n", "X-Key", "X-Token"}, "x-token"},
		{"none where there was one", "BREAKING-AUTH", nil, []string{"      security:\n        - bearer: []\n", "      «security: []\n"}, "but no credential"},
		{"one where there was none", "BREAKING-AUTH", nil, []string{"      security: []\n", "      «security:\n        - bearer: []\n"}, "no longer takes no credential"},
		{"one more", "BREAKING-AUTH", nil, []string{"      security:\n        - bearer: []\n", "      «security:\n        - bearer: []\n          key: []\n", "    bearer:\n      type", "    key:\n      type: apiKey\n      in: header\n      name: X-Key\n    bearer:\n      type"}, "http bearer"},
		{"a scope more", "BREAKING-AUTH",
			[]string{bearerScheme, "      type: oauth2\n      flows:\n        clientCredentials:\n          tokenUrl: https://api.example.com/token\n          scopes: {a: A, b: B}\n", "        - bearer: []\n", "        - bearer: [a]\n"},
			[]string{"      security:\n        - bearer: [a]\n", "      «security:\n        - bearer: [a, b]\n"}, "with a"},
		{"a default that the operation goes by", "BREAKING-AUTH", []string{"      security: []\n", "", "paths:\n", "security:\n  - bearer: []\npaths:\n"}, []string{"security:\n  - bearer: []\npaths:\n", "security: []\npaths:\n", "    post:\n", "    «post:\n"}, "POST /token"},
	})
}

// Each of these is no break, although something changed.
func TestWhatBreaksNobody(t *testing.T) {
	for _, c := range []struct {
		name       string
		from, edit []string
	}{
		{"nothing", nil, nil},
		{"a new operation", []string{statusOperation, ""}, []string{"components:\n  securitySchemes", statusOperation + "components:\n  securitySchemes"}},
		{"a new optional property of a request", nil, []string{tokenType, tokenType + "        more:\n          type: string\n"}},
		{"a new property of an answer", nil, []string{expiresIn, expiresIn + "        more:\n          type: string\n"}},
		{"a property of an answer that is required now", nil, []string{"    TokenResponse:\n      type: object\n", "    TokenResponse:\n      type: object\n      required: [access_token]\n"}},
		{"a property of a request that is optional now", nil, []string{"    TokenRequest:\n      type: object\n      required: [code]\n", "    TokenRequest:\n      type: object\n"}},
		{"a new value of an enum", withEnum("a"), []string{"enum: [a]", "enum: [b, a]"}},
		{"an enum that is gone", withEnum("a"), []string{"          enum: [a]\n", ""}},
		{"a new optional parameter", nil, withPage("")},
		{"a parameter of another order", withPage("        - name: size\n          in: query\n          schema:\n            type: integer\n"),
			[]string{pageParameter + "        - name: size\n", "      parameters:\n        - name: size\n          in: query\n          schema:\n            type: integer\n        - name: page\n"}},
		{"a path parameter of another name", []string{"  /status:\n    get:\n", "  /status/{id}:\n    get:\n      parameters:\n        - name: id\n          in: path\n          required: true\n          schema:\n            type: string\n"}, []string{"/status/{id}", "/status/{name}", "- name: id", "- name: name"}},
		{"a scheme of another name", nil, []string{"    bearer:\n      type", "    token:\n      type", "        - bearer: []\n", "        - token: []\n"}},
		{"one more way to authenticate", nil, []string{"        - bearer: []\n", "        - key: []\n        - bearer: []\n", "    bearer:\n      type", "    key:\n      type: apiKey\n      in: header\n      name: X-Key\n    bearer:\n      type"}},
		{"a scope less", []string{bearerScheme, "      type: oauth2\n      flows:\n        clientCredentials:\n          tokenUrl: https://api.example.com/token\n          scopes: {a: A, b: B}\n", "        - bearer: []\n", "        - bearer: [a, b]\n"}, []string{"[a, b]", "[a]"}},
		{"a component of another name", nil, []string{"$ref: '#/components/schemas/TokenRequest'", "$ref: '#/components/schemas/Ask'", "    TokenRequest:\n", "    Ask:\n"}},
		{"words", nil, []string{"description: The token.", "description: What to send from now on.", "title: Acme\n", "title: Acme, Inc.\n"}},
		{"an error less", nil, []string{"        4XX:\n", "        '400':\n"}},
		{"a new media type", nil, []string{"          application/json:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n", "          application/json:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n          application/x-www-form-urlencoded:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			old := spectest.Edit(t, c.from...)
			now := old
			for i := 0; i < len(c.edit); i += 2 {
				if strings.Count(now, c.edit[i]) != 1 {
					t.Fatalf("the text to replace is not there once: %q", c.edit[i])
				}
				now = strings.Replace(now, c.edit[i], c.edit[i+1], 1)
			}
			for _, f := range compare(t, old, now) {
				t.Error(f)
			}
		})
	}
}

func TestASchemaThatRefersToItselfIsComparedOnce(t *testing.T) {
	loop := []string{tokenType, "        next:\n          $ref: '#/components/schemas/TokenRequest'\n" + tokenType}
	old := spectest.Edit(t, loop...)
	now := strings.Replace(old, tokenType, "        token_type:\n          type: integer\n", 1)
	if got := compare(t, old, now); len(got) != 1 || got[0].Rule != "BREAKING-TYPE" {
		t.Errorf("got %v, want one", got)
	}
}

// ring is a spec whose request is a ring of so many schemas.
func ring(t *testing.T, n int) string {
	t.Helper()
	var more strings.Builder
	for i := range n {
		fmt.Fprintf(&more, "    R%d:\n      type: object\n      properties:\n        next:\n          $ref: '#/components/schemas/R%d'\n", i, (i+1)%n)
	}
	return spectest.Edit(t, tokenType, "        ring:\n          $ref: '#/components/schemas/R0'\n", "    Error:\n", more.String()+"    Error:\n")
}

func TestRingsOfDifferentLengthsAreAnErrorAndNoLoop(t *testing.T) {
	old, now := parse(t, ring(t, 31)), parse(t, ring(t, 30))
	if _, err := compareAtMost(31*30, old, now); err == nil || !strings.Contains(err.Error(), "rings") {
		t.Errorf("got %v", err)
	}
	// With the pairs of the rest of the spec, that is enough.
	if got, err := compareAtMost(31*30+20, old, now); err != nil || len(got) > 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

// The far end of a long chain is reached.
func TestALongChainIsCompared(t *testing.T) {
	old := ring(t, 500)
	now := strings.Replace(old, "    R499:\n      type: object\n", "    R499:\n      type: object\n      nullable: true\n", 1)
	if got := compare(t, old, now); len(got) != 1 || got[0].Rule != "BREAKING-TYPE" {
		t.Errorf("got %v", got)
	}
}

func TestWirePath(t *testing.T) {
	for path, want := range map[string]string{"/a": "/a", "/a/{b}": "/a/{}", "/{a}/b/{c}:d": "/{}/b/{}:d", "/{a": "/{}"} {
		if got := wirePath(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
