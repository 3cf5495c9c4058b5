package squaretest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// F1: a redirect URL that is missing is a mistake of the program, and one that is
// another is a code that does not fit. Neither spends the code.
func TestF1_AMissingRedirectURLIsNotAWrongOne(t *testing.T) {
	const registered = "https://example.com/callback"
	for _, c := range []struct {
		name, redirect string
		pkce           bool
		unknown        bool // the code
		status         int
		want           string
	}{
		{name: "missing in the code flow", status: 400, want: missingRedirect},
		{name: "missing in the PKCE flow", pkce: true, status: 400, want: missingRedirect},
		{name: "missing with a code that is unknown", unknown: true, status: 401, want: codeNotFound},
		{name: "empty", redirect: `,"redirect_uri":""`, status: 400, want: "VALUE_EMPTY"},
		{name: "another path", redirect: `,"redirect_uri":"https://example.com/other"`, status: 401, want: codeNotFound},
		{name: "the same one with a slash behind it", redirect: `,"redirect_uri":"https://example.com/callback/"`, status: 401, want: codeNotFound},
		{name: "the same one as browsers would send it, spelled otherwise", redirect: `,"redirect_uri":"https://EXAMPLE.com:443/callback"`, pkce: true, status: 401, want: codeNotFound},
	} {
		fake, _ := start(t, squaretest.Options{})
		grant, body := squaretest.Grant{RedirectURL: registered}, byCode
		if c.pkce {
			grant.CodeChallenge, body = challenge, strings.Replace(byPKCE, "PKCECODE", "CODE", 1)
		}
		code := fake.IssueCode(grant).Code.Reveal()
		if body = strings.Replace(body, "CODE", code, 1); c.unknown {
			body = strings.Replace(body, code, "example-unknown", 1)
		}
		with := func(redirect string) faketest.Reply {
			return faketest.SendJSON(t, "POST", fake.URL()+tokenURL, strings.TrimSuffix(body, "}")+redirect+"}")
		}
		if r := with(c.redirect); r.Status != c.status || !strings.Contains(r.Body, c.want) {
			t.Errorf("%s: %d %s", c.name, r.Status, r.Body)
		}
		// Inverse: the right one, after that.
		if r := with(`,"redirect_uri":"` + registered + `"`); (r.Status == 200) == c.unknown {
			t.Errorf("inverse: %s: %d %s", c.name, r.Status, r.Body)
		}
	}
}

// F1, as a program meets it: only a redirect URL that is another one sends the
// seller back.
func TestF1_AMissingRedirectURLSendsNobodyBack(t *testing.T) {
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	cfg := fake.Config()
	cfg.RedirectURL = ""
	sq := faketest.Must(square.New(cfg))
	code := fake.IssueCode(squaretest.Grant{RedirectURL: "https://example.com/callback"})
	for name, c := range map[string]struct {
		redirect string
		want     error
	}{
		"missing": {"", grantway.ErrBadClient},
		"another": {"https://example.com/other", grantway.ErrReauthorize},
	} {
		code := code
		code.RedirectURL = c.redirect
		if _, err := sq.Exchange(t.Context(), code); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := sq.Exchange(t.Context(), code); err != nil {
		t.Errorf("inverse: %v", err)
	}
}

// F5: Square's own SDKs send the token that they were given with every call. The
// token endpoint has its credentials in the body, and what stands in the header is
// no credential.
func TestF5_AHeaderBesideTheCredentialsInTheBodyIsIgnored(t *testing.T) {
	withoutSecret := func(body string) string {
		return strings.Replace(body, `"client_secret":"example-application-secret",`, "", 1)
	}
	pkceRefresh := strings.Replace(withoutSecret(refresh), "REFRESH", "PKCEREFRESH", 1)
	for _, c := range []struct {
		name, body, header string
		status             int
	}{
		{"an SDK with a token, exchange", byCode, "Authorization: Bearer ACCESS", 200},
		{"an SDK with a token that has ended, refresh", refresh, "Authorization: Bearer example-ended", 200},
		{"an SDK with a token, PKCE exchange", byPKCE, "Authorization: Bearer ACCESS", 200},
		{"an SDK with a token, PKCE refresh", pkceRefresh, "Authorization: Bearer ACCESS", 200},
		{"the secret in the header as well, as revoke wants it", byCode, client, 200},
		{"Basic as well", byCode, "Authorization: Basic ZXhhbXBsZTpleGFtcGxl", 200},
		{"the secret in the header alone", withoutSecret(byCode), client, 400},
		{"the secret as Basic alone", withoutSecret(refresh), "Authorization: Basic ZXhhbXBsZTpleGFtcGxl", 400},
		{"a wrong secret in the body, the right one in the header", strings.Replace(byCode, "application-secret", "wrong", 1), client, 401},
	} {
		for _, refuse := range []bool{false, true} {
			fake := faketest.Must(squaretest.Start(squaretest.Options{RefuseAuthorizationHeader: refuse}))
			fill := seed(t, fake, true)
			r := faketest.SendJSON(t, "POST", fake.URL()+tokenURL, fill.Replace(c.body), fill.Replace(c.header))
			want := c.status
			if refuse { // inverse: with the option, what was served is refused
				want = 400
			}
			if r.Status != want {
				t.Errorf("%s, refused %v: %d %s, want %d", c.name, refuse, r.Status, r.Body, want)
			}
			fake.Close()
		}
	}
}

// Square's spec and its staff differ on the end of a refresh token of the code
// flow; the fake can be either.
func TestARefreshTokenOfTheCodeFlowEndsIfItIsToldTo(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		name       string
		ends, pkce bool
		wait       time.Duration // between two refreshes
		want       error         // of the third
	}{
		{"as the spec says: never", false, false, 100 * day, nil},
		{"as staff say: within 15 days of the access token's end", true, false, 45*day - time.Second, nil},
		{"as staff say: after it", true, false, 45 * day, grantway.ErrReauthorize},
		{"PKCE is not concerned", true, true, 89 * day, nil},
	} {
		fake, sq := start(t, squaretest.Options{CodeRefreshEnds: c.ends, Now: faketest.Standing})
		grant := squaretest.Grant{}
		if c.pkce {
			grant = squaretest.Grant{CodeChallenge: challenge, RedirectURL: "https://example.com/callback"}
		}
		tok, err := exchange(t, fake, sq, grant), error(nil)
		for range 3 {
			if tok.RefreshExpiry.Known() != c.pkce {
				t.Errorf("%s: the answer tells %v", c.name, tok.RefreshExpiry)
			}
			fake.Advance(c.wait)
			next, failure := sq.Refresh(t.Context(), tok)
			if err = failure; err != nil {
				break
			}
			tok = next
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
