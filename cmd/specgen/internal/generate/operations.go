package generate

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// operation is what the spec says of one operation.
type operation struct {
	id, method, path, security string
	retrySafe, deprecated      bool
}

// operations reads the operations in the order of the file, which the OpenAPI
// library does not keep.
func operations(doc *spec.Document) []operation {
	var out []operation
	for path, item := range spec.Pairs(spec.Get(doc.Root, "paths")) {
		for method, op := range spec.Pairs(item) {
			if !spec.IsMethod(method.Value) {
				continue
			}
			out = append(out, operation{
				id:         spec.Text(spec.Get(op, "operationId")),
				method:     strings.ToUpper(method.Value),
				path:       path.Value,
				security:   schemes(doc, op),
				retrySafe:  spec.Text(spec.Get(op, "x-retry")) == "safe",
				deprecated: spec.Text(spec.Get(op, "deprecated")) == "true",
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

// operationsFile is the second file of a package: what the spec says and the
// generated client leaves out.
func operationsFile(doc *spec.Document, c config.Client) string {
	ops := operations(doc)
	name := normalizer(c)

	var b strings.Builder
	fmt.Fprintf(&b, "// Package %s is the client that specgen makes of %s (%s).\n", c.Package, doc.Name, title(doc))
	b.WriteString(`//
// It builds requests and hands them to the client it was given. It holds no
// credential, checks no status and reads no body; that is for the package that
// wraps it.
`)
	fmt.Fprintf(&b, "package %s\n\n", c.Package)
	fmt.Fprintf(&b, "// SpecSHA256 is the hash of the spec that this package was made of.\nconst SpecSHA256 = %q\n\n", doc.SHA256)
	b.WriteString("// What the spec says on sending an operation a second time when its answer was\n// lost: true means that this changes nothing.\nconst (\n")
	for _, op := range ops {
		fmt.Fprintf(&b, "\t%sRetrySafe = %t\n", name(op.id), op.retrySafe)
	}
	b.WriteString(`)

// Operation says what the spec says of one operation.
type Operation struct {
	ID, Method, Path      string
	Security              string // the name of the security scheme, empty for none
	RetrySafe, Deprecated bool
}

// Operations lists the operations in the order of the spec.
func Operations() []Operation {
	return []Operation{
`)
	for _, op := range ops {
		fmt.Fprintf(&b, "\t\t{ID: %q, Method: %q, Path: %q, Security: %q, RetrySafe: %sRetrySafe, Deprecated: %t},\n",
			op.id, op.method, op.path, op.security, name(op.id), op.deprecated)
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}

// normalizer turns a name of the spec into the Go name that the generator gives
// it.
func normalizer(c config.Client) func(string) string {
	return codegen.NameNormalizers[codegen.NameNormalizerFunction(c.Options.NameNormalizer)]
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
