package spec_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/calls"
	"github.com/grantway/grantway/conformance/internal/spec"
	"github.com/grantway/grantway/conformance/internal/wirelog"
)

// fake is a running fake with a recorder in front of it, under the provider's
// own server in the log.
type fake struct {
	provider string
	spec     *spec.Spec
	url      string
	log      *wirelog.Log
	// answers counts the checked answers by operation and status.
	answers map[string]map[int]int
}

func newFake(t *testing.T, provider, url string) *fake {
	t.Helper()
	s := spec.Load(t, provider)
	return &fake{provider: provider, spec: s, url: url,
		log: wirelog.New(t, s.Doc.Servers[0].URL, http.DefaultTransport), answers: map[string]map[int]int{}}
}

// raw is a request written by hand: what no wrapper would send, too.
type raw struct {
	method, path, query, contentType, authorization, body string
	header                                                map[string]string
	// as is a path of the spec, for a request whose own is none of it: its
	// answer must be one of that operation's.
	as, asMethod string
}

// send sends r to the fake and checks the answer against the spec, unless its
// status is not the one that the test meant to provoke.
func (f *fake) send(t *testing.T, name string, r raw, status int) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.method, f.url+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	req.URL.RawQuery = r.query
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	if r.authorization != "" {
		req.Header.Set("Authorization", r.authorization)
	}
	resp, err := f.log.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	x := f.log.Last(t)
	if r.as != "" {
		x = x.Clone()
		x.Method, x.URL.Path, x.URL.RawPath = r.asMethod, r.as, ""
	}
	f.check(t, name, x)
	if x.Status != status {
		t.Errorf("%s: status %d, want %d: %s", name, x.Status, status, x.Body)
	}
	var body map[string]any
	_ = json.Unmarshal(x.Body, &body) // text has none
	return body
}

// check holds one answer against the spec.
func (f *fake) check(t *testing.T, name string, x *spec.Exchange) {
	t.Helper()
	id, err := f.spec.OperationID(x)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if f.answers[id] == nil {
		f.answers[id] = map[int]int{}
	}
	f.answers[id][x.Status]++
	if err := f.spec.CheckResponse(x); err != nil {
		t.Errorf("%s: %s: %v\nbody: %s", name, id, err, x.Body)
	}
}

// checkAll holds every exchange that a wrapper had with the fake against the
// spec, request and answer.
func (f *fake) checkAll(t *testing.T) {
	t.Helper()
	for i, x := range f.log.Exchanges() {
		name := fmt.Sprintf("exchange %d, %s %s", i, x.Method, x.URL.Path)
		f.check(t, name, x)
		if err := f.spec.CheckRequest(x); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// covered fails the test for an operation of which no success or no error has
// been checked, and tells the figures. The operations named never succeed.
func (f *fake) covered(t *testing.T, neverSucceed ...string) {
	t.Helper()
	total := 0
	for _, op := range f.spec.Operations() {
		succeeded, refused := 0, 0
		for status, n := range f.answers[op.ID] {
			if status/100 == 2 {
				succeeded += n
			} else {
				refused += n
			}
		}
		if refused == 0 || (succeeded == 0) != slices.Contains(neverSucceed, op.ID) {
			t.Errorf("%s: %d successes and %d errors checked, want some of both", op.ID, succeeded, refused)
		}
		total += succeeded + refused
	}
	t.Logf("%s: %d answers checked; per operation and status: %v", f.provider, total, f.answers)
}

// TestABrokenAnswerIsRefused breaks good answers in every way that the tests of
// the fakes are there to notice.
func TestABrokenAnswerIsRefused(t *testing.T) {
	setBody := func(body string) func(*spec.Exchange) {
		return func(x *spec.Exchange) { x.Body = []byte(body) }
	}
	status := func(status int, body string) func(*spec.Exchange) {
		return func(x *spec.Exchange) { x.Status, x.Body = status, []byte(body) }
	}
	contentType := func(value string) func(*spec.Exchange) {
		return func(x *spec.Exchange) { x.Header.Set("Content-Type", value) }
	}
	for _, c := range []struct {
		provider, operation, name string
		because                   string
		breakIt                   func(*spec.Exchange)
	}{
		{"builtbybit", "requestToken", "a lifetime in a string", "must be an integer", setBody(`{"expires_in":"3600"}`)},
		{"builtbybit", "requestToken", "an undeclared member", "not declared: .expires_at", setBody(`{"expires_at":"2026"}`)},
		{"builtbybit", "requestToken", "an undeclared status", "not supported", status(204, "")},
		{"builtbybit", "requestToken", "a redirect", "redirects", status(307, "")},
		{"builtbybit", "requestToken", "an error of neither shape", "doesn't match", status(400, `{"error":7}`)},
		{"builtbybit", "requestToken", "an undeclared member of an error", "not declared: .error.detail", status(400, `{"result":"error","error":{"detail":"x"}}`)},
		{"builtbybit", "requestToken", "a throttle with nothing in it", "Content-Type", func(x *spec.Exchange) {
			x.Status, x.Body = 429, nil
			x.Header.Del("Content-Type")
		}},
		{"builtbybit", "revokeToken", "an undeclared content type", "Content-Type", contentType("application/xml")},
		{"builtbybit", "revokeToken", "two values", "JSON", setBody(`{"revoked":true}{}`)},
		{"bytenite", "accessToken", "a lifetime as a number", "must be a string", setBody(`{"expiresIn":3600}`)},
		{"bytenite", "accessToken", "a lifetime with a unit", "regular expression", setBody(`{"expiresIn":"1h"}`)},
		{"bytenite", "signOut", "an error that is a text", "must be an object", setBody(`{"ok":false,"error":"no"}`)},
		{"bytenite", "skip", "not an object", "must be an object", setBody(`[]`)},
		{"square", "obtainToken", "a list of errors that is an object", "must be an array", setBody(`{"errors":{}}`)},
		{"square", "obtainToken", "an error whose code is a number", "must be a string", status(401, `{"errors":[{"category":"x","code":1}]}`)},
		{"square", "obtainToken", "an error of both shapes", "more than one", status(401, `{"errors":[],"message":"x","type":"y"}`)},
		{"square", "obtainToken", "half of the legacy shape", "doesn't match", status(401, `{"message":"x"}`)},
		{"square", "revokeToken", "success as a text", "must be a boolean", setBody(`{"success":"true"}`)},
		{"square", "renewToken", "a refresh token, which a renewal does not give", "not declared: .refresh_token", setBody(`{"refresh_token":"x"}`)},
		{"square", "retrieveTokenStatus", "scopes in one text", "must be an array", setBody(`{"scopes":"A B"}`)},
		{"square", "retrieveTokenStatus", "an undeclared member of an error", "not declared: .errors[0].hint",
			status(401, `{"errors":[{"category":"x","code":"y","hint":"z"}]}`)},
	} {
		t.Run(c.provider+"/"+c.operation+"/"+c.name, func(t *testing.T) {
			s := spec.Load(t, c.provider)
			x := record(t, s, first(t, c.provider, c.operation), calls.Plain)
			if err := s.CheckResponse(x); err != nil {
				t.Fatalf("before it was broken: %v", err)
			}
			c.breakIt(x)
			switch err := s.CheckResponse(x); {
			case err == nil:
				t.Error("a broken answer passed")
			case !strings.Contains(err.Error(), c.because):
				t.Errorf("refused for another reason than %q: %v", c.because, err)
			}
		})
	}
}
