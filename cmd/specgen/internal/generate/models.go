package generate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// modelImports are those of types without methods that send or decode.
const modelImports = `package {{.PackageName}}

import (
	"cmp"
	"fmt"
	"slices"

	"time"

	"github.com/grantway/grantway"
)
`

// models has oapi-codegen write the types. It is given a document that holds
// nothing but them, each with its name in Go and each member with its type: what
// a Secret or an Expiry is, it cannot know.
func models(doc *spec.Document, c config.Client, p *shape.Package) (string, error) {
	types := &openapi3.T{OpenAPI: doc.T.OpenAPI, Info: doc.T.Info, Servers: doc.T.Servers, Paths: openapi3.NewPaths(),
		Components: &openapi3.Components{Schemas: openapi3.Schemas{}}}
	for _, s := range p.Structs {
		if len(s.Fields)+len(s.Params) == 0 {
			continue // package emit writes it: here it would become a map
		}
		types.Components.Schemas[s.Name] = &openapi3.SchemaRef{Value: structSchema(s)}
	}
	taken := map[string]bool{}
	for name := range types.Components.Schemas {
		taken[name] = true
	}
	for _, e := range p.Enums {
		taken[e.Name] = true
	}
	for _, e := range p.Enums {
		types.Components.Schemas[e.Name] = &openapi3.SchemaRef{Value: enumSchema(e, taken)}
	}
	opts := codegen.Configuration{
		PackageName:         c.Package,
		Generate:            codegen.GenerateOptions{Models: true, ServerURLs: c.Options.ServerURLs},
		AllowRemoteRefsFrom: []string{}, // nil would mean every host
		OutputOptions: codegen.OutputOptions{
			SkipFmt:        true,
			SkipPrune:      true,
			NameNormalizer: c.Options.NameNormalizer, // leaves names alone that it has made
			UserTemplates:  map[string]string{"imports.tmpl": modelImports},
		},
		Compatibility: codegen.CompatibilityOptions{AlwaysPrefixEnumValues: true},
	}
	if err := opts.Validate(); err != nil {
		return "", err
	}
	src, err := oneAtATime(func() (string, error) { return codegen.Generate(types, opts) })
	if err != nil {
		return "", Broken(doc, c, first(err), "")
	}
	return src, nil
}

// structSchema is the schema of which oapi-codegen makes the struct.
func structSchema(s *shape.Struct) *openapi3.Schema {
	out := &openapi3.Schema{Type: &openapi3.Types{"object"}, Description: s.Doc, Properties: openapi3.Schemas{},
		Extensions: map[string]any{"x-go-name": s.Name}}
	if s.Doc == "" {
		out.Description = "is " + s.Spec + " of the spec."
	}
	deprecate(out, s.Schema)
	for _, f := range slices.Concat(s.Fields, s.Params) {
		property := &openapi3.Schema{Description: f.Doc, Extensions: map[string]any{
			"x-go-name": f.Name, "x-go-type": f.Go(s), skipPointer: true,
		}}
		if f.Doc == "" {
			property.Description = "is the member " + f.Key + "."
		}
		if f.Synthetic || f.In != "" {
			property.Extensions["x-oapi-codegen-extra-tags"] = map[string]any{"json": "-"}
		}
		deprecate(property, f.Type.Schema)
		key := f.Key
		if f.In != "" { // a member may have the same name
			key += "~" + f.In
		}
		out.Properties[key] = &openapi3.SchemaRef{Value: property}
		if f.Required {
			out.Required = append(out.Required, key)
		}
	}
	return out
}

func deprecate(out, in *openapi3.Schema) {
	if in == nil || !in.Deprecated {
		return
	}
	out.Deprecated = true
	if why, ok := in.Extensions["x-deprecated-reason"]; ok {
		out.Extensions["x-deprecated-reason"] = why
	}
}

// enumSchema is the schema of which oapi-codegen makes the named type and its
// constants. null is no constant, and no constant has the name of a type.
func enumSchema(e *shape.EnumType, taken map[string]bool) *openapi3.Schema {
	out := &openapi3.Schema{Type: e.Schema.Type, Description: cmp.Or(e.Doc, "is "+e.Spec+" of the spec."), Extensions: map[string]any{"x-go-name": e.Name}}
	if e.IsNumber() {
		out.Format = "int64"
	}
	deprecate(out, e.Schema)
	given, _ := e.Schema.Extensions[enumNames].([]any)
	var names []any
	for i, v := range e.Schema.Enum {
		name := v
		if i < len(given) {
			name = given[i]
		}
		if v == nil {
			continue
		}
		text := fmt.Sprint(name)
		if taken[e.Name+codegen.UppercaseFirstCharacter(codegen.SanitizeGoIdentity(codegen.SchemaNameToTypeName(text)))] {
			text += "Value"
		}
		out.Enum, names = append(out.Enum, v), append(names, text)
	}
	out.Extensions[enumNames] = names
	return out
}
