package fakeauth

import (
	"net/url"
	"slices"
	"testing"
)

func TestARedirectURLIsTheRegisteredOneToTheByte(t *testing.T) {
	const web, v4, v6 = "https://example.com/cb", "http://127.0.0.1/cb?a=1", "http://[::1]:9/cb"
	for _, c := range []struct {
		name, registered, given string
		exact, anyPort          bool
	}{
		{"the registered one", web, web, true, true},
		{"another path", web, "https://example.com/cb/", false, false},
		{"a query more", web, web + "?a=1", false, false},
		{"another case", web, "https://EXAMPLE.com/cb", false, false},
		{"an escape of the same", web, "https://example.com/%63b", false, false},
		{"another port of a name", web, "https://example.com:8443/cb", false, false},
		{"another port of localhost, which is a name", "http://localhost:1/cb", "http://localhost:2/cb", false, false},
		{"another port of the loopback", v4, "http://127.0.0.1:8080/cb?a=1", false, true},
		{"no port in place of one", v6, "http://[::1]/cb", false, true},
		{"another port of the IPv6 loopback", v6, "http://[::1]:8080/cb", false, true},
		{"another address of the loopback", v4, "http://127.0.0.2/cb?a=1", false, false},
		{"a port of a public address", "http://192.0.2.1/cb", "http://192.0.2.1:1/cb", false, false},
		{"another path beside the port", v4, "http://127.0.0.1:8080/other?a=1", false, false},
		{"another query beside the port", v4, "http://127.0.0.1:8080/cb?a=2", false, false},
		{"another scheme beside the port", v4, "https://127.0.0.1:8080/cb?a=1", false, false},
		{"a user before the host", v4, "http://evil@127.0.0.1:8080/cb?a=1", false, false},
		{"the host as a user of another", v4, "http://127.0.0.1:8080@example.com/cb?a=1", false, false},
		{"a fragment", v4, "http://127.0.0.1:8080/cb?a=1#x", false, false},
		{"a port that is none", v4, "http://127.0.0.1:x/cb?a=1", false, false},
		{"nothing", v4, "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := SameRedirect(c.registered, c.given, false); got != c.exact {
				t.Errorf("exactly: %v", got)
			}
			if got := SameRedirect(c.registered, c.given, true); got != c.anyPort {
				t.Errorf("with any loopback port: %v", got)
			}
		})
	}
}

func TestARedirectURLIsAbsoluteAndHasNoFragment(t *testing.T) {
	for url, right := range map[string]bool{
		"https://example.com/cb":        true,
		"http://127.0.0.1:1/cb?a=1":     true,
		"com.example.application:/cb":   true,
		"https://example.com/cb#":       false,
		"https://example.com/cb#x":      false,
		"/cb":                           false,
		"//example.com/cb":              false,
		"https://example.com/%zz":       false,
		"http://127.0.0.1:notaport/cb":  false,
		"https://example.com/cb\nother": false,
	} {
		if reason := checkRedirect(url); (reason == "") != right {
			t.Errorf("%q: %q", url, reason)
		}
	}
}

func TestTheQueryOfARedirectURLIsKept(t *testing.T) {
	p := url.Values{"state": {"a b&c"}, "code": {"1"}}
	for redirect, want := range map[string]string{
		"https://example.com/cb":           "https://example.com/cb?code=1&state=a+b%26c",
		"https://example.com/cb?":          "https://example.com/cb?code=1&state=a+b%26c",
		"https://example.com/cb?a=%20&b":   "https://example.com/cb?a=%20&b&code=1&state=a+b%26c",
		"com.example.application:/cb":      "com.example.application:/cb?code=1&state=a+b%26c",
		"https://example.com/cb?state=own": "https://example.com/cb?state=own&code=1&state=a+b%26c",
	} {
		if got := back(redirect, p); got != want {
			t.Errorf("%s: %s", redirect, got)
		}
	}
}

func TestScopesAreSeparatedBySpaces(t *testing.T) {
	for _, c := range []struct {
		list string
		want []string
		ok   bool
	}{
		{"", nil, true},
		{"  ", nil, true},
		{"A", []string{"A"}, true},
		{" B  A B ", []string{"B", "A"}, true},
		{"A,B", []string{"A,B"}, true},
		{"Members Resources/Buyer <b>", []string{"Members", "Resources/Buyer", "<b>"}, true},
		{"A\tB", []string{"A\tB"}, false},
		{"A\nB", []string{"A\nB"}, false},
		{`A"`, []string{`A"`}, false},
		{`A\`, []string{`A\`}, false},
		{"Ä", []string{"Ä"}, false},
	} {
		if got, ok := Scopes(c.list); !slices.Equal(got, c.want) || ok != c.ok {
			t.Errorf("%q: %q %v", c.list, got, ok)
		}
	}
}
