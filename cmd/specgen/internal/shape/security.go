package shape

import (
	"maps"
	"net/textproto"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// security says which credentials an operation carries.
func (b *builder) security(out *Operation, op *openapi3.Operation, path []string) error {
	list := b.doc.Security
	if op.Security != nil {
		list = *op.Security
	}
	var chosen openapi3.SecurityRequirement
	for _, requirement := range list {
		switch {
		case len(requirement) == 0:
			out.AuthOptional = true
		case chosen != nil:
			return fault(append(path, "security"), "there are two ways to authenticate, and a call takes one: keep one, or give each an operation")
		default:
			chosen = requirement
		}
	}
	for _, key := range slices.Sorted(maps.Keys(chosen)) {
		s, err := b.scheme(key)
		if err != nil {
			return err
		}
		out.Auth = append(out.Auth, Credential{s})
	}
	return nil
}

func (b *builder) scheme(key string) (*Scheme, error) {
	if i := slices.IndexFunc(b.pkg.Schemes, func(s *Scheme) bool { return s.Key == key }); i >= 0 {
		return b.pkg.Schemes[i], nil
	}
	path := []string{"components", "securitySchemes", key}
	ref := b.doc.Components.SecuritySchemes[key]
	if ref == nil || ref.Value == nil {
		return nil, fault(path, "the security scheme %q is not declared", key)
	}
	in := ref.Value
	s := &Scheme{Key: key, Name: b.credential(key), Doc: in.Description, Header: "Authorization",
		Client: text(in.Extensions["x-credential"]) == "client", Charset: "credential"}
	switch {
	case in.Type == "http" && strings.EqualFold(in.Scheme, "basic"):
		s.Basic, s.Client = true, true
		s.FormEncoded = text(in.Extensions["x-basic-encoding"]) == "form"
	case in.Type == "http" && strings.EqualFold(in.Scheme, "bearer"), in.Type == "oauth2", in.Type == "openIdConnect":
		s.Before, s.Charset = "Bearer ", "token68"
	case in.Type == "http":
		s.Before = in.Scheme + " "
	case in.Type == "apiKey" && in.In == "header":
		s.Header = textproto.CanonicalMIMEHeaderKey(in.Name)
	case in.Type == "apiKey" && in.In == "query":
		s.Header, s.Query = "", in.Name
	default:
		return nil, fault(path, "the security scheme %q is of a kind that no call is generated for (%s in %s)", key, in.Type, in.In)
	}
	if format := text(in.Extensions["x-auth-format"]); format != "" {
		for placeholder, charset := range map[string]string{"{secret}": "credential", "{token}": "token68"} {
			if before, after, ok := strings.Cut(format, placeholder); ok {
				s.Before, s.After, s.Charset = before, after, charset
			}
		}
	}
	b.pkg.Schemes = append(b.pkg.Schemes, s)
	return s, nil
}

// credential is the Go name of a security scheme, of which the client may have two
// fields.
func (b *builder) credential(key string) string {
	name := b.types.next(key, "Credential")
	for b.client.taken[name] || b.client.taken[name+"Before"] {
		name = b.types.next(key, "Credential")
	}
	b.client.taken[name], b.client.taken[name+"Before"] = true, true
	return name
}

// scopes are those of all oauth2 schemes, as constants: an open set.
func (b *builder) scopes() []Scope {
	found := map[string]string{}
	for _, ref := range b.doc.Components.SecuritySchemes {
		if ref.Value == nil || ref.Value.Flows == nil {
			continue
		}
		f := ref.Value.Flows
		for _, flow := range []*openapi3.OAuthFlow{f.AuthorizationCode, f.Implicit, f.Password, f.ClientCredentials} {
			if flow != nil {
				maps.Copy(found, flow.Scopes)
			}
		}
	}
	var out []Scope
	for _, value := range slices.Sorted(maps.Keys(found)) {
		out = append(out, Scope{Name: b.types.next("Scope"+exported(b.types.normalize(strings.ToLower(value))), ""), Value: value, Doc: found[value]})
	}
	return out
}
