package generate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// modelImports replace the generator's own, which name the program that runs it: the
// output would depend on who ran it.
const modelImports = `package {{.PackageName}}

import (
	"fmt"
	"strings"
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
	taken := maps.Clone(p.Names)
	for _, e := range p.Enums {
		types.Components.Schemas[e.Name] = &openapi3.SchemaRef{Value: enumSchema(e, taken)}
	}
	opts := codegen.Configuration{
		PackageName:         c.Package,
		Generate:            codegen.GenerateOptions{Models: true, ServerURLs: c.Options.ServerURLs},
		AllowRemoteRefsFrom: []string{}, // nil would mean every host
		OutputOptions: codegen.OutputOptions{
			SkipFmt:        true, // goimports looks at the disk; see tidy
			SkipPrune:      true,
			NameNormalizer: c.Options.NameNormalizer, // leaves names alone that it has made
			UserTemplates:  map[string]string{"imports.tmpl": modelImports},
		},
		// A value of an enum is a name of its own only together with its type's:
		// one called client would be taken for the client.
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

// state guards the generator, which keeps its state in package variables. Its
// way of naming things reads them too.
var state sync.RWMutex

func oneAtATime(generate func() (string, error)) (string, error) {
	state.Lock()
	defer state.Unlock() // after a panic as well
	return generate()
}

// skipPointer has the generator write a type as it is given, without a pointer.
const skipPointer = "x-go-type-skip-optional-pointer"

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
		deprecate(property, f.Type.Schema)
		key := f.Key
		if !fitsTag(f.Key) { // the generator takes no such name
			key = "~" + f.Name
		}
		if f.Synthetic || f.In != "" { // a member may have the same name
			key += "~" + f.In
		}
		if key != f.Key {
			property.Extensions["x-oapi-codegen-extra-tags"] = map[string]any{"json": "-"}
		}
		out.Properties[key] = &openapi3.SchemaRef{Value: property}
		if f.Required {
			out.Required = append(out.Required, key)
		}
	}
	return out
}

// fitsTag tells whether encoding/json takes a name out of a struct tag as it is;
// its documentation lists the signs. A member of any other name is sent and read as
// the others are, and left out where a program writes the struct as JSON.
func fitsTag(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r)
	})
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
// constants. null is no constant, and no constant has a name that is taken.
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
		goName := func() string {
			return e.Name + codegen.UppercaseFirstCharacter(codegen.SanitizeGoIdentity(codegen.SchemaNameToTypeName(text)))
		}
		for taken[goName()] || shape.IsServer(goName()) {
			text += "Value"
		}
		taken[goName()] = true
		out.Enum, names = append(out.Enum, v), append(names, text)
	}
	out.Extensions[enumNames] = names
	return out
}
