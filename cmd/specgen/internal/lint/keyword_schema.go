package lint

import (
	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// parts are a schema, resolved, and all that it is made of by allOf.
func (r *run) parts(schema *yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	seen := map[*yaml.Node]bool{}
	var add func(n *yaml.Node)
	add = func(n *yaml.Node) {
		n = r.doc.Resolve(n)
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		out = append(out, n)
		for _, part := range content(spec.Get(n, "allOf")) {
			add(part)
		}
	}
	add(schema)
	return out
}

// typeOf is the type of a schema, wherever among its parts it is given, or "".
func (r *run) typeOf(schema *yaml.Node) string {
	for _, part := range r.parts(schema) {
		if t := spec.Text(spec.Get(part, "type")); t != "" {
			return t
		}
	}
	return ""
}

// member is the schema of a member of an object, or nil.
func (r *run) member(object *yaml.Node, name string) *yaml.Node {
	for _, part := range r.parts(object) {
		if m := r.doc.Get(spec.Get(part, "properties"), name); m != nil {
			return m
		}
	}
	return nil
}

func checkExpiry(r *run) {
	r.each("x-expiry", func(e extension) {
		switch kind := r.typeOf(e.on); kind {
		case "string":
			r.word("x-expiry", e.value, "timestamp", "timestamp-or-never", "seconds")
		case "integer", "number":
			if text := spec.Text(e.value); text == "timestamp" || text == "timestamp-or-never" {
				r.add(e.value, "x-expiry is %q on a member of type %s: a timestamp is text, so write seconds, or type: string", text, kind)
				return
			}
			r.word("x-expiry", e.value, "seconds")
		default:
			r.add(e.key, "x-expiry means nothing on a member of type %q: make it a string, integer or number, or take it out", kind)
		}
	})
}

func checkCharset(r *run) {
	r.each("x-charset", func(e extension) {
		schema := e.on
		if isParameter(e.on) {
			schema = spec.Get(e.on, "schema")
		}
		if kind := r.typeOf(schema); kind != "string" {
			r.add(e.key, "x-charset means nothing on the type %q: make it `type: string`, or take it out", kind)
			return
		}
		r.word("x-charset", e.value, "text", "credential", "token68", "visible")
	})
}

// refusals are the ways to refuse an answer by one of its members, and the type
// that the member has to have; empty for any.
var refusals = map[string]string{"missing": "", "present": "", "false": "boolean", "not-empty": "array", "not-zero": "integer", "not-bearer": "string"}

func checkRefused(r *run) {
	r.each("x-refused", func(e extension) {
		if e.value.Kind != yaml.MappingNode {
			r.add(e.value, "x-refused is no mapping: write one line `member: when` for each member that tells a refusal")
			return
		}
		for name, when := range spec.Pairs(e.value) {
			r.checkRefusal(e.on, name, when)
		}
	})
}

func (r *run) checkRefusal(object, name, when *yaml.Node) {
	member := r.member(object, name.Value)
	if member == nil {
		r.add(name, "x-refused names %q, which is no member of this schema: correct the name, or describe the member", name.Value)
		return
	}
	want, known := refusals[spec.Text(when)]
	kind := r.typeOf(member)
	switch {
	case !known:
		r.add(when, "%q is refused when %q: write missing, 'false', present, not-empty, not-zero or not-bearer", name.Value, spec.Text(when))
	case when.Tag == "!!bool":
		r.add(when, "%q is refused when false, which is a word only in quotes: write 'false'", name.Value)
	case want != "" && kind != want:
		r.add(when, "%q is refused when %s, which only a member of type %s can be, and its type is %q: write another word, or mend the type", name.Value, when.Value, want, kind)
	}
}
