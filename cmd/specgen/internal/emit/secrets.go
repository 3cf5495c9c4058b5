package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// secrets are the last arguments of Client.Call: what a call carries and no error may
// repeat. Where all of it can be named, each is an argument, which costs no memory.
// Where some stands in a list, a map or behind a pointer, it writes what collects it.
func secrets(w *writer, op *shape.Operation, credentials []string) string {
	if named, all := names(op); all {
		if list := append(credentials, named...); len(list) > 0 {
			return ", " + strings.Join(list, ", ")
		}
		return ""
	}
	w.line("var secrets []grantway.Secret")
	if op.Params != nil && !op.Joined() && structHolds(op.Params, nil) {
		w.line("secrets = params.secrets(secrets)")
	}
	if op.Body != nil {
		collect(w, op.Body, "r", canBeNil(op), 0)
	}
	if len(credentials) > 0 {
		w.line("secrets = append(secrets, %s)", strings.Join(credentials, ", "))
	}
	return ", secrets..."
}

// names are the expressions of the secrets that an operation is given; all is false
// if there are others.
func names(op *shape.Operation) (list []string, all bool) {
	all = true
	add := func(t *shape.Type, x string, pointer bool) { all = all && name(t, x, pointer, &list) }
	if op.Params != nil {
		for _, f := range op.Params.Params {
			add(f.Type, paramsOf(op)+"."+f.Name, false)
		}
	}
	if op.Body != nil {
		add(op.Body, "r", canBeNil(op))
	}
	return list, all
}

func name(t *shape.Type, x string, pointer bool, list *[]string) bool {
	switch {
	case !holdsSecret(t, nil):
		return true
	case pointer:
		return false
	case t.Kind == shape.Secret, t.Kind == shape.Raw:
		*list = append(*list, x)
		return true
	case t.Kind != shape.Object:
		return false
	}
	for _, f := range t.Struct.Fields {
		if !name(f.Type, x+"."+f.Name, f.Pointer(t.Struct), list) {
			return false
		}
	}
	return true
}

// holdsSecret tells whether a secret can stand in a value. within are the structs on
// the way to it.
func holdsSecret(t *shape.Type, within []*shape.Struct) bool {
	switch t.Kind {
	case shape.Secret, shape.Raw:
		return true
	case shape.List, shape.Dict:
		return holdsSecret(t.Elem, within)
	case shape.Object:
		return structHolds(t.Struct, within)
	}
	return false
}

func structHolds(s *shape.Struct, within []*shape.Struct) bool {
	if slices.Contains(within, s) {
		return false
	}
	within = append(within, s)
	return slices.ContainsFunc(slices.Concat(s.Fields, s.Params), func(f *shape.Field) bool { return holdsSecret(f.Type, within) })
}

// listers are the structs that have a method which lists their secrets.
func listers(p *shape.Package) map[*shape.Struct]bool {
	found := map[*shape.Struct]bool{}
	var add func(s *shape.Struct)
	within := func(t *shape.Type) {
		for t.Kind == shape.List || t.Kind == shape.Dict {
			t = t.Elem
		}
		if t.Kind == shape.Object {
			add(t.Struct)
		}
	}
	add = func(s *shape.Struct) {
		if found[s] || !structHolds(s, nil) {
			return
		}
		found[s] = true
		for _, f := range s.Fields {
			within(f.Type)
		}
	}
	for _, op := range p.Operations {
		if _, all := names(op); all {
			continue
		}
		if op.Params != nil {
			add(op.Params)
		}
		if op.Body != nil {
			within(op.Body)
		}
	}
	return found
}

// lister writes the method that lists the secrets in a struct.
func lister(w *writer, s *shape.Struct) {
	w.line("\n// secrets appends the secrets in r to a list.\nfunc (r *%s) secrets(secrets []grantway.Secret) []grantway.Secret {", s.Name)
	for _, f := range slices.Concat(s.Fields, s.Params) {
		collect(w, f.Type, "r."+f.Name, f.Pointer(s), 0)
	}
	w.line("return secrets\n}")
}

// collect writes what appends the secrets in a value to the list.
func collect(w *writer, t *shape.Type, x string, pointer bool, depth int) {
	if !holdsSecret(t, nil) {
		return
	}
	switch t.Kind {
	case shape.List, shape.Dict:
		e := fmt.Sprintf("e%d", depth)
		w.line("for _, %s := range %s {", e, x)
		collect(w, t.Elem, e, t.PointerElement(), depth+1)
		w.line("}")
	case shape.Object:
		if pointer {
			w.line("if %s != nil {", x)
			defer w.line("}")
		}
		w.line("secrets = %s.secrets(secrets)", x)
	default:
		w.line("secrets = append(secrets, %s)", x)
	}
}
