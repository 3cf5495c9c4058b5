package emit

import (
	"fmt"
	"math"
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
		numberLimits(t, x, bad, call)
	case shape.Float:
		bad(fmt.Sprintf("%s != %s || %s-%s != 0", x, x, x, x), "is no number that can be sent")
		numberLimits(t, x, bad, call)
	case shape.List, shape.Dict:
		count(t, x, bad)
		if same := sameElement(t, x); same != "" {
			w.line("for i := range %s {\nfor j := range i {\nif %s {\nreturn %s, \"has an element twice\"\n}\n}\n}", x, same, field)
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

func numberLimits(t *shape.Type, x string, bad, call func(a, b string)) {
	s := t.Schema
	bound := func(v float64, exclusive openapi3.ExclusiveBound, operator, beyond, at string) {
		reason := "is " + beyond + " than "
		if exclusive.IsTrue() {
			operator, reason = operator+"=", "is not "+at+" than "
		}
		left, right := compared(t, x, v)
		bad(left+" "+operator+" "+right, reason+right)
	}
	if s.Min != nil {
		bound(*s.Min, s.ExclusiveMin, "<", "less", "more")
	}
	if s.Max != nil {
		bound(*s.Max, s.ExclusiveMax, ">", "more", "less")
	}
	if s.MultipleOf != nil {
		call("BadMultiple", fmt.Sprintf("%s, %q", plain(t, x), decimal(*s.MultipleOf)))
	}
}

// compared are a number and a limit of it as Go compares them. A limit that the
// number's type cannot hold makes both a float64.
func compared(t *shape.Type, x string, v float64) (left, right string) {
	isInside := math.Abs(v) <= math.MaxFloat32
	if t.Kind == shape.Int {
		isInside = v == math.Trunc(v) && math.Abs(v) <= math.MaxInt32
	}
	if t.Bits == 64 && t.Kind == shape.Float || isInside {
		return x, decimal(v)
	}
	return "float64(" + x + ")", decimal(v)
}

func decimal(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) <= 1<<53 {
		return strconv.FormatInt(int64(v), 10)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// sameElement is what is true if two elements of a list are the same, or "" if they
// may be. Lists, maps and objects are left to the provider.
func sameElement(t *shape.Type, x string) string {
	if t.Kind != shape.List || !t.Schema.UniqueItems || t.PointerElement() {
		return ""
	}
	switch t.Elem.Kind {
	case shape.Text, shape.Int, shape.Float, shape.Bool, shape.Enum:
		return x + "[i] == " + x + "[j]"
	case shape.Secret:
		return x + "[i].Reveal() == " + x + "[j].Reveal()"
	case shape.Moment:
		return x + "[i].Equal(" + x + "[j])"
	}
	return ""
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
