package emit

import (
	"fmt"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// params writes what puts the parameters of a call into its request, styled by
// the generator's runtime.
func params(w *writer, op *shape.Operation) {
	s, r := op.Params, paramsOf(op)
	for i, f := range s.Params {
		if f.In == "path" {
			styled(w, f, s, r, fmt.Sprintf("path%d", i), op)
		}
	}
	path := pathOf(op)
	if path != "" {
		w.line("request.Path = %s", path)
	}
	for i, f := range s.Params {
		if f.In == "path" {
			continue
		}
		x := r + "." + f.Name
		if !always(f, s) {
			w.line("if %s {", isSet(f, s, x))
		}
		name := fmt.Sprintf("%s%d", f.In, i)
		styled(w, f, s, r, name, op)
		if f.In == "header" {
			w.line("request.Headers = append(request.Headers, [2]string{%q, %s})", textproto.CanonicalMIMEHeaderKey(f.Key), name)
		} else {
			query(w, name)
		}
		if !always(f, s) {
			w.line("}")
		}
	}
}

// query writes what puts one more pair into the query of a request.
func query(w *writer, pair string) {
	w.line("if request.Query != \"\" {\nrequest.Query += \"&\"\n}\nrequest.Query += %s", pair)
}

// styled writes what makes text of a parameter, by the defaults of OpenAPI 3.0.3
// for its place: style simple in paths and headers, form in queries, and explode
// for form alone.
func styled(w *writer, f *shape.Field, s *shape.Struct, r, name string, op *shape.Operation) {
	style, where := "simple", map[string]string{"path": "Path", "header": "Header", "query": "Query"}[f.In]
	if f.In == "query" {
		style = openapi3.SerializationForm
	}
	if f.Param.Style != "" {
		style = f.Param.Style
	}
	explode := style == openapi3.SerializationForm
	if f.Param.Explode != nil {
		explode = *f.Param.Explode
	}
	x := value(f, s, r+"."+f.Name)
	switch f.Type.Kind {
	case shape.List:
		w.line("list%s := make([]string, 0, len(%s))\nfor _, e := range %s {\nlist%s = append(list%s, %s)\n}", name, x, x, name, name, plain(f.Type.Elem, "e"))
		x = "list" + name
	case shape.Dict:
		w.line("dict%s := make(map[string]string, len(%s))\nfor k, e := range %s {\ndict%s[k] = %s\n}", name, x, x, name, plain(f.Type.Elem, "e"))
		x = "dict" + name
	default:
		x = plain(f.Type, x)
	}
	w.line("%s, err := runtime.StyleParamWithOptions(%q, %t, %q, %s, runtime.StyleParamOptions{ParamLocation: runtime.ParamLocation%s})\nif err != nil {\n%s\n}",
		name, style, explode, f.Key, x, where, invalid(op, strconv.Quote(f.Name), strconv.Quote("has no form that the spec's style can have")))
}

// pathOf is the Go expression of a path with parameters, or "".
func pathOf(op *shape.Operation) string {
	rest, parts := op.Path, []string{}
	for {
		begin := strings.IndexByte(rest, '{')
		end := strings.IndexByte(rest, '}')
		if begin < 0 || end < begin {
			break
		}
		key := rest[begin+1 : end]
		for i, f := range op.Params.Params {
			if f.In == "path" && f.Key == key {
				parts = append(parts, fmt.Sprintf("%q + path%d", rest[:begin], i))
			}
		}
		rest = rest[end+1:]
	}
	if len(parts) == 0 {
		return ""
	}
	if rest != "" {
		parts = append(parts, fmt.Sprintf("%q", rest))
	}
	return strings.Join(parts, " + ")
}

// paramsOf is the argument that has the parameters.
func paramsOf(op *shape.Operation) string {
	if op.Joined() {
		return "r"
	}
	return "params"
}
