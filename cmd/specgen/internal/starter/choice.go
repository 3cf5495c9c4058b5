package starter

import (
	"fmt"
	"slices"
	"strings"
)

// Choice is what a provider's auth is like, as far as `specgen init NAME` asks: each
// part is chosen by itself.
type Choice struct{ Auth, Body, PKCE, Expiry string }

// Way is one value that a part can have.
type Way struct{ Name, Short string }

// Ways are the values of --auth, the first one the default: RFC 6749 wants every
// server to take it.
func Ways() []Way {
	return []Way{
		{"basic-form", "HTTP Basic, id and secret form-encoded first (RFC 6749 section 2.3.1)"},
		{"basic-raw", "HTTP Basic, id and secret as they are"},
		{"client-header", "`Authorization: Client SECRET`, the id in the body"},
		{"body-secret", "id and secret in the body, no header"},
		{"none", "a public client: the id in the body, and no secret"},
		{"bearer", "an API key in the body buys a token, sent as `Bearer TOKEN`"},
		{"bare-token", "an API key in the body buys a token, sent with no scheme"},
	}
}

// parts are the other values, the default first.
var parts = map[string][]string{
	"body":   {"form", "json"},
	"pkce":   {"required", "none"},
	"expiry": {"seconds", "timestamp", "none"},
}

// Complete fills what is left open and refuses what is not known.
func (c Choice) Complete() (Choice, error) {
	var names []string
	for _, w := range Ways() {
		names = append(names, w.Name)
	}
	pick := func(part string, value *string, known []string) error {
		if *value == "" {
			*value = known[0]
		}
		if !slices.Contains(known, *value) {
			return fmt.Errorf("no --%s %q: there are %s", part, *value, strings.Join(known, ", "))
		}
		return nil
	}
	for _, p := range []struct {
		part  string
		value *string
		known []string
	}{{"auth", &c.Auth, names}, {"body", &c.Body, parts["body"]}, {"pkce", &c.PKCE, parts["pkce"]}, {"expiry", &c.Expiry, parts["expiry"]}} {
		if p.part == "body" && c.Body == "" && c.Key() {
			c.Body = "json" // as APIs with keys have it
		}
		if err := pick(p.part, p.value, p.known); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Key tells an API key from an OAuth client, which exchanges codes; Code is the
// opposite.
func (c Choice) Key() bool  { return c.Auth == "bearer" || c.Auth == "bare-token" }
func (c Choice) Code() bool { return !c.Key() }

// Basic and the others are for the template.
func (c Choice) Basic() bool        { return c.Auth == "basic-form" || c.Auth == "basic-raw" }
func (c Choice) BasicForm() bool    { return c.Auth == "basic-form" }
func (c Choice) ClientHeader() bool { return c.Auth == "client-header" }
func (c Choice) Header() bool       { return c.Basic() || c.ClientHeader() }
func (c Choice) SecretInBody() bool { return c.Auth == "body-secret" }
func (c Choice) ClientInBody() bool { return c.Code() && !c.Basic() }
func (c Choice) Bare() bool         { return c.Auth == "bare-token" }
func (c Choice) HasPKCE() bool      { return c.Code() && c.PKCE != "none" }
func (c Choice) Seconds() bool      { return c.Expiry == "seconds" }
func (c Choice) Timestamp() bool    { return c.Expiry == "timestamp" }

// PKCEWord is the choice in the words of x-authorize.
func (c Choice) PKCEWord() string {
	if c.HasPKCE() {
		return "required"
	}
	return "unknown"
}

// Media is the type of the bodies.
func (c Choice) Media() string {
	if c.Body == "json" {
		return "application/json"
	}
	return "application/x-www-form-urlencoded"
}

// Scheme is the name of the security scheme. The checks of conformance/ know these
// names, and how each looks on the wire.
func (c Choice) Scheme() string {
	switch {
	case c.Basic():
		return "clientBasic"
	case c.ClientHeader():
		return "clientSecret"
	case c.Bare():
		return "bareToken"
	}
	return "bearerToken"
}

// command is how the choice is made.
func (c Choice) command(name string) string {
	return strings.TrimSpace(fmt.Sprintf("specgen init %s --auth %s --body %s --pkce %s --expiry %s", name, c.Auth, c.Body, c.PKCE, c.Expiry))
}
