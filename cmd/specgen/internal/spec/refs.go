package spec

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// checkVersion refuses other OpenAPI versions before anything else is said, for
// every other message would be beside the point.
func (d *Document) checkVersion() []finding.Finding {
	version := Get(d.Root, "openapi")
	switch {
	case version == nil:
		return []finding.Finding{d.Finding(d.Root, "SPEC-VERSION", "no `openapi` field: begin the file with `openapi: 3.0.3`")}
	case version.Kind != yaml.ScalarNode || !strings.HasPrefix(version.Value, "3.0."):
		return []finding.Finding{d.Finding(version, "SPEC-VERSION", "OpenAPI %q is not read, only 3.0.x: write `openapi: 3.0.3`", version.Value)}
	}
	return nil
}

// checkRefs makes sure that each $ref stays in the file, points at something,
// and ends somewhere. The OpenAPI library reports the first such fault only,
// without a position, and recurses on a loop.
func (d *Document) checkRefs() []finding.Finding {
	var out []finding.Finding
	d.walkRefs(d.Root, nil, func(ref *yaml.Node) {
		target := ref.Value
		if !strings.HasPrefix(target, "#/") {
			out = append(out, d.Finding(ref, "REF-EXTERNAL",
				"reference %q leaves this file: copy what it points at into components and refer to `#/components/...`", target))
			return
		}
		node := d.Exact(Pointer(target)...)
		if node == nil {
			out = append(out, d.Finding(ref, "REF-UNRESOLVED",
				"reference %q points at nothing: correct it or add the component", target))
			return
		}
		seen := map[*yaml.Node]bool{}
		for node != nil {
			if seen[node] {
				out = append(out, d.Finding(ref, "REF-CYCLE",
					"reference %q comes back to itself and never reaches a definition: break the loop", target))
				return
			}
			seen[node] = true
			next := Get(node, "$ref")
			if next == nil || next.Kind != yaml.ScalarNode {
				return
			}
			node = d.Exact(Pointer(next.Value)...)
		}
	})
	finding.Sort(out)
	return out
}

// walkRefs visits the value of each $ref, leaving out what only looks like one:
// a value inside an example, an enum, a default or an extension, and a property
// that is itself named $ref.
func (d *Document) walkRefs(n *yaml.Node, path []string, visit func(ref *yaml.Node)) {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			d.walkRefs(item, append(path, "[]"), visit)
		}
	case yaml.MappingNode:
		names := holdsNames(path)
		for key, value := range Pairs(n) {
			switch {
			case key.Value == "$ref" && !names:
				if value.Kind == yaml.ScalarNode {
					visit(value)
				}
			case !names && (key.Value == "example" || key.Value == "enum" || key.Value == "default" ||
				key.Value == "value" || strings.HasPrefix(key.Value, "x-")):
				// Data, not structure.
			default:
				d.walkRefs(value, append(path, key.Value), visit)
			}
		}
	}
}

// holdsNames tells whether the mapping at path has names chosen by the author as
// its keys, so that a key called `example` or `default` is a name there.
func holdsNames(path []string) bool {
	if len(path) == 0 {
		return false
	}
	switch path[len(path)-1] {
	case "properties", "responses", "paths", "content", "headers", "variables", "mapping", "callbacks", "links", "encoding",
		"examples", "schemas", "parameters", "requestBodies", "securitySchemes", "scopes":
		// `properties: {properties: {...}}`: the inner one is a schema.
		return !holdsNames(path[:len(path)-1])
	}
	return false
}
