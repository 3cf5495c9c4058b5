package spec

import (
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// alternatives are the object schemas that a value may follow: every branch of its
// oneOf, anyOf and allOf, and the schema itself if it has members or no branch.
func alternatives(s *openapi3.Schema) []*openapi3.Schema {
	refs := slices.Concat(s.OneOf, s.AnyOf, s.AllOf)
	var out []*openapi3.Schema
	if len(refs) == 0 || len(s.Properties) > 0 {
		out = append(out, s)
	}
	for _, ref := range refs {
		out = append(out, alternatives(ref.Value)...)
	}
	return out
}

// declares reports whether an object of the schema may have that member.
func declares(s *openapi3.Schema, name string) bool {
	for _, alt := range alternatives(s) {
		if _, ok := alt.Properties[name]; ok || open(alt) {
			return true
		}
	}
	return false
}

// open reports whether the schema says that other members are welcome. A schema
// that is silent about them is not meant to have any.
func open(s *openapi3.Schema) bool {
	return s.AdditionalProperties.Has != nil && *s.AdditionalProperties.Has || s.AdditionalProperties.Schema != nil
}

// undeclared lists the members of a JSON value that no alternative of the
// schema declares, by path.
func undeclared(s *openapi3.Schema, value any, at string) []string {
	var out []string
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			path := at + "." + name
			if !declares(s, name) {
				out = append(out, path)
				continue
			}
			// A member may be declared by more than one alternative; one that
			// allows all of it is enough.
			var worst []string
			for i, sub := range properties(s, name) {
				unknown := undeclared(sub, member, path)
				if i == 0 || len(unknown) < len(worst) {
					worst = unknown
				}
			}
			out = append(out, worst...)
		}
	case []any:
		if s.Items == nil {
			break
		}
		for i, item := range v {
			out = append(out, undeclared(s.Items.Value, item, fmt.Sprintf("%s[%d]", at, i))...)
		}
	}
	slices.Sort(out)
	return out
}

func properties(s *openapi3.Schema, name string) []*openapi3.Schema {
	var out []*openapi3.Schema
	for _, alt := range alternatives(s) {
		if ref, ok := alt.Properties[name]; ok {
			out = append(out, ref.Value)
		}
	}
	return out
}
