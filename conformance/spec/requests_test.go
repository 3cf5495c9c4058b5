package spec_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/calls"
	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/spec"
	"github.com/grantway/grantway/conformance/internal/wirelog"
	"github.com/grantway/grantway/internal/wiretest"
)

// record makes a call against the spec's own example of success, without
// dialling, and returns what would have gone over the wire.
func record(t *testing.T, s *spec.Spec, c calls.Call, v calls.Values) *spec.Exchange {
	t.Helper()
	status, example := s.Operation(t, c.Operation).Success(t, calls.Success[c.Provider][c.Operation])
	reply := wiretest.Reply{Status: status, Type: "-"}
	if example != nil {
		body, err := json.Marshal(example)
		if err != nil {
			t.Fatal(err)
		}
		reply.Type, reply.Body = "", string(body)
	}
	log := wirelog.New(t, "", &wiretest.Transport{Reply: reply})
	if _, err := c.Do(t, calls.Env{Transport: log, Values: v}); err != nil {
		t.Fatalf("the spec's example of success is an error to the wrapper: %v", err)
	}
	all := log.Exchanges()
	if len(all) != 1 {
		t.Fatalf("%d requests, want 1", len(all))
	}
	return all[0]
}

func TestEveryRequestOfEveryWrapperIsOneTheSpecAllows(t *testing.T) {
	values := map[string]calls.Values{"plain": calls.Plain, "awkward": calls.Awkward}
	checked := 0
	for _, provider := range repo.Providers(t) {
		s := spec.Load(t, provider)
		called := map[string]bool{}
		for _, c := range calls.Of(provider) {
			called[c.Operation] = true
			for kind, v := range values {
				t.Run(provider+"/"+c.Operation+"/"+c.Name+"/"+kind, func(t *testing.T) {
					x := record(t, s, c, v)
					if err := s.CheckRequest(x); err != nil {
						t.Error(err)
					}
					if err := s.CheckResponse(x); err != nil {
						t.Error(err)
					}
					checked++
				})
			}
		}
		for _, op := range s.Operations() {
			if !called[op.ID] {
				t.Errorf("%s: no call of operation %s", provider, op.ID)
			}
		}
	}
	t.Logf("requests checked: %d", checked)
}

// TestABrokenRequestIsRefused breaks good requests in every way that the test
// above is there to notice.
func TestABrokenRequestIsRefused(t *testing.T) {
	setHeader := func(name, value string) func(*spec.Exchange) {
		return func(x *spec.Exchange) { x.RequestHeader.Set(name, value) }
	}
	setBody := func(body string) func(*spec.Exchange) {
		return func(x *spec.Exchange) { x.RequestBody = []byte(body) }
	}
	dropAuthorization := func(x *spec.Exchange) { x.RequestHeader.Del("Authorization") }
	setPath := func(path string) func(*spec.Exchange) {
		return func(x *spec.Exchange) { x.URL.Path, x.URL.RawPath = path, "" }
	}

	for _, c := range []struct {
		provider, operation, name string
		because                   string
		breakIt                   func(*spec.Exchange)
	}{
		{"builtbybit", "requestToken", "another method", "method not allowed", func(x *spec.Exchange) { x.Method = http.MethodPut }},
		{"builtbybit", "requestToken", "another path", "no matching operation", setPath("/v2/oauth2/token")},
		{"builtbybit", "requestToken", "another host", "no matching operation", func(x *spec.Exchange) { x.URL.Host = "example.com" }},
		{"builtbybit", "requestToken", "plain http", "no matching operation", func(x *spec.Exchange) { x.URL.Scheme = "http" }},
		{"builtbybit", "requestToken", "no Authorization header", "no Authorization header", dropAuthorization},
		{"builtbybit", "requestToken", "Bearer in place of Basic", "does not begin with", setHeader("Authorization", "Bearer example")},
		{"builtbybit", "requestToken", "Basic without a colon", "no pair", setHeader("Authorization", "Basic ZXhhbXBsZQ==")},
		{"builtbybit", "requestToken", "Basic that is not base64", "not base64", setHeader("Authorization", "Basic id:secret")},
		{"builtbybit", "requestToken", "two Authorization headers", "2 Authorization headers", func(x *spec.Exchange) {
			x.RequestHeader.Add("Authorization", x.RequestHeader.Get("Authorization"))
		}},
		{"builtbybit", "requestToken", "JSON in place of a form", "Content-Type", func(x *spec.Exchange) {
			x.RequestHeader.Set("Content-Type", "application/json")
			x.RequestBody = []byte(`{"grant_type":"authorization_code"}`)
		}},
		{"builtbybit", "requestToken", "no grant_type", "\"grant_type\" is missing", setBody("code=example-code")},
		{"builtbybit", "requestToken", "an undeclared field", "redirect_uri\" is not declared", setBody("grant_type=authorization_code&redirect_uri=x")},
		{"builtbybit", "revokeToken", "RFC 7009's name for the hint", "\"token_type_hint\" is not declared", setBody("token=example&token_type_hint=access_token")},
		{"builtbybit", "revokeToken", "no token", "\"token\" is missing", setBody("token_hint=access_token")},
		{"bytenite", "accessToken", "an Authorization header", "no security scheme", setHeader("Authorization", "example")},
		{"bytenite", "accessToken", "no key", "\"apiKey\" is missing", setBody("{}")},
		{"bytenite", "accessToken", "a key that is not a string", "must be a string", setBody(`{"apiKey":1}`)},
		{"bytenite", "accessToken", "an undeclared header", "X-Api-Key is not one", setHeader("X-Api-Key", "example")},
		{"bytenite", "signOut", "Bearer before the bare token", "does not stand alone", setHeader("Authorization", "Bearer example")},
		{"bytenite", "signOut", "no Authorization header", "no Authorization header", dropAuthorization},
		{"bytenite", "signOut", "no body", "value is required", setBody("")},
		{"bytenite", "skip", "another parameter", "\"login_challenge\" is not declared", func(x *spec.Exchange) {
			x.URL.RawQuery = url.Values{"login_challenge": {"example"}}.Encode()
		}},
		{"square", "obtainToken", "an Authorization header", "no security scheme", setHeader("Authorization", "Client example")},
		{"square", "obtainToken", "no client_id", "\"client_id\" is missing", setBody(`{"grant_type":"refresh_token"}`)},
		{"square", "obtainToken", "null for a field", "not nullable", setBody(`{"client_id":"a","grant_type":"refresh_token","scopes":null}`)},
		{"square", "obtainToken", "an undeclared field", "expires_in\" is not declared", setBody(`{"client_id":"a","grant_type":"refresh_token","expires_in":1}`)},
		{"square", "obtainToken", "a secret that is too short", "minimum string length", setBody(`{"client_id":"a","grant_type":"refresh_token","client_secret":"a"}`)},
		{"square", "revokeToken", "Bearer in place of Client", "is not \"Client \"", setHeader("Authorization", "Bearer example")},
		{"square", "revokeToken", "the secret alone", "is not \"Client \"", setHeader("Authorization", "example")},
		{"square", "revokeToken", "client in lower case", "is not \"Client \"", setHeader("Authorization", "client example")},
		{"square", "renewToken", "no Authorization header", "no Authorization header", dropAuthorization},
		{"square", "renewToken", "an application id that changes the path", "no matching operation", setPath("/oauth2/clients/a/b/access-token/renew")},
		{"square", "retrieveTokenStatus", "Client in place of Bearer", "is not \"Bearer \"", setHeader("Authorization", "Client example")},
		{"square", "retrieveTokenStatus", "a body", "body not allowed", setBody("{}")},
		{"square", "retrieveTokenStatus", "GET", "method not allowed", func(x *spec.Exchange) { x.Method = http.MethodGet }},
	} {
		t.Run(c.provider+"/"+c.operation+"/"+c.name, func(t *testing.T) {
			s := spec.Load(t, c.provider)
			x := record(t, s, first(t, c.provider, c.operation), calls.Plain)
			if err := s.CheckRequest(x); err != nil {
				t.Fatalf("before it was broken: %v", err)
			}
			c.breakIt(x)
			if err := s.CheckRequest(x); err == nil {
				t.Error("a broken request passed")
			} else if !strings.Contains(err.Error(), c.because) {
				t.Errorf("refused for another reason than %q: %v", c.because, err)
			}
		})
	}
}

// TestBrokenSecurityOfASpecIsRefused changes the spec and not the request: with
// the wrong scheme in it, the request of the wrapper no longer fits.
func TestBrokenSecurityOfASpecIsRefused(t *testing.T) {
	for _, c := range []struct{ provider, operation, scheme string }{
		{"square", "revokeToken", "bearerToken"},
		{"square", "retrieveTokenStatus", "applicationSecret"},
		{"square", "obtainToken", "applicationSecret"},
	} {
		t.Run(c.provider+"/"+c.operation+" as "+c.scheme, func(t *testing.T) {
			s := spec.Load(t, c.provider)
			x := record(t, s, first(t, c.provider, c.operation), calls.Plain)
			requirements := s.Operation(t, c.operation).Security
			if len(*requirements) == 0 {
				*requirements = append(*requirements, map[string][]string{c.scheme: {}})
			} else {
				(*requirements)[0] = map[string][]string{c.scheme: {}}
			}
			s.Rebuild(t)
			if s.CheckRequest(x) == nil {
				t.Error("the wrapper's request fits a scheme that is not its own")
			}
		})
	}
}

func first(t *testing.T, provider, operation string) calls.Call {
	t.Helper()
	for _, c := range calls.Of(provider) {
		if c.Operation == operation {
			return c
		}
	}
	t.Fatalf("no call of %s %s", provider, operation)
	return calls.Call{}
}
