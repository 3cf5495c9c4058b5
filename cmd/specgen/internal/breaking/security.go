package breaking

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// security reports an operation that no longer takes what it took: a scheme that
// is gone, another one in its place, one more that has to be sent along, a scope
// that was not asked for, or none where there was one.
func (c *comparison) security(old, now operation) {
	was, is := alternatives(c.old, old), alternatives(c.now, now)
	for _, before := range was {
		if !slices.ContainsFunc(is, func(after requirement) bool { return after.takes(before) }) {
			at := place(spec.Key(now.node, "security"), now.at)
			c.add(at, "BREAKING-AUTH", "%s no longer takes %s, but %s: keep the one beside the other until nobody uses it",
				strings.ToUpper(now.method)+" "+now.path, before, joined(is))
		}
	}
}

// requirement is what has to be sent together: each scheme as it is on the wire,
// with its scopes.
type requirement map[string][]string

// takes tells whether whoever satisfied before satisfies r.
func (r requirement) takes(before requirement) bool {
	if len(r) != len(before) {
		return false
	}
	for scheme, scopes := range r {
		had, ok := before[scheme]
		if !ok || slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(had, s) }) {
			return false
		}
	}
	return true
}

func (r requirement) String() string {
	if len(r) == 0 {
		return "no credential"
	}
	var parts []string
	for scheme, scopes := range r {
		if len(scopes) > 0 {
			scheme += " with " + strings.Join(scopes, ", ")
		}
		parts = append(parts, scheme)
	}
	slices.Sort(parts)
	return strings.Join(parts, " and ")
}

func joined(list []requirement) string {
	var parts []string
	for _, r := range list {
		parts = append(parts, r.String())
	}
	return strings.Join(parts, ", or ")
}

// alternatives are the requirements of an operation; one that asks for nothing
// has one that is empty.
func alternatives(doc *spec.Document, op operation) []requirement {
	security := spec.Get(op.node, "security")
	if security == nil {
		security = spec.Get(doc.Root, "security")
	}
	var out []requirement
	for _, n := range content(security) {
		r := requirement{}
		for name, scopes := range spec.Pairs(n) {
			scheme := describe(doc.Resolve(doc.Exact("components", "securitySchemes", name.Value)))
			for _, s := range scopes.Content {
				r[scheme] = append(r[scheme], s.Value)
			}
			if _, ok := r[scheme]; !ok {
				r[scheme] = nil
			}
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		out = []requirement{{}}
	}
	return out
}

// describe says what of a scheme shows on the wire; its name does not.
func describe(scheme *yaml.Node) string {
	parts := []string{spec.Text(spec.Get(scheme, "type"))}
	for _, key := range []string{"scheme", "in", "name", "openIdConnectUrl"} {
		if v := spec.Text(spec.Get(scheme, key)); v != "" {
			if key == "scheme" || key == "name" && spec.Text(spec.Get(scheme, "in")) == "header" {
				v = strings.ToLower(v)
			}
			parts = append(parts, v)
		}
	}
	for flow, n := range spec.Pairs(spec.Get(scheme, "flows")) {
		parts = append(parts, flow.Value)
		for _, key := range []string{"authorizationUrl", "tokenUrl", "refreshUrl"} {
			if v := spec.Text(spec.Get(n, key)); v != "" {
				parts = append(parts, v)
			}
		}
	}
	return strings.Join(parts, " ")
}
