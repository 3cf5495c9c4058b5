package wrapper

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// row is one operation in the scorecard's table.
type row struct {
	Name           string
	Issues, Spends bool
	Success        string
	Tokens         []string
	Refused        map[string]string
	Call           string
}

// Rows are the operations in the scorecard's table.
func (p *Provider) Rows() (list []row) {
	me := p.Name + "Of(c)"
	for _, o := range p.Operations {
		r := row{Name: p.Name + "." + o.ID, Issues: o.Access != nil, Spends: !o.Safe, Success: "``", Refused: map[string]string{}}
		if v := o.Answers[0].Value; v != nil {
			body, _ := compact(v)
			r.Success = raw(body)
		}
		if o.Answer != nil {
			r.Refused = conditions(o.Answer)
			if o.Access != nil && o.MayLackToken() && !strings.Contains(r.Refused[o.Access.Path[0]], "missing") { // the flow refuses it
				r.Refused[o.Access.Path[0]] = strings.TrimSpace(r.Refused[o.Access.Path[0]] + " missing")
			}
			for _, f := range o.Answer.Fields {
				if object, ok := o.Answers[0].Value.(map[string]any); ok && f.Type.Kind == shape.Secret && object[f.Key] != nil {
					r.Tokens = append(r.Tokens, f.Key)
				}
			}
		}
		add := func(word, call string) {
			one := r
			one.Name, one.Call = strings.TrimSpace(r.Name+" "+word), call
			list = append(list, one)
		}
		verifier := ""
		if p.PKCE() {
			verifier = `, Verifier: grantway.NewSecret("example-verifier")`
		}
		flows := 0
		if o == p.Exchange() {
			add("code", "_, err := "+me+".Exchange(ctx, grantway.AuthorizationCode{Code: grantway.NewSecret(canaryCode)"+verifier+"})\nreturn err")
			flows++
		}
		if o == p.Refresh() {
			add("refresh", "_, err := "+me+".Refresh(ctx, token)\nreturn err")
			flows++
		}
		switch {
		case flows > 0:
		case o == p.Mint():
			add("", "_, err := "+me+".Exchange(ctx)\nreturn err")
		case o == p.Revoke():
			add("", "return "+me+".RevokeToken(ctx, token)")
		case o == p.Introspect() && o.Answer != nil:
			add("", "_, err := "+me+"."+o.Name+"(ctx, token)\nreturn err")
		default:
			add("", o.statement(p.call(o, o.Requests[0], me+".Operations()", "ctx", "token.AccessToken", p.canary)))
		}
	}
	return list
}

// canary is the expression of a credential that a check looks for.
func (p *Provider) canary(key, _ string) string {
	name := "canaryAccess"
	switch n := norm(key); {
	case slices.ContainsFunc(p.Own, func(o *Own) bool { return o.Key == key }):
		name = "canaryKey"
	case slices.Contains(codeKeys, n):
		name = "canaryCode"
	case n == "refreshtoken":
		name = "canaryRefresh"
	}
	return "grantway.NewSecret(" + name + ")"
}

// Successes names the example of a success of each operation, as the spec does.
func (p *Provider) Successes() map[string]string {
	out := map[string]string{}
	for _, o := range p.Operations {
		out[o.ID] = o.Answers[0].Key
	}
	return out
}

// conformanceCall is one entry of conformance/internal/calls.
type conformanceCall struct{ Operation, Name, Body string }

// Calls are every example of a request, and every flow.
func (p *Provider) Calls() (list []conformanceCall) {
	values := func(key, _ string) string {
		name := "Access"
		switch n := norm(key); {
		case slices.ContainsFunc(p.Own, func(o *Own) bool { return o.Key == key }):
			name = "Key"
		case slices.Contains(codeKeys, n):
			name = "Code"
		case n == "refreshtoken":
			name = "Refresh"
		case n == "codeverifier":
			name = "Verifier"
		}
		return "secret(v." + name + ")"
	}
	result := func(o *Operation, call string) string {
		if o.Answer == nil {
			return "return nil, " + call
		}
		return "return " + call
	}
	for _, o := range p.Operations {
		for _, r := range o.Requests {
			if call := p.call(o, r, "c.Operations()", "fixed()", "secret(v.Access)", values); call != "" {
				list = append(list, conformanceCall{o.ID, r.Name, result(o, call)})
			}
		}
	}
	if o := p.Exchange(); o != nil {
		verifier := ""
		if p.PKCE() {
			verifier = ", Verifier: secret(v.Verifier)"
		}
		list = append(list, conformanceCall{o.ID, "Exchange", "return c.Exchange(fixed(), grantway.AuthorizationCode{Code: secret(v.Code), RedirectURL: v.Redirect" + verifier + "})"})
	}
	if o := p.Mint(); o != nil {
		list = append(list, conformanceCall{o.ID, "Exchange", "return c.Exchange(fixed())"})
	}
	if o := p.Refresh(); o != nil {
		list = append(list, conformanceCall{o.ID, "Refresh", "return c.Refresh(fixed(), &grantway.Token{RefreshToken: secret(v.Refresh)})"})
	}
	if o := p.Revoke(); o != nil {
		list = append(list, conformanceCall{o.ID, "RevokeToken", "return nil, c.RevokeToken(fixed(), &grantway.Token{AccessToken: secret(v.Access)})"})
	}
	if o := p.Introspect(); o != nil && o.Answer != nil {
		list = append(list, conformanceCall{o.ID, o.Name, "return c." + o.Name + "(fixed(), &grantway.Token{AccessToken: secret(v.Access)})"})
	}
	return list
}

// refusedRow is a request that the fake has to refuse, in its own tests and in those
// that hold its answers against the spec.
type refusedRow struct {
	Name, Method, Path, Query, Body string
	Status                          int
	HeaderMap                       map[string]string
}

// Target is the path with the query.
func (r refusedRow) Target() string { return strings.TrimSuffix(r.Path+"?"+r.Query, "?") }

// Header is the header as lines.
func (r refusedRow) Header() (lines []string) {
	for name, value := range r.HeaderMap {
		lines = append(lines, name+": "+value)
	}
	slices.Sort(lines)
	return lines
}

// request is one that keeps the rules of its operation, in parts that can be broken.
type request struct {
	header, query map[string]string
	members       map[string]any
}

func (r request) clone() request { return request{clone(r.header), clone(r.query), clone(r.members)} }

// sound is the request of the first example.
func (p *Provider) sound(o *Operation) request {
	r := request{map[string]string{}, map[string]string{}, map[string]any{}}
	for _, f := range o.parameters() {
		v, there := o.parameter(f)
		switch {
		case there && f.In == "header":
			r.header[f.Key] = show(v)
		case there && f.In == "query":
			r.query[f.Key] = show(v)
		}
	}
	for _, a := range o.Auth {
		if a.Query != "" {
			r.query[a.Query] = p.credential(a.Scheme)
		} else {
			r.header[a.Header] = p.credential(a.Scheme)
		}
	}
	if o.Body != nil {
		r.header["Content-Type"] = o.BodyType
		if example, ok := o.Requests[0].Value.(map[string]any); ok {
			r.members = p.own(example)
		}
	}
	return r
}

// Refused are the requests that the rules of the spec refuse.
func (p *Provider) Refused() (list []refusedRow, err error) {
	for _, o := range p.Operations {
		sound := p.sound(o)
		add := func(name string, status int, spoil func(request)) {
			r := sound.clone()
			spoil(r)
			query := url.Values{}
			for key, value := range r.query {
				query.Set(key, value)
			}
			row := refusedRow{Name: o.ID + ": " + name, Method: o.Method, Path: o.Filled(), Query: query.Encode(), Status: status, HeaderMap: r.header, Body: `""`}
			if o.Body != nil {
				text, failed := o.body(r.members)
				row.Body, err = raw(text), errors.Join(err, failed)
			}
			list = append(list, row)
		}
		o.refuseCredentials(add)
		if o.Body != nil && (o.BodyRequired || len(sound.members) > 0) {
			add("another content type", 415, func(r request) { r.header["Content-Type"] = "text/plain" })
		}
		if !o.Given() { // of which the fake has issued none
			o.refuseValues(sound, add)
		}
	}
	return list, err
}

func (o *Operation) refuseCredentials(add func(string, int, func(request))) {
	if len(o.Auth) == 0 {
		add("a credential where none belongs", 400, func(r request) { r.header["Authorization"] = "Example wrong" })
	}
	for _, a := range o.Auth {
		name, part := a.Header, func(r request) map[string]string { return r.header }
		if a.Query != "" {
			name, part = a.Query, func(r request) map[string]string { return r.query }
		}
		if !o.AuthOptional {
			add("no "+name, 401, func(r request) { delete(part(r), name) })
		}
		add("another "+name, 401, func(r request) { part(r)[name] = "Example wrong" })
		if !a.Client { // one that stands as it should, and that the fake never issued
			add("an unknown token", 401, func(request) {})
		}
	}
}

// refuseValues are parameters and members that are missing, or that nobody knows.
func (o *Operation) refuseValues(sound request, add func(string, int, func(request))) {
	add("a parameter that nobody knows", 400, func(r request) { r.query["nobody_knows_this"] = "x" })
	for _, f := range o.parameters() {
		switch {
		case f.In == "header" && f.Required:
			add("no "+f.Key, 400, func(r request) { delete(r.header, f.Key) })
		case f.In == "query" && f.Required:
			add("no "+f.Key, 400, func(r request) { delete(r.query, f.Key) })
		}
	}
	if o.Body == nil || o.Body.Kind != shape.Object {
		return
	}
	for _, f := range o.Body.Struct.Fields {
		if _, there := sound.members[f.Key]; there && f.Required && !f.Type.Nullable {
			add("no "+f.Key, 400, func(r request) { delete(r.members, f.Key) })
		}
	}
	if more := o.Body.Struct.Schema.AdditionalProperties; (more.Has == nil || !*more.Has) && more.Schema == nil {
		add("a member that nobody knows", 400, func(r request) { r.members["nobody_knows_this"] = "x" })
	}
}

// own puts the fake's own client into an example.
func (p *Provider) own(example map[string]any) map[string]any {
	out := clone(example)
	for key := range out {
		switch {
		case slices.ContainsFunc(p.Own, func(o *Own) bool { return o.Key == key }):
			out[key] = exampleSecret // of a body: no scheme says what it may be
		case slices.Contains(idKeys, norm(key)):
			out[key] = exampleID
		}
	}
	return out
}

// clone is a copy that can be written to.
func clone[V any](m map[string]V) map[string]V {
	if out := maps.Clone(m); out != nil {
		return out
	}
	return map[string]V{}
}

// NeverSucceed are the operations that no flow uses.
func (p *Provider) NeverSucceed() (ids []string) {
	for _, o := range p.Operations {
		used := o == p.Exchange() || o == p.Mint() || o == p.Revoke() && p.Issues() || o == p.Refresh() && p.RefreshesSelf() ||
			o == p.Introspect() && o.Answer != nil && p.Issues()
		if !used {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// driftPair are two values of a member that its type does not settle.
type driftPair struct{ Member, A, B string }

// DriftPairs are those of the spec's answers.
func (p *Provider) DriftPairs() (list []driftPair) {
	for _, s := range p.pkg.Structs {
		if !s.Read {
			continue
		}
		for _, f := range s.Fields {
			member := s.Spec + "." + f.Key
			switch {
			case f.Synthetic:
			case f.Type.Kind == shape.Expiry && strings.HasPrefix(f.Type.Expires, "timestamp"), f.Type.Kind == shape.Moment:
				list = append(list, driftPair{member, `"2026-11-21T12:00:00Z"`, `"2026-11-22T12:00:00Z"`})
			case f.Type.Kind == shape.Expiry && f.Type.Schema.Type.Is("string"):
				list = append(list, driftPair{member, `"1111"`, `"2222"`})
			case f.Type.Kind == shape.Enum && len(f.Type.Schema.Enum) > 1:
				list = append(list, driftPair{member, fmt.Sprintf("%#v", f.Type.Schema.Enum[0]), fmt.Sprintf("%#v", f.Type.Schema.Enum[1])})
			case norm(f.Key) == "tokentype":
				list = append(list, driftPair{member, `"Bearer"`, `"bearer"`})
			}
		}
	}
	return list
}

// NotRead are the members of errors that are no code, nor on the way to it.
func (p *Provider) NotRead() (list []string) {
	var note func(s *shape.Struct, path []string)
	note = func(s *shape.Struct, path []string) {
		for _, f := range s.Fields {
			onTheWay := len(path) > 0 && f.Key == path[0]
			if name := s.Spec + "." + f.Key; !f.Synthetic && !onTheWay && !slices.Contains(list, name) {
				list = append(list, name)
			}
			inner := f.Type
			for inner.Elem != nil {
				inner = inner.Elem
			}
			if inner.Kind != shape.Object || inner.Struct == s {
				continue
			}
			if onTheWay {
				note(inner.Struct, path[1:])
			} else {
				note(inner.Struct, nil)
			}
		}
	}
	for _, s := range p.Errors {
		var path []string
		for _, c := range p.CodeShapes() {
			if c.Decoder == s.Decoder {
				path = c.path
			}
		}
		note(s, path)
	}
	return list
}
