// Package breaking tells what a change of a spec takes away from those who call
// the API: what they send or read today and can no longer.
//
// It compares two documents as they are on the wire, and the names of the
// operations, which are Go methods. It does not say what is new, for that breaks
// nobody, and it does not ask whether a provider still answers as before.
package breaking

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// Gone reports a spec that no package is made of any more.
func Gone(name string) finding.Finding {
	return finding.Finding{File: name, Line: 1, Col: 1, Rule: "BREAKING-SPEC",
		Message: "no package is made of this spec any more: keep it until nobody imports the package"}
}

// Compare reports what now takes away from old. A finding is at its place in
// now, or, where the place is gone as well, where it was in old. An error means
// that there is too much to compare.
func Compare(old, now *spec.Document) ([]finding.Finding, error) {
	return compareAtMost(maxPairs, old, now)
}

func compareAtMost(pairs int, old, now *spec.Document) ([]finding.Finding, error) {
	c := &comparison{old: old, now: now, pairs: pairs, seen: map[pair]bool{}, said: map[finding.Finding]bool{}}
	before, after := operations(old), operations(now)
	for _, op := range before.list {
		if other, ok := after.byKey[op.key()]; ok {
			c.operation(op, other)
			continue
		}
		const gone = "%s %s is gone: keep it, deprecated, until nobody calls it"
		if item, ok := after.paths[wirePath(op.path)]; ok {
			c.add(item, "BREAKING-OPERATION", gone, strings.ToUpper(op.method), op.path)
		} else {
			c.addOld(op.at, "BREAKING-OPERATION", gone, strings.ToUpper(op.method), op.path)
		}
	}
	if err := c.schemas(); err != nil {
		return nil, err
	}
	finding.Sort(c.found)
	return c.found, nil
}

// maxPairs is how many pairs of schemas are compared. A spec has as many as it
// has schemas, unless somebody built it to have more.
const maxPairs = 1 << 18

type comparison struct {
	old, now *spec.Document
	pairs    int // at most
	seen     map[pair]bool
	queue    []task
	said     map[finding.Finding]bool
	found    []finding.Finding
}

// pair is two schemas that have been compared, for one direction.
type pair struct {
	old, now *yaml.Node
	way      way
}

// way is which way data goes.
type way string

const (
	request  way = "request"
	response way = "response"
)

// add says something once: a schema that many operations share is compared for
// each of them.
func (c *comparison) add(at *yaml.Node, rule, format string, args ...any) {
	c.keep(c.now.Finding(at, rule, format, args...))
}

func (c *comparison) addOld(at *yaml.Node, rule, format string, args ...any) {
	f := c.old.Finding(at, rule, format, args...)
	f.Message += " (the place is that in the old spec)"
	c.keep(f)
}

func (c *comparison) keep(f finding.Finding) {
	if !c.said[f] {
		c.said[f] = true
		c.found = append(c.found, f)
	}
}

// operation is one of a document, with what its path item gives it.
type operation struct {
	path, method   string
	at, item, node *yaml.Node
}

func (o operation) key() string { return o.method + " " + wirePath(o.path) }

// wirePath is a path without the names of its parameters, which nobody sends.
func wirePath(path string) string {
	parts := strings.Split(path, "{")
	for i, part := range parts[1:] {
		_, after, _ := strings.Cut(part, "}")
		parts[i+1] = "}" + after
	}
	return strings.Join(parts, "{")
}

type operationList struct {
	list  []operation
	byKey map[string]operation
	paths map[string]*yaml.Node // the keys
}

func operations(doc *spec.Document) operationList {
	out := operationList{byKey: map[string]operation{}, paths: map[string]*yaml.Node{}}
	for path, item := range spec.Pairs(spec.Get(doc.Root, "paths")) {
		out.paths[wirePath(path.Value)] = path
		item = doc.Resolve(item)
		for method, node := range spec.Pairs(item) {
			if spec.IsMethod(method.Value) {
				op := operation{path.Value, method.Value, method, item, node}
				out.list = append(out.list, op)
				out.byKey[op.key()] = op
			}
		}
	}
	return out
}

func (c *comparison) operation(old, now operation) {
	if was, is := spec.Get(old.node, "operationId"), spec.Get(now.node, "operationId"); spec.Text(was) != spec.Text(is) {
		at := is
		if at == nil {
			at = now.at
		}
		c.add(at, "BREAKING-NAME", "operationId was %q: the Go method is renamed with it; keep the old name", spec.Text(was))
	}
	c.parameters(old, now)
	c.requestBody(old, now)
	c.responses(old, now)
	c.security(old, now)
}

// parameters are keyed by where they stand and how they are called; those of the
// operation go before those of its path.
func parameters(doc *spec.Document, op operation) (keys []string, byKey map[string]*yaml.Node) {
	byKey = map[string]*yaml.Node{}
	position := 0
	for _, list := range []*yaml.Node{spec.Get(op.node, "parameters"), spec.Get(op.item, "parameters")} {
		if list == nil {
			continue
		}
		for _, p := range list.Content {
			p = doc.Resolve(p)
			in, name := spec.Text(spec.Get(p, "in")), spec.Text(spec.Get(p, "name"))
			switch in {
			case "header":
				name = strings.ToLower(name)
			case "path": // what counts is where it stands in the path
				name = wirePath(op.path) + "#" + placeIn(op.path, name)
			}
			key := in + " " + name
			if _, ok := byKey[key]; !ok {
				byKey[key] = p
				keys = append(keys, key)
				position++
			}
		}
	}
	return keys, byKey
}

// placeIn counts the braces before a parameter of a path.
func placeIn(path, name string) string {
	before, _, _ := strings.Cut(path, "{"+name+"}")
	return strings.Repeat("{", strings.Count(before, "{"))
}

func (c *comparison) parameters(old, now operation) {
	wasKeys, was := parameters(c.old, old)
	isKeys, is := parameters(c.now, now)
	for _, key := range wasKeys {
		p, ok := is[key]
		if !ok {
			c.add(now.at, "BREAKING-PROPERTY", "the %s parameter %q is gone: keep it, deprecated, until nobody sends it",
				spec.Text(spec.Get(was[key], "in")), spec.Text(spec.Get(was[key], "name")))
			continue
		}
		if required(p) && !required(was[key]) {
			c.add(spec.Key(p, "required"), "BREAKING-REQUIRED", "the parameter %q was optional: leave it so, for callers do not send it", spec.Text(spec.Get(p, "name")))
		}
		c.schema(spec.Get(was[key], "schema"), spec.Get(p, "schema"), request, "parameter "+spec.Text(spec.Get(p, "name")))
	}
	for _, key := range isKeys {
		if p := is[key]; was[key] == nil && required(p) {
			c.add(p, "BREAKING-REQUIRED", "the new parameter %q is required: make it optional, for callers do not send it", spec.Text(spec.Get(p, "name")))
		}
	}
}

func required(n *yaml.Node) bool { return spec.Text(spec.Get(n, "required")) == "true" }

func (c *comparison) requestBody(old, now operation) {
	was, is := c.old.Resolve(spec.Get(old.node, "requestBody")), c.now.Resolve(spec.Get(now.node, "requestBody"))
	switch {
	case is == nil && was == nil:
		return
	case is == nil:
		c.add(now.at, "BREAKING-PROPERTY", "the request body is gone: keep it until nobody sends one")
		return
	case required(is) && !required(was):
		c.add(spec.Key(is, "required"), "BREAKING-REQUIRED", "the request body was not required: leave it so, for callers may send none")
	}
	c.content(was, is, spec.Key(now.node, "requestBody"), request)
}

func (c *comparison) responses(old, now operation) {
	is := spec.Get(now.node, "responses")
	all := entries(is)
	for status, before := range spec.Pairs(spec.Get(old.node, "responses")) {
		after := all[status.Value]
		if after == nil {
			if strings.HasPrefix(status.Value, "2") { // an error less is none
				c.add(spec.Key(now.node, "responses"), "BREAKING-TYPE", "the answer %s is gone: keep it, for callers wait for it", status.Value)
			}
			continue
		}
		c.content(c.old.Resolve(before), c.now.Resolve(after), spec.Key(is, status.Value), response)
	}
}

// entries are the values of a mapping by their keys.
func entries(n *yaml.Node) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	for key, value := range spec.Pairs(n) {
		out[key.Value] = value
	}
	return out
}

// content compares the bodies of each media type.
func (c *comparison) content(was, is, at *yaml.Node, w way) {
	after := entries(spec.Get(is, "content"))
	for mediaType, body := range spec.Pairs(spec.Get(was, "content")) {
		other := after[mediaType.Value]
		if other == nil {
			c.add(at, "BREAKING-TYPE", "the %s is no longer %s: keep that form beside the new one", w, mediaType.Value)
			continue
		}
		c.schema(spec.Get(body, "schema"), spec.Get(other, "schema"), w, "body")
	}
}
