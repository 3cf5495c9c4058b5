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
