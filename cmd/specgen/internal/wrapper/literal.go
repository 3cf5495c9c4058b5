package wrapper

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// literal is Go of a value of the spec's examples. ok is false for what has none:
// a date, or JSON of any shape.
type literal struct {
	api    string
	secret func(key, value string) string // the expression of a credential
	ok     bool
}

func (l *literal) fail() string { l.ok = false; return "nil" }

func (l *literal) object(s *shape.Struct, value any, params map[string]any) string {
	members, isObject := value.(map[string]any)
	if !isObject {
		return l.fail()
	}
	var list []string
	for _, f := range slices.Concat(s.Fields, s.Params) {
		v, there := members[f.Key]
		if f.In != "" {
			v, there = params[f.Key]
		}
		if !there || v == nil || f.Synthetic {
			continue
		}
		x := l.value(f.Key, f.Type, v)
		if f.Pointer(s) {
			switch f.Type.Kind {
			case shape.Object:
				x = "&" + x
			case shape.Text:
				x = "ptr(" + x + ")"
			default:
				x = "ptr(" + f.Type.Go() + "(" + x + "))"
				if f.Type.Kind == shape.Enum {
					x = strings.Replace(x, f.Type.Go(), l.api+"."+f.Type.Go(), 1)
				}
			}
		}
		list = append(list, f.Name+": "+x)
	}
	for key := range members { // what the schema does not have cannot be sent
		if !slices.ContainsFunc(s.Fields, func(f *shape.Field) bool { return f.Key == key }) {
			l.ok = false
		}
	}
	return l.api + "." + s.Name + "{" + strings.Join(list, ", ") + "}"
}

func (l *literal) value(key string, t *shape.Type, v any) string {
	switch t.Kind {
	case shape.Secret:
		text, isText := v.(string)
		if !isText {
			return l.fail()
		}
		return l.secret(key, text)
	case shape.Text:
		text, isText := v.(string)
		if !isText {
			return l.fail()
		}
		return strconv.Quote(text)
	case shape.Enum:
		if text, isText := v.(string); isText {
			return strconv.Quote(text)
		}
		return show(v)
	case shape.Bool, shape.Int, shape.Float:
		return show(v)
	case shape.Object:
		return l.object(t.Struct, v, nil)
	case shape.List:
		items, isList := v.([]any)
		if !isList || t.PointerElement() {
			return l.fail()
		}
		var list []string
		for _, item := range items {
			list = append(list, l.value(key, t.Elem, item))
		}
		return l.typ(t) + "{" + strings.Join(list, ", ") + "}"
	case shape.Dict:
		members, isMap := v.(map[string]any)
		if !isMap || t.PointerElement() {
			return l.fail()
		}
		var list []string
		for _, name := range slices.Sorted(maps.Keys(members)) {
			list = append(list, strconv.Quote(name)+": "+l.value(name, t.Elem, members[name]))
		}
		return l.typ(t) + "{" + strings.Join(list, ", ") + "}"
	}
	return l.fail()
}

// typ is the type as another package names it.
func (l *literal) typ(t *shape.Type) string {
	switch t.Kind {
	case shape.List:
		return "[]" + l.typ(t.Elem)
	case shape.Dict:
		return "map[string]" + l.typ(t.Elem)
	case shape.Object, shape.Enum:
		return l.api + "." + t.Go()
	}
	return t.Go()
}

// call is Go that makes the generated call of an example, or "" if the example
// cannot be said in Go. client is the expression of the generated client, and
// given that of the credential which is given with the call.
func (p *Provider) call(o *Operation, e Example, client, ctx, given string, secret func(key, value string) string) string {
	l := &literal{api: p.Name + "api", secret: secret, ok: true}
	args := []string{ctx}
	for _, a := range o.Auth {
		if !a.Client {
			args = append(args, given)
		}
	}
	values := map[string]any{}
	if o.Params != nil {
		for _, f := range o.Params.Params {
			if v, there := o.parameter(f); there {
				values[f.Key] = v
			}
		}
	}
	if o.Params != nil && !o.Joined() {
		args = append(args, l.object(o.Params, map[string]any{}, values))
	}
	switch {
	case o.NoBody():
	case o.Body.Kind == shape.Object:
		args = append(args, reference(o)+l.object(o.Body.Struct, e.Value, values))
	default:
		args = append(args, l.value("", o.Body, e.Value))
	}
	if !l.ok {
		return ""
	}
	return client + "." + o.Name + "(" + strings.Join(args, ", ") + ")"
}

// parameter is the value that a fixture has for a parameter: of an optional one
// only if the spec has an example.
func (o *Operation) parameter(f *shape.Field) (any, bool) {
	v, there := exampleOf(f)
	if !there && f.Required {
		return parameter(f), true
	}
	return v, there
}
