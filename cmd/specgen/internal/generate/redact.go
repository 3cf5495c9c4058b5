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
	for key, schema := range spec.Pairs(schemas) {
		name := normalizer(c)(key.Value)
		if given := spec.Get(schema, "x-go-name"); given != nil {
			name = given.Value
		}
		if isStruct(client, name) && holdsSecret(schemas, schema, 0) {
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

// holdsSecret tells whether a schema has a credential among its own
// properties, those of schemas it is made of (allOf), or of objects and lists
// inside it. A component that it merely refers to has methods of its own.
func holdsSecret(schemas, n *yaml.Node, depth int) bool {
	if depth > 64 { // as deep as a spec may be; allOf may go round in circles
		return false
	}
	for _, property := range spec.Pairs(spec.Get(n, "properties")) {
		if spec.Text(spec.Get(property, "format")) == "password" || holdsSecret(schemas, property, depth+1) {
			return true
		}
	}
	for _, inner := range []string{"items", "additionalProperties"} {
		if v := spec.Get(n, inner); spec.Text(spec.Get(v, "format")) == "password" || v != nil && holdsSecret(schemas, v, depth+1) {
			return true
		}
	}
	if all := spec.Get(n, "allOf"); all != nil {
		for _, part := range all.Content {
			if ref, ok := strings.CutPrefix(spec.Text(spec.Get(part, "$ref")), "#/components/schemas/"); ok {
				part = spec.Get(schemas, ref)
			}
			if holdsSecret(schemas, part, depth+1) {
				return true
			}
		}
	}
	return false
}

// isStruct tells whether the file declares a struct of that name which can
// take the two methods: an alias or a map cannot, nor can one with a field so
// called.
func isStruct(file *ast.File, name string) bool {
	for typ := range typeSpecs(file) {
		st, ok := typ.Type.(*ast.StructType)
		if typ.Name.Name != name || typ.Assign.IsValid() || !ok {
			continue
		}
		return !slices.ContainsFunc(st.Fields.List, func(f *ast.Field) bool {
			return slices.ContainsFunc(f.Names, func(id *ast.Ident) bool { return id.Name == "Format" || id.Name == "LogValue" })
		})
	}
	return false
}
