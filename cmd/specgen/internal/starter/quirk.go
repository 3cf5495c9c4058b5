package starter

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// Quirk is one way in which a provider wants to know who calls.
type Quirk struct {
	// Name is what --auth takes.
	Name string
	// Short is the quirk in one line.
	Short string
	// Code tells the quirks of an OAuth client, which exchanges codes, from
	// those of an API key.
	Code bool
}

// Default is the quirk of a provider that says OAuth and no more: RFC 6749
// wants every server to take it.
const Default = "basic-form"

// Quirks are those that the three providers of the first hour have, and what
// their users have met elsewhere.
func Quirks() []Quirk {
	return []Quirk{
		{"basic-form", "HTTP Basic, id and secret form-encoded first (RFC 6749 section 2.3.1)", true},
		{"basic-raw", "HTTP Basic, id and secret as they are, as BuiltByBit wants it", true},
		{"client-header", "`Authorization: Client SECRET`, as Square wants it, the id in the body", true},
		{"body-secret", "id and secret in the body, no header", true},
		{"none", "a public client: the id in the body, PKCE and no secret", true},
		{"bearer", "an API key in the body buys a token, sent as `Bearer TOKEN`", false},
		{"bare-token", "an API key in the body buys a token, sent with no scheme, as at ByteNite", false},
	}
}

// FindQuirk returns the quirk of that name.
func FindQuirk(name string) (Quirk, error) {
	var names []string
	for _, q := range Quirks() {
		if q.Name == name {
			return q, nil
		}
		names = append(names, q.Name)
	}
	return Quirk{}, fmt.Errorf("no auth scheme %q: there are %s", name, strings.Join(names, ", "))
}

// Key is the opposite of Code.
func (q Quirk) Key() bool { return !q.Code }

// Basic is HTTP Basic in either encoding.
func (q Quirk) Basic() bool { return q.BasicForm() || q.BasicRaw() }

// BasicForm encodes id and secret as a form before it joins them.
func (q Quirk) BasicForm() bool { return q.Name == "basic-form" }

// BasicRaw joins id and secret as they are.
func (q Quirk) BasicRaw() bool { return q.Name == "basic-raw" }

// ClientHeader is Square's way of authenticating an application.
func (q Quirk) ClientHeader() bool { return q.Name == "client-header" }

// Header tells whether the client's credentials are in a header.
func (q Quirk) Header() bool { return q.Basic() || q.ClientHeader() }

// HasSecret tells whether the client has one.
func (q Quirk) HasSecret() bool { return q.Code && q.Name != "none" }

// SecretInBody and ClientInBody tell what of the client is in the body.
func (q Quirk) SecretInBody() bool { return q.Name == "body-secret" }
func (q Quirk) ClientInBody() bool { return q.Code && !q.Basic() }

// Bare is a token without a scheme before it.
func (q Quirk) Bare() bool { return q.Name == "bare-token" }

// Scheme is the name of the security scheme in the spec. The checks of
// conformance/ know these names, and how each looks on the wire.
func (q Quirk) Scheme() string {
	switch {
	case q.Basic():
		return "clientBasic"
	case q.ClientHeader():
		return "clientSecret"
	case q.Bare():
		return "bareToken"
	}
	return "bearerToken"
}

// With says how an operation of a code flow is authenticated, for its comment.
func (q Quirk) With() string {
	switch {
	case q.Basic():
		return " with HTTP Basic"
	case q.ClientHeader():
		return " with `Authorization: Client SECRET`"
	case q.SecretInBody():
		return " with the client's id and secret in it"
	}
	return " with the client's id in it"
}

// AsWhat says where the token of an API key stands.
func (q Quirk) AsWhat() string {
	if q.Bare() {
		return "alone in the Authorization header"
	}
	return "as Bearer in the Authorization header"
}

// TokenBefore is what stands before it.
func (q Quirk) TokenBefore() string {
	if q.Bare() {
		return ""
	}
	return "Bearer "
}

// Authorization is the header of a client with that id and secret. It is worked
// out here once more, and not by the wrapper, which is tested against it.
func (q Quirk) Authorization(id, secret string) string {
	switch {
	case q.BasicForm():
		id, secret = url.QueryEscape(id), url.QueryEscape(secret)
		fallthrough
	case q.BasicRaw():
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
	case q.ClientHeader():
		return "Client " + secret
	}
	return ""
}

// OtherBasic is the header in the encoding that the provider does not take.
func (q Quirk) OtherBasic(id, secret string) string {
	other := Quirk{Name: "basic-raw"}
	if q.BasicRaw() {
		other.Name = "basic-form"
	}
	return other.Authorization(id, secret)
}

// client is what a form has of the client.
func (q Quirk) client(id, secret string) url.Values {
	v := url.Values{}
	if q.ClientInBody() {
		v.Set("client_id", id)
	}
	if q.SecretInBody() {
		v.Set("client_secret", secret)
	}
	return v
}

// FormTail is that as the end of a form.
func (q Quirk) FormTail(id, secret string) string {
	if v := q.client(id, secret); len(v) > 0 {
		return "&" + v.Encode()
	}
	return ""
}
