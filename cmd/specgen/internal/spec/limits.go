package spec

import (
	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// The limits of one spec, with all files that it refers to. They hold specgen
// below 512 MiB and 5 seconds for whatever is read at all; TestCheck060 measures
// that just below each of them.
const (
	// MaxBytes is the largest spec that is read.
	MaxBytes = 4 << 20
	// MaxMarks is how many characters a spec may have that can begin a value: a
	// YAML parser needs some 250 bytes for each value, however short it is.
	// Large specs of providers have one in 12 to 18 bytes.
	MaxMarks = 400_000
	// MaxDepth is how deep mappings and sequences may nest. The OpenAPI library
	// needs memory that grows with the square of the depth.
	MaxDepth = 64
	// MaxKey is how many bytes a key may have: names inside others are made of
	// all of theirs.
	MaxKey = 512
	// MaxComponents is how many components a spec may have. What the libraries do
	// with them takes the square of it.
	MaxComponents = 8_000
	// MaxEnum is how many values one enum may list, and MaxProperties and
	// MaxParts are the same for the properties of a schema and for what it is put
	// together of. See entries.
	MaxEnum       = 1_000
	MaxProperties = 2_000
	MaxParts      = 200
	// MaxEnumPairs is the number of enums times that of all their values: the
	// generator compares each with each.
	MaxEnumPairs = 12_000_000
	// MaxPattern is how large all patterns may be together, with repetitions
	// written out, as they are in a compiled one.
	MaxPattern = 100_000
	// MaxCode is how many bytes of Go a spec may become, by an estimate.
	MaxCode = 8 << 20
	// MaxFindings is how many things are said about one file. Whoever has mended
	// those runs specgen again.
	MaxFindings = 200
)

// marks counts the characters that can begin a value or a comment. It never
// counts fewer than a parser would find.
func marks(data []byte) int {
	n := 0
	for _, c := range data {
		switch c {
		case '\n', ',', '[', '{', ':', '-', '?', '#':
			n++
		}
	}
	return n
}

// checkComponents counts the components.
func (d *Document) checkComponents() []finding.Finding {
	n := 0
	for section, components := range Pairs(Get(d.Root, "components")) {
		for name := range Pairs(components) {
			if n++; n > MaxComponents {
				return []finding.Finding{d.Finding(name, "SPEC-SIZE",
					"from %s %q on there are more than %d components: split the API into several specs", section.Value, name.Value, MaxComponents)}
			}
		}
	}
	return nil
}

// entries is how many entries may stand under a key. The generator looks for
// each name of `required` in turn, and copies what it has for each part of
// allOf; either takes the square of their number. What is read for a client by
// hand has a tenth of these.
var entries = map[string]int{
	"enum": MaxEnum, "properties": MaxProperties, "required": MaxProperties,
	"allOf": MaxParts, "anyOf": MaxParts, "oneOf": MaxParts, "mapping": MaxEnum,
	"parameters": MaxProperties, "responses": MaxProperties, "headers": MaxProperties, "examples": MaxProperties,
	"servers": MaxParts, "variables": MaxParts, "content": MaxParts, "security": MaxParts, "tags": MaxProperties,
}

// checkEntries holds lists and mappings to their limits.
func (d *Document) checkEntries() []finding.Finding {
	var out []finding.Finding
	enums, values := 0, 0
	var largest *yaml.Node
	d.Walk(func(path []string, n *yaml.Node) {
		inside := len(path) != 1 || path[0] != "components" // where the keys are sections
		for key, value := range Pairs(n) {
			size := len(value.Content)
			if value.Kind == yaml.MappingNode {
				size /= 2
			}
			if most, ok := entries[key.Value]; ok && inside && size > most {
				out = append(out, d.Finding(value, "SPEC-SIZE",
					"there are %d entries under %s, at most %d are read: split it, or leave some out and describe them", size, key.Value, most))
			}
			if key.Value != "enum" {
				continue
			}
			enums, values = enums+1, values+size
			if largest == nil || size > len(largest.Content) {
				largest = value
			}
		}
	})
	if len(out) == 0 && enums*values > MaxEnumPairs {
		out = append(out, d.Finding(largest, "SPEC-SIZE",
			"%d enums with %d values in all are more than the generator can compare: leave out the longest, such as this one, or split the API into several specs", enums, values))
	}
	return out
}
