package spec

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// authenticate is openapi3filter's AuthenticationFunc: the request carries
// exactly what the operation's security scheme says, in its own spelling.
func authenticate(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	check, ok := schemes[in.SecuritySchemeName]
	if !ok {
		check, ok = asDeclared(in.SecurityScheme)
	}
	if !ok {
		return in.NewError(fmt.Errorf("security scheme %s: it does not say how it looks on the wire: a key in a header needs x-auth-format", in.SecuritySchemeName))
	}
	if s := in.SecurityScheme; s.Type+" "+s.Scheme+s.In != check.declared {
		return in.NewError(fmt.Errorf("security scheme %s is declared as %s %s%s", in.SecuritySchemeName, s.Type, s.Scheme, s.In))
	}
	header := "Authorization"
	if in.SecurityScheme.Type == "apiKey" {
		header = in.SecurityScheme.Name
	}
	value, err := credential(in.RequestValidationInput.Request.Header, header)
	if in.SecurityScheme.In == "query" {
		value, err = key(in.RequestValidationInput.Request.URL.Query(), header)
	}
	if err == nil {
		err = check.wire(value)
	}
	if err != nil {
		return in.NewError(err)
	}
	return nil
}

// looks is how a scheme has to be declared, and how it looks in the Authorization
// header.
type looks struct {
	declared string
	wire     func(value string) error
}

// asDeclared is how a scheme looks by what the spec says of it.
func asDeclared(s *openapi3.SecurityScheme) (looks, bool) {
	out := looks{declared: s.Type + " " + s.Scheme + s.In}
	format, _ := s.Extensions["x-auth-format"].(string)
	before, _, _ := strings.Cut(format, "{")
	switch {
	case out.declared == "http basic":
		out.wire = basic
	case out.declared == "apiKey query":
		out.wire = func(string) error { return nil } // whatever is escaped
	case out.declared == "http bearer":
		out.wire = afterWord("Bearer")
	case out.declared == "apiKey header" && (format != "" || !strings.EqualFold(s.Name, "Authorization")):
		if out.wire = bare; before != "" {
			out.wire = afterWord(strings.TrimSuffix(before, " "))
		}
	}
	return out, out.wire != nil
}

// schemes are the security schemes of the first specs by name: how each has to be
// declared, and how it looks in the Authorization header. An API key's own
// spelling ("Client ") is in its description only, so it is written out here.
var schemes = map[string]looks{
	"clientBasic":       {"http basic", basic},
	"applicationSecret": {"apiKey header", afterWord("Client")},
	"bearerToken":       {"http bearer", afterWord("Bearer")},
	"bareToken":         {"apiKey header", bare},
}

func credential(h http.Header, name string) (string, error) {
	switch values := h.Values(name); len(values) {
	case 0:
		return "", fmt.Errorf("no %s header", name)
	case 1:
		return values[0], nil
	default:
		return "", fmt.Errorf("%d %s headers", len(values), name)
	}
}

// key is the credential in a query.
func key(query url.Values, name string) (string, error) {
	if n := len(query[name]); n != 1 {
		return "", fmt.Errorf("%d parameters %s", n, name)
	}
	return query.Get(name), nil
}

func noCredential(x *Exchange) error {
	if n := len(x.RequestHeader.Values("Authorization")); n > 0 {
		return errors.New("an Authorization header, where the operation has no security scheme")
	}
	return nil
}

func basic(value string) error {
	encoded, ok := strings.CutPrefix(value, "Basic ")
	if !ok {
		return errors.New("the Authorization header does not begin with \"Basic \"")
	}
	pair, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return errors.New("the Basic credentials are not base64")
	}
	if id, secret, ok := strings.Cut(string(pair), ":"); !ok || id == "" || secret == "" {
		return errors.New("the Basic credentials are no pair of id and secret")
	}
	return nil
}

// afterWord is for "Client SECRET" and "Bearer TOKEN": that word, one space,
// and something that is not another scheme.
func afterWord(word string) func(string) error {
	return func(value string) error {
		credential, ok := strings.CutPrefix(value, word+" ")
		if !ok || credential == "" || strings.TrimSpace(credential) != credential {
			return fmt.Errorf("the Authorization header is not %q and a credential", word+" ")
		}
		if err := bare(credential); err != nil && word == "Bearer" {
			return err
		}
		return nil
	}
}

// bare is a token alone: no scheme, and so no space.
func bare(value string) error {
	if value == "" || strings.ContainsAny(value, " \t") {
		return errors.New("the token does not stand alone in the Authorization header")
	}
	return nil
}
