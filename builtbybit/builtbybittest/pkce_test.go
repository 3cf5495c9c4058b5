package builtbybittest_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

const (
	verifier  = "example-verifier-of-at-least-forty-three-chars"
	challenge = "Bs-m8FmndgdFDxAJvsu6oBhwn5PsYjJH1fxnI2ei77Q"
)

// The authorize page and the token endpoint have to be of one mind: what the
// first takes no notice of, the second does not refuse.
func TestF4_BothEndsAgreeAboutPKCE(t *testing.T) {
	const ignore, refuse, check = builtbybittest.IgnorePKCE, builtbybittest.RefusePKCE, builtbybittest.CheckPKCE
	for _, c := range []struct {
		name      string
		pkce      builtbybittest.PKCE
		challenge []string // what the authorization request has of PKCE
		verifier  string   // "" leaves it out
		page      bool     // takes the request
		status    int      // of the exchange
		code      string
	}{
		{"ignored: both, as openid-client sends them", ignore, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, verifier, true, 200, ""},
		{"ignored: the challenge of another verifier", ignore, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, "example-other-verifier", true, 200, ""},
		{"ignored: plain", ignore, []string{"code_challenge", verifier}, verifier, true, 200, ""},
		{"ignored: a challenge and no verifier", ignore, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, "", true, 200, ""},
		{"ignored: a verifier and no challenge", ignore, nil, verifier, true, 200, ""},
		{"ignored: a method that nobody knows", ignore, []string{"code_challenge", challenge, "code_challenge_method", "example"}, verifier, true, 200, ""},

		{"refused: neither", refuse, nil, "", true, 200, ""},
		{"refused: the page says so", refuse, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, "", false, 0, ""},
		{"refused: the token endpoint says so", refuse, nil, verifier, true, 400, "invalid_request"},

		{"checked: neither", check, nil, "", true, 200, ""},
		{"checked: both fit", check, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, verifier, true, 200, ""},
		{"checked: another verifier", check, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, "example-other-verifier", true, 400, "invalid_grant"},
		{"checked: no verifier", check, []string{"code_challenge", challenge, "code_challenge_method", "S256"}, "", true, 400, "invalid_grant"},
		{"checked: no challenge", check, nil, verifier, true, 400, "invalid_grant"},
		{"checked: plain", check, []string{"code_challenge", verifier, "code_challenge_method", "plain"}, "", false, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, _ := start(t, builtbybittest.Options{PKCE: c.pkce})
			callback, err := fake.Allow(authorizeURL(fake, c.challenge...))
			if (err == nil) != c.page {
				t.Fatalf("the page: %v", err)
			}
			if !c.page {
				return
			}
			form := url.Values{"grant_type": {"authorization_code"}, "redirect_uri": {registered}, "code": {faketest.Must(url.Parse(callback)).Query().Get("code")}}
			if c.verifier != "" {
				form.Set("code_verifier", c.verifier)
			}
			r := faketest.SendForm(t, "POST", fake.URL()+"/oauth2/token", form.Encode(), basic("example-client", "example/secret"))
			if r.Status != c.status || errorCode(t, r) != c.code {
				t.Errorf("the token endpoint: %d %s", r.Status, r.Body)
			}
		})
	}
}

// A parameter without a value is one that was left out, at both ends (RFC 6749
// sections 3.1 and 3.2).
func TestF4_BothEndsTakeAnEmptyParameterAsLeftOut(t *testing.T) {
	for _, pkce := range []builtbybittest.PKCE{builtbybittest.IgnorePKCE, builtbybittest.RefusePKCE, builtbybittest.CheckPKCE} {
		fake, _ := start(t, builtbybittest.Options{PKCE: pkce})
		callback, err := fake.Allow(authorizeURL(fake) + "&code_challenge=&code_challenge_method=&resource=")
		if err != nil {
			t.Fatal(err)
		}
		code := faketest.Must(url.Parse(callback)).Query().Get("code")
		r := faketest.SendForm(t, "POST", fake.URL()+"/oauth2/token", "grant_type=authorization_code&code_verifier=&redirect_uri=&resource=&code="+code, basic("example-client", "example/secret"))
		if r.Status != 200 {
			t.Errorf("PKCE %d: %d %s", pkce, r.Status, r.Body)
		}
	}
}

// The redirect URL that the page took is the one that the exchange may repeat.
func TestF4_BothEndsAgreeAboutTheRedirectURL(t *testing.T) {
	fake, _ := start(t, builtbybittest.Options{RedirectURL: loopback, AnyLoopbackPort: true})
	const other = "http://127.0.0.1:9/callback"
	for redirect, status := range map[string]int{other: 200, loopback: 400, "": 200} {
		callback := faketest.Must(fake.Allow(authorizeURL(fake, "redirect_uri", other)))
		form := url.Values{"grant_type": {"authorization_code"}, "code": {faketest.Must(url.Parse(callback)).Query().Get("code")}, "redirect_uri": {redirect}}
		r := faketest.SendForm(t, "POST", fake.URL()+"/oauth2/token", form.Encode(), basic("example-client", "example/secret"))
		if r.Status != status {
			t.Errorf("redirect_uri %q: %d %s", redirect, r.Status, r.Body)
		}
	}
}

// errorCode is what a body has as "error"; empty if it has none.
func errorCode(t *testing.T, r faketest.Reply) string {
	t.Helper()
	var body struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
		t.Fatal(err)
	}
	return body.Error
}
