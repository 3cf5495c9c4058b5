package lint

import (
	"reflect"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxEffort is how many steps the examples of a spec may take together to be
// checked: a schema that offers two ways at each level of a deep example would
// take 2^depth, and one that offers itself would never end.
const maxEffort = 2_000_000

// effort counts what the library would do, without doing it.
type effort struct {
	left  int
	known map[visit]int
	sizes map[uintptr]int
}

// visit is one schema held against one value. Values that hold others are known
// by where they are, and all others are alike.
type visit struct {
	schema *openapi3.Schema
	value  uintptr
}

const (
	underway = -1 // the visit led back to itself
	endless  = maxEffort + 1
)

func newEffort() *effort { return &effort{left: maxEffort} }

// affords takes the steps of a check off what is left, if there are enough.
func (e *effort) affords(schema *openapi3.Schema, value any) bool {
	e.known, e.sizes = map[visit]int{}, map[uintptr]int{}
	n := e.steps(schema, value)
	if n > e.left {
		return false
	}
	e.left -= n
	return true
}

func (e *effort) steps(s *openapi3.Schema, value any) int {
	if s == nil {
		return 0
	}
	if len(e.known) > e.left {
		return endless // counting is work as well
	}
	key := visit{s, place(value)}
	if n, ok := e.known[key]; ok {
		if n == underway {
			return endless
		}
		return n
	}
	e.known[key] = underway
	sum := 1 + len(s.Required) + len(s.Enum)
	add := func(ref *openapi3.SchemaRef, value any) {
		if ref != nil && sum < endless {
			sum = min(sum+e.steps(ref.Value, value), endless)
		}
	}
	for _, ref := range s.AllOf {
		add(ref, value)
	}
	for _, list := range []openapi3.SchemaRefs{s.AnyOf, s.OneOf} {
		for _, ref := range list {
			// The library copies the value for each alternative, and visits the
			// one that fits once more.
			sum = min(sum+e.size(value), endless)
			add(ref, value)
			add(ref, value)
		}
	}
	add(s.Not, value)
	switch value := value.(type) {
	case map[string]any:
		sum += len(s.Properties) + len(value)
		for name, member := range value {
			if property := s.Properties[name]; property != nil {
				add(property, member)
			} else {
				add(s.AdditionalProperties.Schema, member)
			}
		}
	case []any:
		sum += len(value)
		if s.UniqueItems {
			sum += len(value) * len(value) / 16
		}
		for _, item := range value {
			add(s.Items, item)
		}
	}
	sum = min(sum, endless)
	e.known[key] = sum
	return sum
}

// size is the number of values in a value.
func (e *effort) size(value any) int {
	where := place(value)
	if n, ok := e.sizes[where]; ok && where != 0 {
		return n
	}
	sum := 1
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			sum += e.size(member)
		}
	case []any:
		for _, item := range value {
			sum += e.size(item)
		}
	}
	e.sizes[where] = sum
	return sum
}

// place is where a value that holds others is, and 0 for all others.
func place(value any) uintptr {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Map, reflect.Slice:
		return v.Pointer()
	}
	return 0
}
