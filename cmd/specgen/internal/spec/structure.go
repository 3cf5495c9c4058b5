package spec

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

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

// checkOperations refuses a document that describes nothing: a client without
// operations is made by mistake only.
func (d *Document) checkOperations() []finding.Finding {
	for _, item := range Pairs(Get(d.Root, "paths")) {
		for key := range Pairs(item) {
			if IsMethod(key.Value) || key.Value == "$ref" {
				return nil
			}
		}
	}
	at := Key(d.Root, "paths")
	if at == nil {
		at = d.Root
	}
	return []finding.Finding{d.Finding(at, "SPEC-EMPTY", "no operation is described: add one or take the entry out of the config")}
}

// checkRefs makes sure that each $ref stays in the file, points at something,
// and ends somewhere. The OpenAPI library reports the first such fault only,
// without a position, and recurses on a loop.
func (d *Document) checkRefs() []finding.Finding {
	var out []finding.Finding
	d.walkRefs(func(ref *yaml.Node) {
		target := ref.Value
		if !strings.HasPrefix(target, "#/") {
			out = append(out, d.Finding(ref, "REF-EXTERNAL",
				"reference %q leaves this file: copy what it points at into components and refer to `#/components/...`", target))
			return
		}
		node := d.Exact(Pointer(target)...)
		if node == nil || !isStructure(Pointer(target)) {
			out = append(out, d.Finding(ref, "REF-UNRESOLVED",
				"reference %q points at nothing: correct it or add the component", target))
			return
		}
		way := []string{target}
		seen := map[*yaml.Node]bool{}
		for node != nil {
			next := Get(node, "$ref")
			switch {
			case seen[node]:
				out = append(out, d.Finding(ref, "REF-CYCLE",
					"reference %q comes back to itself and never reaches a definition: break the loop (%s)", target, strings.Join(way, " -> ")))
				return
			case next == nil || next.Kind != yaml.ScalarNode:
				return
			case len(way) > MaxChain:
				out = append(out, d.Finding(ref, "SPEC-DEPTH",
					"reference %q leads through more than %d others before it reaches a definition: refer to the definition", target, MaxChain))
				return
			}
			seen[node] = true
			way = append(way, next.Value)
			node = d.Exact(Pointer(next.Value)...)
		}
	})
	d.Walk(func(_ []string, n *yaml.Node) {
		for _, target := range Pairs(Get(Get(n, "discriminator"), "mapping")) {
			switch path := Pointer(target.Value); {
			case strings.HasPrefix(target.Value, "#/") && d.Exact(path...) != nil && isStructure(path):
			case d.Exact("components", "schemas", target.Value) != nil:
			default:
				out = append(out, d.Finding(target, "REF-UNRESOLVED",
					"the discriminator leads to %q, which is no schema of this file: correct it or add the component", target.Value))
			}
		}
	})
	// An operation below a referred-to path would be sent and never looked at
	// here; as a copy for each path it can also be very large.
	for path, item := range Pairs(Get(d.Root, "paths")) {
		if ref := Key(item, "$ref"); ref != nil {
			out = append(out, d.Finding(ref, "REF-PATH",
				"path %q refers to another one: write its operations here", path.Value))
		}
	}
	finding.Sort(out)
	return out
}

// MaxChain is how many references may stand between a reference and its
// definition.
const MaxChain = 8

// isStructure tells whether a pointer stays out of data: what is in an example
// or an extension is not looked at by any check, and so nothing may be made of
// it.
func isStructure(path []string) bool {
	names := false
	for _, part := range path {
		if !names && isData(part) {
			return false
		}
		names = !names && holdsNames(part)
	}
	return true
}

// checkNulls refuses what was left empty: `get:` with nothing below it is null,
// which OpenAPI allows nowhere but in data, and at which libraries panic.
func (d *Document) checkNulls() []finding.Finding {
	var out []finding.Finding
	refuse := func(at, value *yaml.Node) {
		if value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
			out = append(out, d.Finding(at, "SPEC-NULL", "nothing is given here: fill it in or take it out"))
		}
	}
	d.Walk(func(_ []string, n *yaml.Node) {
		for key, value := range Pairs(n) {
			if isData(key.Value) {
				continue
			}
			refuse(key, value)
			if holdsNames(key.Value) {
				for name, named := range Pairs(value) {
					refuse(name, named)
				}
			}
			if value.Kind == yaml.SequenceNode {
				for _, item := range value.Content {
					refuse(item, item)
				}
			}
		}
	})
	finding.Sort(out)
	return out
}

// walkRefs visits the value of each $ref.
func (d *Document) walkRefs(visit func(ref *yaml.Node)) {
	d.Walk(func(_ []string, n *yaml.Node) {
		if ref := Get(n, "$ref"); ref != nil && ref.Kind == yaml.ScalarNode {
			visit(ref)
		}
	})
}

// Walk visits each mapping of the document; see the function of that name.
func (d *Document) Walk(visit func(path []string, n *yaml.Node)) { Walk(d.Root, visit) }

// Walk visits each mapping whose keys have a meaning in OpenAPI, with its path.
// It leaves out the mappings whose keys are names chosen by the author (such as
// `properties`, but not what is under them) and data: what is inside an example,
// an enum, a default or an extension.
func Walk(n *yaml.Node, visit func(path []string, n *yaml.Node)) {
	walk(n, nil, false, visit)
}

func walk(n *yaml.Node, path []string, names bool, visit func([]string, *yaml.Node)) {
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			walk(item, append(path, strconv.Itoa(i)), false, visit)
		}
	case yaml.MappingNode:
		if !names {
			visit(path, n)
		}
		for key, value := range Pairs(n) {
			if names || !isData(key.Value) {
				walk(value, append(path, key.Value), !names && holdsNames(key.Value), visit)
			}
		}
	}
}

// isData tells whether what is under a key is the author's data.
func isData(key string) bool {
	switch key {
	case "example", "enum", "default", "value":
		return true
	}
	return strings.HasPrefix(key, "x-")
}

// holdsNames tells whether the keys of the mapping under a key are names.
func holdsNames(key string) bool {
	switch key {
	case "paths", "responses", "content", "headers", "examples", "links", "callbacks", "encoding", "variables",
		"properties", "mapping", "scopes", "schemas", "parameters", "requestBodies", "securitySchemes":
		return true
	}
	return false
}
