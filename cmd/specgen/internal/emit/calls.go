package emit

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// Calls is the file of the client: one method for each operation, and what checks
// and writes its arguments.
func Calls(name, title string, p *shape.Package) string {
	w := &writer{}
	w.line("package %s", name)
	w.line(imports)
	client(w, title, p)
	for _, op := range p.Operations {
		call(w, op)
		w.b.WriteString(bodyChecker(op))
	}
	forms, jsons := bodies(p)
	listed := listers(p)
	isEmpty := map[*shape.Struct]bool{}
	for _, op := range p.Operations {
		if op.Body != nil && op.NoBody() {
			isEmpty[op.Body.Struct] = true
		}
	}
	for _, s := range p.Structs {
		if len(s.Fields)+len(s.Params) == 0 && (s.Read || !isEmpty[s]) { // oapi-codegen would make a map of it
			w.line("")
			w.comment(s.Name + " " + cmp.Or(strings.TrimSpace(s.Doc), "is "+s.Spec+" of the spec."))
			w.line("type %s struct{}", s.Name)
		}
		if isEmpty[s] {
			continue
		}
		if s.Request {
			checker(w, s)
		}
		if listed[s] {
			lister(w, s)
		}
		if jsons[s] {
			jsonEncoder(w, s)
		}
		if forms[s] {
			formEncoder(w, s)
		}
	}
	return w.b.String()
}

// bodies are the structs that are sent as a form, and those as JSON.
func bodies(p *shape.Package) (forms, jsons map[*shape.Struct]bool) {
	forms, jsons = map[*shape.Struct]bool{}, map[*shape.Struct]bool{}
	var add func(t *shape.Type)
	add = func(t *shape.Type) {
		switch t.Kind {
		case shape.List, shape.Dict:
			add(t.Elem)
		case shape.Object:
			if jsons[t.Struct] {
				return
			}
			jsons[t.Struct] = true
			for _, f := range t.Struct.Fields {
				add(f.Type)
			}
		}
	}
	for _, op := range p.Operations {
		switch {
		case op.Body == nil:
		case strings.HasPrefix(op.BodyType, "application/x-www-form-urlencoded"):
			forms[op.Body.Struct] = true
		default:
			add(op.Body)
		}
	}
	return forms, jsons
}

// client writes the client's type: what sends, and what is configured once.
func client(w *writer, title string, p *shape.Package) {
	w.line("\n// Client makes the calls of %s, each with one request.\ntype Client struct {", printable(title))
	w.line("// HTTP sends them.\nHTTP *provider.Client")
	for _, s := range p.Schemes {
		doc := strings.TrimSpace(s.Doc)
		if doc == "" {
			doc = "is the spec's security scheme " + s.Key + "."
		}
		switch {
		case s.Basic:
			w.line("// %s is the client's id and secret.\n//", s.Name)
			w.comment(doc)
			w.line("%s provider.Basic", s.Name)
		case s.Client:
			w.line("// %s is the client's own credential.\n//", s.Name)
			w.comment(doc)
			w.line("%s provider.OwnSecret", s.Name)
		}
		if !s.Basic && s.Query == "" {
			w.line("// %[1]sBefore stands before the credential in its header. NewClient sets it as\n// the spec has it: %[2]q.\n%[1]sBefore string", s.Name, s.Before)
		}
	}
	w.line("}\n")
	w.line("// NewClient makes a Client that sends with http.\nfunc NewClient(http *provider.Client) *Client {\nreturn &Client{HTTP: http,")
	for _, s := range p.Schemes {
		if !s.Basic && s.Query == "" && s.Before != "" {
			w.line("%sBefore: %q,", s.Name, s.Before)
		}
	}
	w.line("}\n}")
}

// call writes the method of one operation.
func call(w *writer, op *shape.Operation) {
	w.line("")
	summary := strings.TrimSpace(op.Summary)
	w.comment(strings.TrimSpace(op.Name + " is " + op.Method + " " + op.Path + ". " + summary))
	if d := strings.TrimSpace(op.Description); d != "" {
		w.line("//")
		w.comment(d)
	}
	if op.Deprecated != "" {
		w.line("//")
		w.comment("Deprecated: " + op.Deprecated)
	}
	answer, fail := "error", "return err"
	if op.Answer != nil {
		answer, fail = "(*"+op.Answer.Name+", error)", "return nil, err"
	}
	w.line("func (c *Client) %s(%s) %s {", op.Name, arguments(op), answer)
	literal := fmt.Sprintf("Name: %q, Method: %q, Path: %q", op.ID, op.Method, op.Path)
	if op.BodyType != "" {
		literal += fmt.Sprintf(", ContentType: %q", op.BodyType)
	}
	if op.Safe {
		literal += ", RetrySafe: true"
	}
	if s := success(op); s != "" {
		literal += fmt.Sprintf(", Success: %q", s)
	}
	w.line("op := provider.Operation{%s}", literal)
	refuse := func(expr string) {
		w.line("if field, reason := %s; reason != \"\" {\n%s\n}", expr, invalid(op, "field", "reason"))
	}
	if op.Params != nil && !op.Joined() {
		refuse("params.check()")
	}
	if op.Body != nil {
		checkBody(w, op, refuse)
	}
	w.line("var request provider.Request")
	credentials := authorize(w, op, fail)
	if op.Params != nil {
		params(w, op)
	}
	if op.Body != nil {
		body(w, op)
	}
	w.line("resp, err := c.HTTP.Call(ctx, &op, &request%s)\nif err != nil {\n%s\n}", secrets(w, op, credentials), fail)
	answerOf(w, op)
	w.line("}")
}

// success are the statuses of a success, or "" for those that provider takes
// without being told.
func success(op *shape.Operation) string {
	var list []string
	usual := true
	for _, n := range op.Success {
		list = append(list, fmt.Sprint(n))
		usual = usual && (n == 200 || n == 201)
	}
	if usual {
		return ""
	}
	return strings.Join(list, " ")
}

// arguments are those of a call, the context first.
func arguments(op *shape.Operation) string {
	list := []string{"ctx context.Context"}
	for _, a := range op.Auth {
		if !a.Client {
			list = append(list, argument(a)+" grantway.Secret")
		}
	}
	if op.Params != nil && !op.Joined() {
		list = append(list, "params "+op.Params.Name)
	}
	if !op.NoBody() {
		typ := op.Body.Go()
		if !op.BodyRequired && op.Body.Kind == shape.Object {
			typ = "*" + typ
		}
		list = append(list, "r "+typ)
	}
	return strings.Join(list, ", ")
}

// argument is the name of the argument for a credential that is given with each
// call. It is none of ours, which are these or end with a digit, and no word of Go's.
func argument(a shape.Credential) string {
	name := lower(a.Name)
	if last := name[len(name)-1]; token.IsKeyword(name) || slices.Contains(ours, name) || last >= '0' && last <= '9' {
		return name + "Credential"
	}
	return name
}

// ours are the names in a call.
var ours = []string{"c", "ctx", "op", "params", "r", "request", "b", "resp", "err", "out", "d", "decoder", "field", "reason", "missing", "basic",
	"basicSecrets", "secrets", "provider", "grantway", "runtime", "context", "strconv", "time", "url", "maps", "slices", "string", "nil", "append", "len"}

func checkBody(w *writer, op *shape.Operation, refuse func(string)) {
	if op.NoBody() {
		return
	}
	if op.Body.Kind == shape.Object {
		if !op.BodyRequired {
			w.line("if r != nil {")
			defer w.line("}")
		}
		refuse("r.check()")
		return
	}
	if bodyChecker(op) != "" {
		refuse("check" + op.Name + "(r)")
	}
}

// bodyChecker is the function that holds a body which is no object against the spec,
// or "" if there is nothing to hold it against.
func bodyChecker(op *shape.Operation) string {
	if op.NoBody() || op.Body.Kind == shape.Object {
		return ""
	}
	w := &writer{}
	limits(w, op.Body, "r", `"r"`, op.BodyRequired, "", 0)
	if w.b.Len() == 0 {
		return ""
	}
	checks := w.b.String()
	if canBeNil(op) {
		checks = "if r == nil {\nreturn \"\", \"\"\n}\n" + checks
	}
	return fmt.Sprintf("\n// check%[1]s says why a body cannot be sent.\nfunc check%[1]s(r %[2]s) (field, reason string) {\n%[3]sreturn \"\", \"\"\n}\n",
		op.Name, op.Body.Go(), checks)
}

// canBeNil tells whether a call may be made without its body, whose argument is nil
// then.
func canBeNil(op *shape.Operation) bool {
	switch op.Body.Kind {
	case shape.Object, shape.List, shape.Dict:
		return !op.BodyRequired
	}
	return false
}

// body writes what puts the body into the request.
func body(w *writer, op *shape.Operation) {
	if op.NoBody() {
		w.line("request.Body = []byte(\"{}\")")
		return
	}
	if canBeNil(op) {
		w.line("if r != nil {")
	}
	w.line("b := &provider.Body{}")
	switch {
	case op.Body.Kind != shape.Object:
		writeJSON(w, op.Body, "r", 0)
	case strings.HasPrefix(op.BodyType, "application/x-www-form-urlencoded"):
		w.line("r.encodeForm(b)")
	default:
		w.line("r.encodeJSON(b)")
	}
	w.line("request.Body = b.Bytes()")
	if canBeNil(op) {
		w.line("}")
	}
}

// answerOf writes what reads the answer.
func answerOf(w *writer, op *shape.Operation) {
	if op.Answer == nil {
		w.line("_ = resp\nreturn nil")
		return
	}
	s := op.Answer
	w.line("var out %s", s.Name)
	if op.Opaque {
		w.line("out.Value, out.ObtainedAt = grantway.NewSecret(string(resp.Body)), resp.At\nreturn &out, nil")
		return
	}
	w.line("decoder := provider.NewDecoder(resp)\nd := &decoder")
	required := slices.ContainsFunc(s.Fields, isRequired)
	switch {
	case s.Whole:
		read(w, s.Fields[0].Type, "d.Strict()", 0, func(x string) string { return "out.Value = " + x })
	case required:
		w.line("missing := \"\"\nif d.Open() {\nmissing = out.decode(d)\nd.Close(\"\")\n}")
	default:
		w.line("if d.Open() {\nd.Close(out.decode(d))\n}")
	}
	w.line("if err := c.HTTP.Decoded(ctx, &op, resp, d); err != nil {\nreturn nil, err\n}\nout.ObtainedAt = resp.At")
	refusals(w, s, required && !s.Whole)
	w.line("return &out, nil")
}

// refusals writes what makes an error of a success that is none. What says no
// comes before what is not there.
func refusals(w *writer, s *shape.Struct, required bool) {
	if len(s.Refused) == 0 && !required {
		return
	}
	var carries, late []string
	w.line("switch {")
	unusable := func(condition, kind, reason string) string {
		return fmt.Sprintf("case %s:\nreturn nil, c.HTTP.Unusable(&op, resp, %s, %s)", condition, kind, reason)
	}
	for _, r := range s.Refused {
		f, x := r.Field, "out."+r.Field.Name
		there, is := "", x
		if f.Pointer(s) {
			there, is = x+" != nil && ", "*"+x
		}
		switch r.When {
		case "not-zero":
			carries = append(carries, there+is+" != 0")
		case "present", "not-empty":
			carries = append(carries, isSet(f, s, x))
		case "false":
			late = append(late, unusable(there+"!"+is, "grantway.KindBadClient", strconv.Quote(f.Key+" is false")))
		case "missing":
			late = append(late, unusable(isUnset(f, s, x), "grantway.KindMalformed", strconv.Quote(f.Key+" is missing")))
		case "not-bearer":
			late = append(late, fmt.Sprintf("case %s!provider.IsBearer(%s):\nreturn nil, c.HTTP.Malformed(&op, resp, %q, nil)", there, is, f.Key+" is not bearer"))
		}
	}
	if len(carries) > 0 {
		w.line("%s", unusable(strings.Join(carries, " || "), "grantway.KindMalformed", `"the answer carries an error"`))
	}
	for _, text := range late {
		w.line("%s", text)
	}
	if required {
		w.line("%s", unusable(`missing != ""`, "grantway.KindMalformed", `missing+" is missing"`))
	}
	w.line("}")
}
