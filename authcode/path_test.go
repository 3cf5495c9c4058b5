package authcode_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway/authcode"
)

// STD-18, L1, L2, L13: a callback is taken on the path of the redirect URL, in
// any of its spellings, and behind a proxy that puts segments before it or
// takes some away.
func TestThePathOfACallback(t *testing.T) {
	for _, tt := range []struct {
		name, redirect, path string
		ok                   bool
	}{
		{"the path itself", testRedirect, "/callback/acme", true},
		{"behind a prefix", testRedirect, "/app/callback/acme", true},
		{"without its first segment", testRedirect, "/acme", true},
		{"another one", testRedirect, "/callback/other", false},
		{"with a slash more", testRedirect, "/callback/acme/", false},
		{"with a segment more", testRedirect, "/callback/acme/more", false},
		{"with a letter more", testRedirect, "/callback/xacme", false},
		{"the end of its last segment", testRedirect, "cme", false},
		{"L13: the root", testRedirect, "/", false},
		{"L13: nothing", testRedirect, "", false},
		{"L13: a root that is itself", "https://app.example/", "/", true},
		{"L13: a root that is not written", "https://app.example", "/", true},
		{"L13: a path that ends as every folder does", "https://app.example/", "/evil/", false},
		{"L13: the same, deeper", "https://app.example", "/evil/callback/", false},
		{"L13: two slashes are no segment", "https://app.example//", "/evil//", false},
		{"L13: a root behind a proxy that takes all away", "https://app.example/callback/", "/", false},
		{"L13: a folder behind a prefix", "https://app.example/callback/", "/app/callback/", true},
		{"L13: a folder whose name ends like it", "https://app.example/callback/", "/evilcallback/", false},
		{"L13: a slash that is encoded is no end of a segment", "https://app.example/cb", "/evil%2Fcb", false},
		{"L1: hexadecimal digits of the other case", "https://app.example/%c3%a9", "/%C3%A9", true},
		{"L1: a character that the browser encodes", "https://app.example/é(b)", "/%C3%A9(b)", true},
		{"L1: the case of a letter counts", "https://app.example/cb", "/CB", false},
		{"L2: dots that the browser takes out", "https://app.example/a/../cb", "/cb", true},
		{"L2: dots that nobody took out", "https://app.example/cb", "/cb/../evil", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := acme(t)
			a := begin(t, z, authcode.Params{RedirectURL: tt.redirect})
			if got := query(t, a).Get("redirect_uri"); got != tt.redirect {
				t.Errorf("the provider gets %q", got)
			}
			path, err := url.PathUnescape(tt.path)
			if err != nil {
				t.Fatal(err)
			}
			r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path, RawPath: tt.path, RawQuery: "code=abc&state=" + query(t, a).Get("state")}}
			code, err := z.Callback(a, r)
			if (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
			if tt.ok && code.RedirectURL != tt.redirect {
				t.Errorf("the exchange repeats %q", code.RedirectURL)
			}
		})
	}
}

// The inverse: a rule that compares ends of texts takes what L13 must not.
func TestAPathByItsEndAlone(t *testing.T) {
	if !strings.HasSuffix("/evil/", "/") || !strings.HasSuffix("/callback/xacme", "acme") {
		t.Error("the table holds nothing that such a rule would take")
	}
}

// L9: a value that is bound comes back as it was, and with its own state only.
func TestAValueIsBound(t *testing.T) {
	z, s := acme(t), testSealer(t)
	for _, value := range []string{"account-1", "\x00\xff not UTF-8", strings.Repeat("a", 1024)} {
		a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
		if err := a.Bind(value); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(a.URL(), "account-1") {
			t.Error("the provider is told")
		}
		sealed, err := a.Sealed(s)
		if err != nil || strings.Contains(sealed, "account") {
			t.Fatal(sealed, err)
		}
		b := reopened(t, s, a)
		if b.Bound() != value || a.Bound() != value {
			t.Errorf("%q came back", b.Bound())
		}
		wantInvalid(t, a.Bind("another"), "value")
		wantInvalid(t, b.Bind("another"), "value")
	}
	a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
	wantInvalid(t, a.Bind(""), "value")
	wantInvalid(t, a.Bind(strings.Repeat("a", 1025)), "value")
	if a.Bound() != "" || reopened(t, s, a).Bound() != "" {
		t.Error("something is bound")
	}
	wantInvalid(t, reopened(t, s, a).Bind("late"), "value")
	if (*authcode.Request)(nil).Bind("x") == nil || (&authcode.Request{}).Bind("x") == nil {
		t.Error("a value is bound to nothing")
	}
}
