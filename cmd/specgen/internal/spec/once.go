package spec

import (
	"reflect"

	"github.com/getkin/kin-openapi/openapi3"
)

// withoutReferences calls validate on a document in which nothing stands behind
// a reference. The library would validate what a reference leads to once for
// each use, which takes minutes for a few thousand schemas that refer to each
// other; each definition is in the document itself, and is validated there.
func withoutReferences(doc *openapi3.T, validate func() error) error {
	c := cutter{seen: map[uintptr]bool{}}
	c.cut(reflect.ValueOf(doc))
	defer func() {
		for _, restore := range c.restore {
			restore()
		}
	}()
	return validate()
}

type cutter struct {
	seen    map[uintptr]bool
	restore []func()
}

func (c *cutter) cut(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || c.seen[v.Pointer()] {
			return
		}
		c.seen[v.Pointer()] = true
		if !c.reference(v.Interface()) {
			c.cut(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.cut(v.Field(i))
			}
		}
		// Paths, Responses and Callback keep their entries to themselves.
		if m, ok := reflect.TypeAssert[interface {
			Map() map[string]*openapi3.PathItem
		}](addr(v)); ok {
			c.cut(reflect.ValueOf(m.Map()))
		}
		if m, ok := reflect.TypeAssert[interface {
			Map() map[string]*openapi3.ResponseRef
		}](addr(v)); ok {
			c.cut(reflect.ValueOf(m.Map()))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			c.cut(v.MapIndex(key))
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.cut(v.Index(i))
		}
	}
}

func addr(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v.Addr()
	}
	return v
}

// put replaces the value of a reference by something valid, for the time being.
func put[T any](c *cutter, ref string, value *T, stub T) bool {
	if ref == "" {
		return false
	}
	old := *value
	*value = stub
	c.restore = append(c.restore, func() { *value = old })
	return true
}

// reference cuts a reference off, if v is one.
func (c *cutter) reference(v any) bool {
	anything := &openapi3.SchemaRef{Value: &openapi3.Schema{}}
	switch r := v.(type) {
	case *openapi3.SchemaRef:
		return put(c, r.Ref, &r.Value, anything.Value)
	case *openapi3.ParameterRef:
		if r.Ref == "" || r.Value == nil {
			return false
		}
		// Which name stands where is checked against the path.
		return put(c, r.Ref, &r.Value, &openapi3.Parameter{Name: r.Value.Name, In: r.Value.In, Required: r.Value.Required, Schema: anything})
	case *openapi3.HeaderRef:
		return put(c, r.Ref, &r.Value, &openapi3.Header{Parameter: openapi3.Parameter{Schema: anything}})
	case *openapi3.RequestBodyRef:
		return put(c, r.Ref, &r.Value, &openapi3.RequestBody{Content: openapi3.Content{"text/plain": &openapi3.MediaType{}}})
	case *openapi3.ResponseRef:
		description := "."
		return put(c, r.Ref, &r.Value, &openapi3.Response{Description: &description})
	case *openapi3.ExampleRef:
		return put(c, r.Ref, &r.Value, &openapi3.Example{Value: true})
	case *openapi3.CallbackRef:
		return put(c, r.Ref, &r.Value, &openapi3.Callback{})
	}
	return false
}
