package breaking

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// shape is a schema with all of its parts (allOf) in one.
type shape struct {
	at                    *yaml.Node
	typ, format, nullable string
	typeAt                *yaml.Node
	names                 []string
	properties            map[string]*yaml.Node
	propertiesAt          *yaml.Node
	required              map[string]*yaml.Node // the entry of the list
	enum                  []string
	enumAt                *yaml.Node
	items, additional     *yaml.Node
	alternatives          []*yaml.Node // oneOf and anyOf
	alternativesAt        *yaml.Node
}

func shapeOf(doc *spec.Document, n *yaml.Node) shape {
	s := shape{at: n, properties: map[string]*yaml.Node{}, required: map[string]*yaml.Node{}}
	s.take(doc, n, map[*yaml.Node]bool{})
	return s
}

func (s *shape) take(doc *spec.Document, n *yaml.Node, seen map[*yaml.Node]bool) {
	n = doc.Resolve(n)
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	first := func(into *string, key string) {
		if v := spec.Get(n, key); v != nil && *into == "" {
			*into, s.typeAt = spec.Text(v), v
		}
	}
	first(&s.typ, "type")
	first(&s.format, "format")
	first(&s.nullable, "nullable")
	if p := spec.Get(n, "properties"); p != nil {
		s.propertiesAt = spec.Key(n, "properties")
		for name, property := range spec.Pairs(p) {
			if _, ok := s.properties[name.Value]; !ok {
				s.properties[name.Value] = property
				s.names = append(s.names, name.Value)
			}
		}
	}
	for _, name := range content(spec.Get(n, "required")) {
		s.required[spec.Text(name)] = name
	}
	if e := spec.Get(n, "enum"); e != nil && s.enumAt == nil {
		s.enumAt = spec.Key(n, "enum")
		for _, value := range e.Content {
			s.enum = append(s.enum, value.Value)
		}
	}
	for key, into := range map[string]**yaml.Node{"items": &s.items, "additionalProperties": &s.additional} {
		if v := spec.Get(n, key); v != nil && *into == nil {
			*into = v
		}
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if v := spec.Get(n, key); v != nil {
			s.alternatives, s.alternativesAt = append(s.alternatives, v.Content...), spec.Key(n, key)
		}
	}
	for _, part := range content(spec.Get(n, "allOf")) {
		s.take(doc, part, seen)
	}
}

func content(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

// place is the first of the nodes that is there.
func place(nodes ...*yaml.Node) *yaml.Node {
	for _, n := range nodes {
		if n != nil {
			return n
		}
	}
	return nil
}

// task is a pair of schemas that is still to be compared.
type task struct {
	pair
	what string // how a message calls them
}

// schema notes two schemas, to be compared once for one way of the data. They
// wait in a queue, for a chain of schemas may be longer than a stack is deep.
func (c *comparison) schema(old, now *yaml.Node, w way, what string) {
	p := pair{c.old.Resolve(old), c.now.Resolve(now), w}
	if p.old != nil && p.now != nil && !c.seen[p] {
		c.seen[p] = true
		c.queue = append(c.queue, task{p, what})
	}
}

// schemas compares what is in the queue, and what that brings along.
func (c *comparison) schemas() error {
	for ; len(c.queue) > 0; c.queue = c.queue[1:] {
		if len(c.seen) > c.pairs {
			return fmt.Errorf("%s: more than %d pairs of schemas are to be compared: schemas that refer to one another in rings of different lengths do that", c.now.Name, c.pairs)
		}
		c.compare(c.queue[0])
	}
	return nil
}

func (c *comparison) compare(t task) {
	w, what := t.way, t.what
	was, is := shapeOf(c.old, t.old), shapeOf(c.now, t.now)
	c.types(was, is, what)
	c.properties(was, is, w, what)
	c.enum(was, is, w, what)
	if was.items != nil && is.items != nil {
		c.schema(was.items, is.items, w, "an item of "+what)
	}
	if was.additional != nil && is.additional != nil && was.additional.Kind == yaml.MappingNode && is.additional.Kind == yaml.MappingNode {
		c.schema(was.additional, is.additional, w, "a value of "+what)
	}
	c.alternatives(was, is, w, what)
}

func (c *comparison) types(was, is shape, what string) {
	at := place(is.typeAt, is.at)
	for _, t := range []struct{ word, was, is string }{
		{"type", was.typ, is.typ}, {"format", was.format, is.format},
	} {
		if t.was != t.is {
			c.add(at, "BREAKING-TYPE", "the %s of %s was %s and is %s: leave it, or add a new one beside it", t.word, what, orNone(t.was), orNone(t.is))
		}
	}
	if (was.nullable == "true") != (is.nullable == "true") {
		c.add(at, "BREAKING-TYPE", "%s %s be null before: leave that as it was", what, map[bool]string{true: "could", false: "could not"}[was.nullable == "true"])
	}
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func (c *comparison) properties(was, is shape, w way, what string) {
	for _, name := range was.names {
		if other, ok := is.properties[name]; ok {
			c.schema(was.properties[name], other, w, name)
		} else {
			c.add(place(is.propertiesAt, is.at), "BREAKING-PROPERTY", "the property %q of the %s is gone: keep it, deprecated, until nobody uses it", name, w)
		}
	}
	if w != request {
		return
	}
	for _, name := range append(slices.Clone(is.names), unlisted(is)...) {
		if entry := is.required[name]; entry != nil && was.required[name] == nil {
			c.add(entry, "BREAKING-REQUIRED", "%q was not required in %s: make it optional, for callers do not send it", name, what)
		}
	}
}

// unlisted are names that are required and described nowhere.
func unlisted(s shape) []string {
	var out []string
	for name := range s.required {
		if s.properties[name] == nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (c *comparison) enum(was, is shape, w way, what string) {
	if is.enumAt == nil {
		return // any value goes, those of before too
	}
	if was.enumAt == nil {
		if w == request {
			c.add(is.enumAt, "BREAKING-ENUM", "%s could be anything before: callers may send another value", what)
		}
		return
	}
	left := map[string]bool{}
	for _, value := range is.enum {
		left[value] = true
	}
	for _, value := range was.enum {
		if !left[value] {
			c.add(is.enumAt, "BREAKING-ENUM", "the value %q of %s is gone: keep it, for callers send it or compare with it", value, what)
		}
	}
}

// alternatives are matched by the component that they refer to, and else by
// their place in the list.
func (c *comparison) alternatives(was, is shape, w way, what string) {
	ref := func(n *yaml.Node) string { return spec.Text(spec.Get(n, "$ref")) }
	byRef := map[string]*yaml.Node{}
	for _, n := range is.alternatives {
		byRef[ref(n)] = n
	}
	for i, old := range was.alternatives {
		var match *yaml.Node
		switch name := ref(old); {
		case name != "":
			match = byRef[name]
		case i < len(is.alternatives) && ref(is.alternatives[i]) == "":
			match = is.alternatives[i]
		}
		if match == nil {
			c.add(place(is.alternativesAt, is.at), "BREAKING-TYPE", "one of the forms of %s is gone: keep it, for somebody uses it", what)
			continue
		}
		c.schema(old, match, w, what)
	}
}
