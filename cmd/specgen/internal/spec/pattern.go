package spec

import (
	"regexp/syntax"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// checkPatterns refuses regular expressions that a Go program cannot read, or
// that are short in the spec and enormous once they are compiled: x{1000} is a
// thousand x.
func (d *Document) checkPatterns() []finding.Finding {
	var out []finding.Finding
	left := MaxPattern
	d.Walk(func(_ []string, n *yaml.Node) {
		pattern := Get(n, "pattern")
		if pattern == nil || pattern.Kind != yaml.ScalarNode || left < 0 {
			return
		}
		re, err := syntax.Parse(pattern.Value, syntax.Perl)
		if err != nil {
			out = append(out, d.Finding(pattern, "SPEC-PATTERN",
				"Go cannot read this pattern: %v: write it without look-around and back references, or leave it out and describe it", patternError(err)))
			return
		}
		if left -= min(compiledSize(re), MaxPattern+1); left < 0 {
			out = append(out, d.Finding(pattern, "SPEC-SIZE",
				"with this pattern, the patterns are larger than %d steps when they are compiled: repeat less, or leave it out and describe it", MaxPattern))
		}
	})
	finding.Sort(out)
	return out
}

// patternError is what is wrong, without the pattern itself: the reader has it
// in front of him, and it may be long.
func patternError(err error) string {
	if e, ok := err.(*syntax.Error); ok { //nolint:errorlint // Parse returns nothing else
		return e.Code.String()
	}
	return "it does not parse"
}

// compiledSize estimates the steps of a compiled expression, without compiling
// it. Past the limit it does not matter by how much.
func compiledSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		size += compiledSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(re.Max, re.Min, 1)
	}
	return min(size, MaxPattern+1)
}
