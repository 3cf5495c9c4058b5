package spec

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// loadOpenAPI has the OpenAPI library read and validate the document. It gets
// JSON made from the nodes, and no way to read anything else.
func (d *Document) loadOpenAPI(source []byte) []finding.Finding {
	data, err := json.Marshal(toJSON(d.Root))
	if err != nil {
		return []finding.Finding{d.Finding(d.Root, "SPEC-INVALID", "%v", err)}
	}
	doc, err := loadValid(data, false)
	if err == nil {
		d.T = doc
		return nil
	}
	var notValid openapi3.MultiError
	if !errors.As(err, &notValid) {
		return []finding.Finding{d.unreadable(err)}
	}
	// Read it again, this time noting where everything stands. It costs as much
	// as all the rest, so it is not done for a document that is valid.
	if len(d.Local) == 0 {
		_, err = loadValid(source, true)
		errors.As(err, &notValid) // if it is not, the first reading has to do
	}
	return d.invalid(notValid)
}

// loadValid returns a document that is valid, or a MultiError of what is not.
func loadValid(data []byte, origins bool) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	loader.IncludeOrigin = origins
	doc, err := loader.LoadFromData(data)
	if err != nil {
		return nil, err
	}
	// Examples and defaults are left to the lint, which knows where each one is
	// and how much work it makes; patterns have been looked at.
	err = withoutReferences(doc, func() error {
		return doc.Validate(context.Background(), openapi3.EnableMultiError(), openapi3.DisableExamplesValidation(),
			openapi3.DisableSchemaDefaultsValidation(), openapi3.DisableSchemaPatternValidation())
	})
	if err == nil {
		return doc, nil
	}
	if list, ok := err.(openapi3.MultiError); ok { //nolint:errorlint // only the outermost list is a list of findings
		return nil, list
	}
	return nil, openapi3.MultiError{err}
}

// invalid makes a finding of each independent validation error. A fault in a
// component comes back once for each use; it is reported once.
func (d *Document) invalid(list openapi3.MultiError) []finding.Finding {
	var out []finding.Finding
	for _, err := range list {
		f := d.Finding(d.locate(err), "SPEC-INVALID", "%s: correct it as OpenAPI 3.0 has it", firstLine(err))
		if origin, leaf := originOf(err); origin != nil {
			f.Line, f.Col = origin.Line, origin.Column
			// With the place at hand, the way there is noise. It also differs for
			// each use of a component.
			var path *openapi3.PathValidationError
			var component *openapi3.ComponentValidationError
			if errors.As(err, &path) || errors.As(err, &component) {
				f.Message = firstLine(leaf) + ": correct it as OpenAPI 3.0 has it"
			}
		}
		var dup *openapi3.DuplicateOperationIDError
		if errors.As(err, &dup) {
			f = d.Finding(d.locate(err), "OP-ID", "%s: choose another for one of them", firstLine(dup))
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	finding.Sort(out)
	return out
}

// originOf finds the innermost place that an error speaks of, and the error that
// does. The library has some fifty error types with a field Origin and nothing
// in common but that.
func originOf(err error) (at *openapi3.Location, leaf error) {
	for ; err != nil; err = errors.Unwrap(err) {
		leaf = err
		v := reflect.Indirect(reflect.ValueOf(err))
		if v.Kind() != reflect.Struct {
			continue
		}
		f := v.FieldByName("Origin")
		if !f.IsValid() {
			continue
		}
		origin, ok := reflect.TypeAssert[*openapi3.Origin](f)
		if !ok || origin == nil || origin.Key == nil {
			continue
		}
		at = origin.Key
		if field := v.FieldByName("Field"); field.IsValid() && field.Kind() == reflect.String {
			if loc, found := origin.Fields.Lookup(field.String()); found {
				at = &loc
			}
		}
	}
	return at, leaf
}

// quotedRef is how the library names a reference.
var quotedRef = regexp.MustCompile(`"(#/[^"]*)"`)

// wrongType is how the library says that a value is of the wrong kind.
var wrongType = regexp.MustCompile(`cannot unmarshal (\w+) into field \w+\.([\w$-]+) of type ([^\s,]+)`)

// unreadable places an error of a document that does not fit OpenAPI's types.
// The library names the field and not the place, so the first field of that name
// with a value of that kind is taken.
func (d *Document) unreadable(err error) finding.Finding {
	m := wrongType.FindStringSubmatch(err.Error())
	if ref := quotedRef.FindStringSubmatch(err.Error()); m == nil && ref != nil {
		at := d.Root
		d.walkRefs(func(n *yaml.Node) {
			if at == d.Root && n.Value == ref[1] {
				at = n
			}
		})
		return d.Finding(at, "SPEC-INVALID", "%s: refer to something of the right kind", firstLine(err))
	}
	if m == nil {
		return d.Finding(d.locate(err), "SPEC-INVALID", "%s: correct it as OpenAPI 3.0 has it", firstLine(err))
	}
	at := d.Root
	d.Walk(func(_ []string, n *yaml.Node) {
		if value := Get(n, m[2]); at == d.Root && value != nil && jsonKind(value) == m[1] {
			at = value
		}
	})
	return d.Finding(at, "SPEC-INVALID", "%s is %s and has to be %s: correct it as OpenAPI 3.0 has it", m[2], m[1], goKind(m[3]))
}

// jsonKind is the name that encoding/json has for the kind of a value.
func jsonKind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "object"
	case yaml.SequenceNode:
		return "array"
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "number"
	case "!!bool":
		return "bool"
	}
	return "string"
}

// goKind is the same for a Go type.
func goKind(goType string) string {
	switch {
	case strings.HasPrefix(goType, "["):
		return "array"
	case goType == "string", goType == "bool":
		return goType
	case strings.HasPrefix(goType, "float"), strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"):
		return "number"
	}
	return "object"
}

// sections maps the library's word for a kind of component to the key under
// which the document keeps it.
var sections = map[string]string{
	"schema": "schemas", "parameter": "parameters", "header": "headers",
	"request body": "requestBodies", "response": "responses",
	"security scheme": "securitySchemes", "example": "examples",
	"link": "links", "callback": "callbacks",
}

// locate finds the node that an error of the library is about, by the context
// that its wrappers carry; where they stop, the nearest enclosing node.
func (d *Document) locate(err error) *yaml.Node {
	var path []string
	for e := err; e != nil; e = errors.Unwrap(e) {
		switch e := e.(type) { //nolint:errorlint // the chain is walked by hand to see every wrapper
		case *openapi3.SectionValidationError:
			path = append(path, e.Section)
		case *openapi3.PathValidationError:
			path = append(path, e.Path)
		case *openapi3.OperationValidationError:
			path = append(path, strings.ToLower(e.Method))
		case *openapi3.ComponentValidationError:
			path = append(path, sections[e.Section], e.Name)
		case *openapi3.PathParametersError:
			path = append(path, e.Path, strings.ToLower(e.Method))
		case *openapi3.DuplicateOperationIDError:
			method, p, _ := strings.Cut(e.Endpoint2, " ")
			path = append(path, p, strings.ToLower(method), "operationId")
		case *openapi3.RequiredFieldError:
			path = append(path, strings.Split(e.Field, ".")...)
		}
	}
	key, value := d.Find(path...)
	if value.Kind == yaml.ScalarNode {
		return value
	}
	return key
}

// firstLine keeps a library's message to one line: the rest is a dump of schema
// and value, which the reader has in front of him.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSpace(line)
}
