package emit

import (
	"fmt"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// jsonEncoder writes the method that writes an object as JSON, its members in the
// order of their names.
func jsonEncoder(w *writer, s *shape.Struct) {
	w.line("\n// encodeJSON writes r, its secrets in clear.\nfunc (r *%s) encodeJSON(b *provider.Body) {\nb.Object()", s.Name)
	for _, f := range s.Fields {
		if f.Synthetic || f.ReadOnly {
			continue
		}
		expr := "r." + f.Name
		switch {
		case always(f, s):
			w.line("b.Name(%q)", f.Key)
			writeJSON(w, f.Type, value(f, s, expr), 0)
		case f.Required: // null says something else than nothing
			w.line("b.Name(%q)\nif %s {", f.Key, isSet(f, s, expr))
			writeJSON(w, f.Type, value(f, s, expr), 0)
			w.line("} else {\nb.Null()\n}")
		default:
			w.line("if %s {\nb.Name(%q)", isSet(f, s, expr), f.Key)
			writeJSON(w, f.Type, value(f, s, expr), 0)
			w.line("}")
		}
	}
	w.line("b.EndObject()\n}")
}

// writeJSON writes what writes one value.
func writeJSON(w *writer, t *shape.Type, x string, depth int) {
	switch t.Kind {
	case shape.Secret:
		w.line("b.Secret(%s)", x)
	case shape.Raw:
		w.line("b.Raw(%s)", x)
	case shape.Moment:
		w.line("b.Time(%s)", x)
	case shape.Expiry:
		w.line("b.Text(%s.String())", x)
	case shape.Bool:
		w.line("b.Bool(%s)", x)
	case shape.Int:
		w.line("b.Int(int64(%s))", x)
	case shape.Float:
		if t.Bits == 32 {
			w.line("b.Float32(%s)", x)
		} else {
			w.line("b.Float(%s)", x)
		}
	case shape.Enum:
		if t.Enum.IsNumber() {
			w.line("b.Int(int64(%s))", x)
		} else {
			w.line("b.Text(string(%s))", x)
		}
	case shape.List:
		w.line("b.Array()\nfor _, e%d := range %s {", depth, x)
		writeElement(w, t, depth)
		w.line("}\nb.EndArray()")
	case shape.Dict:
		w.line("b.Object()\nfor _, k%d := range slices.Sorted(maps.Keys(%s)) {\ne%d := %s[k%d]\nb.Name(k%d)", depth, x, depth, x, depth, depth)
		writeElement(w, t, depth)
		w.line("}\nb.EndObject()")
	case shape.Object:
		w.line("%s.encodeJSON(b)", x)
	default:
		w.line("b.Text(%s)", x)
	}
}

func writeElement(w *writer, t *shape.Type, depth int) {
	e := fmt.Sprintf("e%d", depth)
	if !t.PointerElement() {
		writeJSON(w, t.Elem, e, depth+1)
		return
	}
	w.line("if %s == nil {\nb.Null()\ncontinue\n}", e)
	if t.Elem.Kind != shape.Object {
		e = "*" + e
	}
	writeJSON(w, t.Elem, e, depth+1)
}

// formEncoder writes the method that writes an object as a form, its members in
// the order of their names. A list is a pair for each element, which is what
// OpenAPI has by default.
func formEncoder(w *writer, s *shape.Struct) {
	w.line("\n// encodeForm writes r, its secrets in clear.\nfunc (r *%s) encodeForm(b *provider.Body) {", s.Name)
	for _, f := range s.Fields {
		if f.Synthetic || f.ReadOnly {
			continue
		}
		expr := "r." + f.Name
		code := fmt.Sprintf("b.Pair(%q, %s)", f.Key, plain(f.Type, value(f, s, expr)))
		if f.Type.Kind == shape.List {
			code = fmt.Sprintf("for _, e := range %s {\nb.Pair(%q, %s)\n}", expr, f.Key, plain(f.Type.Elem, "e"))
		}
		if always(f, s) || f.Type.Kind == shape.List {
			w.line("%s", code)
		} else {
			w.line("if %s {\n%s\n}", isSet(f, s, expr), code)
		}
	}
	w.line("}")
}

// plain is a value as the text that a form or a parameter carries.
func plain(t *shape.Type, x string) string {
	switch t.Kind {
	case shape.Secret:
		return x + ".Reveal()"
	case shape.Moment:
		return x + ".Format(time.RFC3339Nano)"
	case shape.Bool:
		return "strconv.FormatBool(" + x + ")"
	case shape.Int:
		return "strconv.FormatInt(int64(" + x + "), 10)"
	case shape.Float:
		return fmt.Sprintf("strconv.FormatFloat(float64(%s), 'f', -1, %d)", x, t.Bits)
	case shape.Enum:
		if t.Enum.IsNumber() {
			return "strconv.FormatInt(int64(" + x + "), 10)"
		}
		return "string(" + x + ")"
	}
	return x
}
