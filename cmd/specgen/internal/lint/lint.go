// Package lint holds what this project asks of a spec beyond what OpenAPI asks:
// that each operation says how it is authenticated, whether it may be sent
// twice and where the knowledge comes from, that examples are true, and that
// secrets are marked as such.
//
// It reports and never repairs. A rule that has to be silenced is a wrong rule;
// there is no way to silence one.
package lint

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// Rule is one thing to ask of a spec. What it asks is in internal/rule.
type Rule struct {
	ID    string
	check func(*run)
}

// Rules are all rules, in the order in which they are listed.
func Rules() []Rule {
	return []Rule{
		{"OP-ID", checkOperationID},
		{"OP-SECURITY", checkSecurity},
		{"OP-RETRY", checkRetry},
		{"OP-SOURCE", checkSource},
		{"OP-RESPONSES", checkResponses},
		{"RESP-EXAMPLE", checkBodies},
		{"EXAMPLE-INVALID", checkExamples},
		{"ENUM-TYPE", checkEnums},
		{"SERVER-HTTPS", checkServers},
		{"SECRET-FORMAT", checkSecrets},
		{"X-GO", checkExtensions},
		{"X-AUTH-FORMAT", checkAuthFormat},
		{"X-BASIC-ENCODING", checkBasicEncoding},
		{"X-CREDENTIAL", checkCredential},
		{"X-AUTHORIZE", checkAuthorize},
		{"X-EXPIRY", checkExpiry},
		{"X-CHARSET", checkCharset},
		{"X-REFUSED", checkRefused},
		{"X-CODES", checkCodes},
		{"X-UNKNOWN", checkUnknown},
		{"COMPONENT-UNUSED", checkUnused},
		{"DEPRECATED-REASON", checkDeprecated},
		{"GEN-DROPPED", checkDropped},
	}
}

// Check holds a spec against all rules. sources is api/SOURCES.md.
func Check(doc *spec.Document, sources []byte) (findings []finding.Finding, err error) {
	defer spec.Recover(doc.Name, &err)
	ops := operations(doc)
	r := &run{doc: doc, headings: headings(sources), ops: ops, extensions: extensions(doc), roles: rolesOf(doc, ops)}
	for _, rule := range Rules() {
		r.rule = rule.ID
		rule.check(r)
	}
	finding.Sort(r.findings)
	return r.findings, nil
}

// run is one check of one spec.
type run struct {
	doc        *spec.Document
	headings   map[string]bool
	ops        []operation
	extensions map[string][]extension
	roles      roles
	rule       string
	findings   []finding.Finding
}

func (r *run) add(at *yaml.Node, format string, args ...any) {
	r.findings = append(r.findings, r.doc.Finding(at, r.rule, format, args...))
}

// operation is an operation where it stands in the file.
type operation struct {
	path, method string
	key, node    *yaml.Node // `post` and what is under it
}

func operations(doc *spec.Document) []operation {
	var out []operation
	for path, item := range spec.Pairs(spec.Get(doc.Root, "paths")) {
		if !strings.HasPrefix(path.Value, "/") {
			continue // no path; GEN-DROPPED says so
		}
		for method, op := range spec.Pairs(item) {
			if spec.IsMethod(method.Value) {
				out = append(out, operation{path.Value, method.Value, method, op})
			}
		}
	}
	return out
}
