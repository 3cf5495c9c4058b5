// Package calls lists every way in which the wrappers send a request: each
// operation one to one, with each of its fields in use at least once, and each
// flow above them. The tests of this module take them through a recorder, the
// fakes and Prism.
package calls

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/grantway/grantway"
)

// Call is one call of one wrapper, which puts one request on the wire.
type Call struct {
	Provider string
	// Operation is the spec's operationId.
	Operation string
	// Name tells this call from the others of its operation.
	Name string
	// Do makes the call and returns what the wrapper returned.
	Do func(t testing.TB, env Env) (any, error)
}

// Env is where a call goes and what it carries.
type Env struct {
	// BaseURL is empty for the provider's own.
	BaseURL   string
	Transport http.RoundTripper
	Values    Values
}

// Values are the identifiers and credentials of a call; none is real.
type Values struct {
	ID, Secret, Code, Verifier, Refresh, Access, Key, Challenge string
	Merchant, Redirect                                          string
}

// Plain values have nothing that needs care.
var Plain = Values{
	ID: "example-client", Secret: "example-client-secret", Code: "example-code",
	Verifier: "example-verifier-example-verifier-example-verifier", Refresh: "example-refresh",
	Access: "example-access", Key: "example-api-key", Challenge: "example-challenge",
	Merchant: "example-merchant", Redirect: "https://example.com/callback",
}

// Awkward values are what breaks a client that encodes twice, or not at all.
var Awkward = Values{
	ID: "client/+%=&é", Secret: "secret/+%:=&é", Code: "code/+%:=&é", Verifier: "verifier-._~/+%:=&é",
	Refresh: "refresh/+%:=&", Access: "access/+._~-==", Key: "key/+%:=&é==", Challenge: "challenge/+%:=&é #?",
	Merchant: "merchant/+%:=&é", Redirect: "https://example.com/call%20back?a=b&c=é",
}

// Now is the clock of every call.
func Now() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func (e Env) config() grantway.ClientConfig {
	c := grantway.ClientConfig{BaseURL: e.BaseURL, Now: Now}
	if e.Transport != nil {
		c.HTTPClient = &http.Client{Transport: e.Transport}
	}
	return c
}

// All returns every call.
func All() []Call { return slices.Clone(all) }

var all []Call

// add is called by a variable's declaration in each provider's file, such as
// `specgen init` writes one, so that no list has to be edited. A provider with a
// client in gen/ and no file here fails the tests.
func add(provider string, success map[string]string, calls ...Call) bool {
	Success[provider] = success
	all = append(all, calls...)
	return true
}

// Of returns the calls of one provider.
func Of(provider string) []Call {
	return slices.DeleteFunc(All(), func(c Call) bool { return c.Provider != provider })
}

// Success names, for each operation of each spec, the example of a 200 that
// means success: some 200s carry an error.
var Success = map[string]map[string]string{}

func secret(s string) grantway.Secret { return grantway.NewSecret(s) }

// fixed is the context of every call: the wrappers bound a call themselves.
func fixed() context.Context { return context.Background() }
