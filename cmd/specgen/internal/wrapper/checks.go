package wrapper

import (
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
	case n == "code", n == "authorizationcode":
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
		case n == "code", n == "authorizationcode":
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

// Header is the header as lines.
func (r refusedRow) Header() (lines []string) {
	for name, value := range r.HeaderMap {
		lines = append(lines, name+": "+value)
	}
	slices.Sort(lines)
	return lines
}

// Refused are the requests that the shell refuses.
func (p *Provider) Refused() (list []refusedRow, err error) {
	for _, o := range p.Operations {
		base := refusedRow{Method: o.Method, Path: o.Path, HeaderMap: map[string]string{}}
		if o.Params != nil {
			for _, f := range o.Params.Params {
				v, there := o.parameter(f)
				switch {
				case f.In == "path":
					base.Path = strings.ReplaceAll(base.Path, "{"+f.Key+"}", url.PathEscape(show(v)))
				case f.In == "header" && there:
					base.HeaderMap[f.Key] = show(v)
				}
			}
		}
		credential := ""
		for _, a := range o.Auth {
			if a.Header != "" {
				credential = a.Header
				base.HeaderMap[a.Header] = p.credential(a.Scheme)
			}
		}
		members := map[string]any{}
		if o.Body != nil {
			base.HeaderMap["Content-Type"] = o.BodyType
			if example, ok := o.Requests[0].Value.(map[string]any); ok {
				members = p.own(example)
			}
		}
		add := func(name string, status int, header func(map[string]string), body map[string]any) error {
			one := base
			one.Name, one.Status, one.HeaderMap, one.Body = o.ID+": "+name, status, clone(base.HeaderMap), `""`
			header(one.HeaderMap)
			if o.Body != nil {
				text, err := o.body(body)
				if err != nil {
					return err
				}
				one.Body = raw(text)
			}
			list = append(list, one)
			return nil
		}
		if err := p.refused(o, credential, members, add); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (p *Provider) refused(o *Operation, credential string, members map[string]any, add func(string, int, func(map[string]string), map[string]any) error) error {
	same := func(map[string]string) {}
	if credential != "" && !o.AuthOptional {
		if err := add("no credential", 401, func(h map[string]string) { delete(h, credential) }, members); err != nil {
			return err
		}
	}
	if credential != "" {
		if err := add("another credential", 401, func(h map[string]string) { h[credential] = "Example wrong" }, members); err != nil {
			return err
		}
	}
	if o.Params != nil {
		for _, f := range o.Params.Params {
			if f.In == "header" && f.Required {
				if err := add("no "+f.Key, 400, func(h map[string]string) { delete(h, f.Key) }, members); err != nil {
					return err
				}
			}
		}
	}
	if o.Body == nil || o.Body.Kind != shape.Object {
		return nil
	}
	for _, f := range o.Body.Struct.Fields {
		if _, there := members[f.Key]; there && f.Required && !f.Type.Nullable {
			less := clone(members)
			delete(less, f.Key)
			if err := add("no "+f.Key, 400, same, less); err != nil {
				return err
			}
		}
	}
	if has := o.Body.Struct.Schema.AdditionalProperties.Has; (has == nil || !*has) && o.Body.Struct.Schema.AdditionalProperties.Schema == nil {
		more := clone(members)
		more["nobody_knows_this"] = "x"
		if err := add("a member that nobody knows", 400, same, more); err != nil {
			return err
		}
	}
	return add("another content type", 415, func(h map[string]string) { h["Content-Type"] = "text/plain" }, members)
}

// own puts the fake's own client into an example.
func (p *Provider) own(example map[string]any) map[string]any {
	out := clone(example)
	for key := range out {
		n := norm(key)
		switch {
		case slices.ContainsFunc(p.Own, func(o *Own) bool { return o.Key == key }):
			out[key] = exampleSecret
		case n == "clientid", n == "applicationid", n == "appid":
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
