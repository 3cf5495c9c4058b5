package emit

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// checker writes the method that holds what is sent against the spec.
func checker(w *writer, s *shape.Struct) {
	w.line("\n// check says which field cannot be sent, and why.\nfunc (r *%s) check() (field, reason string) {", s.Name)
	for _, f := range slices.Concat(s.Fields, s.Params) {
		if f.Synthetic || f.ReadOnly {
			continue
		}
		expr := "r." + f.Name
		inner := &writer{}
		val := value(f, s, expr)
		if f.Pointer(s) && f.Type.Kind != shape.Object {
			val = "(" + val + ")"
		}
		limits(inner, f.Type, val, strconv.Quote(f.Name), f.Required, f.In, 0)
		if inner.b.Len() == 0 && !(f.Required && f.Pointer(s) && !f.Type.Nullable) {
			continue
		}
		switch {
		case f.Required && f.Pointer(s) && !f.Type.Nullable:
			w.line("if %s == nil {\nreturn %q, \"is missing\"\n}", expr, f.Name)
			w.b.WriteString(inner.b.String())
		case always(f, s):
			w.b.WriteString(inner.b.String())
		default:
			w.line("if %s {", isSet(f, s, expr))
			w.b.WriteString(inner.b.String())
			w.line("}")
		}
	}
	w.line("return \"\", \"\"\n}")
}

// limits writes what a value is held against. field is a Go expression for its
// name.
func limits(w *writer, t *shape.Type, x, field string, required bool, in string, depth int) {
	bad := func(condition, reason string) {
		w.line("if %s {\nreturn %s, %q\n}", condition, field, reason)
	}
	call := func(function, args string) {
		w.line("if reason := provider.%s(%s); reason != \"\" {\nreturn %s, reason\n}", function, args, field)
	}
	s := t.Schema
	switch t.Kind {
	case shape.Text:
		textLimits(t, x, required, in, call)
	case shape.Secret:
		secretLimits(t, x, required, in, bad, call)
	case shape.Enum:
		bad("!"+x+".Valid()", "is none of the values that the spec lists")
	case shape.Raw:
		if required {
			bad(x+".IsZero()", "is empty")
		}
		call("BadJSON", x)
	case shape.Int:
		numberLimits(s, x, func(v float64) string { return strconv.FormatInt(int64(v), 10) }, bad)
		if s.MultipleOf != nil && *s.MultipleOf >= 1 {
			bad(fmt.Sprintf("%s%%%d != 0", x, int64(*s.MultipleOf)), fmt.Sprintf("is no multiple of %d", int64(*s.MultipleOf)))
		}
	case shape.Float:
		bad(fmt.Sprintf("%s != %s || %s-%s != 0", x, x, x, x), "is no number that can be sent")
		numberLimits(s, x, func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }, bad)
	case shape.List, shape.Dict:
		count(t, x, bad)
		if t.Kind == shape.List && s.UniqueItems && t.Elem.Kind == shape.Text {
			w.line("for i := range %s {\nfor j := range i {\nif %s[i] == %s[j] {\nreturn %s, \"has an element twice\"\n}\n}\n}", x, x, x, field)
		}
		inner := &writer{}
		e := fmt.Sprintf("e%d", depth)
		elem := e
		if t.PointerElement() && t.Elem.Kind != shape.Object {
			elem = "(*" + e + ")"
		}
		limits(inner, t.Elem, elem, field, true, in, depth+1)
		if inner.b.Len() > 0 {
			w.line("for _, %s := range %s {", e, x)
			if t.PointerElement() {
				w.line("if %s == nil {\ncontinue\n}", e)
			}
			w.b.WriteString(inner.b.String())
			w.line("}")
		}
	case shape.Object:
		w.line("if inner, reason := %s.check(); reason != \"\" {\nreturn %s + \".\" + inner, reason\n}", x, field)
	}
}

func textLimits(t *shape.Type, x string, required bool, in string, call func(function, args string)) {
	s := t.Schema
	charset := t.Charset
	if charset == "" && (in == "header" || in == "path" && required) {
		charset = "text" // a header cannot carry a line break, nor a path nothing
	}
	switch charset {
	case "text":
		call("BadText", x)
	case "credential":
		call("BadSecret", "grantway.NewSecret("+x+")")
	case "token68":
		call("BadAccessToken", "grantway.NewSecret("+x+")")
	}
	pattern := s.Pattern
	if charset == "visible" && pattern == "" {
		pattern = "^[!-~]*$"
	}
	if charset != "text" || hasLimits(s) || pattern != "" {
		call("BadString", fmt.Sprintf("%s, %d, %d, %q", x, s.MinLength, most(s.MaxLength), pattern))
	}
	if in == "path" {
		call("BadPathValue", x)
	}
}

func secretLimits(t *shape.Type, x string, required bool, in string, bad, call func(a, b string)) {
	s := t.Schema
	switch t.Charset {
	case "token68":
		call("BadAccessToken", x)
	case "credential", "visible", "text":
		call("BadSecret", x)
	default:
		if required {
			bad(x+".IsZero()", "is empty")
		}
	}
	if hasLimits(s) || t.Charset == "" {
		call("BadString", fmt.Sprintf("%s.Reveal(), %d, %d, %q", x, s.MinLength, most(s.MaxLength), s.Pattern))
	}
	switch in {
	case "path":
		call("BadPathValue", x+".Reveal()")
	case "header":
		call("BadText", x+".Reveal()")
	}
}

func hasLimits(s *openapi3.Schema) bool {
	return s.MinLength > 0 || s.MaxLength != nil || s.Pattern != ""
}

func most(n *uint64) int64 {
	if n == nil || *n > 1<<40 {
		return -1
	}
	return int64(*n)
}

func numberLimits(s *openapi3.Schema, x string, text func(float64) string, bad func(condition, reason string)) {
	if s.Min != nil {
		if s.ExclusiveMin.Bool != nil && *s.ExclusiveMin.Bool {
			bad(x+" <= "+text(*s.Min), "is not more than "+text(*s.Min))
		} else {
			bad(x+" < "+text(*s.Min), "is less than "+text(*s.Min))
		}
	}
	if s.Max != nil {
		if s.ExclusiveMax.Bool != nil && *s.ExclusiveMax.Bool {
			bad(x+" >= "+text(*s.Max), "is not less than "+text(*s.Max))
		} else {
			bad(x+" > "+text(*s.Max), "is more than "+text(*s.Max))
		}
	}
}

// count holds the number of elements against the spec.
func count(t *shape.Type, x string, bad func(condition, reason string)) {
	least, greatest, what := t.Schema.MinItems, t.Schema.MaxItems, "elements"
	if t.Kind == shape.Dict {
		least, greatest, what = t.Schema.MinProps, t.Schema.MaxProps, "members"
	}
	if least > 0 {
		bad(fmt.Sprintf("len(%s) < %d", x, least), fmt.Sprintf("has fewer than %d %s", least, what))
	}
	if greatest != nil {
		bad(fmt.Sprintf("len(%s) > %d", x, *greatest), fmt.Sprintf("has more than %d %s", *greatest, what))
	}
}
