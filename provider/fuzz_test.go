package provider

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

// FuzzRetryAfter: whatever the header, what a caller is told to wait lies
// between nothing and a day.
func FuzzRetryAfter(f *testing.F) {
	for _, v := range []string{"0", "1", "1500", "1000000000", "-1", "NaN", "Inf", "0x1p9", "1_000", "1e-400", "1e400", "", "soon",
		"Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"} {
		f.Add(v)
	}
	c, err := New("example", "https://api.example.com", grantway.ClientConfig{})
	if err != nil {
		f.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		if d := ParseRetryAfter(value, at); d < 0 {
			t.Fatalf("%q is %v before it is capped", value, d)
		}
		e := c.refusal(&Operation{}, &Response{Status: 429, Header: http.Header{"Retry-After": {value}}, At: at})
		if e.RetryAfter < 0 || e.RetryAfter > maxRetryAfter {
			t.Fatalf("%q is %v", value, e.RetryAfter)
		}
	})
}

// FuzzBaseURL: what is accepted for a base URL is https, or http on a loopback
// literal, without user info, query or fragment, and a call goes to that origin.
func FuzzBaseURL(f *testing.F) {
	for _, u := range []string{"https://example.com", "https://example.com/prefix/", "http://127.0.0.1:8080", "http://[::1]:8080", "HTTPS://EXAMPLE.COM:443",
		"http://example.com", "http://localhost", "http://0.0.0.0", "http://127.0.0.1.example.com", "https://user:example@example.com", "https://example.com/#", "https://example.com/?",
		"https://example.com//evil.example/", "https://example.com/a/../../b", "https://example.com/%2e%2e/%2f", "https:opaque", "https://", "://", "//example.com",
		"https://[::1%25lo]", "http://[::ffff:127.0.0.1]", "https://exa\tmple.com", "https://example.com\\@evil.example", "https://%65xample.com", "https://example.com:", "https://é.example"} {
		f.Add(u)
	}
	f.Fuzz(func(t *testing.T, base string) {
		wire := &wiretest.Transport{}
		c, err := New("example", base, grantway.ClientConfig{BaseURL: base, HTTPClient: wire.Client()})
		if err != nil {
			// What follows the scheme must not turn up in the error; short
			// pieces may do so by chance.
			if _, rest, ok := strings.Cut(base, "://"); ok && len(rest) > 12 && strings.Contains(err.Error(), rest) {
				t.Fatalf("the error repeats the URL: %v", err)
			}
			return
		}
		u, err := url.Parse(c.BaseURL())
		if err != nil {
			t.Fatalf("%q became %q: %v", base, c.BaseURL(), err)
		}
		if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Host == "" {
			t.Fatalf("%q was accepted as %q", base, c.BaseURL())
		}
		if ip, err := netip.ParseAddr(u.Hostname()); u.Scheme != "https" && (u.Scheme != "http" || err != nil || !ip.IsLoopback()) {
			t.Fatalf("%q was accepted as %q", base, c.BaseURL())
		}
		op := Operation{Name: "renewToken", Method: "POST", Path: "/clients/{client_id}/renew"}
		for _, path := range []string{"", "/clients/example%2F..%2Fapp/renew"} { // the spec's, and one with an argument in it
			if _, err := c.Call(t.Context(), &op, &Request{Path: path, Query: "a=b"}); err != nil {
				t.Fatalf("%q: %v", base, err)
			}
		}
		for _, sent := range wire.Requests() {
			to, err := url.Parse(sent.URL)
			if err != nil || to.Scheme != u.Scheme || to.Host != u.Host || to.User != nil || to.Fragment != "" || to.RawQuery != "a=b" {
				t.Fatalf("%q leads to %s, %v", base, sent.URL, err)
			}
		}
	})
}
