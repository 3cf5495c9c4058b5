package shape

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Call names an operation of the document and the security it wants. The library does
// not keep the order of
// the file, which is the order of what is generated.
type Call struct{ ID, Method, Path, Security string }

// Of makes the shapes of a document. normalize makes a Go name of a name of the
// spec. calls are the operations, in the order of the file. The error is a
// *Fault.
func Of(doc *openapi3.T, calls []Call, normalize func(string) string) (*Package, error) {
	b := &builder{doc: doc, pkg: &Package{}, objects: map[string]*Struct{}, enums: map[string]*EnumType{}}
	b.types = newNames(normalize, own...)
	b.types.components = map[string]string{}
	if doc.Components == nil {
		doc.Components = &openapi3.Components{}
	}
	for _, component := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		if b.named(doc.Components.Schemas[component]) {
			b.types.components[component] = b.types.next(given(doc.Components.Schemas[component], component), "Schema")
		}
	}
	b.client = newNames(normalize, "HTTP")
	methods := make([]string, len(calls))
	for i, c := range calls {
		methods[i] = b.client.next(c.ID, "")
	}
	for i, c := range calls {
		op, err := b.operation(c, methods[i])
		if err != nil {
			return nil, err
		}
		b.pkg.Operations = append(b.pkg.Operations, op)
	}
	b.mark()
	shared := map[*Operation]bool{} // before any of them gets parameters
	for _, op := range b.pkg.Operations {
		shared[op] = op.Body != nil && op.Body.Kind == Object && b.isShared(op, op.Body.Struct)
	}
	for _, op := range b.pkg.Operations {
		b.join(op, shared[op])
	}
	b.pkg.Codes = codes(doc)
	b.pkg.Scopes = b.scopes()
	for _, s := range b.pkg.Errors {
		s.Decoder = b.types.next("Decode"+s.Name, "")
	}
	b.pkg.Names = b.types.taken
	slices.SortFunc(b.pkg.Structs, func(x, y *Struct) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(b.pkg.Enums, func(x, y *EnumType) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(b.pkg.Errors, func(x, y *Struct) int { return strings.Compare(x.Name, y.Name) })
	return b.pkg, nil
}

// named tells whether a component becomes a type of its own: an object or an
// enum. Any other is written out where it is used.
func (b *builder) named(ref *openapi3.SchemaRef) bool {
	if ref.Ref != "" || ref.Value == nil {
		return false
	}
	s := ref.Value
	if s.Format == "password" || s.Extensions["x-expiry"] != nil || len(s.OneOf)+len(s.AnyOf) > 0 || s.Not != nil {
		return false
	}
	return len(s.AllOf) > 0 && soleRef(s) == nil || len(s.Properties) > 0 ||
		len(s.Enum) > 0 && (s.Type.Is("string") || s.Type.Is("integer")) || isBare(s)
}

// isBare tells whether a schema is an object of which no member is known.
func isBare(s *openapi3.Schema) bool {
	return s.Type.Is("object") && len(s.Properties) == 0 && s.AdditionalProperties.Schema == nil && len(s.AllOf) == 0
}

func (b *builder) operation(c Call, name string) (*Operation, error) {
	item := b.doc.Paths.Find(c.Path)
	op := item.Operations()[c.Method]
	path := []string{"paths", c.Path, strings.ToLower(c.Method)}
	out := &Operation{ID: c.ID, Name: name, Method: c.Method, Path: c.Path, Security: c.Security,
		Summary: op.Summary, Description: op.Description, Safe: text(op.Extensions["x-retry"]) == "safe"}
	if op.Deprecated {
		out.Deprecated = text(op.Extensions["x-deprecated-reason"])
		if out.Deprecated == "" {
			out.Deprecated = "the spec says so"
		}
	}
	for _, step := range []func() error{
		func() error { return b.params(out, item, op, path) },
		func() error { return b.body(out, op, append(path, "requestBody")) },
		func() error { return b.answers(out, op, append(path, "responses")) },
		func() error { return b.security(out, op, path) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// placeholder is a parameter in a path.
var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// params makes the struct of an operation's parameters.
func (b *builder) params(out *Operation, item *openapi3.PathItem, op *openapi3.Operation, path []string) error {
	list := slices.Clone(op.Parameters)
	for _, shared := range item.Parameters {
		if op.Parameters.GetByInAndName(shared.Value.In, shared.Value.Name) == nil {
			list = append(list, shared)
		}
	}
	s := &Struct{Spec: out.ID, Doc: fmt.Sprintf("are the parameters of %s.", out.Name), Schema: &openapi3.Schema{}, Request: true, path: path}
	fields := newNames(b.types.normalize)
	slices.SortStableFunc(list, func(x, y *openapi3.ParameterRef) int { return strings.Compare(x.Value.Name, y.Value.Name) })
	for _, ref := range list {
		p := ref.Value
		where := append(slices.Clone(path), "parameters")
		switch {
		case p.In == "header" && isOurs(p.Name):
			continue // OpenAPI 3.0.3: a parameter of that name is ignored
		case p.In == "cookie":
			return fault(where, "parameter %q is a cookie, which no call carries: send it as a header, or leave it out", p.Name)
		case p.Schema == nil:
			return fault(where, "parameter %q has content instead of a schema, which is not generated: give it a schema", p.Name)
		}
		t, err := b.typ(p.Schema, at{path: where, name: out.Name + exported(b.types.normalize(p.Name))})
		if err != nil {
			return err
		}
		if s := t.Schema; t.Kind == Raw && s.Type == nil && len(s.OneOf)+len(s.AnyOf) == 0 && s.Not == nil {
			t = &Type{Kind: Text, Schema: s} // nothing is said of it: what stands there is text
		}
		if !styleable(t) {
			return fault(where, "parameter %q is %s, which has no form in a %s: make it text, a number, a boolean or a list or map of those", p.Name, kindName(t), p.In)
		}
		if charset := text(p.Extensions["x-charset"]); charset != "" {
			same := *t
			same.Charset = charset
			t = &same
		}
		s.Params = append(s.Params, &Field{Key: p.Name, Name: fields.next(paramName(p), ""), Type: t, Required: p.Required || p.In == "path",
			Default: p.Schema.Value.Default, Doc: p.Description, In: p.In, Param: p})
	}
	for _, m := range placeholder.FindAllStringSubmatch(out.Path, -1) {
		if !slices.ContainsFunc(s.Params, func(f *Field) bool { return f.In == "path" && f.Key == m[1] }) {
			return fault(path, "the path has {%s}, and no parameter says what it is: add one with `in: path`", m[1])
		}
	}
	if len(s.Params) > 0 {
		out.Params = s
	}
	return nil
}

// paramName is the name that x-go-name gives to a parameter, or else that of the
// spec.
func paramName(p *openapi3.Parameter) string { return cmp.Or(text(p.Extensions["x-go-name"]), p.Name) }

// join puts the parameters of an operation beside the members of its body: a call
// takes one request, and a parameter that comes later changes no caller. Without
// such a body they are a type of their own.
func (b *builder) join(op *Operation, isShared bool) {
	switch {
	case op.Params == nil:
		return
	case op.Body == nil || op.Body.Kind != Object || !op.BodyRequired:
		op.Params.Name = b.types.next(op.ID+"Params", "Of")
		b.pkg.Structs = append(b.pkg.Structs, op.Params)
		return
	}
	s := op.Body.Struct
	if isShared {
		own := *s
		own.Name, own.Read = b.types.next(op.ID+"Request", "Of"), false
		own.Fields = slices.DeleteFunc(slices.Clone(s.Fields), func(f *Field) bool { return f.Synthetic })
		b.pkg.Structs = append(b.pkg.Structs, &own)
		body := *op.Body
		body.Struct = &own
		op.Body, s = &body, &own
	}
	fields := newNames(b.types.normalize)
	for _, f := range s.Fields {
		fields.taken[f.Name] = true
	}
	for _, f := range op.Params.Params {
		f.Name = fields.next(paramName(f.Param), "Param")
	}
	s.Params, op.Params = op.Params.Params, s
}

// isShared tells whether a struct is more than the body of one operation.
func (b *builder) isShared(op *Operation, s *Struct) bool {
	return s.Read || slices.ContainsFunc(b.pkg.Operations, func(o *Operation) bool {
		return o != op && o.Body != nil && o.Body.Kind == Object && o.Body.Struct == s
	}) || slices.ContainsFunc(b.pkg.Structs, func(o *Struct) bool {
		return slices.ContainsFunc(o.Fields, func(f *Field) bool { return holds(f.Type, s) })
	})
}

// holds tells whether a value of t may be s, or a list or a map of s.
func holds(t *Type, s *Struct) bool {
	switch t.Kind {
	case List, Dict:
		return holds(t.Elem, s)
	case Object:
		return t.Struct == s
	}
	return false
}

func isOurs(header string) bool {
	return strings.EqualFold(header, "Accept") || strings.EqualFold(header, "Content-Type") || strings.EqualFold(header, "Authorization")
}

// styleable tells whether a type can stand in a parameter.
func styleable(t *Type) bool {
	switch t.Kind {
	case Raw, Expiry, Object:
		return false
	case List, Dict:
		return t.Elem.Kind < Raw && t.Elem.Kind != Expiry && !t.Elem.Nullable
	}
	return true
}

func kindName(t *Type) string {
	switch t.Kind {
	case Object, Raw:
		return "an object, or of no one type"
	case Expiry:
		return "an expiry"
	}
	return "a list or a map of more than plain values"
}

// body chooses the body's media type: JSON before a form.
func (b *builder) body(out *Operation, op *openapi3.Operation, path []string) error {
	if op.RequestBody == nil || op.RequestBody.Value == nil {
		return nil
	}
	body := op.RequestBody.Value
	media := choose(body.Content)
	if media == "" {
		return fault(path, "the body is %s: only JSON and forms are generated", strings.Join(slices.Sorted(maps.Keys(body.Content)), ", "))
	}
	content := body.Content[media]
	where := at{path: append(slices.Clone(path), "content", media, "schema"), name: out.Name + "Request"}
	t, err := b.whole(content.Schema, where)
	if err != nil {
		return err
	}
	out.Body, out.BodyType, out.BodyRequired = t, media, body.Required
	if isForm(media) {
		if t.Kind != Object {
			return fault(where.path, "a form has to be an object with members")
		}
		if len(content.Encoding) > 0 {
			return fault(where.path, "a form with `encoding` is not generated: leave it to the defaults")
		}
		for _, f := range t.Struct.Fields {
			if f.Type.Kind == List && f.Type.Elem.Kind < Raw && f.Type.Elem.Kind != Expiry || f.Type.Kind < Raw && f.Type.Kind != Expiry {
				continue
			}
			return fault(where.path, "the member %q of a form is %s: OpenAPI gives it no form that all servers read alike", f.Key, kindName(f.Type))
		}
	}
	return nil
}

// whole is the type of a whole body. An object of which nothing is said is one
// without members there, and not a value of any type.
func (b *builder) whole(ref *openapi3.SchemaRef, where at) (*Type, error) {
	t, err := b.typ(ref, where)
	if err != nil || t.Kind != Raw || !isBare(t.Schema) {
		return t, err
	}
	component, ok := strings.CutPrefix(ref.Ref, schemaRef)
	if !ok {
		component = ""
	}
	s, err := b.object(t.Schema, component, where)
	return &Type{Kind: Object, Struct: s, Schema: t.Schema}, err
}

func isForm(media string) bool { return media == "application/x-www-form-urlencoded" }

func isJSON(media string) bool {
	media, _, _ = strings.Cut(media, ";")
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// choose is the media type that is sent or understood, or "".
func choose(content openapi3.Content) string {
	keys := slices.Sorted(maps.Keys(content))
	for _, fits := range []func(string) bool{func(m string) bool { return m == "application/json" }, isJSON, isForm} {
		if i := slices.IndexFunc(keys, fits); i >= 0 {
			return keys[i]
		}
	}
	return ""
}

// answers makes the struct of a success, and notes the bodies of errors.
func (b *builder) answers(out *Operation, op *openapi3.Operation, path []string) error {
	var success *openapi3.SchemaRef
	var from at
	for _, key := range slices.Sorted(maps.Keys(op.Responses.Map())) {
		response := op.Responses.Value(key).Value
		media := choose(response.Content)
		if key[0] != '2' {
			if media != "" {
				if err := b.failure(response.Content[media].Schema, at{path: append(slices.Clone(path), key), name: out.Name + "Error"}); err != nil {
					return err
				}
			}
			continue
		}
		if n := status(key); n != 0 {
			out.Success = append(out.Success, n)
		}
		if len(response.Content) == 0 {
			continue
		}
		if media == "" || isForm(media) {
			out.Opaque = true
			continue
		}
		where := at{path: append(slices.Clone(path), key, "content", media, "schema"), name: out.Name + "Response"}
		schema := response.Content[media].Schema
		if success != nil && !sameSchema(success, schema) {
			return fault(where.path, "two successes have bodies of two types: give them one")
		}
		success, from = schema, where
	}
	if out.Opaque && success != nil {
		return fault(path, "a success is JSON or something else: keep one of the two")
	}
	if success == nil && !out.Opaque {
		return nil
	}
	if out.Opaque {
		out.Answer = b.wrapped(out, &Type{Kind: Raw, Schema: &openapi3.Schema{}}, path)
		return nil
	}
	t, err := b.whole(success, from)
	if err != nil {
		return err
	}
	if t.Kind != Object && t.Kind != List && t.Kind != Dict { // its text
		out.Opaque = true
		t = &Type{Kind: Raw, Schema: t.Schema}
	}
	if t.Kind != Object {
		out.Answer = b.wrapped(out, t, from.path)
		return nil
	}
	out.Answer = t.Struct
	out.Answer.Answer = true
	return nil
}

// wrapped is a struct around an answer that is no object.
func (b *builder) wrapped(out *Operation, t *Type, path []string) *Struct {
	s := &Struct{Name: b.types.next(out.ID+"Response", "Body"), Spec: out.ID, Doc: fmt.Sprintf("is the answer of %s.", out.Name),
		Schema: &openapi3.Schema{}, Answer: true, Whole: true, path: path,
		Fields: []*Field{{Key: "value", Name: "Value", Type: t, Required: true, Doc: "The whole answer."}}}
	b.pkg.Structs = append(b.pkg.Structs, s)
	return s
}

// failure notes the objects that an error's body may be: each part of a union is
// one.
func (b *builder) failure(ref *openapi3.SchemaRef, where at) error {
	if ref == nil || ref.Value == nil {
		return nil
	}
	if parts := append(slices.Clone(ref.Value.OneOf), ref.Value.AnyOf...); len(parts) > 0 {
		for _, part := range parts {
			if err := b.failure(part, where); err != nil {
				return err
			}
		}
		return nil
	}
	t, err := b.typ(ref, where)
	if err != nil || t.Kind != Object {
		return err
	}
	if !slices.Contains(b.pkg.Errors, t.Struct) {
		b.pkg.Errors = append(b.pkg.Errors, t.Struct)
	}
	return nil
}

// mark says of each struct whether it is sent, received, or both, and gives
// answers the time at which they arrived.
func (b *builder) mark() {
	for _, op := range b.pkg.Operations {
		if op.Body != nil {
			walk(op.Body, func(s *Struct) bool { done := s.Request; s.Request = true; return !done })
		}
		if op.Answer != nil {
			walk(&Type{Kind: Object, Struct: op.Answer}, func(s *Struct) bool { done := s.Read; s.Read = true; return !done })
		}
	}
	for _, s := range b.pkg.Errors {
		walk(&Type{Kind: Object, Struct: s}, func(s *Struct) bool { done := s.Read; s.Read = true; return !done })
	}
	for _, s := range b.pkg.Structs {
		if s.Answer {
			s.Fields = append(s.Fields, &Field{Key: "obtainedAt", Name: "ObtainedAt", Synthetic: true,
				Type: &Type{Kind: Moment, Schema: &openapi3.Schema{}},
				Doc:  "When the answer had arrived, by the caller's clock, in UTC. It is in no body."})
		}
	}
}

func walk(t *Type, visit func(*Struct) bool) {
	switch t.Kind {
	case List, Dict:
		walk(t.Elem, visit)
	case Object:
		if !visit(t.Struct) {
			return
		}
		for _, f := range t.Struct.Fields {
			walk(f.Type, visit)
		}
	}
}

// codes reads x-codes.
func codes(doc *openapi3.T) []Code {
	table, _ := doc.Extensions["x-codes"].(map[string]any)
	var out []Code
	for _, code := range slices.Sorted(maps.Keys(table)) {
		out = append(out, Code{Code: code, Kind: fmt.Sprint(table[code])})
	}
	return out
}
