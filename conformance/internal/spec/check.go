package spec

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// requestHeaders are all that a wrapper may send beside the security scheme's.
// Square-Version is a setting of the client and not part of an operation.
var requestHeaders = []string{"Accept", "Authorization", "Content-Type", "Square-Version", "User-Agent"}

func options() *openapi3filter.Options {
	return &openapi3filter.Options{
		AuthenticationFunc:                authenticate,
		IncludeResponseStatus:             true,
		RejectWhenRequestBodyNotSpecified: true,
		// Otherwise validation writes the schema's defaults into the request.
		SkipSettingDefaults: true,
	}
}

// CheckRequest says what of a request the spec does not allow: server, method,
// path, parameters, content type, body, credentials, and anything undeclared.
func (s *Spec) CheckRequest(x *Exchange) error {
	if err := s.CheckForeignRequest(x); err != nil {
		return err
	}
	op, _, err := s.route(x)
	if err != nil {
		return err
	}
	declared := op.Operation.Parameters
	if op.PathItem != nil {
		declared = slices.Concat(op.PathItem.Parameters, declared)
	}
	for name := range x.RequestHeader {
		isDeclared := slices.ContainsFunc(declared, func(p *openapi3.ParameterRef) bool {
			return p.Value.In == "header" && http.CanonicalHeaderKey(p.Value.Name) == name
		})
		if !slices.Contains(requestHeaders, name) && !isDeclared && !s.isCredential(op.Operation, "header", name) {
			return fmt.Errorf("header %s is not one that a wrapper sends: declare it as a parameter of the operation, if the provider has it", name)
		}
	}
	for name := range x.URL.Query() {
		if op.Operation.Parameters.GetByInAndName("query", name) == nil && !s.isCredential(op.Operation, "query", name) {
			return fmt.Errorf("query parameter %q is not declared", name)
		}
	}
	names, err := x.RequestMembers()
	if err != nil || len(names) == 0 {
		return err
	}
	schema, _ := Operation{Operation: op.Operation}.RequestSchema()
	for _, name := range names {
		if !declares(schema, name) {
			return fmt.Errorf("body member %q is not declared", name)
		}
	}
	return nil
}

// isCredential tells whether a security scheme of an operation stands there: in a
// header, or in the query.
func (s *Spec) isCredential(op *openapi3.Operation, in, name string) bool {
	wanted := s.Doc.Security
	if op.Security != nil {
		wanted = *op.Security
	}
	for _, all := range wanted {
		for key := range all {
			v := s.Doc.Components.SecuritySchemes[key].Value // the spec is valid
			same := in == "query" && v.Name == name || in == "header" && http.CanonicalHeaderKey(v.Name) == name
			if v.Type == "apiKey" && v.In == in && same {
				return true
			}
		}
	}
	return false
}

// CheckForeignRequest is CheckRequest for a client that this project did not
// write, which may send headers and members of its own.
func (s *Spec) CheckForeignRequest(x *Exchange) error {
	route, params, err := s.route(x)
	if err != nil {
		return err
	}
	// openapi3filter asks nothing where the spec says "security: []".
	if route.Operation.Security != nil && len(*route.Operation.Security) == 0 {
		if err := noCredential(x); err != nil {
			return err
		}
	}
	return openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
		Request: x.request(), PathParams: params, Route: route, Options: options(),
	})
}

// CheckResponse says what of an answer the spec does not allow: status,
// content type, headers, body, and members that it does not declare.
func (s *Spec) CheckResponse(x *Exchange) error {
	route, params, err := s.route(x)
	if err != nil {
		return err
	}
	if x.Status/100 == 3 {
		return fmt.Errorf("status %d: openapi3filter lets redirects pass, and no operation declares one", x.Status)
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: x.request(), PathParams: params, Route: route},
		Status:                 x.Status,
		Header:                 x.Header,
		Options:                options(),
	}
	if err := openapi3filter.ValidateResponse(context.Background(), in.SetBodyBytes(x.Body)); err != nil {
		return fmt.Errorf("status %d: %w", x.Status, err)
	}
	if !isJSON(x.Header) {
		return nil
	}
	var body any
	decoder := json.NewDecoder(bytes.NewReader(x.Body))
	if err := decoder.Decode(&body); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	ref := route.Operation.Responses.Status(x.Status)
	if ref == nil {
		ref = route.Operation.Responses.Default()
	}
	schema := ref.Value.Content.Get("application/json").Schema.Value
	if unknown := undeclared(schema, body, ""); len(unknown) > 0 {
		return fmt.Errorf("status %d: not declared: %s", x.Status, strings.Join(unknown, ", "))
	}
	return nil
}
