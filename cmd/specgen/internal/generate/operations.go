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
	body                       string // its media type, empty for none and for more than one
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
				body:       bodyType(doc, op),
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

// bodyType is the media type of an operation's body.
func bodyType(doc *spec.Document, op *yaml.Node) string {
	body := spec.Get(op, "requestBody")
	if name, ok := strings.CutPrefix(spec.Text(spec.Get(body, "$ref")), "#/components/requestBodies/"); ok {
		body = doc.Exact("components", "requestBodies", name)
	}
	content := spec.Get(body, "content")
	if content == nil || len(content.Content) != 2 { // one key, one value
		return ""
	}
	return spec.Text(content.Content[0])
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
	b.WriteString(")\n\n// How each operation is sent. The parameters of a path stand in braces.\nconst (\n")
	for _, op := range ops {
		fmt.Fprintf(&b, "\t%[1]sMethod = %[2]q\n\t%[1]sPath = %[3]q\n", name(op.id), op.method, op.path)
		if op.body != "" {
			fmt.Fprintf(&b, "\t%sContentType = %q\n", name(op.id), op.body)
		}
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
		fmt.Fprintf(&b, "\t\t{ID: %[1]q, Method: %[2]sMethod, Path: %[2]sPath, Security: %[3]q, RetrySafe: %[2]sRetrySafe, Deprecated: %[4]t},\n",
			op.id, name(op.id), op.security, op.deprecated)
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}

// normalizer turns a name of the spec into the Go name that the generator gives
// it.
func normalizer(c config.Client) func(string) string {
	normalize := codegen.NameNormalizers[codegen.NameNormalizerFunction(c.Options.NameNormalizer)]
	return func(name string) string {
		state.RLock()
		defer state.RUnlock()
		return normalize(name)
	}
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
