package address

import (
	"net/url"
	"strings"
	"testing"
)

func TestWhatEachAddressMayBe(t *testing.T) {
	for _, tt := range []struct {
		raw                  string
		base, page, redirect bool
	}{
		{"https://example.com", true, true, true},
		{"https://example.com:8443/a/b", true, true, true},
		{"http://127.0.0.1:8080", true, true, true},
		{"http://127.8.9.10", true, true, true},
		{"http://[::1]:8080/a", true, true, true},
		{"https://example.com/a?b=c", false, true, true},
		{"https://example.com/a?", false, true, true},
		{"http://localhost:8788/a", false, false, true},
		{"http://LOCALHOST:8788/a", false, false, true},
		{"http://127.1:8788/a", false, false, true},
		{"http://localhost.example.com/a", false, false, false},
		{"http://example.com", false, false, false},
		{"http://0.0.0.0:8080", false, false, false},
		{"http://127.0.0.1.example.com", false, false, false},
		{"http://[fe80::1%25lo]:80", false, false, false},
		{"https://user:example-secret@example.com", false, false, false},
		{"https://example.com/#a", false, false, false},
		{"https://example.com/#", false, false, false},
		{"ftp://example.com", false, false, false},
		{"javascript:alert(1)", false, false, false},
		{"com.example.app:/callback", false, false, false},
		{"file:///etc/passwd", false, false, false},
		{"-flag", false, false, false},
		{"https://", false, false, false},
		{"https://exa mple.com", false, false, false},
		{"https://example.com/\n", false, false, false},
		{"", false, false, false},
	} {
		for _, f := range []struct {
			name  string
			parse func(string) (*url.URL, string)
			want  bool
		}{{"base", Base, tt.base}, {"page", Page, tt.page}, {"redirect", Redirect, tt.redirect}} {
			u, reason := f.parse(tt.raw)
			if (u != nil) != f.want || (reason == "") != f.want {
				t.Errorf("%s %q: %v, %q", f.name, tt.raw, u, reason)
			}
			if strings.Contains(reason, "example-secret") {
				t.Errorf("%q shows the address", reason)
			}
		}
	}
}

// origins are pairs, and whether they are one origin.
var origins = []struct {
	name, a, b string
	same       bool
}{
	{"as typed", "https://api.example.com", "https://api.example.com/a?b=c", true},
	{"the port that https implies", "https://api.example.com", "https://api.example.com:443/", true},
	{"the port that http implies", "http://127.0.0.1:80", "http://127.0.0.1", true},
	{"an empty port", "https://api.example.com:", "https://api.example.com", true},
	{"a port with a nought before it", "https://api.example.com:08443", "https://api.example.com:8443", true},
	{"the host in another case", "https://API.Example.com", "https://api.example.COM", true},
	{"the scheme in another case", "HTTPS://api.example.com", "https://api.example.com", true},
	{"an address in another spelling", "http://[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080", true},
	{"another port", "https://api.example.com", "https://api.example.com:8443", false},
	{"the other scheme's port", "https://api.example.com", "https://api.example.com:80", false},
	{"another scheme with the same port", "https://api.example.com:443", "http://api.example.com:443", false},
	{"another host", "https://api.example.com", "https://example.com", false},
	{"a host that begins alike", "https://api.example.com", "https://api.example.com.evil.example", false},
	{"a name that ends with a dot", "https://api.example.com", "https://api.example.com.", false},
	{"a host in the user info", "https://api.example.com", "https://api.example.com:443@evil.example", false},
	{"no host", "https://", "https://", false},
}

func TestC9_OriginsAreComparedAsRFC6454Says(t *testing.T) {
	for _, tt := range origins {
		t.Run(tt.name, func(t *testing.T) {
			a, errA := url.Parse(tt.a)
			b, errB := url.Parse(tt.b)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			if SameOrigin(a, b) != tt.same || SameOrigin(b, a) != tt.same {
				t.Errorf("%v", !tt.same)
			}
		})
	}
}

func TestC9_ABaseHasOneSpelling(t *testing.T) {
	for raw, want := range map[string]string{
		"https://API.Example.com:443/A": "https://api.example.com/A",
		"HTTPS://api.example.com":       "https://api.example.com",
		"https://api.example.com:0443":  "https://api.example.com",
		"https://api.example.com:8443":  "https://api.example.com:8443",
		"https://api.example.com:80":    "https://api.example.com:80",
		"http://127.0.0.1:80/":          "http://127.0.0.1/",
		"http://[::1]:80":               "http://[::1]",
	} {
		if u, reason := Base(raw); reason != "" || u.String() != want {
			t.Errorf("%s: %v, %s", raw, u, reason)
		}
	}
}
