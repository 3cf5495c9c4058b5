package thirdparty_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/conformance/internal/calls"
	"github.com/grantway/grantway/conformance/internal/node"
	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/spec"
)

// prefer asks Prism for one example of the spec; left to itself it picks one,
// and some 200s carry an error. change, if set, breaks the request.
type prefer struct {
	status  int
	example string
	change  func(*http.Request)
	// violations is what Prism said of the latest request; "" is nothing.
	violations string
}

func (p *prefer) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Prefer", fmt.Sprintf("code=%d, example=%s", p.status, p.example))
	if p.change != nil {
		p.change(req)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil {
		p.violations = resp.Header.Get("Sl-Violations")
	}
	return resp, err
}

func TestOurSDKsWorkAgainstPrism(t *testing.T) {
	node.Dir(t)
	for _, provider := range repo.Providers(t) {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			s := spec.Load(t, provider)
			url := node.Prism(t, filepath.Join(repo.Root(t), filepath.FromSlash(spec.File(provider))))
			succeeded := map[string]bool{}
			for _, c := range calls.Of(provider) {
				p := &prefer{status: 200, example: calls.Success[provider][c.Operation]}
				_, err := c.Do(t, calls.Env{BaseURL: url, Transport: p, Values: calls.Plain})
				if err != nil || p.violations != "" {
					t.Errorf("%s, %s: %v; Prism says: %q", c.Operation, c.Name, err, p.violations)
					continue
				}
				succeeded[c.Operation] = true
			}
			for _, op := range s.Operations() {
				if !succeeded[op.ID] {
					t.Errorf("%s: no success", op.ID)
				}
			}
			t.Logf("%s: %d calls of %d operations succeed", provider, len(calls.Of(provider)), len(succeeded))
			errorsFromPrism(t, s, url)
			brokenForPrism(t, s, url)
		})
	}
}

// errorsFromPrism takes every example of an error in the spec through the SDK:
// each is a typed error with that status.
func errorsFromPrism(t *testing.T, s *spec.Spec, url string) {
	t.Helper()
	typed := 0
	for _, op := range s.Operations() {
		for _, answer := range op.Answers() {
			media := answer.Content.Get("application/json")
			if answer.Key == "200" || media == nil { // an error in plain text has no examples by name
				continue
			}
			for example := range media.Examples {
				p := &prefer{status: answer.Status(t), example: example}
				_, err := firstCall(t, s.Provider, op.ID).Do(t, calls.Env{BaseURL: url, Transport: p, Values: calls.Plain})
				var e *grantway.Error
				if !errors.As(err, &e) || e.Status != p.status || p.violations != "" {
					t.Errorf("%s, %s %s: %v; Prism says: %q", op.ID, answer.Key, example, err, p.violations)
					continue
				}
				typed++
			}
		}
	}
	if typed == 0 {
		t.Errorf("%s: no example of an error was tried", s.Provider)
	}
	t.Logf("%s: %d examples of errors become typed errors", s.Provider, typed)
}

// brokenForPrism is the inverse: Prism refuses what the spec does not allow,
// and the SDK says so.
func brokenForPrism(t *testing.T, s *spec.Spec, url string) {
	t.Helper()
	provider := s.Provider
	for operation, example := range calls.Success[provider] {
		for name, change := range map[string]func(*http.Request){
			"no Authorization header": func(req *http.Request) { req.Header.Del("Authorization") },
			"an empty object": func(req *http.Request) {
				if req.Body == nil || req.Body == http.NoBody {
					return
				}
				body := "{}"
				if strings.Contains(req.Header.Get("Content-Type"), "form") {
					body = "invented=x"
				}
				req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
			},
		} {
			if harmless(s.Operation(t, operation))[name] {
				continue
			}
			p := &prefer{status: 200, example: example, change: change}
			_, err := firstCall(t, provider, operation).Do(t, calls.Env{BaseURL: url, Transport: p, Values: calls.Plain})
			if err == nil || p.violations == "" {
				t.Errorf("%s with %s: err %v; Prism says %q", operation, name, err, p.violations)
			}
		}
	}
}

// harmless are the changes that leave a request of an operation as the spec
// allows it.
func harmless(op spec.Operation) map[string]bool {
	schema, _ := op.RequestSchema()
	optional := slices.ContainsFunc(*op.Security, func(r openapi3.SecurityRequirement) bool { return len(r) == 0 })
	return map[string]bool{
		"no Authorization header": optional || len(*op.Security) == 0,
		"an empty object":         schema == nil || len(schema.Required) == 0,
	}
}

func firstCall(t *testing.T, provider, operation string) calls.Call {
	t.Helper()
	for _, c := range calls.Of(provider) {
		if c.Operation == operation {
			return c
		}
	}
	t.Fatalf("no call of %s %s", provider, operation)
	return calls.Call{}
}
