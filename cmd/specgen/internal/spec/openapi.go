package spec

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// loadOpenAPI has the OpenAPI library read and validate the document. It gets
// JSON made from the nodes, and no way to read anything else.
func (d *Document) loadOpenAPI() []finding.Finding {
	data, err := json.Marshal(toJSON(d.Root))
	if err != nil {
		return []finding.Finding{d.Finding(d.Root, "SPEC-INVALID", "%v", err)}
	}
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	doc, err := loader.LoadFromData(data)
	if err != nil {
		return []finding.Finding{d.Finding(d.locate(err), "SPEC-INVALID", "%s", firstLine(err))}
	}
	// Examples are left to the lint, which knows where each one is.
	err = doc.Validate(context.Background(),
		openapi3.EnableMultiError(), openapi3.DisableExamplesValidation())
	if err != nil {
		return d.invalid(err)
	}
	d.T = doc
	return nil
}

// invalid makes a finding of each independent validation error.
func (d *Document) invalid(err error) []finding.Finding {
	list, ok := err.(openapi3.MultiError) //nolint:errorlint // only the outermost list is a list of findings
	if !ok {
		list = openapi3.MultiError{err}
	}
	out := make([]finding.Finding, 0, len(list))
	for _, e := range list {
		rule := "SPEC-INVALID"
		var dup *openapi3.DuplicateOperationIDError
		if errors.As(e, &dup) {
			rule = "OP-ID"
		}
		out = append(out, d.Finding(d.locate(e), rule, "%s", firstLine(e)))
	}
	finding.Sort(out)
	return out
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
	key, _ := d.Find(path...)
	return key
}

// firstLine keeps a library's message to one line: the rest is a dump of schema
// and value, which the reader has in front of him.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSpace(line)
}
