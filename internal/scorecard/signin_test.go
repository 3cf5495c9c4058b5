package scorecard

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
)

// signIn is a provider with a consent page, and its fake.
type signIn struct {
	name    string
	client  login.Client
	begin   func() (*authcode.Request, error)
	allow   func(authorizeURL string) (string, error) // of the first alone
	fake    interface{ Requests() []squaretest.Request }
	success string // a query that is good but for what a check puts into it

	verifier grantway.Secret // that an exchange needs to be sent at all, if it does
}

const signInRedirect = "https://app.example/callback/"

// signIns are all of them, Square first, each with the issuer that its callbacks must name, if any.
func signIns(t *testing.T, issuer string) []signIn {
	t.Helper()
	sf, err := squaretest.Start(squaretest.Options{RedirectURL: signInRedirect + "square"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sf.Close)
	sc := sf.Config()
	sc.Issuer = issuer
	sq, err := square.New(sc)
	if err != nil {
		t.Fatal(err)
	}
	bf, err := builtbybittest.Start(builtbybittest.Options{RedirectURL: signInRedirect + "builtbybit"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bf.Close)
	bc := bf.Config()
	bc.Issuer = issuer
	bb, err := builtbybit.New(bc)
	if err != nil {
		t.Fatal(err)
	}
	list := []signIn{
		{"square", sq, func() (*authcode.Request, error) {
			return sq.BeginAuth(square.AuthOptions{RedirectURL: signInRedirect + "square", Flow: square.FlowPKCE})
		}, sf.Allow, sf, "code=example-code&response_type=code", grantway.Secret{}},
		{"builtbybit", bb, func() (*authcode.Request, error) {
			return bb.BeginAuth(builtbybit.AuthOptions{RedirectURL: signInRedirect + "builtbybit", Scopes: []string{"members.self"}})
		}, bf.Allow, bf, "code=example-code", grantway.Secret{}},
	}
	for _, a := range additions {
		if a.signIn != nil {
			list = append(list, a.signIn(t, issuer))
		}
	}
	return list
}

// started is one request, and its state.
func (s signIn) started(t *testing.T) (*authcode.Request, url.Values) {
	t.Helper()
	a, err := s.begin()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(a.URL())
	if err != nil {
		t.Fatal(err)
	}
	return a, u.Query()
}

func (s signIn) callback(rawQuery string) *http.Request {
	return httptest.NewRequest(http.MethodGet, signInRedirect+s.name+"?"+rawQuery, nil)
}

// naiveCallback is the callback as tutorials write it: the first code, and a
// state that counts if it is there.
func naiveCallback(r *http.Request, state string) (code string, ok bool) {
	if got := r.URL.Query().Get("state"); got != "" && got != state {
		return "", false
	}
	code = r.URL.Query().Get("code")
	return code, code != ""
}

func TestCheck004_PKCEIsS256AndFresh(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a hundred thousand sign-ins")
	}
	const flows = 100_000
	s := signIns(t, "")[0]
	seen := make(map[string]bool, flows)
	for range flows {
		_, q := s.started(t)
		if q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 {
			t.Fatalf("%q", q)
		}
		seen[q.Get("code_challenge")] = true
	}
	if len(seen) != flows {
		t.Errorf("%d of %d challenges differ", len(seen), flows)
	}

	// The fake computes the challenge again, and takes no other verifier.
	exchange := func(change func(*grantway.AuthorizationCode)) error {
		a, q := s.started(t)
		callback, err := s.allow(a.URL())
		if err != nil {
			t.Fatal(err)
		}
		_, query, _ := strings.Cut(callback, "?")
		code, err := s.client.Callback(a, s.callback(query))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(code.Verifier.Reveal()))
		if raw, err := base64.RawURLEncoding.DecodeString(code.Verifier.Reveal()); err != nil || len(raw) != 32 ||
			base64.RawURLEncoding.EncodeToString(sum[:]) != q.Get("code_challenge") {
			t.Errorf("a verifier of %d octets, %v", len(raw), err)
		}
		change(&code)
		_, err = s.client.Exchange(context.Background(), code)
		return err
	}
	if err := exchange(func(*grantway.AuthorizationCode) {}); err != nil {
		t.Errorf("the right verifier: %v", err)
	}
	if err := exchange(func(c *grantway.AuthorizationCode) {
		c.Verifier = grantway.NewSecret(strings.Repeat("a", 43))
	}); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("inverse: the fake takes another verifier: %v", err)
	}
	for _, r := range s.fake.Requests() {
		if strings.Contains(r.RawQuery, "verifier") {
			t.Error("a verifier in a URL")
		}
	}
	t.Logf("figure: %d flows, %d challenges", flows, len(seen))
}

func TestCheck005_TheStateIsCheckedAndGoodOnce(t *testing.T) {
	refused, taken := 0, 0
	for _, s := range signIns(t, "") {
		_, otherQuery := s.started(t)
		for _, bad := range []struct {
			name  string
			query func(state string) string
			twice bool
		}{
			{"missing", func(string) string { return s.success }, false},
			{"empty", func(string) string { return s.success + "&state=" }, false},
			{"wrong", func(string) string { return s.success + "&state=" + strings.Repeat("a", 43) }, false},
			{"another user's", func(string) string { return s.success + "&state=" + otherQuery.Get("state") }, false},
			{"cut", func(state string) string { return s.success + "&state=" + state[:42] }, false},
			{"in another case", func(state string) string { return s.success + "&state=" + strings.ToUpper(state) }, false},
			{"repeated", func(state string) string { return s.success + "&state=" + state + "&state=" + state }, false},
			{"beside a second code", func(state string) string { return s.success + "&code=x&state=" + state }, false},
			{"used before", func(state string) string { return s.success + "&state=" + state }, true},
		} {
			a, q := s.started(t)
			r := s.callback(bad.query(q.Get("state")))
			if bad.twice {
				if _, err := s.client.Callback(a, s.callback(s.success+"&state="+q.Get("state"))); err != nil {
					t.Fatalf("%s: the good one: %v", s.name, err)
				}
			}
			code, err := s.client.Callback(a, r)
			if !errors.Is(err, grantway.ErrInvalidArgument) || !code.Code.IsZero() {
				t.Errorf("%s: a state that is %s: %v", s.name, bad.name, err)
			}
			refused++
			if _, ok := naiveCallback(r, q.Get("state")); ok {
				taken++
			}
		}
	}
	if taken < 8 {
		t.Errorf("inverse: the naive callback takes %d of %d", taken, refused)
	}
	t.Logf("figure: %d bad callbacks refused; the naive one takes %d of them", refused, taken)
}

func TestCheck006_TheIssuerOrTheRedirectPathTellsProvidersApart(t *testing.T) {
	const issuer = "https://issuer.example"
	issuers, mixed := 0, 0
	for _, s := range signIns(t, issuer) {
		for _, c := range []struct {
			name, iss string
			ok        bool
		}{
			{"the right one", "&iss=" + url.QueryEscape(issuer), true},
			{"another", "&iss=https%3A%2F%2Fevil.example", false},
			{"none", "", false},
			{"two", "&iss=" + url.QueryEscape(issuer) + "&iss=" + url.QueryEscape(issuer), false},
		} {
			a, q := s.started(t)
			_, err := s.client.Callback(a, s.callback(s.success+"&state="+q.Get("state")+c.iss))
			if (err == nil) != c.ok {
				t.Errorf("%s: %s: %v", s.name, c.name, err)
			}
			issuers++
		}
	}
	// Without an issuer: the answer for one provider on the path of the other,
	// in all its ways, and the code to the other's token endpoint.
	for i := range signIns(t, "") {
		all := signIns(t, "")
		s, other := all[i], all[(i+1)%len(all)]
		a, q := s.started(t)
		query := s.success + "&state=" + q.Get("state")
		if _, err := s.client.Callback(a, other.callback(query)); !errors.Is(err, grantway.ErrInvalidArgument) {
			t.Errorf("%s on the path of %s: %v", s.name, other.name, err)
		}
		mixed++
		for _, r := range []*http.Request{s.callback(query), other.callback(query)} {
			if _, err := other.client.Callback(a, r); !errors.Is(err, grantway.ErrInvalidArgument) {
				t.Errorf("%s given to %s: %v", s.name, other.name, err)
			}
			mixed++
		}
		code, err := s.client.Callback(a, s.callback(query)) // nothing of it spent the state
		if err != nil {
			t.Fatal(err)
		}
		code.Verifier = other.verifier
		if _, err := other.client.Exchange(context.Background(), code); !errors.Is(err, grantway.ErrNotSent) {
			t.Errorf("the code of %s to %s: %v", s.name, other.name, err)
		}
		if n := len(other.fake.Requests()); n != 0 {
			t.Errorf("%s has seen %d requests", other.name, n)
		}
		// The inverse: a code that came some other way is sent.
		code.TokenURL = ""
		if _, err := other.client.Exchange(context.Background(), code); errors.Is(err, grantway.ErrNotSent) {
			t.Errorf("inverse: %v", err)
		}
		if n := len(other.fake.Requests()); n != 1 {
			t.Errorf("inverse: %s has seen %d requests", other.name, n)
		}
	}
	t.Logf("figure: %d issuers, %d answers for another provider, 0 codes sent", issuers, mixed)
}

// TestCheck054_CallbackQueries is a fixed draw of what FuzzCallback looks for
// without end: no panic, no text of the query in an error or on a page.
func TestCheck054_CallbackQueries(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: twenty thousand callbacks")
	}
	const n = 20_000
	random := rand.New(rand.NewPCG(54, 0))
	pieces := []string{"code", "state", "iss", "error", "error_description", "=", "=", "&", "&", ";", "%", "%00", "%0d%0a", "%zz", "+", "é", "\x00",
		"<script>canary</script>", "%3Cscript%3Ecanary", "access_denied", "server_error", "STATE", "STATE", "canary", "a", "[]", "#", strings.Repeat("A", 300)}
	for _, s := range signIns(t, "") {
		key, err := tokens.NewSealKey("test", []byte("0123456789abcdef0123456789abcdef"))
		if err != nil {
			t.Fatal(err)
		}
		sealer, err := tokens.NewSealer(key)
		if err != nil {
			t.Fatal(err)
		}
		web, err := login.NewWeb(login.WebConfig{Client: s.client, Sealer: sealer,
			Begin: func(*http.Request) (*authcode.Request, error) { return s.begin() },
			Save:  func(*http.Request, *grantway.Token) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		codes := 0
		for range n / 2 {
			a, q := s.started(t)
			var b strings.Builder
			if random.IntN(2) == 0 {
				b.WriteString("state=STATE&")
			}
			for range random.IntN(12) {
				b.WriteString(pieces[random.IntN(len(pieces))])
			}
			raw := strings.ReplaceAll(b.String(), "STATE", q.Get("state"))
			r := s.callback("")
			r.URL.RawQuery = raw
			w := httptest.NewRecorder()
			web.Callback.ServeHTTP(w, r)
			code, err := s.client.Callback(a, r)
			if !code.Code.IsZero() {
				codes++
			}
			for _, said := range []string{w.Body.String(), errorText(err)} {
				if strings.Contains(said, "canary") || strings.Contains(said, "<script") || strings.Contains(said, q.Get("state")) || strings.Contains(said, "AAAAA") {
					t.Fatalf("%q is answered with %s", raw, said)
				}
			}
		}
		if codes == 0 {
			t.Error("inverse: no query of them all was good, so nothing was read")
		}
		t.Logf("figure: %s: %d queries, %d of them with a code", s.name, n/2, codes)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
