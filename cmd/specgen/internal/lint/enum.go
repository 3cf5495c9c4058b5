package lint

import (
	"math"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// checkEnums reports one value of each enum that cannot become a constant of its
// schema's type.
func checkEnums(r *run) {
	r.doc.Walk(func(path []string, n *yaml.Node) {
		if enum := spec.Get(n, "enum"); enum != nil && enum.Kind == yaml.SequenceNode && !isServerVariable(path) {
			r.checkEnum(n, enum)
		}
		if r.partsWithEnum(n) > 1 {
			r.add(spec.Key(n, "allOf"), "two parts have an enum, and the generator takes all values of both: list those that both allow, in one part alone")
		}
	})
}

// isServerVariable tells whether a mapping is no schema: a variable of a server
// has an enum of text, and no type.
func isServerVariable(path []string) bool {
	return len(path) >= 4 && path[len(path)-2] == "variables" && path[len(path)-4] == "servers"
}

// partsWithEnum is how many of a schema itself and its parts restrict it to an
// enum.
func (r *run) partsWithEnum(n *yaml.Node) int {
	allOf := spec.Get(n, "allOf")
	if allOf == nil {
		return 0
	}
	count := 0
	if spec.Get(n, "enum") != nil {
		count++
	}
	for _, part := range allOf.Content {
		for _, p := range r.parts(part) {
			if spec.Get(p, "enum") != nil {
				count++
				break
			}
		}
	}
	return count
}

func (r *run) checkEnum(schema, enum *yaml.Node) {
	kind := r.typeOf(schema)
	for _, part := range r.parts(schema) {
		if kind == "" && spec.Get(part, "properties") != nil {
			kind = "object"
		}
	}
	if kind == "array" || kind == "object" {
		r.add(spec.Key(schema, "enum"), "the enum is on type %s, of which the generator makes no constants: put it on the items or the members", kind)
		return
	}
	nullable := kind != "" && spec.Text(spec.Get(schema, "nullable")) == "true"
	if kind == "" {
		if kind = commonType(enum.Content); kind == "" {
			r.add(spec.Key(schema, "enum"), "the schema has no type, and the values of the enum have none in common that a constant can have: give it one, and values of that alone")
			return
		}
	}
	format := spec.Text(spec.Get(schema, "format"))
	values := 0
	for _, v := range enum.Content {
		if v.Tag == "!!null" {
			if !nullable {
				r.add(v, "null is no value of this enum: write `nullable: true` beside its type, or take it out")
				return
			}
			continue
		}
		values++
		if fault := enumFault(v, kind, format); fault != "" {
			r.add(v, "the value %q of the enum %s", v.Value, fault)
			return
		}
	}
	if values == 0 {
		r.add(spec.Key(schema, "enum"), "the enum allows nothing: list its values, or take it out")
	}
}

// enumFault is what is wrong with a value that is not null, and what to do, or "".
func enumFault(v *yaml.Node, kind, format string) string {
	is := scalarType(v)
	switch {
	case is == "":
		return "is no text, number or boolean, and becomes no constant: say it in the description"
	case kind == "string" && is != "string":
		return "is " + inWords[is] + ", and the type is string: put it in quotes if the provider sends text, or mend the type"
	case kind == "string" && strings.ContainsAny(v.Value, "\n\r"):
		return "has a line break, of which the generator makes no constant: say it in the description"
	case kind == "integer" && is == "number", kind != is && (kind != "number" || is != "integer"):
		return "is " + inWords[is] + ", and the type is " + kind + ": correct one of the two"
	case is == "integer" && !exact(v):
		return "is more than a number of JSON holds (2^53): make it text if the provider sends text, or say it in the description"
	case kind == "integer" && !inRange(v, format):
		return "is not within " + format + ": correct one of the two"
	}
	return ""
}

// inWords is what a value of a type is.
var inWords = map[string]string{"string": "text", "boolean": "true or false", "integer": "a number", "number": "a number with a fraction"}

// commonType is the type that all values have, or "". null has none.
func commonType(values []*yaml.Node) string {
	common := ""
	for _, v := range values {
		if v.Tag == "!!null" {
			continue
		}
		switch kind := scalarType(v); {
		case common == "", common == "integer" && kind == "number":
			common = kind
		case common == "number" && kind == "integer":
		case kind != common:
			return ""
		}
	}
	return common
}

// scalarType is the type of a value as OpenAPI calls it, or "". 1.0 is an integer
// there.
func scalarType(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return ""
	}
	switch n.Tag {
	case "!!str", "!!timestamp":
		return "string"
	case "!!bool":
		return "boolean"
	case "!!int", "!!float":
		if f := number(n); f == math.Trunc(f) {
			return "integer"
		}
		return "number"
	}
	return ""
}

// number is the value of a number, which the reader of the document has seen to
// be one.
func number(n *yaml.Node) float64 {
	var f float64
	_ = n.Decode(&f) // it is a number
	return f
}

// exact tells whether a float64 holds a number and none beside it.
func exact(n *yaml.Node) bool {
	const most = 1 << 53
	var i int64
	if n.Tag == "!!int" && n.Decode(&i) == nil {
		return -most <= i && i <= most
	}
	return math.Abs(number(n)) <= most
}

// inRange tells whether Go's type of a format holds a number; those of 64 bits
// hold all that are exact.
func inRange(n *yaml.Node, format string) bool {
	low, high := -math.MaxFloat64, math.MaxFloat64
	switch format {
	case "int8":
		low, high = math.MinInt8, math.MaxInt8
	case "int16":
		low, high = math.MinInt16, math.MaxInt16
	case "int32":
		low, high = math.MinInt32, math.MaxInt32
	case "uint8":
		low, high = 0, math.MaxUint8
	case "uint16":
		low, high = 0, math.MaxUint16
	case "uint32":
		low, high = 0, math.MaxUint32
	case "uint", "uint64":
		low = 0
	}
	f := number(n)
	return low <= f && f <= high
}
