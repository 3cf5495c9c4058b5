package lint

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// checkExamples validates each example where it is written. What is referred to
// is skipped there and validated at its own place; an example among the
// components is validated against each schema that it is used with.
func checkExamples(r *run) {
	e := exampleChecker{r, newEffort()}
	t := r.doc.T
	if c := t.Components; c != nil {
		for name, p := range sorted(c.Parameters) {
			e.parameter(p, "components", "parameters", name)
		}
		for name, h := range sorted(c.Headers) {
			e.header(h, "components", "headers", name)
		}
		for name, b := range sorted(c.RequestBodies) {
			e.requestBody(b, "components", "requestBodies", name)
		}
		for name, resp := range sorted(c.Responses) {
			e.response(resp, "components", "responses", name)
		}
	}
	for _, op := range r.ops {
		item := t.Paths.Value(op.path)
		e.parameters(item.Parameters, "paths", op.path)
		o := item.GetOperation(strings.ToUpper(op.method))
		at := []string{"paths", op.path, op.method}
		e.parameters(o.Parameters, at...)
		e.requestBody(o.RequestBody, append(at, "requestBody")...)
		for status, resp := range sorted(o.Responses.Map()) {
			e.response(resp, append(at, "responses", status)...)
		}
	}
	e.schemas(t)
}

type exampleChecker struct {
	*run
	effort *effort
}

func (e exampleChecker) parameters(list openapi3.Parameters, at ...string) {
	for i, p := range list {
		e.parameter(p, append(slices.Clone(at), "parameters", strconv.Itoa(i))...)
	}
}

func (e exampleChecker) parameter(ref *openapi3.ParameterRef, at ...string) {
	if ref == nil || ref.Ref != "" {
		return
	}
	p := ref.Value
	e.values(p.Schema, p.Example, p.Examples, openapi3.VisitAsRequest(), at)
	e.content(p.Content, openapi3.VisitAsRequest(), at)
}

func (e exampleChecker) header(ref *openapi3.HeaderRef, at ...string) {
	if ref == nil || ref.Ref != "" {
		return
	}
	h := ref.Value
	e.values(h.Schema, h.Example, h.Examples, openapi3.VisitAsResponse(), at)
	e.content(h.Content, openapi3.VisitAsResponse(), at)
}

func (e exampleChecker) requestBody(ref *openapi3.RequestBodyRef, at ...string) {
	if ref != nil && ref.Ref == "" {
		e.content(ref.Value.Content, openapi3.VisitAsRequest(), at)
	}
}

func (e exampleChecker) response(ref *openapi3.ResponseRef, at ...string) {
	if ref == nil || ref.Ref != "" {
		return
	}
	for name, h := range sorted(ref.Value.Headers) {
		e.header(h, append(slices.Clone(at), "headers", name)...)
	}
	e.content(ref.Value.Content, openapi3.VisitAsResponse(), at)
}

func (e exampleChecker) content(content openapi3.Content, as openapi3.SchemaValidationOption, at []string) {
	for mediaType, body := range sorted(content) {
		e.values(body.Schema, body.Example, body.Examples, as, append(slices.Clone(at), "content", mediaType))
	}
}

// values validates `example` and `examples` beside one schema.
func (e exampleChecker) values(schema *openapi3.SchemaRef, single any, named openapi3.Examples, as openapi3.SchemaValidationOption, at []string) {
	if schema == nil || schema.Value == nil {
		return
	}
	if e.doc.Exact(append(slices.Clone(at), "example")...) != nil {
		e.value(schema.Value, single, as, append(slices.Clone(at), "example"))
	}
	for name, ref := range sorted(named) {
		where := append(slices.Clone(at), "examples", name)
		if ref.Ref != "" {
			where = spec.Pointer(ref.Ref)
		}
		if ref.Value != nil && ref.Value.ExternalValue == "" {
			e.value(schema.Value, ref.Value.Value, as, append(where, "value"))
		}
	}
}

// schemas validates the examples that stand in schemas.
func (e exampleChecker) schemas(t *openapi3.T) {
	_ = t.WalkSchemas(func(pointer string, ref *openapi3.SchemaRef) error { // the visitor returns no error
		if ref.Ref != "" {
			return nil
		}
		if ref.Value.Example != nil {
			e.value(ref.Value, ref.Value.Example, openapi3.VisitAsResponse(), append(spec.Pointer(pointer), "example"))
		}
		if ref.Value.Default != nil {
			e.value(ref.Value, ref.Value.Default, openapi3.VisitAsRequest(), append(spec.Pointer(pointer), "default"))
		}
		return nil
	})
}

// value validates one value and reports each fault at the part that has it.
func (e exampleChecker) value(schema *openapi3.Schema, value any, as openapi3.SchemaValidationOption, at []string) {
	what := "example"
	if at[len(at)-1] == "default" {
		what = "default"
	}
	if !e.effort.affords(schema, value) {
		_, node := e.doc.Find(at...)
		e.add(node, "the %s takes more than %d steps to check, or never ends: make it smaller, or its schema simpler", what, maxEffort)
		return
	}
	err := schema.VisitJSON(value, openapi3.MultiErrors(), as)
	if err == nil {
		return
	}
	list, ok := err.(openapi3.MultiError) //nolint:errorlint // only the outermost list is a list of faults
	if !ok {
		list = openapi3.MultiError{err}
	}
	for _, fault := range list {
		where, reason := at, fault.Error()
		var schemaErr *openapi3.SchemaError
		if errors.As(fault, &schemaErr) {
			where, reason = append(slices.Clone(at), schemaErr.JSONPointer()...), schemaErr.Reason
		}
		reason, _, _ = strings.Cut(reason, "\n")
		_, node := e.doc.Find(where...)
		e.add(node, "the %s does not satisfy its schema: %s: change one of the two", what, reason)
	}
}

// sorted yields the entries of a map in the order of their keys, so that
// findings come in the same order each time.
func sorted[M ~map[string]V, V any](m M) func(yield func(string, V) bool) {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}
