package wrapper

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// role is what a flow does with an operation.
type role uint8

const (
	exchange   role = iota // a code for a token
	mint                   // the client's own credential for a token
	refresh                // a refresh token for a new token
	revoke                 // an end for a token
	introspect             // what is known of a token
)

var (
	revokes     = regexp.MustCompile(`(?i)revo(ke|cation)|sign_?out|log_?out|invalidate`)
	introspects = regexp.MustCompile(`(?i)introspect|tokenstatus|token_info|tokeninfo|verifytoken`)
)

// of is the operation of a role; nil if there is none. The first one wins.
func (p *Provider) of(r role) *Operation {
	i := slices.IndexFunc(p.Operations, func(o *Operation) bool { return o.is(r) })
	if i < 0 {
		return nil
	}
	return p.Operations[i]
}

func (o *Operation) is(r role) bool {
	switch r {
	case exchange:
		return o.Access != nil && o.secret(codeKeys...) != nil
	case refresh:
		return o.Access != nil && o.secret("refreshtoken") != nil
	case mint:
		return o.Access != nil && o.secret(slices.Concat(codeKeys, tokenKeys, []string{"refreshtoken"})...) == nil && o.given() == nil
	case revoke:
		return o.Access == nil && revokes.MatchString(o.ID) && o.takesToken()
	case introspect:
		return o.Access == nil && introspects.MatchString(o.ID) && o.takesToken()
	}
	return false
}

func (o *Operation) takesToken() bool {
	return o.secret(tokenKeys...) != nil || o.given() != nil
}

// secret is a credential in the body.
func (o *Operation) secret(names ...string) *shape.Field {
	if o.Body == nil || o.Body.Kind != shape.Object {
		return nil
	}
	for _, f := range o.Body.Struct.Fields {
		if f.Type.Kind == shape.Secret && slices.Contains(names, norm(f.Key)) {
			return f
		}
	}
	return nil
}

// given is the scheme of the credential that is given with each call.
func (o *Operation) given() *shape.Scheme {
	for _, a := range o.Auth {
		if !a.Client {
			return a.Scheme
		}
	}
	return nil
}

// Exchange and the others are the operations behind the flows.
func (p *Provider) Exchange() *Operation   { return p.of(exchange) }
func (p *Provider) Mint() *Operation       { return orNot(p.Exchange() == nil, p.of(mint)) }
func (p *Provider) Refresh() *Operation    { return p.of(refresh) }
func (p *Provider) Revoke() *Operation     { return p.of(revoke) }
func (p *Provider) Introspect() *Operation { return p.of(introspect) }

func orNot(ok bool, o *Operation) *Operation {
	if !ok {
		return nil
	}
	return o
}

// Issues tells whether there is a token to keep fresh.
func (p *Provider) Issues() bool { return p.Exchange() != nil || p.Mint() != nil }

// PKCE tells whether a code comes with a verifier.
func (p *Provider) PKCE() bool {
	return p.Exchange() != nil && p.Exchange().secret("codeverifier") != nil
}

// BodyOwn are the client's own credentials that stand in the operation's body or
// parameters.
func (p *Provider) BodyOwn(o *Operation) (list []*Own) {
	for _, own := range p.Own {
		if own.Key != "" && slices.ContainsFunc(o.fields(), func(f *shape.Field) bool { return f.Key == own.Key }) {
			list = append(list, own)
		}
	}
	return list
}

// parameters are those in the path, the query and the headers.
func (o *Operation) parameters() []*shape.Field {
	if o.Params == nil {
		return nil
	}
	return o.Params.Params
}

func (o *Operation) fields() []*shape.Field {
	list := slices.Clone(o.parameters())
	if o.Body != nil && o.Body.Kind == shape.Object {
		list = append(list, o.Body.Struct.Fields...)
	}
	return list
}

// Arguments are those of the generated call for a flow, behind the context.
func (p *Provider) Arguments(o *Operation, r role) string {
	var list []string
	for _, a := range o.Auth {
		if !a.Client {
			list = append(list, "t.AccessToken")
		}
	}
	if o.Params != nil && !o.Joined() {
		list = append(list, p.literalOf(o, o.Params, r))
	}
	if !o.NoBody() {
		if o.Body.Kind != shape.Object {
			list = append(list, "nil")
		} else {
			list = append(list, reference(o)+p.literalOf(o, o.Body.Struct, r))
		}
	}
	return strings.Join(append([]string{"ctx"}, list...), ", ")
}

func reference(o *Operation) string {
	if o.BodyRequired {
		return ""
	}
	return "&"
}

func (p *Provider) literalOf(o *Operation, s *shape.Struct, r role) string {
	var b strings.Builder
	for _, f := range slices.Concat(s.Fields, s.Params) {
		if v := p.value(o, f, s, r); v != "" {
			fmt.Fprintf(&b, "%s: %s, ", f.Name, v)
		}
	}
	return p.Name + "api." + s.Name + "{" + strings.TrimSuffix(b.String(), ", ") + "}"
}

// value is what a flow puts into a member: empty for nothing.
func (p *Provider) value(o *Operation, f *shape.Field, s *shape.Struct, r role) string {
	n := norm(f.Key)
	if f.Type.Kind == shape.Secret {
		if slices.ContainsFunc(p.Own, func(o *Own) bool { return o.Key == f.Key }) {
			return lowered(f.Name)
		}
		switch {
		case r == exchange && slices.Contains(codeKeys, n):
			return "code.Code"
		case r == exchange && n == "codeverifier":
			return "code.Verifier"
		case r == refresh && n == "refreshtoken":
			return "t.RefreshToken"
		case (r == revoke || r == introspect) && slices.Contains(tokenKeys, n):
			return "t.AccessToken"
		}
		return ""
	}
	if f.Required && !f.Pointer(s) && (f.Type.Kind == shape.Bool || f.Type.Kind == shape.Int || f.Type.Kind == shape.Float) {
		return show(o.usual(f, r))
	}
	if !isText(f) || f.Pointer(s) {
		return ""
	}
	convert := func(x string) string {
		if f.Type.Kind == shape.Enum {
			return p.Name + "api." + f.Type.Enum.Name + "(" + x + ")"
		}
		return x
	}
	switch {
	case isID(f):
		return convert("c.id")
	case slices.ContainsFunc(p.Settings, func(s *Setting) bool { return s.Field == f.Name }):
		return convert("c." + lowered(f.Name))
	case r == exchange && (n == "redirecturi" || n == "redirecturl"):
		return convert("code.RedirectURL")
	case strings.HasSuffix(n, "hint"):
		return `"access_token"`
	case f.Required || n == "granttype":
		return strconv.Quote(show(o.usual(f, r)))
	}
	return ""
}

// usual is what the spec's example for a role has for a member, such as the grant that
// goes with a code.
func (o *Operation) usual(f *shape.Field, r role) any {
	goesWith := map[role]*shape.Field{exchange: o.secret(codeKeys...), refresh: o.secret("refreshtoken")}[r]
	for _, e := range o.Requests {
		members, _ := e.Value.(map[string]any)
		if v := members[f.Key]; v != nil && (goesWith == nil || members[goesWith.Key] != nil) {
			return v
		}
	}
	return parameter(f)
}

// lowered is a name of a local variable or a field.
func lowered(name string) string {
	if low := lower(name); !token.IsKeyword(low) {
		return low
	}
	return "its" + name
}

func lower(name string) string {
	for i, r := range name {
		if i > 0 && (r < 'A' || r > 'Z') {
			if i > 1 {
				i--
			}
			return strings.ToLower(name[:i]) + name[i:]
		}
	}
	return strings.ToLower(name)
}
