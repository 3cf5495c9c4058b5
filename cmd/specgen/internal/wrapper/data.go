package wrapper

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// readGenerated reads what the templates name of the generated package: its types,
// and the constant of the server.
func (p *Provider) readGenerated(files map[string][]byte) error {
	p.plain, p.exported = map[string]string{}, nil
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, files[name], parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range g.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					p.noteType(s)
				case *ast.ValueSpec:
					p.noteServer(s)
				}
			}
		}
	}
	if p.serverID == "" {
		return errors.New("the generated package has no constant for the server: set server-urls to true")
	}
	return nil
}

func (p *Provider) noteServer(s *ast.ValueSpec) {
	if len(s.Values) != 1 || p.serverID != "" {
		return
	}
	if lit, ok := s.Values[0].(*ast.BasicLit); ok && strings.HasPrefix(s.Names[0].Name, "ServerURL") {
		if v, err := strconv.Unquote(lit.Value); err == nil && strings.TrimSuffix(v, "/") == p.server {
			p.serverID = s.Names[0].Name
		}
	}
}

// looks matches the names that the scorecard takes for a credential's.
var looks = regexp.MustCompile(`(?i)token|secret|key|code|verifier|password|authorization|body`)

// noteType notes a type, and the fields that look like a credential and are none.
func (p *Provider) noteType(s *ast.TypeSpec) {
	if !s.Name.IsExported() || s.Assign.IsValid() {
		return
	}
	value := "{}"
	if id, ok := s.Type.(*ast.Ident); ok {
		if value = `("")`; id.Name != "string" {
			value = "(0)"
		}
		if looks.MatchString(s.Name.Name) {
			p.plain[p.Name+"api."+s.Name.Name] = "one of the values that the spec lists"
		}
	}
	p.exported = append(p.exported, s.Name.Name+value)
	fields, ok := s.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range fields.Fields.List {
		text, isMap := holdsText(f.Type)
		for _, name := range f.Names {
			if name.IsExported() && text && (isMap || looks.MatchString(name.Name)) {
				p.plain[p.Name+"api."+s.Name.Name+"."+name.Name] = "the spec does not call it a credential"
			}
		}
	}
}

// holdsText tells whether a field of a type can hold text in clear.
func holdsText(x ast.Expr) (text, isMap bool) {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "string" || x.IsExported(), false // an exported one may be an enum
	case *ast.StarExpr:
		return holdsText(x.X)
	case *ast.ArrayType:
		return holdsText(x.Elt)
	case *ast.MapType:
		text, _ = holdsText(x.Value)
		return text, true
	}
	return false, false
}

// ServerID is the constant of the server's URL.
func (p *Provider) ServerID() string { return p.serverID }

// Exported are the types of the generated package, as values.
func (p *Provider) Exported() []string { return slices.Sorted(slices.Values(p.exported)) }

// Plain are the fields that look like a credential and are none.
func (p *Provider) Plain() map[string]string {
	out := maps.Clone(p.plain)
	for _, s := range p.Settings {
		if looks.MatchString(s.Field) {
			out[p.Name+".Config."+s.Field] = "a setting, and no credential"
		}
	}
	return out
}

// TokenOperation is the operation whose answer becomes a token.
func (p *Provider) TokenOperation() *Operation {
	for _, r := range []role{exchange, mint, refresh} {
		if o := p.of(r); o != nil {
			return o
		}
	}
	return nil
}

// TokenPath is where codes go, without its slash.
func (p *Provider) TokenPath() string {
	if o := p.Exchange(); o != nil {
		return o.Path[1:]
	}
	return ""
}

// Scheme is what stands before a token.
func (p *Provider) Scheme() string {
	if p.Bearer != nil {
		return strings.TrimSpace(p.Bearer.Before)
	}
	return "Bearer"
}

// Expires tells whether an answer says how long a token lives.
func (p *Provider) Expires() bool {
	return slices.ContainsFunc(p.Operations, func(o *Operation) bool { return o.Access != nil && o.Expiry != nil })
}

// AnyIssue tells whether an operation hands out a token.
func (p *Provider) AnyIssue() bool {
	return slices.ContainsFunc(p.Operations, func(o *Operation) bool { return o.Access != nil })
}

// RefreshesSelf tells whether what an exchange gives can be refreshed.
func (p *Provider) RefreshesSelf() bool {
	return p.Refresh() != nil && p.TokenOperation() != nil && p.TokenOperation().Refresh != nil
}

// AllScopes are the spec's, as arguments.
func (p *Provider) AllScopes() string {
	var list []string
	for _, s := range p.pkg.Scopes {
		list = append(list, strconv.Quote(s.Value))
	}
	return strings.Join(list, ", ")
}

// codeShape is how the code is read in one shape of an error.
type codeShape struct {
	Decoder, Condition, Expression string
	path                           []string
}

// codeNames are what the code of an error is called.
var codeNames = []string{"error", "code", "errorcode", "errortype", "type", "reason"}

// CodeShapes are the shapes of errors, each with the place of its code.
func (p *Provider) CodeShapes() (list []codeShape) {
	for _, s := range p.Errors {
		for _, name := range codeNames {
			m := find(s, func(f *shape.Field) bool { return norm(f.Key) == name && (isText(f) || f.Type.Kind == shape.Int) })
			if m == nil {
				continue
			}
			holder, f := s, m.Fields[len(m.Fields)-1]
			if len(m.Fields) > 1 {
				holder = m.Fields[0].Type.Struct
			}
			x := "v" + strings.TrimPrefix(m.Go(), "resp")
			one := codeShape{Decoder: s.Decoder, path: m.Path}
			value, set := x, x+` != ""`
			if f.Pointer(holder) {
				value, set = "*"+x, x+" != nil"
			}
			if f.Type.Kind == shape.Int || f.Type.Kind == shape.Enum && f.Type.Enum.IsNumber() {
				one.Expression = "strconv.FormatInt(int64(" + value + "), 10)"
				if !f.Pointer(holder) {
					set = x + " != 0"
				}
			} else {
				one.Expression = value
				if f.Type.Kind == shape.Enum {
					one.Expression = "string(" + value + ")"
				}
			}
			if m.Guard != "" {
				set = "v." + m.Fields[0].Name + " != nil && " + set
			}
			one.Condition = set
			list = append(list, one)
			break
		}
	}
	return list
}

// codeOf is the code in an example of an error.
func (p *Provider) codeOf(value any) string {
	for _, s := range p.CodeShapes() {
		at := value
		for _, key := range s.path {
			object, _ := at.(map[string]any)
			at = object[key]
		}
		if at != nil {
			return show(at)
		}
	}
	return ""
}

// show is a value as text, a number without an exponent.
func show(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// raw is a text as a Go literal.
func raw(s string) string {
	if strings.Contains(s, "`") || strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return "`" + s + "`"
}

// statement returns the error of a call.
func (o *Operation) statement(call string) string {
	if o.Answer == nil {
		return "return " + call
	}
	return "_, err := " + call + "\n return err"
}

// FuzzCalls are the calls of the fuzz test, with the canary for each credential.
func (p *Provider) FuzzCalls() (list []string) {
	for _, o := range p.Operations {
		canary := func(string, string) string { return "grantway.NewSecret(canary)" }
		if call := p.call(o, o.Requests[0], "c.Operations()", "ctx", "grantway.NewSecret(canary)", canary); call != "" {
			list = append(list, o.statement(call))
		}
	}
	return list
}

// Given tells whether a token is given with the call.
func (o *Operation) Given() bool { return o.given() != nil }

// Spent are the members that are spent by a success.
func (o *Operation) Spent() (keys []string) {
	if o.Access == nil {
		return nil
	}
	for _, names := range [][]string{codeKeys, {"refreshtoken"}} {
		if f := o.secret(names...); f != nil {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

// IsExchange and the others are for the fake's draft.
func (o *Operation) IsExchange() bool { return o.is(exchange) }
func (o *Operation) CodeKey() string {
	if f := o.secret(codeKeys...); f != nil {
		return f.Key
	}
	return ""
}
func (o *Operation) VerifierKey() string {
	if f := o.secret("codeverifier"); f != nil {
		return f.Key
	}
	return ""
}
func (o *Operation) Revokes() bool { return o.is(revoke) }

// InHand are the expressions of the token that an operation is about.
func (o *Operation) InHand() (list []string) {
	if f := o.secret(tokenKeys...); f != nil {
		list = append(list, fmt.Sprintf("c.Text(%q)", f.Key))
	} else if o.Given() {
		list = append(list, "c.Credential.Secret")
	}
	return list
}

// MayLackToken tells whether a success can come without a token, as far as the spec
// says; a flow refuses it then.
func (o *Operation) MayLackToken() bool {
	first := o.Access.Path[0]
	if len(o.Access.Path) > 1 {
		return o.Access.Guard != "" || !o.Access.Fields[1].Required
	}
	return !strings.Contains(conditions(o.Answer)[first], "missing")
}

// Filled is the path with the spec's examples in it, escaped.
func (o *Operation) Filled() string {
	path := o.Path
	if o.Params != nil {
		for _, f := range o.Params.Params {
			if f.In == "path" {
				path = strings.ReplaceAll(path, "{"+f.Key+"}", url.PathEscape(show(parameter(f))))
			}
		}
	}
	return path
}

// Dead is the spec's answer about a token that does not live, as Go text; empty if the
// answer does not say whether one does.
func (o *Operation) Dead() string {
	if !o.is(introspect) || o.Answer == nil {
		return ""
	}
	i := slices.IndexFunc(o.Answer.Fields, func(f *shape.Field) bool { return f.Type.Kind == shape.Bool && norm(f.Key) == "active" })
	if i < 0 {
		return ""
	}
	dead := any(map[string]any{o.Answer.Fields[i].Key: false})
	for _, e := range o.Answers {
		if members, ok := e.Value.(map[string]any); ok && members[o.Answer.Fields[i].Key] == false {
			dead = e.Value
		}
	}
	text, _ := compact(dead) // it was JSON when it was read
	return raw(text)
}

// refusal is the example of an error for one status.
type refusal struct {
	Status int
	Body   string
}

// RefusalExamples are what the fake answers, by status: 401 with a code that blames
// the client, if there is one.
func (p *Provider) RefusalExamples() []refusal {
	if body := p.refusalFor(401); body != p.RefusalDefault() {
		return []refusal{{401, body}}
	}
	return nil
}

// RefusalDefault is the answer for every other status.
func (p *Provider) RefusalDefault() string { return cmp.Or(p.refusalFor(400), "`{}`") }

func (p *Provider) refusalFor(status int) string {
	best, score := "", -1
	for _, o := range p.Operations {
		for _, e := range o.Refusals {
			body, err := compact(e.Value)
			if err != nil || !e.JSON {
				continue
			}
			n := 0
			if e.Status == status {
				n += 2
			}
			blames := slices.ContainsFunc(p.Codes, func(c shape.Code) bool { return c.Code == p.codeOf(e.Value) && c.Kind == "bad-client" })
			if blames && e.Status/100 == 4 {
				n++
			}
			if n > score {
				best, score = raw(body), n
			}
		}
	}
	return best
}

// Schemes are how the requests show who sends them.
func (p *Provider) Schemes() []*shape.Scheme { return p.pkg.Schemes }

// MayBeBare tells whether an operation takes a request without the credential.
func (p *Provider) MayBeBare(s *shape.Scheme) bool {
	return slices.ContainsFunc(p.Operations, func(o *Operation) bool {
		return o.AuthOptional && slices.ContainsFunc(o.Auth, func(c shape.Credential) bool { return c.Scheme == s })
	})
}

// OtherClient is the condition under which the members or parameters of a request are
// another client's; empty if none of them says whose it is.
func (p *Provider) OtherClient(o *Operation) string {
	var list []string
	for _, f := range o.fields() {
		got := map[string]string{"": "c.Text(%q)", "query": "c.Query(%q)", "path": "c.Segment(%q)", "header": "c.Header.Get(%q)"}[f.In]
		if want := p.ours(f); want != "" && got != "" {
			list = append(list, fmt.Sprintf(got, f.Key)+" != "+want)
		}
	}
	return strings.Join(list, " || ")
}

// ours is the constant of the fake's client that a member has to be.
func (p *Provider) ours(f *shape.Field) string {
	i := slices.IndexFunc(p.Own, func(o *Own) bool { return o.Key == f.Key })
	switch {
	case i >= 0:
		return "own" + p.Own[i].Field
	case isID(f):
		return "clientID"
	}
	return ""
}

// issue is what the fake's draft needs to hand out a token.
func (p *Provider) issue(o *Operation, of string) map[string]any {
	example, _ := compact(o.Answers[0].Value) // it was JSON when it was read
	keys := []string{strconv.Quote(o.Access.Key())}
	if o.Refresh != nil {
		keys = append(keys, strconv.Quote(o.Refresh.Key()))
	}
	return map[string]any{"Example": raw(example), "Of": of, "Keys": strings.Join(keys, ", "), "Expires": p.Expires(), "Expiry": o.expiry()}
}

// expiry is a function that writes into an answer when the token ends.
func (o *Operation) expiry() string {
	if o.Expiry == nil {
		return "nil"
	}
	f := o.Expiry.Fields[len(o.Expiry.Fields)-1]
	value := "s.book.In(s.opts.Lifetime).Format(time.RFC3339)"
	if f.Type.Expires == "seconds" {
		value = "int64(s.opts.Lifetime / time.Second)"
		if f.Type.Schema.Type.Is("string") {
			value = "strconv.FormatInt(" + value + ", 10)"
		}
	}
	if len(o.Expiry.Path) > 1 {
		return fmt.Sprintf("func(answer map[string]any) { if inner, ok := answer[%q].(map[string]any); ok { inner[%q] = %s } }", o.Expiry.Path[0], f.Key, value)
	}
	return fmt.Sprintf("func(answer map[string]any) { answer[%q] = %s }", f.Key, value)
}

// answer is Go of the spec's example of a success.
func answer(o *Operation) (string, error) {
	first := o.Answers[0]
	if first.Value == nil {
		return fmt.Sprintf("fakeauth.Answer{Status: %d}", first.Status), nil
	}
	body, err := compact(first.Value)
	return fmt.Sprintf("fakeauth.JSON(%d, json.RawMessage(%s))", first.Status, raw(body)), err
}
