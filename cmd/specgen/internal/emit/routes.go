package emit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// Routes is the one file of the package for a fake: the operations and what the
// spec says of their requests, as data. Package fakeauth of the root module reads
// it; nothing is decided here.
func Routes(name, title, spec string, p *shape.Package) string {
	w := &writer{}
	w.line("// Package %s is what specgen makes of %s (%s) for the fake of it:\n// the operations, and what the spec says of their requests.\n//", name, printable(spec), printable(title))
	w.line("// What the fake does with a request that keeps the rules, and what it answers to one\n// that does not, is the fake's own.\npackage %s\n", name)
	w.line("import \"github.com/grantway/grantway/internal/fakeauth\"\n")
	w.line("// Handlers answer the requests that keep the rules of the spec.\ntype Handlers struct {")
	for _, op := range p.Operations {
		w.line("%s func(fakeauth.Call) fakeauth.Answer // %s %s", op.Name, op.Method, printable(op.Path))
	}
	w.line("}\n")
	w.line("// Credentials judge the credentials that stand where and how the spec has them. Nil\n// takes any.\ntype Credentials struct {")
	for _, s := range p.Schemes {
		w.line("%s func(fakeauth.Call) *fakeauth.Answer", s.Name)
	}
	w.line("}\n")
	w.line("// Routes are the operations in the order of the spec.\nfunc Routes(h Handlers, c Credentials) []fakeauth.Route {\nreturn []fakeauth.Route{")
	for _, op := range p.Operations {
		route(w, op)
	}
	w.line("}\n}")
	return w.b.String()
}

// route writes one operation.
func route(w *writer, op *shape.Operation) {
	w.b.WriteString("{")
	options(w, []option{
		{"Name", quoted(op.ID)}, {"Method", quoted(op.Method)}, {"Path", quoted(op.Path)},
		{"ContentType", quoted(op.BodyType)}, {"Query", flag(hasQuery(op))}, {"Handle", "h." + op.Name},
	})
	w.line(", Rules: &fakeauth.Rules{")
	if len(op.Auth) > 0 {
		w.line("Credentials: []fakeauth.Scheme{")
		for _, s := range givenFirst(op.Auth) {
			w.b.WriteString("{")
			options(w, []option{
				{"Name", quoted(s.Key)}, {"Header", quoted(s.Header)}, {"Query", quoted(s.Query)},
				{"Before", quoted(s.Before)}, {"After", quoted(s.After)},
				{"Basic", flag(s.Basic)}, {"FormEncoded", flag(s.FormEncoded)}, {"Check", "c." + s.Name},
			})
			w.line("},")
		}
		w.line("},")
	}
	var members []*shape.Field
	open, anyJSON := false, false
	if op.Body != nil {
		if open = isOpen(op.Body); op.Body.Kind == shape.Object {
			members = op.Body.Struct.Fields
		} else {
			anyJSON = true
		}
	}
	for _, o := range []option{
		{"Optional", flag(op.AuthOptional)}, {"Open", flag(open)}, {"AnyJSON", flag(anyJSON)},
		{"BodyOptional", flag(op.Body != nil && !op.BodyRequired)},
	} {
		if o.value != "" {
			w.line("%s: %s,", o.name, o.value)
		}
	}
	if op.Params != nil {
		ruleList(w, "Parameters", op.Params.Params)
	}
	ruleList(w, "Body", members)
	w.line("}},")
}

// givenFirst is a list of credentials in which the token that is given with the call
// comes first: that is the one which a handler sees.
func givenFirst(list []shape.Credential) []shape.Credential {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b shape.Credential) int {
		switch {
		case a.Client == b.Client:
			return 0
		case b.Client:
			return -1
		}
		return 1
	})
	return list
}

// option is a field of a struct and its value; an empty one is left out.
type option struct{ name, value string }

func options(w *writer, list []option) {
	separator := ""
	for _, o := range list {
		if o.value != "" {
			w.b.WriteString(separator + o.name + ": " + o.value)
			separator = ", "
		}
	}
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return strconv.Quote(s)
}

func flag(b bool) string {
	if b {
		return "true"
	}
	return ""
}

func number[N int | uint64](n N) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func hasQuery(op *shape.Operation) bool {
	for _, s := range op.Auth {
		if s.Query != "" {
			return true
		}
	}
	if op.Params != nil {
		for _, f := range op.Params.Params {
			if f.In == "query" {
				return true
			}
		}
	}
	return false
}

// isOpen tells whether a spec declares members that it does not name.
func isOpen(t *shape.Type) bool {
	more := t.Schema.AdditionalProperties
	return more.Schema != nil || more.Has != nil && *more.Has
}

// ruleList writes what is said of members or parameters.
func ruleList(w *writer, name string, fields []*shape.Field) {
	started := false
	for _, f := range fields {
		if f.Synthetic || f.ReadOnly {
			continue
		}
		if !started {
			w.line("%s: []fakeauth.Field{", name)
			started = true
		}
		w.b.WriteString("{")
		options(w, rule(f))
		w.line("},")
	}
	if started {
		w.line("},")
	}
}

// rule is what the spec says of one value. Of a list, it is about the elements.
func rule(f *shape.Field) []option {
	t, list := f.Type, false
	if t.Kind == shape.List {
		list, t = true, t.Elem
	}
	out := []option{{"Name", quoted(f.Key)}, {"In", quoted(f.In)}, {"List", flag(list)},
		{"Required", flag(f.Required)}, {"Nullable", flag(f.Type.Nullable)}}
	if kind := kindOf(t); kind != "" {
		return append(out, option{"Kind", "fakeauth." + kind})
	}
	out = append(out, option{"Least", number(t.Schema.MinLength)}, option{"Pattern", quoted(t.Schema.Pattern)})
	if t.Schema.MaxLength != nil {
		out = append(out, option{"Most", number(*t.Schema.MaxLength)})
	}
	var values []string
	for _, v := range t.Schema.Enum {
		if s, ok := v.(string); ok {
			values = append(values, strconv.Quote(s))
		}
	}
	if len(values) > 0 {
		out = append(out, option{"OneOf", "[]string{" + strings.Join(values, ", ") + "}"})
	}
	return out
}

// kindOf is the kind of a value on the wire; empty for a text.
func kindOf(t *shape.Type) string {
	switch t.Kind {
	case shape.List, shape.Dict, shape.Object, shape.Raw:
		return "KindAny"
	}
	switch s := t.Schema; {
	case s.Type.Is("boolean"):
		return "KindFlag"
	case s.Type.Is("integer"):
		return "KindWhole"
	case s.Type.Is("number"):
		return "KindNumber"
	}
	return ""
}
