package spec

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Probe is a pair of answers that differ in one property of the spec and in
// nothing else. A wrapper that reads the property makes two things of them.
type Probe struct {
	// Answer is the spec's key of the response: "200", "4XX".
	Answer string
	Status int
	// Property is "Schema.property", by the name of the schema it stands in.
	Property string
	A, B     []byte
}

// Pair is two values of a property, of the right type and different. A nil
// leaves the property out.
type Pair struct{ A, B any }

// Probes returns a Probe for each property of each JSON answer of an
// operation. success is the base of a 200; of an error, each alternative of its
// schema with all its properties is. pairs overrides values that would not fit
// a property by their type alone, by Probe.Property.
func (op Operation) Probes(t testing.TB, success any, pairs map[string]Pair) []Probe {
	t.Helper()
	var out []Probe
	for _, answer := range op.Answers() {
		content := answer.Content.Get("application/json")
		if content == nil {
			continue
		}
		for _, ref := range branches(content.Schema) {
			p := prober{answer: answer.Key, status: statusOf(t, answer.Key), pairs: pairs}
			base := p.sample(ref)
			if p.status/100 == 2 {
				base = clone(t, success)
			}
			p.object(t, ref, base, func(o map[string]any) any { return o })
			out = append(out, p.out...)
		}
	}
	return out
}

type prober struct {
	answer string
	status int
	pairs  map[string]Pair
	out    []Probe
}

// object adds the probes of an object's properties. whole puts the object back
// into the answer that it is a part of.
func (p *prober) object(t testing.TB, ref *openapi3.SchemaRef, sample any, whole func(map[string]any) any) {
	t.Helper()
	base, ok := sample.(map[string]any)
	if !ok {
		t.Fatalf("the sample of %s is no object", schemaName(ref))
	}
	name := schemaName(ref)
	members := withParts(ref.Value)
	for _, property := range slices.Sorted(maps.Keys(members)) {
		sub := members[property]
		with := func(v any) any {
			o := maps.Clone(base)
			delete(o, property)
			if v != nil {
				o[property] = v
			}
			return whole(o)
		}
		pair := p.pair(name+"."+property, sub)
		p.out = append(p.out, Probe{p.answer, p.status, name + "." + property, marshal(t, with(pair.A)), marshal(t, with(pair.B))})
		switch {
		case sub.Value.Type.Is("object"):
			p.object(t, sub, p.sample(sub), func(o map[string]any) any { return with(o) })
		case sub.Value.Type.Is("array") && sub.Value.Items.Value.Type.Is("object"):
			items := sub.Value.Items
			p.object(t, items, p.sample(items), func(o map[string]any) any { return with([]any{o}) })
		}
	}
}

// pair gives two values for a property by its type.
func (p *prober) pair(property string, ref *openapi3.SchemaRef) Pair {
	if pair, ok := p.pairs[property]; ok {
		return pair
	}
	_, name, _ := strings.Cut(property, ".")
	switch {
	case ref.Value.Type == nil: // of any type
		return Pair{"marker_a_" + name, nil}
	case ref.Value.Type.Is("string"):
		return Pair{"marker_a_" + name, "marker_b_" + name}
	case ref.Value.Type.Is("boolean"):
		return Pair{true, false}
	case ref.Value.Type.Is("integer"), ref.Value.Type.Is("number"):
		return Pair{1111, 2222}
	case ref.Value.Type.Is("array") && ref.Value.Items.Value.Type.Is("string"):
		return Pair{[]any{"marker_a_" + name}, []any{"marker_b_" + name}}
	}
	return Pair{p.sample(ref), nil}
}

// sample is a value of the schema with everything in it that it declares.
func (p *prober) sample(ref *openapi3.SchemaRef) any {
	switch {
	case ref.Value.Type.Is("array"):
		return []any{p.sample(ref.Value.Items)}
	case ref.Value.Type.Is("object"):
		o := map[string]any{}
		for property, sub := range withParts(ref.Value) {
			if v := p.pair(schemaName(ref)+"."+property, sub).A; v != nil {
				o[property] = v
			}
		}
		return o
	}
	return p.pair(".value", ref).A
}

// withParts are the members of an object and of the parts of its allOf.
func withParts(s *openapi3.Schema) openapi3.Schemas {
	all := openapi3.Schemas{}
	for _, part := range s.AllOf {
		maps.Copy(all, withParts(part.Value))
	}
	maps.Copy(all, s.Properties)
	return all
}

// branches are the schemas that a body may follow, each with its name.
func branches(ref *openapi3.SchemaRef) []*openapi3.SchemaRef {
	refs := slices.Concat(ref.Value.OneOf, ref.Value.AnyOf)
	if len(refs) == 0 {
		return []*openapi3.SchemaRef{ref}
	}
	return refs
}

func schemaName(ref *openapi3.SchemaRef) string {
	return ref.Ref[strings.LastIndexByte(ref.Ref, '/')+1:]
}

// statusOf picks a status that an answer's key covers.
func statusOf(t testing.TB, key string) int {
	t.Helper()
	switch key {
	case "default":
		return 502
	case "2XX":
		return 200
	case "4XX":
		return 400
	case "5XX":
		return 500
	}
	status, err := strconv.Atoi(key)
	if err != nil {
		t.Fatalf("a response for %q, which no probe covers", key)
	}
	return status
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func clone(t testing.TB, v any) any {
	t.Helper()
	var out any
	if err := json.Unmarshal(marshal(t, v), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Status is a status that the answer's key covers.
func (a Answer) Status(t testing.TB) int {
	t.Helper()
	return statusOf(t, a.Key)
}
