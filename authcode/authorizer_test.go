package authcode_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/tokens"
)

const testRedirect = "https://app.example/callback/acme"

// acme is an authorizer of a provider that does not exist.
func acme(t testing.TB, change ...func(*authcode.Config)) *authcode.Authorizer {
	t.Helper()
	cfg := authcode.Config{Provider: "acme", ClientID: "example-client",
		AuthorizeURL: "https://acme.example/authorize", TokenURL: "https://api.acme.example/token"}
	for _, c := range change {
		c(&cfg)
	}
	z, err := authcode.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func begin(t testing.TB, z *authcode.Authorizer, r authcode.Params) *authcode.Request {
	t.Helper()
	a, err := z.Begin(r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// query is what the authorize page of a gets.
func query(t testing.TB, a *authcode.Request) url.Values {
	t.Helper()
	u, err := url.Parse(a.URL())
	if err != nil {
		t.Fatal(err)
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// back is the request that the browser comes back with.
func back(rawQuery string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, testRedirect, nil)
	r.URL.RawQuery = rawQuery
	return r
}

// wantInvalid fails unless err is an invalid argument that names field.
func wantInvalid(t *testing.T, err error, field string) {
	t.Helper()
	var e *grantway.Error
	if !errors.Is(err, grantway.ErrInvalidArgument) || !errors.As(err, &e) || e.Field != field {
		t.Errorf("got %v, want an invalid %s", err, field)
	}
}

func TestBeginBuildsTheURL(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		r          authcode.Params
		want       string // STATE and CHALLENGE stand for what is drawn
	}{
		{"with all of it", "https://acme.example/authorize",
			authcode.Params{RedirectURL: testRedirect, Scopes: []string{"B", "a.b:c"}, Extra: url.Values{"locale": {"ja-JP"}}, PKCE: true},
			"https://acme.example/authorize?client_id=example-client&code_challenge=CHALLENGE&code_challenge_method=S256&locale=ja-JP" +
				"&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback%2Facme&response_type=code&scope=B+a.b%3Ac&state=STATE"},
		{"with the least", "https://acme.example/authorize", authcode.Params{},
			"https://acme.example/authorize?client_id=example-client&response_type=code&state=STATE"},
		{"STD-25: the page's own query is kept", "https://acme.example/authorize?tenant=x&a=b", authcode.Params{},
			"https://acme.example/authorize?tenant=x&a=b&client_id=example-client&response_type=code&state=STATE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := begin(t, acme(t, func(c *authcode.Config) { c.AuthorizeURL = tt.page }), tt.r)
			q := query(t, a)
			got := strings.ReplaceAll(a.URL(), q.Get("state"), "STATE")
			if challenge := q.Get("code_challenge"); challenge != "" {
				got = strings.ReplaceAll(got, challenge, "CHALLENGE")
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestBeginRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		r          authcode.Params
		field      string
	}{
		{"a redirect over http to another machine", "", authcode.Params{RedirectURL: "http://app.example/callback"}, "RedirectURL"},
		{"a redirect with a fragment", "", authcode.Params{RedirectURL: testRedirect + "#x"}, "RedirectURL"},
		{"a redirect with user info", "", authcode.Params{RedirectURL: "https://user@app.example/"}, "RedirectURL"},
		{"a redirect that runs a script", "", authcode.Params{RedirectURL: "javascript:alert(1)"}, "RedirectURL"},
		{"an empty scope", "", authcode.Params{Scopes: []string{"A", ""}}, "Scopes"},
		{"two scopes in one", "", authcode.Params{Scopes: []string{"A B"}}, "Scopes"},
		{"STD-25: a quote in a scope", "", authcode.Params{Scopes: []string{`A"B`}}, "Scopes"},
		{"STD-25: a line break in a scope", "", authcode.Params{Scopes: []string{"A\nB"}}, "Scopes"},
		{"a parameter that is set already", "", authcode.Params{Extra: url.Values{"state": {"x"}}}, "Extra"},
		{"a parameter twice", "", authcode.Params{Extra: url.Values{"locale": {"a", "b"}}}, "Extra"},
		{"a page that sets the state itself", "https://acme.example/authorize?state=x", authcode.Params{}, "AuthorizeURL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := acme(t, func(c *authcode.Config) {
				if tt.page != "" {
					c.AuthorizeURL = tt.page
				}
			})
			_, err := z.Begin(tt.r)
			wantInvalid(t, err, tt.field)
		})
	}
	for _, redirect := range []string{"", testRedirect, "http://127.0.0.1:8080/cb", "http://[::1]:8080/cb", "http://localhost:8788/cb", "https://app.example/cb?tenant=1"} {
		begin(t, acme(t), authcode.Params{RedirectURL: redirect})
	}
}

func TestNewAuthorizerRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*authcode.Config)
		field  string
	}{
		{"STD-25: a page over http", func(c *authcode.Config) { c.AuthorizeURL = "http://acme.example/authorize" }, "AuthorizeURL"},
		{"STD-25: a page with a fragment", func(c *authcode.Config) { c.AuthorizeURL += "#x" }, "AuthorizeURL"},
		{"a page on a name that may be anywhere", func(c *authcode.Config) { c.AuthorizeURL = "http://localhost/authorize" }, "AuthorizeURL"},
		{"a page that is a file", func(c *authcode.Config) { c.AuthorizeURL = "file:///etc/passwd" }, "AuthorizeURL"},
		{"an issuer that is no address", func(c *authcode.Config) { c.Issuer = "acme" }, "Issuer"},
		{"an issuer with a query", func(c *authcode.Config) { c.Issuer = "https://acme.example/?x" }, "Issuer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := authcode.Config{Provider: "acme", AuthorizeURL: "https://acme.example/authorize"}
			tt.change(&cfg)
			_, err := authcode.New(cfg)
			wantInvalid(t, err, tt.field)
		})
	}
	z, err := authcode.New(authcode.Config{Provider: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = z.Begin(authcode.Params{})
	wantInvalid(t, err, "AuthorizeURL")
}

// STD-13, STD-14, STD-17, STD-19, STD-20: what a callback may be.
func TestCallback(t *testing.T) {
	const issuer = "https://issuer.example"
	for _, tt := range []struct {
		name, query, issuer, code string
		want                      error
		field                     string
	}{
		{"a code", "code=abc&state=STATE", "", "abc", nil, ""},
		{"as Square sends it", "code=abc&response_type=code&state=STATE", "", "abc", nil, ""},
		{"STD-19: unknown parameters are ignored", "foo=1&code=a%2Fb%2B&state=STATE", "", "a/b+", nil, ""},
		{"STD-17: the right issuer", "code=abc&state=STATE&iss=https%3A%2F%2Fissuer.example", issuer, "abc", nil, ""},
		{"an issuer that nobody asked for", "code=abc&state=STATE&iss=x", "", "abc", nil, ""},
		{"STD-13: no state", "code=abc", "", "", grantway.ErrInvalidArgument, "state"},
		{"STD-13: an empty state", "code=abc&state=", "", "", grantway.ErrInvalidArgument, "state"},
		{"STD-13: another state", "code=abc&state=canary", "", "", grantway.ErrInvalidArgument, "state"},
		{"half of the state", "code=abc&state=HALF", "", "", grantway.ErrInvalidArgument, "state"},
		{"STD-19: two states", "code=abc&state=STATE&state=STATE", "", "", grantway.ErrInvalidArgument, "state"},
		{"STD-19: two codes", "code=abc&code=canary&state=STATE", "", "", grantway.ErrInvalidArgument, "code"},
		{"no code", "state=STATE", "", "", grantway.ErrInvalidArgument, "code"},
		{"STD-19: an empty code is none", "code=&state=STATE", "", "", grantway.ErrInvalidArgument, "code"},
		{"STD-17: no issuer where one is expected", "code=abc&state=STATE", issuer, "", grantway.ErrInvalidArgument, "iss"},
		{"STD-17: another issuer", "code=abc&state=STATE&iss=canary", issuer, "", grantway.ErrInvalidArgument, "iss"},
		{"STD-17: the issuer with a slash more", "code=abc&state=STATE&iss=https%3A%2F%2Fissuer.example%2F", issuer, "", grantway.ErrInvalidArgument, "iss"},
		{"STD-17: the issuer twice", "code=abc&state=STATE&iss=https%3A%2F%2Fissuer.example&iss=https%3A%2F%2Fissuer.example", issuer, "", grantway.ErrInvalidArgument, "iss"},
		{"STD-20: a denial", "error=access_denied&error_description=user_denied&state=STATE", "", "", grantway.ErrReauthorize, ""},
		{"STD-20: a denial for nobody", "error=access_denied&state=canary", "", "", grantway.ErrInvalidArgument, "state"},
		{"STD-20: a denial without a state", "error=access_denied", "", "", grantway.ErrInvalidArgument, "state"},
		{"a failure", "error=server_error&state=STATE", "", "", grantway.ErrUnavailable, ""},
		{"a failure and a code", "error=server_error&code=canary&state=STATE", "", "", grantway.ErrUnavailable, ""},
		{"STD-20: markup for an error", "error=<script>canary</script>&state=STATE", "", "", grantway.ErrBadClient, ""},
		{"STD-20: markup for an error, for nobody", "error=<script>canary</script>", "", "", grantway.ErrInvalidArgument, "state"},
		{"a query that cannot be parsed", "code=%zz", "", "", grantway.ErrInvalidArgument, "query"},
		{"semicolons", "code=abc;state=STATE", "", "", grantway.ErrInvalidArgument, "query"},
		{"a long query", "state=STATE&code=" + strings.Repeat("a", 9000), "", "", grantway.ErrInvalidArgument, "query"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := acme(t, func(c *authcode.Config) { c.Issuer = tt.issuer })
			a := begin(t, z, authcode.Params{RedirectURL: testRedirect, PKCE: true})
			state := query(t, a).Get("state")
			raw := strings.ReplaceAll(strings.ReplaceAll(tt.query, "STATE", state), "HALF", state[:21])
			code, err := z.Callback(a, back(raw))
			if code.Code.Reveal() != tt.code || tt.want == nil && err != nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("%q, %v", code.Code.Reveal(), err)
			}
			var e *grantway.Error
			if err != nil && (!errors.As(err, &e) || e.Field != tt.field || strings.Contains(err.Error(), "canary") ||
				strings.Contains(err.Error(), "script") || strings.Contains(err.Error(), state)) {
				t.Errorf("got %v", err)
			}
			if err != nil && (!code.Code.IsZero() || !code.Verifier.IsZero()) {
				t.Errorf("an error and %v", code)
			}
		})
	}
}

func TestACallbackHasWhatTheExchangeMustRepeat(t *testing.T) {
	z := acme(t)
	a := begin(t, z, authcode.Params{RedirectURL: testRedirect, PKCE: true})
	q := query(t, a)
	code, err := z.Callback(a, back("code=abc&state="+q.Get("state")))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(code.Verifier.Reveal()))
	if code.RedirectURL != testRedirect || code.TokenURL != "https://api.acme.example/token" ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != q.Get("code_challenge") {
		t.Errorf("%+v", code)
	}
	// STD-15: the verifier is in no URL.
	if strings.Contains(a.URL(), code.Verifier.Reveal()) {
		t.Error("the verifier is in the URL")
	}
	a = begin(t, z, authcode.Params{})
	if code, err = z.Callback(a, back("code=abc&state="+query(t, a).Get("state"))); err != nil || !code.Verifier.IsZero() || code.RedirectURL != "" {
		t.Errorf("%+v, %v", code, err)
	}
}

func TestAStateIsGoodOnce(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	clock := func(c *authcode.Config) { c.Now = func() time.Time { return now } }
	z := acme(t, clock)
	sealer := testSealer(t)
	for _, tt := range []struct {
		name   string
		first  string
		second func(*authcode.Request) *authcode.Request
	}{
		{"a second callback", "code=abc", func(a *authcode.Request) *authcode.Request { return a }},
		{"a second callback with a copy of the cookie", "code=abc", func(a *authcode.Request) *authcode.Request { return reopened(t, sealer, a) }},
		{"a code after a denial", "error=access_denied", func(a *authcode.Request) *authcode.Request { return a }},
		{"a code after a callback without one", "", func(a *authcode.Request) *authcode.Request { return reopened(t, sealer, a) }},
	} {
		t.Run("STD-14: "+tt.name, func(t *testing.T) {
			a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
			state := "&state=" + query(t, a).Get("state")
			other := tt.second(a)
			_, _ = z.Callback(a, back(tt.first+state))
			_, err := z.Callback(other, back("code=def"+state))
			wantInvalid(t, err, "state")
			if !strings.Contains(err.Error(), "used before") {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("a wrong state spends nothing", func(t *testing.T) {
		a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
		for range 100 {
			_, err := z.Callback(a, back("code=abc&state=junk"))
			wantInvalid(t, err, "state")
		}
		if _, err := z.Callback(a, back("code=abc&state="+query(t, a).Get("state"))); err != nil {
			t.Error(err)
		}
	})
	t.Run("of an Auth that was kept, a second client knows too", func(t *testing.T) {
		a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
		state := "&state=" + query(t, a).Get("state")
		_, _ = z.Callback(a, back("code=abc"+state))
		_, err := acme(t, clock).Callback(a, back("code=abc"+state))
		wantInvalid(t, err, "state")
	})
	t.Run("it lives for AuthLifetime", func(t *testing.T) {
		for _, late := range []time.Duration{0, time.Millisecond} {
			a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
			if !a.Expires().Equal(now.Add(authcode.Lifetime)) {
				t.Errorf("expires %v", a.Expires())
			}
			began := now
			now = now.Add(authcode.Lifetime - time.Millisecond + late)
			_, err := z.Callback(reopened(t, sealer, a), back("code=abc&state="+query(t, a).Get("state")))
			if late == 0 && err != nil {
				t.Error(err)
			}
			if late > 0 {
				wantInvalid(t, err, "state")
			}
			now = began
		}
	})
	t.Run("it stays used for as long as it could come back, whatever else comes", func(t *testing.T) {
		a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
		state := "&state=" + query(t, a).Get("state")
		other := reopened(t, sealer, a)
		if _, err := z.Callback(a, back("code=abc"+state)); err != nil {
			t.Fatal(err)
		}
		began := now
		for now = now.Add(time.Second); now.Before(a.Expires()); now = now.Add(time.Minute) {
			b := begin(t, z, authcode.Params{RedirectURL: testRedirect})
			if _, err := z.Callback(b, back("code=abc&state="+query(t, b).Get("state"))); err != nil {
				t.Fatal(err)
			}
			_, err := z.Callback(reopened(t, sealer, other), back("code=abc"+state))
			if err == nil || !strings.Contains(err.Error(), "used before") {
				t.Errorf("after %v: %v", now.Sub(began), err)
			}
		}
		now = began
	})
}

func testSealer(t testing.TB) *tokens.Sealer {
	t.Helper()
	key, err := tokens.NewSealKey("test", []byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := tokens.NewSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func reopened(t testing.TB, s *tokens.Sealer, a *authcode.Request) *authcode.Request {
	t.Helper()
	value, err := a.Sealed(s)
	if err != nil {
		t.Fatal(err)
	}
	b, err := authcode.Open(s, value)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// STD-18: neither another provider's client nor another path takes a callback,
// and the code goes to the paired token endpoint only.
func TestACallbackBelongsToWhatBeganIt(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*authcode.Config)
	}{
		{"another provider", func(c *authcode.Config) { c.Provider = "other" }},
		{"another application", func(c *authcode.Config) { c.ClientID = "other-client" }},
		{"another environment", func(c *authcode.Config) { c.TokenURL = "https://sandbox.acme.example/token" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := begin(t, acme(t), authcode.Params{RedirectURL: testRedirect})
			good := back("code=abc&state=" + query(t, a).Get("state"))
			_, err := acme(t, tt.change).Callback(a, good)
			wantInvalid(t, err, "auth")
			if _, err := acme(t).Callback(a, good); err != nil {
				t.Errorf("the one that began it: %v", err)
			}
		})
	}
	t.Run("the code to the paired endpoint", func(t *testing.T) {
		z := acme(t)
		for _, tt := range []struct {
			tokenURL string
			ok       bool
		}{{"", true}, {"https://api.acme.example/token", true}, {"https://API.acme.example:443/token", true}, {"https://api.other.example/token", false}} {
			err := z.Pair(grantway.AuthorizationCode{TokenURL: tt.tokenURL})
			if (err == nil) != tt.ok {
				t.Errorf("%q: %v", tt.tokenURL, err)
			}
		}
	})
	z := acme(t)
	a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
	post := back("code=abc&state=" + query(t, a).Get("state"))
	post.Method = http.MethodPost
	_, err := z.Callback(a, post)
	wantInvalid(t, err, "request")
	_, err = z.Callback(nil, back(""))
	wantInvalid(t, err, "auth")
	_, err = z.Callback(&authcode.Request{}, back(""))
	wantInvalid(t, err, "auth")
	_, err = z.Callback(a, nil)
	wantInvalid(t, err, "request")
}

// STD-14 and STD-15: 256 random bits each, never the same.
func TestStatesAndVerifiersAreDrawn(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a hundred thousand are drawn")
	}
	z := acme(t)
	const n = 100_000
	seen := make(map[string]bool, 2*n)
	var ones [256]int
	for range n {
		a := begin(t, z, authcode.Params{PKCE: true})
		q := query(t, a)
		state := q.Get("state")
		b, err := base64.RawURLEncoding.DecodeString(state)
		if err != nil || len(b) != 32 || len(q.Get("code_challenge")) != 43 {
			t.Fatalf("a state of %d bytes, %v", len(b), err)
		}
		for i := range ones {
			ones[i] += int(b[i/8] >> (i % 8) & 1)
		}
		seen[state], seen[q.Get("code_challenge")] = true, true
	}
	if len(seen) != 2*n {
		t.Errorf("%d different ones of %d", len(seen), 2*n)
	}
	// Each bit is a coin: 100,000 of them stay within 6 standard deviations
	// of a half (158 each) but once in two thousand million times.
	for i, got := range ones {
		if got < n/2-950 || got > n/2+950 {
			t.Errorf("bit %d is set %d times of %d", i, got, n)
		}
	}
}

func TestSealedAuth(t *testing.T) {
	z, s := acme(t), testSealer(t)
	a := begin(t, z, authcode.Params{RedirectURL: testRedirect, PKCE: true})
	value, err := a.Sealed(s)
	if err != nil {
		t.Fatal(err)
	}
	state := query(t, a).Get("state")
	if len(value) > 1000 || strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" || strings.Contains(value, state) {
		t.Errorf("a value of %d characters: %s", len(value), value)
	}
	b, err := authcode.Open(s, value)
	if err != nil {
		t.Fatal(err)
	}
	if b.URL() != "" || b.RedirectURL() != testRedirect || b.Provider() != "acme" || !b.Expires().Equal(a.Expires()) || b.ID() != a.ID() {
		t.Error("what was opened is not what was sealed")
	}
	code, err := z.Callback(b, back("code=abc&state="+state))
	if err != nil || code.Verifier.IsZero() {
		t.Errorf("%v, %v", code, err)
	}

	t.Run("a changed one does not open", func(t *testing.T) {
		for i := range value {
			c := "A"
			if value[i] == 'A' {
				c = "B"
			}
			if _, err := authcode.Open(s, value[:i]+c+value[i+1:]); err == nil {
				t.Errorf("character %d was changed", i)
			}
			if _, err := authcode.Open(s, value[:i]); err == nil {
				t.Errorf("it was cut at %d", i)
			}
		}
		if _, err := authcode.Open(s, value+"\n"); err == nil {
			t.Error("a line break was added")
		}
	})
	t.Run("under another key it does not open", func(t *testing.T) {
		key, err := tokens.NewSealKey("test", []byte("fedcba9876543210fedcba9876543210"))
		if err != nil {
			t.Fatal(err)
		}
		other, err := tokens.NewSealer(key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := authcode.Open(other, value); !errors.Is(err, tokens.ErrSealBroken) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an entry of a store is none", func(t *testing.T) {
		sealed, err := s.Seal("square/one", 0, []byte(`{"state":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := authcode.Open(s, base64.RawURLEncoding.EncodeToString(sealed)); !errors.Is(err, tokens.ErrSealBroken) {
			t.Errorf("got %v", err)
		}
	})
	for _, none := range []*authcode.Request{nil, {}} {
		if _, err := none.Sealed(s); err == nil {
			t.Error("nothing was sealed")
		}
		if none.URL() != "" || none.Provider() != "" {
			t.Error("nothing has a URL")
		}
	}
	if _, err := a.Sealed(nil); err == nil {
		t.Error("it was sealed with nothing")
	}
}

func TestAuthIDFindsTheRequestAndTellsNoState(t *testing.T) {
	z := acme(t)
	a, b := begin(t, z, authcode.Params{}), begin(t, z, authcode.Params{})
	state := query(t, a).Get("state")
	if got := authcode.IDOf(back("code=x&state=" + state)); got != a.ID() || got == b.ID() || len(got) != 16 {
		t.Errorf("got %q for %q", got, a.ID())
	}
	for _, raw := range []string{"", "state=", "code=x", "state=a&state=b", "%"} {
		if got := authcode.IDOf(back(raw)); got != "" {
			t.Errorf("%q: %q", raw, got)
		}
	}
}

// STD-15, and the SDK's own rule: an Auth does not print.
func TestAnAuthDoesNotPrint(t *testing.T) {
	z := acme(t)
	a := begin(t, z, authcode.Params{PKCE: true})
	state := query(t, a).Get("state")
	code, err := z.Callback(a, back("code=abc&state="+state))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{a, *a, struct{ A *authcode.Request }{a}, struct{ a *authcode.Request }{a}} {
			got := fmt.Sprintf(verb, v)
			if strings.Contains(got, state) || strings.Contains(got, code.Verifier.Reveal()) || strings.Contains(got, fmt.Sprintf("%x", state)) {
				t.Errorf("%s shows %s", verb, got)
			}
		}
	}
	// The inverse: the same search finds what does print.
	if !strings.Contains(fmt.Sprintf("%v", a.URL()), state) {
		t.Error("the search would find nothing")
	}
}
