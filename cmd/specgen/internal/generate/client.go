package generate

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// importBlock replaces the generator's own: that one names the program that
// runs it (a test binary, an installed command), which would make the output
// depend on who ran it, and brings imports that no client needs.
const importBlock = `package {{.PackageName}}

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oapi-codegen/runtime"
	openapi_types "github.com/oapi-codegen/runtime/types"
)
`

// noWrapper leaves out ClientWithResponses: it reads bodies without bound, can
// return nil and nil, and its type names collide with schemas called
// SomethingResponse. An action that prints nothing is needed, for a blank
// template does not replace one that exists; and the newline, for the generator
// takes a one-line template for a file name.
const noWrapper = "{{print}}\n"

// client runs oapi-codegen over a document and returns Go source that still has
// to be tidied. It changes doc.T.
func client(doc *spec.Document, c config.Client) (src string, err error) {
	defer spec.Recover(doc.Name, &err)
	for _, name := range c.Options.ExcludeSchemas {
		if doc.Exact("components", "schemas", name) == nil {
			return "", Broken(doc, c, fmt.Sprintf("exclude-schemas in %s names %q, which the spec does not have", config.Path, name), "")
		}
	}
	if err := checkNames(doc); err != nil {
		return "", err
	}
	if err := prepareEnums(doc.T); err != nil {
		return "", err
	}
	if err := skipPointers(doc.T); err != nil {
		return "", err
	}
	opts := codegen.Configuration{
		PackageName:         c.Package,
		Generate:            codegen.GenerateOptions{Client: true, Models: true, ServerURLs: c.Options.ServerURLs},
		AllowRemoteRefsFrom: []string{}, // nil would mean every host
		OutputOptions: codegen.OutputOptions{
			SkipFmt:            true, // goimports looks at the disk; see tidy
			SkipPrune:          true, // the lint refuses unused components
			NameNormalizer:     c.Options.NameNormalizer,
			ExcludeSchemas:     c.Options.ExcludeSchemas,
			ResponseTypeSuffix: "HTTPResponse",
			// A schema and a parameter of one name are two types of two names.
			ResolveTypeNameCollisions: true,
			// A nil slice or map is absent already.
			PreferSkipOptionalPointerOnContainerTypes: true,
			UserTemplates: map[string]string{
				"imports.tmpl":               importBlock,
				"client-with-responses.tmpl": noWrapper,
			},
		},
		// A value of an enum is a name of its own only together with its type's:
		// one called client would be taken for the client.
		Compatibility: codegen.CompatibilityOptions{AlwaysPrefixEnumValues: true},
	}
	if err := opts.Validate(); err != nil {
		return "", err
	}
	src, err = oneAtATime(func() (string, error) { return codegen.Generate(doc.T, opts) })
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

const skipPointer = "x-go-type-skip-optional-pointer"

// skipPointers makes optional text a plain string with omitempty: no provider
// tells an empty string from an absent one, but where an enum lists it. Everything
// else keeps its pointer, for false, 0 and null are answers that differ from none.
func skipPointers(doc *openapi3.T) error {
	err := doc.WalkSchemas(func(_ string, ref *openapi3.SchemaRef) error {
		schema := ref.Value
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			if property := schema.Properties[name]; isPlainText(property.Value) && !slices.Contains(property.Value.Enum, any("")) {
				setExtension(&property.Value.Extensions, skipPointer, true)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// A parameter without pointer would be sent when it is not set.
	for _, item := range doc.Paths.Map() {
		keepParameterPointers(item.Parameters)
		for _, op := range item.Operations() {
			keepParameterPointers(op.Parameters)
		}
	}
	return nil
}

func keepParameterPointers(list openapi3.Parameters) {
	for _, ref := range list {
		setExtension(&ref.Value.Extensions, skipPointer, false)
	}
}

// isPlainText tells whether the generator makes a Go string of a schema.
func isPlainText(s *openapi3.Schema) bool {
	if s == nil || s.Nullable || !s.Type.Is("string") {
		return false
	}
	_, other := codegen.DefaultTypeMapping.String.Formats[s.Format]
	return !other
}

func setExtension(ext *map[string]any, key string, value any) {
	if *ext == nil {
		*ext = map[string]any{}
	}
	if _, set := (*ext)[key]; !set {
		(*ext)[key] = value
	}
}
