package spec

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// checkWeight refuses a spec that is small and would become enormous: allOf
// parts that double at each step, an answer that a thousand operations share
// and that is written out for each, names that are made of all names above them.
func (d *Document) checkWeight() []finding.Finding {
	switch total, at, heaviest := d.weigh(); {
	case total <= MaxCode:
		return nil
	case heaviest < total/10:
		return []finding.Finding{d.Finding(nil, "SPEC-SIZE",
			"the spec would become about %s of Go, at most %s are made: split the API into several specs", megabytes(total), megabytes(MaxCode))}
	default:
		return []finding.Finding{d.Finding(at, "SPEC-SIZE",
			"the spec would become about %s of Go, at most %s are made; this is the largest part, with %s: share less, or split the API into several specs",
			megabytes(total), megabytes(MaxCode), megabytes(heaviest))}
	}
}

// weigh estimates the size of the code, and finds the largest part.
func (d *Document) weigh() (total float64, at *yaml.Node, heaviest float64) {
	w := weigher{doc: d, known: map[*yaml.Node]weight{}}
	add := func(where *yaml.Node, size float64) {
		if total += size; size > heaviest {
			heaviest, at = size, where
		}
	}
	for path, item := range Pairs(Get(d.Root, "paths")) {
		shared := w.parameters(Get(item, "parameters"))
		for method, op := range Pairs(item) {
			if IsMethod(method.Value) {
				name := len(Text(Get(op, "operationId")))
				size := w.operation(op).plus(shared)
				add(method, size.of(name)+1_200+float64(len(path.Value)+12*name))
			}
		}
	}
	for section, components := range Pairs(Get(d.Root, "components")) {
		for name, component := range Pairs(components) {
			add(name, w.part(section.Value, component).of(len(name.Value)))
		}
	}
	return total, at, heaviest
}

// weight is the size of code as a function of the length of the name that it is
// made under: each type inside carries that name in front of its own.
type weight struct{ fixed, names float64 }

func (a weight) of(name int) float64 { return a.fixed + a.names*float64(name) }

func (a weight) plus(b weight) weight { return weight{a.fixed + b.fixed, a.names + b.names} }

// under is the weight of something inside a thing whose name it carries.
func (a weight) under(name int) weight { return weight{a.fixed + a.names*float64(name), a.names} }

type weigher struct {
	doc   *Document
	known map[*yaml.Node]weight
}

// once weighs a node the first time, so that a shared part costs nothing to
// weigh again. A node inside itself weighs nothing there; checkCycles has
// refused what the generator would follow for ever.
func (w *weigher) once(n *yaml.Node, size func(*yaml.Node) weight) weight {
	if n = w.doc.Resolve(n); n == nil {
		return weight{}
	}
	if known, ok := w.known[n]; ok {
		return known
	}
	w.known[n] = weight{}
	got := size(n)
	w.known[n] = got
	return got
}

// part weighs a component.
func (w *weigher) part(section string, n *yaml.Node) weight {
	switch section {
	case "schemas":
		return w.once(n, w.schema)
	case "parameters", "headers":
		return w.once(n, w.parameter)
	case "responses", "requestBodies":
		return w.once(n, w.body)
	}
	return weight{}
}

func (w *weigher) operation(op *yaml.Node) weight {
	sum := w.parameters(Get(op, "parameters")).plus(w.once(Get(op, "requestBody"), w.body))
	for _, response := range Pairs(Get(op, "responses")) {
		sum = sum.plus(w.once(response, w.body))
	}
	return sum
}

func (w *weigher) parameters(list *yaml.Node) (sum weight) {
	if list == nil || list.Kind != yaml.SequenceNode {
		return sum
	}
	for _, n := range list.Content {
		sum = sum.plus(w.once(n, w.parameter))
	}
	return sum
}

func (w *weigher) parameter(n *yaml.Node) weight {
	name := len(Text(Get(n, "name")))
	sum := weight{700 + 6*float64(name) + w.text(n), 1}
	return sum.plus(w.inline(Get(n, "schema"), name)).plus(w.body(n))
}

// body weighs what is below `content`. Each media type is a method of its own.
func (w *weigher) body(n *yaml.Node) weight {
	sum := weight{}
	for _, media := range Pairs(Get(n, "content")) {
		sum = sum.plus(weight{800, 12}).plus(w.inline(Get(media, "schema"), 10))
	}
	for _, header := range Pairs(Get(n, "headers")) {
		sum = sum.plus(w.once(header, w.parameter))
	}
	return sum
}

// inline weighs a schema in its place: a reference is a name and no more.
func (w *weigher) inline(n *yaml.Node, name int) weight {
	if ref := Get(n, "$ref"); ref != nil {
		return weight{float64(len(ref.Value)), 0}
	}
	return w.once(n, w.schema).under(name)
}

func (w *weigher) schema(n *yaml.Node) weight {
	sum := weight{40 + w.text(n), 1}
	properties := Get(n, "properties")
	for name, property := range Pairs(properties) {
		size := float64(50 + 3*len(name.Value))
		sum = sum.plus(weight{size, 0}).plus(w.inline(property, len(name.Value)))
	}
	if enum := Get(n, "enum"); enum != nil {
		sum = sum.plus(weight{200, 6})
		for _, value := range enum.Content {
			sum = sum.plus(weight{40 + 3*float64(len(value.Value)), 3})
		}
	}
	// The parts of allOf are put together into a type of its own.
	for _, part := range list(Get(n, "allOf")) {
		sum = sum.plus(w.once(part, w.schema))
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		for _, alternative := range list(Get(n, key)) {
			sum = sum.plus(weight{1_200, 10}).plus(w.inline(alternative, 2))
		}
	}
	if items := Get(n, "items"); items != nil {
		sum = sum.plus(w.inline(items, 5))
	}
	if more := Get(n, "additionalProperties"); more != nil && more.Kind == yaml.MappingNode {
		sum = sum.plus(weight{60, 1}).plus(w.inline(more, 20))
		if properties != nil {
			// Such a type reads and writes JSON by itself.
			sum = sum.plus(weight{1_500 + 250*float64(len(properties.Content)), 12})
		}
	}
	return sum
}

// text is what a description adds: each of its lines begins with slashes.
func (w *weigher) text(n *yaml.Node) float64 {
	description := Text(Get(n, "description"))
	return float64(len(description) + 4*strings.Count(description, "\n"))
}

func list(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

func megabytes(size float64) string {
	switch mb := size / (1 << 20); {
	case math.IsInf(mb, 0) || mb >= 1_000_000:
		return "a million MiB or more"
	case mb < 10:
		return trimZero(mb, 1)
	default:
		return trimZero(mb, 0)
	}
}

func trimZero(mb float64, digits int) string {
	return strings.TrimSuffix(strconv.FormatFloat(mb, 'f', digits, 64), ".0") + " MiB"
}
