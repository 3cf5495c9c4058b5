package generate

import (
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// operations reads the operations in the order of the file, which the OpenAPI
// library does not keep.
func operations(doc *spec.Document) []shape.Call {
	var out []shape.Call
	for path, item := range spec.Pairs(spec.Get(doc.Root, "paths")) {
		for method, op := range spec.Pairs(item) {
			if !spec.IsMethod(method.Value) {
				continue
			}
			out = append(out, shape.Call{
				ID:       spec.Text(spec.Get(op, "operationId")),
				Method:   strings.ToUpper(method.Value),
				Path:     path.Value,
				Security: schemes(doc, op),
			})
		}
	}
	return out
}

// schemes names the security schemes of an operation. Alternatives are joined by
// a bar, and what has to be sent together by a plus.
func schemes(doc *spec.Document, op *yaml.Node) string {
	security := spec.Get(op, "security")
	if security == nil {
		security = spec.Get(doc.Root, "security")
	}
	if security == nil {
		return ""
	}
	var alternatives []string
	for _, requirement := range security.Content {
		var together []string
		for name := range spec.Pairs(requirement) {
			together = append(together, name.Value)
		}
		alternatives = append(alternatives, strings.Join(together, "+"))
	}
	return strings.Join(alternatives, "|")
}

// title is the spec's title in a form that cannot end a comment or a line.
func title(doc *spec.Document) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, spec.Text(doc.Exact("info", "title")))
}
