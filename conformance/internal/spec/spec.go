// Package spec checks requests and answers against the project's OpenAPI specs.
//
// It uses kin-openapi's openapi3filter and adds what that lets pass: members
// and query parameters that the spec does not declare, an Authorization header
// where the operation has none, and redirects. openapi3filter is for tests
// alone; nothing of it is in the root module.
package spec

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// Spec is one spec, ready to check with.
type Spec struct {
	Provider string
	Doc      *openapi3.T
	router   routers.Router
}

// Operation is one operation of a spec.
type Operation struct {
	ID     string
	Method string
	Path   string
	*openapi3.Operation
	// Shared are the parameters of its path.
	Shared openapi3.Parameters
}

// File is where the provider's spec stands below the project's root.
func File(provider string) string { return path.Join("api", provider+".yaml") }

// Load reads and validates the spec of a provider. Each call returns a
// document of its own, which the caller may change; Rebuild then.
func Load(t testing.TB, provider string) *Spec {
	t.Helper()
	// openapi3filter knows text/plain and not text/html; both are a string.
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder)
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromFile(filepath.Join(repo.Root(t), filepath.FromSlash(File(provider))))
	if err != nil {
		t.Fatalf("load the spec: %v", err)
	}
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatalf("%s: %v", File(provider), err)
	}
	s := &Spec{Provider: provider, Doc: doc}
	s.Rebuild(t)
	return s
}

// Rebuild makes the router anew after a change of Doc.
func (s *Spec) Rebuild(t testing.TB) {
	t.Helper()
	router, err := gorillamux.NewRouter(s.Doc)
	if err != nil {
		t.Fatalf("%s: %v", s.Provider, err)
	}
	s.router = router
}

// Operations lists the operations in the order of their ids.
func (s *Spec) Operations() []Operation {
	var out []Operation
	for p, item := range s.Doc.Paths.Map() {
		for method, op := range item.Operations() {
			out = append(out, Operation{ID: op.OperationID, Method: method, Path: p, Operation: op, Shared: item.Parameters})
		}
	}
	slices.SortFunc(out, func(a, b Operation) int { return compare(a.ID, b.ID) })
	return out
}

// Operation returns the operation with that id.
func (s *Spec) Operation(t testing.TB, id string) Operation {
	t.Helper()
	for _, op := range s.Operations() {
		if op.ID == id {
			return op
		}
	}
	t.Fatalf("%s has no operation %s", File(s.Provider), id)
	return Operation{}
}

// RequestSchema is the schema of the request's body with its media type; nil
// if there is none.
func (op Operation) RequestSchema() (*openapi3.Schema, string) {
	if op.RequestBody == nil {
		return nil, ""
	}
	for mediaType, content := range op.RequestBody.Value.Content {
		return content.Schema.Value, mediaType // the specs declare one
	}
	return nil, ""
}

// Answer is a response of an operation: the key of the spec ("200", "4XX") and
// what it declares.
type Answer struct {
	Key string
	*openapi3.Response
}

// Answers lists an operation's responses in the order of their keys.
func (op Operation) Answers() []Answer {
	var out []Answer
	for key, ref := range op.Responses.Map() {
		out = append(out, Answer{key, ref.Value})
	}
	slices.SortFunc(out, func(a, b Answer) int { return compare(a.Key, b.Key) })
	return out
}

// Success returns the status of an operation's first success, and the JSON example of
// it by that name: nil if it has no body.
func (op Operation) Success(t testing.TB, name string) (status int, example any) {
	t.Helper()
	for _, a := range op.Answers() {
		if status = statusOf(t, a.Key); status/100 != 2 {
			continue
		}
		content := a.Content.Get("application/json")
		switch {
		case content == nil:
			return status, nil
		case content.Examples[name] != nil:
			return status, content.Examples[name].Value.Value
		case name == "example" && content.Example != nil:
			return status, content.Example
		}
		t.Fatalf("%s has no example %s for %s", op.ID, name, a.Key)
	}
	t.Fatalf("%s declares no success", op.ID)
	return 0, nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// route finds the operation of a request by method, host and path.
func (s *Spec) route(x *Exchange) (*routers.Route, map[string]string, error) {
	route, params, err := s.router.FindRoute(x.request())
	if err != nil {
		return nil, nil, fmt.Errorf("%s %s is no operation of %s: %w", x.Method, x.URL.Redacted(), File(s.Provider), err)
	}
	return route, params, nil
}

// PathParams are the parameters in the path of a request, decoded.
func (s *Spec) PathParams(t testing.TB, x *Exchange) map[string]string {
	t.Helper()
	_, params, err := s.route(x)
	if err != nil {
		t.Fatal(err)
	}
	return params
}

// OperationID names the operation that an exchange is about.
func (s *Spec) OperationID(x *Exchange) (string, error) {
	route, _, err := s.route(x)
	if err != nil {
		return "", err
	}
	return route.Operation.OperationID, nil
}
