package generate

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
)

// encodeFile gives the structs that are sent as a body a method that writes
// them, byte for byte as encoding/json and runtime.MarshalForm do and without
// reflection, which is a good part of what a call costs. It is for bodies of
// plain members only; any other body has none, and whoever sends it uses the
// packages named. Empty if there is none.
func encodeFile(c config.Client, client *ast.File) string {
	structs := plainStructs(client)
	var forms, jsons strings.Builder
	for _, name := range bodies(client, "FormdataRequestBody") {
		if members := structs[name]; members != nil {
			writeForm(&forms, name, members)
		}
	}
	for _, name := range bodies(client, "JSONRequestBody") {
		if members := structs[name]; members != nil {
			writeJSON(&jsons, name, members)
		}
	}
	if forms.Len() == 0 && jsons.Len() == 0 {
		return ""
	}
	src := "package " + c.Package + "\n\nimport (\n\t\"encoding/json\"\n\t\"net/url\"\n)\n"
	if forms.Len() > 0 {
		src += forms.String() + formHelper
	}
	if jsons.Len() > 0 {
		src += jsons.String() + jsonHelpers
		if strings.Contains(src, "appendTexts(") {
			src += textsHelper
		}
		if strings.Contains(src, "appendBool(") {
			src += boolHelper
		}
	}
	return src
}

// sizeHint is what a body of tokens usually needs; a larger one grows.
const sizeHint = 256

func writeForm(b *strings.Builder, name string, members []member) {
	for _, m := range members {
		if m.typ != "string" {
			return
		}
	}
	members = slices.SortedFunc(slices.Values(members), func(x, y member) int { return cmp.Compare(x.key, y.key) })
	fmt.Fprintf(b, "\n// EncodeForm is r as a form, the same bytes as url.Values.Encode writes.\nfunc (r %s) EncodeForm() []byte {\n", name)
	fmt.Fprintf(b, "b := make([]byte, 0, %d)\n", sizeHint)
	for _, m := range members {
		m.write(b, fmt.Sprintf("b = appendPair(b, %q, r.%s)\n", url.QueryEscape(m.key), m.field))
	}
	b.WriteString("return b\n}\n")
}

const formHelper = `
// appendPair appends one member of a form. Its key is escaped already.
func appendPair(b []byte, key, value string) []byte {
	if len(b) > 0 {
		b = append(b, '&')
	}
	b = append(b, key...)
	b = append(b, '=')
	return append(b, url.QueryEscape(value)...)
}
`

func writeJSON(b *strings.Builder, name string, members []member) {
	fmt.Fprintf(b, "\n// EncodeJSON is r as JSON, the same bytes as json.Marshal writes.\nfunc (r %s) EncodeJSON() []byte {\n", name)
	fmt.Fprintf(b, "b := append(make([]byte, 0, %d), '{')\n", sizeHint)
	for _, m := range members {
		value := "appendText(b, r." + m.field + ")"
		switch m.typ {
		case "*bool":
			value = "appendBool(b, *r." + m.field + ")"
		case "[]string":
			value = "appendTexts(b, r." + m.field + ")"
		}
		m.write(b, fmt.Sprintf("b = appendName(b, `\"%s\":`)\nb = %s\n", m.key, value))
	}
	b.WriteString("return append(b, '}')\n}\n")
}

const jsonHelpers = `
// appendName appends the name of a member, quoted and with its colon.
func appendName(b []byte, name string) []byte {
	if len(b) > 1 {
		b = append(b, ',')
	}
	return append(b, name...)
}

// appendText appends a string. One that needs any escape is left to
// encoding/json, which cannot fail on a string.
func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			quoted, _ := json.Marshal(s)
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
`

const textsHelper = `
// appendTexts appends a list of strings.
func appendTexts(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, s)
	}
	return append(b, ']')
}
`

const boolHelper = `
// appendBool appends true or false.
func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}
`

// member is a field of a struct that is sent.
type member struct {
	field, key, typ string
	optional        bool // left out when it is not set
}

// write wraps the code that writes a member into a look at whether it is set.
func (m member) write(b *strings.Builder, code string) {
	if !m.optional {
		b.WriteString(code)
		return
	}
	set := map[string]string{"string": `r.%s != ""`, "*bool": "r.%s != nil", "[]string": "len(r.%s) > 0"}[m.typ]
	fmt.Fprintf(b, "if "+set+" {\n%s}\n", m.field, code)
}

// bodies names the types that the client takes as bodies of one kind, sorted.
func bodies(client *ast.File, suffix string) []string {
	var names []string
	for typ := range typeSpecs(client) {
		target, ok := typ.Type.(*ast.Ident)
		if ok && typ.Assign.IsValid() && strings.HasSuffix(typ.Name.Name, suffix) {
			names = append(names, target.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// plainStructs are the structs whose every field can be written here.
func plainStructs(client *ast.File) map[string][]member {
	out := map[string][]member{}
	for typ := range typeSpecs(client) {
		st, ok := typ.Type.(*ast.StructType)
		if !ok || typ.Assign.IsValid() {
			continue
		}
		if members := plainMembers(st); members != nil {
			out[typ.Name.Name] = members
		}
	}
	// A struct with an encoder of its own does not go by its fields.
	for _, decl := range client.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && strings.HasPrefix(f.Name.Name, "Marshal") {
			delete(out, typeName(f.Recv.List[0].Type))
		}
	}
	return out
}

// maxPlain is how many fields a body may have to be written here. A type check
// looks through all fields for each one that is used, which takes seconds for a
// few thousand.
const maxPlain = 500

// plainMembers are the fields of a struct, or nil if one of them is of a type
// that is not written here, or takes the name of a method.
func plainMembers(st *ast.StructType) []member {
	if len(st.Fields.List) > maxPlain {
		return nil
	}
	var out []member
	for _, f := range st.Fields.List {
		if len(f.Names) != 1 || f.Tag == nil || strings.HasPrefix(f.Names[0].Name, "Encode") {
			return nil
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			return nil
		}
		if _, form := reflect.StructTag(tag).Lookup("form"); form {
			return nil // runtime goes by this one, encoding/json by the other
		}
		key, option, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		m := member{field: f.Names[0].Name, key: key, typ: typeName(f.Type), optional: option == "omitempty"}
		// Without omitempty, nil is null, which the lint of nullable members
		// keeps out of requests; such a field is not expected and not written.
		known := m.typ == "string" || m.optional && (m.typ == "*bool" || m.typ == "[]string")
		if !known || option != "" && !m.optional || !plainKey(key) {
			return nil
		}
		out = append(out, m)
	}
	return out
}

// plainKey tells whether JSON writes a name as it is.
func plainKey(key string) bool {
	for _, c := range key {
		if c != '_' && c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return key != "" && key != "-"
}

// typeName writes the few types that plainMembers knows; others are "".
func typeName(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		if id, ok := t.X.(*ast.Ident); ok {
			return "*" + id.Name
		}
	case *ast.ArrayType:
		if id, ok := t.Elt.(*ast.Ident); ok && t.Len == nil {
			return "[]" + id.Name
		}
	}
	return ""
}

// typeSpecs yields the type declarations of a file.
func typeSpecs(file *ast.File) func(yield func(*ast.TypeSpec) bool) {
	return func(yield func(*ast.TypeSpec) bool) {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, s := range gen.Specs {
				if !yield(s.(*ast.TypeSpec)) { //nolint:errcheck // a type declaration holds nothing else
					return
				}
			}
		}
	}
}
