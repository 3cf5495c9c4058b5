// Package spectest holds a small correct project for tests, and the means to
// write it, to break it in one place, and to say where.
//
// It is for tests only and refuses edits that do not apply, so that no test
// passes because it changed nothing.
package spectest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

const (
	// Name is the path of the spec.
	Name = "api/acme.yaml"

	// Config makes a client of it.
	Config = `version: 1
clients:
  - spec: api/acme.yaml
    package: acmeapi
    dir: gen/acmeapi
`

	// Sources is the page that its x-source points into.
	Sources = "# Sources\n\n## Acme: getToken\n\nInvented.\n\n## Acme getStatus\n"

	// Spec is a correct spec.
	Spec = `openapi: 3.0.3
info:
  title: Acme
  version: 0.1.0
servers:
  - url: https://api.example.com
    description: Production
paths:
  /token:
    post:
      operationId: getToken
      x-retry: never
      x-source: SOURCES.md#acme-gettoken
      security: []
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/TokenRequest'
      responses:
        '200':
          description: The token.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/TokenResponse'
              example:
                access_token: example-access
                expires_in: 3600
        default:
          $ref: '#/components/responses/Failure'
  /status:
    get:
      operationId: getStatus
      deprecated: true
      x-deprecated-reason: use getToken
      x-retry: safe
      x-source: [SOURCES.md#acme-getstatus]
      security:
        - bearer: []
      responses:
        '204':
          description: Alive.
        4XX:
          $ref: '#/components/responses/Failure'
components:
  securitySchemes:
    bearer:
      type: http
      scheme: bearer
  responses:
    Failure:
      description: An error.
      content:
        application/json:
          schema:
            $ref: '#/components/schemas/Error'
          examples:
            refused:
              $ref: '#/components/examples/Refused'
  examples:
    Refused:
      value:
        code: REFUSED
        message: An invented message.
  schemas:
    TokenRequest:
      type: object
      required: [code]
      properties:
        code:
          type: string
          format: password
        token_type:
          type: string
    TokenResponse:
      type: object
      properties:
        access_token:
          type: string
          format: password
        expires_in:
          type: integer
        short_lived:
          type: boolean
    Error:
      type: object
      required: [code]
      properties:
        code:
          type: string
        message:
          type: string
`
)

// Here marks, in an edit, the place where a finding is expected.
const Here = "«"

// Edit replaces text in Spec: old, new, old, new. Each old has to be there
// exactly once.
func Edit(t testing.TB, pairs ...string) string {
	t.Helper()
	text := Spec
	for i := 0; i+1 < len(pairs); i += 2 {
		if n := strings.Count(text, pairs[i]); n != 1 {
			t.Fatalf("the text to replace occurs %d times, not once: %q", n, pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// Marked takes the Here mark out of a text and says where it was.
func Marked(t testing.TB, text string) (clean string, line, col int) {
	t.Helper()
	before, after, ok := strings.Cut(text, Here)
	if !ok || strings.Contains(after, Here) {
		t.Fatalf("the text has to hold the mark %q exactly once", Here)
	}
	return before + after, 1 + strings.Count(before, "\n"), len(before) - strings.LastIndex(before, "\n")
}

// Want fails unless there is exactly one finding, of that rule, at that place,
// with all of the words in its message.
func Want(t testing.TB, got []finding.Finding, rule string, line, col int, words ...string) {
	t.Helper()
	if len(got) != 1 {
		t.Fatalf("got %d findings, want one of %s: %v", len(got), rule, got)
	}
	f := got[0]
	if f.Rule != rule || f.Line != line || f.Col != col {
		t.Errorf("got %s, want %s at %d:%d", f, rule, line, col)
	}
	for _, word := range words {
		if !strings.Contains(f.Message, word) {
			t.Errorf("message %q lacks %q", f.Message, word)
		}
	}
}

// Put writes a file below root, and the folders above it.
func Put[Text string | []byte](t testing.TB, root, name string, content Text) {
	t.Helper()
	place := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(place, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Module are go.mod and go.sum of a module that has what generated code imports:
// the project that specgen is part of. Where specgen stands alone the test is
// skipped.
func Module(t testing.TB) map[string]string {
	t.Helper()
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !strings.HasPrefix(string(mod), "module github.com/grantway/grantway\n") {
		t.Skip("specgen stands alone here, outside the project")
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	_, requires, _ := strings.Cut(string(mod), "\nrequire ")
	return map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.25.0\n\nrequire github.com/grantway/grantway v0.0.0\n\nrequire " + requires +
			"\nreplace github.com/grantway/grantway => " + filepath.ToSlash(root) + "\n",
		"go.sum": string(sum),
	}
}
