package spec

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// checkCycles refuses schemas that no Go type can be made of because they come
// back to themselves: one that is put together of itself (allOf), one that
// holds itself by value, and a list of itself. A schema that holds itself behind
// an optional member or in a list inside it is a tree, and is fine.
func (d *Document) checkCycles() []finding.Finding {
	var out []finding.Finding
	for _, kind := range []struct {
		edges func(*yaml.Node) []edge
		what  string
	}{
		{d.madeOf, "the schema is made of itself by allOf and never ends: take one of the parts out"},
		{d.holds, "the schema holds itself and never ends: make the member optional or nullable, or put it in a list"},
		{d.listOf, "the schema is a list of itself: make its items an object that holds the list"},
	} {
		if len(out) > 0 {
			return out // what holds itself by allOf would be said again
		}
		c := cycles{edges: kind.edges, state: map[*yaml.Node]int{}}
		d.Walk(func(path []string, n *yaml.Node) {
			c.visit(func() string { return pointer(path) }, n)
		})
		for _, loop := range c.found {
			out = append(out, d.Finding(loop.at, "REF-CYCLE", "%s (the loop: %s)", kind.what, strings.Join(loop.way, " -> ")))
		}
	}
	finding.Sort(out)
	return out
}

// edge is a way from one schema to another, and where in the file it stands.
type edge struct {
	at   *yaml.Node
	path string // below the first, such as /allOf/0
	to   *yaml.Node
	ref  string // the reference that leads there, if one does
}

type loop struct {
	at  *yaml.Node
	way []string // JSON pointers
}

// cycles is a search for loops, depth first. Each node is looked at once.
type cycles struct {
	edges func(*yaml.Node) []edge
	state map[*yaml.Node]int
	stack []frame
	found []loop
}

// frame is a schema on the way. Pointers are written out for a loop only: they
// are as long as the way is deep.
type frame struct {
	node *yaml.Node
	by   func() string // where the edge that leads on stands
}

const (
	onStack = 1
	seen    = 2
)

func (c *cycles) visit(where func() string, n *yaml.Node) {
	if c.state[n] != 0 {
		return
	}
	c.state[n] = onStack
	for _, e := range c.edges(n) {
		here := frame{n, func() string { return where() + e.path }}
		if c.state[e.to] == onStack {
			c.loop(e.at, append(c.stack, here), e.to)
			continue
		}
		c.stack = append(c.stack, here)
		next := here.by
		if e.ref != "" {
			next = func() string { return e.ref }
		}
		c.visit(next, e.to)
		c.stack = c.stack[:len(c.stack)-1]
	}
	c.state[n] = seen
}

// loop notes the part of the stack that is the loop.
func (c *cycles) loop(at *yaml.Node, stack []frame, back *yaml.Node) {
	start := len(stack) - 1
	for start > 0 && stack[start].node != back {
		start--
	}
	l := loop{at: at}
	const most = 8 // of a longer loop, the beginning and the end
	for i, f := range stack[start:] {
		switch {
		case i < most || start+i == len(stack)-1:
			l.way = append(l.way, f.by())
		case i == most:
			l.way = append(l.way, "...")
		}
	}
	c.found = append(c.found, l)
}

func (d *Document) edge(n *yaml.Node, path ...string) edge {
	e := edge{at: n, path: pointer(path)[1:], to: d.Resolve(n)}
	if ref := Get(n, "$ref"); ref != nil {
		e.at, e.ref = ref, ref.Value
	}
	return e
}

// madeOf are the parts of allOf.
func (d *Document) madeOf(n *yaml.Node) []edge {
	var out []edge
	for i, part := range list(Get(n, "allOf")) {
		out = append(out, d.edge(part, "allOf", strconv.Itoa(i)))
	}
	return out
}

// holds are the members that a Go struct holds by value, and its parts.
func (d *Document) holds(n *yaml.Node) []edge {
	out := d.madeOf(n)
	properties := Get(n, "properties")
	for _, name := range list(Get(n, "required")) {
		property := d.Get(properties, name.Value)
		if property == nil {
			continue
		}
		target := d.Resolve(property)
		if isTrue(target, "nullable") || isTrue(target, "readOnly") || isTrue(target, "writeOnly") {
			continue // a pointer
		}
		out = append(out, d.edge(property, "properties", name.Value))
	}
	return out
}

// listOf are the items of a list.
func (d *Document) listOf(n *yaml.Node) []edge {
	items := Get(n, "items")
	if items == nil || items.Kind != yaml.MappingNode || Get(n, "properties") != nil {
		return nil
	}
	return []edge{d.edge(items, "items")}
}

func isTrue(n *yaml.Node, key string) bool { return Text(Get(n, key)) == "true" }

// pointer writes a path as a JSON pointer, in the form of a reference.
func pointer(path []string) string {
	var b strings.Builder
	b.WriteByte('#')
	for _, part := range path {
		b.WriteByte('/')
		b.WriteString(escapePointer.Replace(part))
	}
	return b.String()
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")
