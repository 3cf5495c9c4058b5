package generate

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// prepareEnums makes the enums of a document such that each value becomes one
// constant, of the Go type that its schema has. null is dropped, for a value that
// may be null is a pointer. The lint has seen that the values fit their type.
// Preparing twice changes nothing more.
func prepareEnums(doc *openapi3.T) error {
	parts := map[*openapi3.Schema]bool{}
	if err := doc.WalkSchemas(func(_ string, ref *openapi3.SchemaRef) error {
		for _, part := range ref.Value.AllOf {
			parts[part.Value] = true
		}
		return nil
	}); err != nil {
		return err
	}
	return doc.WalkSchemas(func(_ string, ref *openapi3.SchemaRef) error {
		if s := ref.Value; len(s.Enum) > 0 {
			prepareEnum(s, parts[s])
		}
		return nil
	})
}

func prepareEnum(s *openapi3.Schema, part bool) {
	s.Enum = enumValues(s.Enum)
	nameEnum(s)
	if len(s.AllOf) > 0 {
		if !scalar(s, map[*openapi3.Schema]bool{}) {
			return // the lint refuses it; another part of an object might never end
		}
		// The generator leaves out what stands beside the parts.
		beside := &openapi3.Schema{Enum: s.Enum, Extensions: s.Extensions}
		s.AllOf = append(slices.Clone(s.AllOf), openapi3.NewSchemaRef("", beside))
		s.Enum = nil
		return
	}
	if s.Type == nil && !part { // a part has the type of another one
		s.Type = enumType(s.Enum)
	}
	switch {
	case s.Type.Is("string"):
		if _, other := codegen.DefaultTypeMapping.String.Formats[s.Format]; other {
			s.Format = "" // no constant can be a time.Time
		}
	case s.Type.Is("number") && s.Format == "":
		s.Format = "double" // a float32 rounds
	}
}

// scalar tells whether a schema and its parts describe no object and no list.
func scalar(s *openapi3.Schema, seen map[*openapi3.Schema]bool) bool {
	if seen[s] {
		return true
	}
	seen[s] = true
	if s.Type.Is("object") || s.Type.Is("array") || len(s.Properties) > 0 || s.Items != nil || s.AdditionalProperties.Schema != nil {
		return false
	}
	return !slices.ContainsFunc(s.AllOf, func(part *openapi3.SchemaRef) bool { return !scalar(part.Value, seen) })
}

// enumValues leaves out null and what is there already, and writes whole numbers
// as such: JSON knows no others than float64, and Go prints a million as 1e+06.
func enumValues(values []any) []any {
	var out []any
	for _, v := range values {
		if f, ok := v.(float64); ok && f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
			v = int64(f)
		}
		if v != nil && !slices.ContainsFunc(out, func(o any) bool { return reflect.DeepEqual(o, v) }) {
			out = append(out, v)
		}
	}
	return out
}

// enumType is the type that all values have, or nil.
func enumType(values []any) *openapi3.Types {
	name := ""
	for _, v := range values {
		kind := ""
		switch v.(type) {
		case string:
			kind = "string"
		case bool:
			kind = "boolean"
		case int64:
			kind = "integer"
		case float64:
			kind = "number"
		}
		switch {
		case name == "", name == "integer" && kind == "number":
			name = kind
		case name == "number" && kind == "integer":
		case name != kind:
			return nil
		}
	}
	if name == "" {
		return nil
	}
	return &openapi3.Types{name}
}

const enumNames = "x-enum-varnames"

// nameEnum names the constants itself where two values come to the same name in
// Go: the generator numbers these, and then a number may meet a third.
func nameEnum(s *openapi3.Schema) {
	state.RLock() // the generator's way of naming reads its state
	defer state.RUnlock()
	names := make([]any, len(s.Enum))
	taken := map[string]bool{}
	var clashes []int
	for i, v := range s.Enum {
		name := fmt.Sprint(v)
		names[i] = name
		if key := enumKey(name); key == "" || taken[key] {
			clashes = append(clashes, i)
		} else {
			taken[key] = true
		}
	}
	for _, i := range clashes {
		base := fmt.Sprint(names[i])
		if enumKey(base) == "" {
			base = "Sign"
		}
		name := base
		for n := 2; taken[enumKey(name)]; n++ {
			name = base + " V" + strconv.Itoa(n)
		}
		taken[enumKey(name)] = true
		names[i] = name
	}
	if len(clashes) > 0 {
		setExtension(&s.Extensions, enumNames, names)
	}
}

// enumKey is what tells the names of two constants apart, whichever way of
// writing names is configured: these differ in case and signs.
func enumKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, codegen.SanitizeGoIdentity(codegen.SchemaNameToTypeName(name)))
}

// setExtension sets an extension that the spec does not have.
func setExtension(ext *map[string]any, key string, value any) {
	if *ext == nil {
		*ext = map[string]any{}
	}
	if _, set := (*ext)[key]; !set {
		(*ext)[key] = value
	}
}
