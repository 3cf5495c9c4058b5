package shape

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const schemaRef = "#/components/schemas/"

// builder makes types of schemas.
type builder struct {
	doc      *openapi3.T
	types    *names
	client   *names // the methods and fields of the client
	pkg      *Package
	objects  map[string]*Struct   // by the component's name
	enums    map[string]*EnumType // likewise
	inlining []string             // components that are being written out where they are used
}

// at is where a schema stands and what its type would be called.
type at struct {
	path []string
	name string // of a type that has no name in the spec
}

func (a at) down(name string, path ...string) at {
	return at{path: append(slices.Clone(a.path), path...), name: a.name + name}
}

// typ makes the type of a schema.
func (b *builder) typ(ref *openapi3.SchemaRef, where at) (*Type, error) {
	if ref == nil || ref.Value == nil {
		return &Type{Kind: Raw, Schema: &openapi3.Schema{}}, nil
	}
	name, isComponent := strings.CutPrefix(ref.Ref, schemaRef)
	for isComponent { // a component that is another one goes by that one's name
		other := b.doc.Components.Schemas[name]
		next, ok := "", false
		if other != nil {
			next, ok = strings.CutPrefix(other.Ref, schemaRef)
		}
		if !ok || next == name {
			break
		}
		name = next
	}
	if isComponent {
		where = at{path: []string{"components", "schemas", name}, name: name}
	}
	if len(ref.Value.AllOf) > 0 {
		if only := soleRef(ref.Value); only != nil {
			t, err := b.typ(only, where)
			if err != nil {
				return nil, err
			}
			same := *t
			same.Nullable = t.Nullable || ref.Value.Nullable
			return &same, nil
		}
		merged, err := merge(ref.Value, where.path, 0)
		if err != nil {
			return nil, err
		}
		ref = &openapi3.SchemaRef{Ref: ref.Ref, Value: merged}
	}
	s := ref.Value
	t := &Type{Schema: s, Nullable: s.Nullable, Charset: text(s.Extensions["x-charset"]), Expires: text(s.Extensions["x-expiry"])}
	switch {
	case s.Format == "password":
		t.Kind = Secret
	case t.Expires != "":
		t.Kind = Expiry
	case len(s.OneOf) > 0 || len(s.AnyOf) > 0 || s.Not != nil:
		t.Kind = Raw
	case len(s.Enum) > 0 && (s.Type.Is("string") || s.Type.Is("integer")):
		t.Kind, t.Enum = Enum, b.enum(s, name, where)
	case s.Type.Is("string"):
		if t.Kind = Text; s.Format == "date-time" {
			t.Kind = Moment
		}
	case s.Type.Is("boolean"):
		t.Kind = Bool
	case s.Type.Is("integer"):
		if t.Kind, t.Bits = Int, 64; s.Format == "int32" {
			t.Bits = 32
		}
	case s.Type.Is("number"):
		if t.Kind, t.Bits = Float, 64; s.Format == "float" {
			t.Bits = 32
		}
	case s.Type.Is("array"):
		t.Kind = List
		return t, b.inline(name, where, func() (err error) {
			t.Elem, err = b.typ(s.Items, where.down("Item", "items"))
			return err
		})
	case len(s.Properties) > 0:
		var err error
		t.Kind = Object
		t.Struct, err = b.object(s, name, where)
		return t, err
	case s.AdditionalProperties.Schema != nil:
		t.Kind = Dict
		return t, b.inline(name, where, func() (err error) {
			t.Elem, err = b.typ(s.AdditionalProperties.Schema, where.down("Value", "additionalProperties"))
			return err
		})
	default:
		t.Kind = Raw
	}
	return t, nil
}

// inline makes what a list or a map is made of. It has no name in Go, so that one
// which holds itself cannot be written.
func (b *builder) inline(name string, where at, build func() error) error {
	if name == "" {
		return build()
	}
	if slices.Contains(b.inlining, name) {
		return fault(where.path, "%s holds itself without an object in between, which Go cannot say: put an object around it", name)
	}
	b.inlining = append(b.inlining, name)
	err := build()
	b.inlining = b.inlining[:len(b.inlining)-1]
	return err
}

// object makes a struct, once for each component.
func (b *builder) object(s *openapi3.Schema, component string, where at) (*Struct, error) {
	if made := b.objects[component]; made != nil && component != "" {
		return made, nil
	}
	out := &Struct{Spec: where.name, Doc: s.Description, Schema: s, path: where.path}
	if component != "" {
		out.Name = b.types.components[component]
		b.objects[component] = out
	} else {
		out.Name = b.types.next(where.name, "")
	}
	b.pkg.Structs = append(b.pkg.Structs, out)
	fields := newNames(b.types.normalize, "ObtainedAt")
	for _, key := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[key]
		t, err := b.typ(p, at{path: append(slices.Clone(where.path), "properties", key), name: out.Name + exported(b.types.normalize(key))})
		if err != nil {
			return nil, err
		}
		out.Fields = append(out.Fields, &Field{Key: key, Name: fields.next(given(p, key), "Member"), Type: t,
			Required: slices.Contains(s.Required, key), Default: p.Value.Default, Doc: p.Value.Description,
			ReadOnly: p.Value.ReadOnly, WriteOnly: p.Value.WriteOnly})
	}
	return out, b.refusals(out)
}

// refusals reads x-refused.
func (b *builder) refusals(s *Struct) error {
	conditions, ok := s.Schema.Extensions["x-refused"].(map[string]any)
	if !ok {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(conditions)) {
		i := slices.IndexFunc(s.Fields, func(f *Field) bool { return f.Key == key })
		if i < 0 {
			return fault(s.path, "x-refused names %q, which the schema does not have", key)
		}
		s.Refused = append(s.Refused, Refusal{Field: s.Fields[i], When: fmt.Sprint(conditions[key])})
	}
	return nil
}

// enum makes a named type of text or whole numbers, once for each component.
func (b *builder) enum(s *openapi3.Schema, component string, where at) *EnumType {
	if made := b.enums[component]; made != nil && component != "" {
		return made
	}
	out := &EnumType{Spec: where.name, Doc: s.Description, Schema: s}
	if component != "" {
		out.Name = b.types.components[component]
		b.enums[component] = out
	} else {
		out.Name = b.types.next(where.name, "")
	}
	b.pkg.Enums = append(b.pkg.Enums, out)
	return out
}

// soleRef is the one schema that an allOf refers to if nothing is said beside it
// but what describes it.
func soleRef(s *openapi3.Schema) *openapi3.SchemaRef {
	if len(s.AllOf) != 1 || s.AllOf[0].Ref == "" || len(s.Extensions) > 0 {
		return nil
	}
	rest := *s
	rest.AllOf, rest.Type, rest.Nullable, rest.Extensions, rest.Origin = nil, nil, false, nil, nil
	rest.Title, rest.Description, rest.ExternalDocs, rest.Default, rest.Example = "", "", nil, nil, nil
	rest.ReadOnly, rest.WriteOnly, rest.Deprecated = false, false, false
	if !reflect.DeepEqual(rest, openapi3.Schema{}) {
		return nil
	}
	return s.AllOf[0]
}

// maxDepth is how deep parts of allOf may lie in each other.
const maxDepth = 32

// merge makes one schema of an allOf and what is said beside it.
func merge(s *openapi3.Schema, path []string, depth int) (*openapi3.Schema, error) {
	if depth > maxDepth {
		return nil, fault(path, "allOf lies too deep in itself: write the members out")
	}
	out := *s
	out.AllOf = nil
	out.Properties = maps.Clone(s.Properties)
	out.Required = slices.Clone(s.Required)
	out.Extensions = maps.Clone(s.Extensions)
	if out.Extensions == nil {
		out.Extensions = map[string]any{}
	}
	for _, ref := range s.AllOf {
		part := ref.Value
		if part == nil {
			continue
		}
		if len(part.AllOf) > 0 {
			var err error
			if part, err = merge(part, path, depth+1); err != nil {
				return nil, err
			}
		}
		if len(part.OneOf) > 0 || len(part.AnyOf) > 0 {
			return nil, fault(path, "allOf of a oneOf or an anyOf: write the members out, or take the union alone")
		}
		if err := mergePart(&out, part, path); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

func mergePart(out, part *openapi3.Schema, path []string) error {
	if out.Type == nil {
		out.Type = part.Type
	} else if part.Type != nil && !slices.Equal(out.Type.Slice(), part.Type.Slice()) {
		return fault(path, "allOf of %s and %s: no value is both", strings.Join(out.Type.Slice(), ","), strings.Join(part.Type.Slice(), ","))
	}
	for _, key := range slices.Sorted(maps.Keys(part.Properties)) {
		p := part.Properties[key]
		if had := out.Properties[key]; had != nil && !sameSchema(had, p) {
			return fault(path, "two parts of an allOf have a member %q, each of its own type: keep one", key)
		}
		if out.Properties == nil {
			out.Properties = openapi3.Schemas{}
		}
		out.Properties[key] = p
	}
	for _, key := range part.Required {
		if !slices.Contains(out.Required, key) {
			out.Required = append(out.Required, key)
		}
	}
	for key, v := range part.Extensions {
		if _, had := out.Extensions[key]; !had {
			out.Extensions[key] = v
		}
	}
	out.Nullable = out.Nullable || part.Nullable
	if out.Format == "" {
		out.Format = part.Format
	}
	if out.Description == "" {
		out.Description = part.Description
	}
	if out.Enum == nil {
		out.Enum = part.Enum
	}
	if out.Items == nil {
		out.Items = part.Items
	}
	if out.AdditionalProperties.Schema == nil && out.AdditionalProperties.Has == nil {
		out.AdditionalProperties = part.AdditionalProperties
	}
	if out.Pattern == "" {
		out.Pattern = part.Pattern
	}
	out.MinLength = max(out.MinLength, part.MinLength)
	out.MinItems = max(out.MinItems, part.MinItems)
	out.MaxLength, out.MaxItems = least(out.MaxLength, part.MaxLength), least(out.MaxItems, part.MaxItems)
	out.MinProps, out.MaxProps = max(out.MinProps, part.MinProps), least(out.MaxProps, part.MaxProps)
	out.UniqueItems = out.UniqueItems || part.UniqueItems
	out.Min, out.ExclusiveMin = tighter(out.Min, part.Min, out.ExclusiveMin, part.ExclusiveMin, func(a, b float64) bool { return a > b })
	out.Max, out.ExclusiveMax = tighter(out.Max, part.Max, out.ExclusiveMax, part.ExclusiveMax, func(a, b float64) bool { return a < b })
	if out.MultipleOf == nil {
		out.MultipleOf = part.MultipleOf
	}
	if out.Default == nil {
		out.Default = part.Default
	}
	return nil
}

// tighter is the limit of two that more numbers are outside of.
func tighter(a, b *float64, exclusiveA, exclusiveB openapi3.ExclusiveBound, within func(a, b float64) bool) (*float64, openapi3.ExclusiveBound) {
	switch {
	case b == nil, a != nil && within(*a, *b):
		return a, exclusiveA
	case a == nil, within(*b, *a), exclusiveB.IsTrue():
		return b, exclusiveB
	}
	return a, exclusiveA
}

func least(a, b *uint64) *uint64 {
	switch {
	case a == nil:
		return b
	case b == nil, *a < *b:
		return a
	}
	return b
}

func sameSchema(a, b *openapi3.SchemaRef) bool {
	if a == b || a.Ref != "" && a.Ref == b.Ref || a.Value == b.Value {
		return true
	}
	x, err1 := json.Marshal(a.Value)
	y, err2 := json.Marshal(b.Value)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// status is the number of a response's key, or 0.
func status(key string) int {
	n, err := strconv.Atoi(key)
	if err != nil {
		return 0
	}
	return n
}
