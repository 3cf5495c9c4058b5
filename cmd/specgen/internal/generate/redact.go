package generate

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// redactFile gives every struct with a credential in it (a property of
// `format: password`) the methods that fmt and log/slog ask for, so that a
// request which is printed for debugging does not print its secret. JSON is
// left alone: it is what goes over the wire. Empty if there is none.
func redactFile(doc *spec.Document, c config.Client, client *ast.File) string {
	var names []string
	schemas := doc.Exact("components", "schemas")
	structs := redactable(client)
	h := holder{doc: doc, schemas: schemas, known: map[*yaml.Node]bool{}}
	for key, schema := range spec.Pairs(schemas) {
		name := normalizer(c)(key.Value)
		if given := spec.Get(schema, "x-go-name"); given != nil {
			name = given.Value
		}
		if structs[name] && h.secret(schema) {
			names = append(names, name)
		}
	}
	if names == nil {
		return ""
	}
	slices.Sort(names)
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\t\"fmt\"\n\t\"log/slog\"\n)\n", c.Package)
	for _, name := range slices.Compact(names) {
		text := c.Package + "." + name + "{[redacted]}"
		fmt.Fprintf(&b, `
// Format prints the type's name and nothing of its credentials, for every verb.
func (%[1]s) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(%[2]q)) }

// LogValue does the same for log/slog.
func (%[1]s) LogValue() slog.Value { return slog.StringValue(%[2]q) }
`, name, text)
	}
	return b.String()
}

// holder looks for credentials. Each schema is looked at once: parts of allOf
// may be shared by many, and may go round in circles.
type holder struct {
	doc     *spec.Document
	schemas *yaml.Node
	known   map[*yaml.Node]bool
}

// secret tells whether a schema has a credential among its own properties, those
// of schemas it is made of (allOf), or of objects and lists inside it. A
// component that it merely refers to has methods of its own.
func (h holder) secret(n *yaml.Node) bool {
	if found, ok := h.known[n]; ok || n == nil {
		return found
	}
	h.known[n] = false
	found := h.look(n)
	h.known[n] = found
	return found
}

func (h holder) look(n *yaml.Node) bool {
	for _, property := range spec.Pairs(spec.Get(n, "properties")) {
		if spec.Text(spec.Get(property, "format")) == "password" || h.secret(property) {
			return true
		}
	}
	for _, inner := range []string{"items", "additionalProperties"} {
		if v := spec.Get(n, inner); spec.Text(spec.Get(v, "format")) == "password" || h.secret(v) {
			return true
		}
	}
	if all := spec.Get(n, "allOf"); all != nil {
		for _, part := range all.Content {
			if ref, ok := strings.CutPrefix(spec.Text(spec.Get(part, "$ref")), "#/components/schemas/"); ok {
				part = h.doc.Get(h.schemas, ref)
			}
			if h.secret(part) {
				return true
			}
		}
	}
	return false
}

// redactable are the structs of a file which can take the two methods: an alias
// or a map cannot, nor can one with a field so called.
func redactable(file *ast.File) map[string]bool {
	out := map[string]bool{}
	for typ := range typeSpecs(file) {
		st, ok := typ.Type.(*ast.StructType)
		if typ.Assign.IsValid() || !ok {
			continue
		}
		out[typ.Name.Name] = !slices.ContainsFunc(st.Fields.List, func(f *ast.Field) bool {
			return slices.ContainsFunc(f.Names, func(id *ast.Ident) bool { return id.Name == "Format" || id.Name == "LogValue" })
		})
	}
	return out
}
