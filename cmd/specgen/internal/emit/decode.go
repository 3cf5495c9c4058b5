package emit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// Decoders is the file of what reads answers, or "" if nothing is read.
func Decoders(name string, p *shape.Package) string {
	w := &writer{}
	some := false
	w.line("package %s", name)
	w.line(imports)
	for _, s := range p.Structs {
		if s.Read && !s.Whole {
			decoder(w, s)
			some = true
		}
	}
	for _, s := range p.Errors {
		errorDecoder(w, s)
	}
	if !some {
		return ""
	}
	return w.b.String()
}

// decoder writes the method that reads one object, which is open already. What it
// returns is a required member that was not there.
func decoder(w *writer, s *shape.Struct) {
	required := 0
	for _, f := range s.Fields {
		if isRequired(f) {
			required++
		}
	}
	w.line("\n// decode reads the members of an object that is open. missing is a required one\n// that was not there.")
	w.line("func (v *%s) decode(d *provider.Decoder) (missing string) {", s.Name)
	for _, f := range s.Fields {
		if text := initial(f, s); text != "" {
			w.line("v.%s = %s", f.Name, text)
		}
	}
	if required > 0 {
		w.line("var seen [%d]bool", required)
	}
	w.line("for d.Next() {")
	w.line("switch string(d.Name()) {")
	n := 0
	for _, f := range s.Fields {
		if f.Synthetic || f.WriteOnly {
			continue
		}
		w.line("case %q:", f.Key)
		then := ""
		if isRequired(f) {
			then = fmt.Sprintf("seen[%d] = true", n)
			n++
		}
		member(w, f, s, then)
	}
	w.line("default:")
	w.line("d.Unknown(%s)", keys(s))
	w.line("}\n}")
	if required > 0 {
		w.line("switch {")
		n = 0
		for _, f := range s.Fields {
			if isRequired(f) {
				w.line("case !seen[%d]:\nreturn %q", n, f.Key)
				n++
			}
		}
		w.line("}")
	}
	w.line("return \"\"\n}")
}

func isRequired(f *shape.Field) bool { return f.Required && !f.WriteOnly && !f.Synthetic }

// tells tells whether a member says that an answer is a refusal. One that cannot be
// read must not look like one that is not there.
func tells(f *shape.Field, s *shape.Struct) bool {
	return slices.ContainsFunc(s.Refused, func(r shape.Refusal) bool {
		return r.Field == f && r.When != "missing" && r.When != "not-bearer"
	})
}

// initial is what a member is before it is read, if that is not its zero value.
func initial(f *shape.Field, s *shape.Struct) string {
	switch {
	case f.Type.Kind == shape.Expiry && f.Type.Expires == "timestamp-or-never":
		return "grantway.NeverExpires()"
	case f.Default == nil || f.Pointer(s) || f.Required:
		return ""
	}
	switch f.Type.Kind {
	case shape.Bool, shape.Int, shape.Float:
		if text := fmt.Sprint(f.Default); text != "false" && text != "0" {
			return text
		}
	case shape.Text:
		if text, ok := f.Default.(string); ok && text != "" {
			return strconv.Quote(text)
		}
	case shape.Enum:
		if text, ok := f.Default.(string); ok && text != "" {
			return f.Type.Enum.Name + "(" + strconv.Quote(text) + ")"
		}
	}
	return ""
}

// member reads the value of one member into its field. then is what is done once
// it is read.
func member(w *writer, f *shape.Field, s *shape.Struct, then string) {
	d := "d"
	if isRequired(f) || tells(f, s) {
		d = "d.Strict()"
	}
	if isRequired(f) {
		if f.Type.Nullable && f.Type.Expires != "timestamp-or-never" {
			w.line("if d.Null() {\n%s\nbreak\n}", then)
		}
	}
	if f.Type.Kind == shape.Expiry && f.Type.Expires == "timestamp-or-never" { // what cannot be read is not never
		w.line("v.%s, _ = %s.TimestampOrNever()", f.Name, d)
		if then != "" {
			w.line("%s", then)
		}
		return
	}
	into := func(x string) string {
		if f.Pointer(s) {
			x = "&" + x
		}
		return strings.TrimSuffix(fmt.Sprintf("v.%s = %s\n%s", f.Name, x, then), "\n")
	}
	read(w, f.Type, d, 0, into)
}

// readers are the methods that read a value of each kind.
var readers = map[shape.Kind]string{
	shape.Text: "Text", shape.Moment: "Time", shape.Bool: "Bool", shape.Raw: "Raw",
}

// read writes what reads a value and hands it, as a variable, to into.
func read(w *writer, t *shape.Type, d string, depth int, into func(x string) string) {
	x := fmt.Sprintf("x%d", depth)
	switch t.Kind {
	case shape.List:
		w.line("if %s.OpenList() {\n%s := %s{}\nfor d.Element() {", d, x, t.Go())
		element(w, t, depth, func(e string) string { return fmt.Sprintf("%s = append(%s, %s)", x, x, e) })
		w.line("}\nif d.Close(\"\") {\n%s\n}\n}", into(x))
	case shape.Dict:
		w.line("if %s.Open() {\n%s := %s{}\nfor d.Next() {\nkey%d := string(d.Name())", d, x, t.Go(), depth)
		element(w, t, depth, func(e string) string { return fmt.Sprintf("%s[key%d] = %s", x, depth, e) })
		w.line("}\nif d.Close(\"\") {\n%s\n}\n}", into(x))
	case shape.Object:
		w.line("if %s.Open() {\nvar %s %s\nif d.Close(%s.decode(d)) {\n%s\n}\n}", d, x, t.Go(), x, into(x))
	default:
		got, convert := scalar(t), x
		if t.Kind == shape.Enum {
			convert = fmt.Sprintf("%s(%s)", t.Enum.Name, x)
		}
		text := into(convert)
		if strings.Contains(text, "&"+convert) && convert != x { // no address of a conversion
			text = fmt.Sprintf("e%d := %s\n%s", depth, convert, strings.ReplaceAll(text, "&"+convert, fmt.Sprintf("&e%d", depth)))
		}
		w.line("if %s, ok := %s.%s(); ok {\n%s\n}", x, d, got, text)
	}
}

// element reads what stands in a list or a map. A null is no value, unless the
// spec says that it is one.
func element(w *writer, t *shape.Type, depth int, add func(e string) string) {
	if t.PointerElement() {
		w.line("if d.Null() {\n%s\ncontinue\n}", add("nil"))
		read(w, t.Elem, "d", depth+1, func(x string) string { return add("&" + x) })
		return
	}
	read(w, t.Elem, "d", depth+1, add)
}

// scalar is the method that reads a value which has no parts.
func scalar(t *shape.Type) string {
	switch t.Kind {
	case shape.Secret:
		switch t.Charset {
		case "token68":
			return "Token68"
		case "visible":
			return "Visible"
		}
		return "Secret"
	case shape.Expiry:
		switch t.Expires {
		case "seconds":
			return "Lifetime"
		case "timestamp-or-never":
			return "TimestampOrNever"
		}
		return "Timestamp"
	case shape.Int:
		return "Int" + strconv.Itoa(t.Bits)
	case shape.Float:
		return "Float" + strconv.Itoa(t.Bits)
	case shape.Enum:
		if t.Enum.IsNumber() {
			return "Int64"
		}
		return "Text"
	}
	return readers[t.Kind]
}

// errorDecoder writes the function with which a provider package reads the body
// of an error.
func errorDecoder(w *writer, s *shape.Struct) {
	w.line("\n// %[2]s reads the body of an error. It returns false if body is no such object.\nfunc %[2]s(body []byte) (v %[1]s, ok bool) {", s.Name, s.Decoder)
	w.line("d := provider.DecodeBody(body)")
	w.line("if d.Open() {\nd.Close(v.decode(&d))\n}")
	w.line("if d.Err() != nil {\nreturn %s{}, false\n}\nreturn v, true\n}", s.Name)
}
