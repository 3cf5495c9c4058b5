package todo

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

func lines(findings []finding.Finding) string {
	var out []string
	for _, f := range findings {
		out = append(out, f.String())
	}
	return strings.Join(out, "\n")
}

func TestCommentsThatAskForSomething(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"none", "openapi: 3.0.3\n# A remark.\n", ""},
		{"on a line of its own", "a: b\n  # Replace: the path.\n", "api/acme.yaml:2:3: TODO-REPLACE do what this comment asks, then take it out: the path."},
		{"behind a value", "a: b # Replace: the path.\n", "api/acme.yaml:1:6: TODO-REPLACE do what this comment asks, then take it out: the path."},
		{"a long one", "#Replace: " + strings.Repeat("x", 80) + "\n", "api/acme.yaml:1:1: TODO-REPLACE do what this comment asks, then take it out: " + strings.Repeat("x", 59) + "…"},
		{"with line ends of Windows", "# Replace: it\r\n", "api/acme.yaml:1:1: TODO-REPLACE do what this comment asks, then take it out: it"},
		{"that only speaks of it", `# Where a comment begins with "Replace", put what Acme does.` + "\n", ""},
		{"behind a value with a # in it", `a: "b#c" # Replace: it` + "\n", "api/acme.yaml:1:10: TODO-REPLACE do what this comment asks, then take it out: it"},
		{"part of a value", "a: b#Replace: c\n", ""},
	} {
		got := Comments("api/acme.yaml", []byte(tt.text))
		if lines(got) != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, lines(got), tt.want)
		}
	}
}

func TestHostsOfDocumentation(t *testing.T) {
	const head = "openapi: 3.0.3\ninfo: {title: Acme, version: '1'}\n"
	for _, tt := range []struct{ name, text, want string }{
		{"a real one", "servers: [{url: 'https://api.acme-corp.io'}]\n", ""},
		{"one of RFC 2606", "servers: [{url: 'https://api.acme.example/v1'}]\n", "api.acme.example"},
		{"example.com itself", "servers: [{url: 'https://example.com'}]\n", "example.com"},
		{"in capitals, with the root's dot", "servers: [{url: 'https://API.Example.COM.'}]\n", "API.Example.COM."},
		{"the machine itself", "servers: [{url: 'http://127.0.0.1:8080'}]\n", "127.0.0.1"},
		{"localhost", "servers: [{url: 'https://localhost'}]\n", "localhost"},
		{"a host that only ends like one", "servers: [{url: 'https://bexample.com'}]\n", ""},
		{"the authorize page", "servers: [{url: 'https://api.acme-corp.io'}]\ncomponents: {securitySchemes: {code: {type: oauth2, flows: {authorizationCode: {authorizationUrl: 'https://www.acme.test/authorize', tokenUrl: 'https://api.acme-corp.io/token', scopes: {}}}}}}\n", "www.acme.test"},
		{"an example of an answer", "servers: [{url: 'https://api.acme-corp.io'}]\ncomponents: {examples: {A: {value: {url: 'https://a.example'}}}}\n", ""},
	} {
		doc, findings, err := spec.Parse("api/acme.yaml", []byte(head+tt.text+"paths: {/token: {get: {operationId: a, responses: {'200': {description: a}}}}}\n"))
		if err != nil || doc == nil {
			t.Fatalf("%s: %v, %v", tt.name, findings, err)
		}
		got := Hosts(doc)
		if (len(got) == 1) != (tt.want != "") || len(got) > 0 && (!strings.HasPrefix(got[0].Message, tt.want+" is a host") || got[0].Rule != "TODO-HOST" || got[0].Line < 3) {
			t.Errorf("%s: %s", tt.name, lines(got))
		}
	}
}

func TestRowsOfSourcesThatSayNothing(t *testing.T) {
	const head = "| Fact | Source | Standing |\n|---|---|---|\n"
	for _, tt := range []struct {
		name, text string
		want       int // the line; 0 for none
	}{
		{"a source", head + "| The path | ACME-DOC | documented |\n", 0},
		{"unknown, and said so", head + "| The path | | unknown |\n", 0},
		{"nothing", head + "| The path | ACME-DOC | documented |\n| The host | | |\n", 4},
		{"nothing, behind a bar in the fact", head + "| `a \\| b` | | |\n", 3},
		{"a table of something else", "| Key | Page | Since |\n|---|---|---|\n| ACME | | |\n", 0},
		{"a second table", "| Key | Page |\n|---|---|\n| ACME | |\n\n" + head + "| The host |  |  |\n", 7},
		{"no table", "| not | a table\n\ntext\n", 0},
	} {
		got := Sources("api/SOURCES.md", []byte(tt.text))
		if (len(got) == 1) != (tt.want > 0) || len(got) > 0 && (got[0].Line != tt.want || got[0].Rule != "TODO-SOURCE") {
			t.Errorf("%s: %s", tt.name, lines(got))
		}
	}
}
