package thirdparty_test

import (
	"maps"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/conformance/internal/node"
	"github.com/grantway/grantway/conformance/internal/spec"
	"github.com/grantway/grantway/conformance/internal/wirelog"
)

func TestAGenericOAuthClientWorksAgainstTheBuiltByBitFake(t *testing.T) {
	node.Dir(t)
	fake, err := builtbybittest.Start(builtbybittest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	s := spec.Load(t, "builtbybit")
	log, url := wirelog.Proxy(t, fake.URL(), s.Doc.Servers[0].URL)

	const redirect = "https://example.com/callback"
	outcomes := runSteps(t, "simple-oauth2.cjs", map[string]string{
		"baseUrl":      url,
		"clientId":     fake.Config().ClientID,
		"clientSecret": fake.Config().ClientSecret.Reveal(), // has a slash, which form encoding changes
		"code":         fake.IssueCode(builtbybittest.Grant{RedirectURL: redirect}).Code.Reveal(),
		"redirectUri":  redirect,
	})

	wantOK(t, outcomes, "exchange", "refresh", "revoke the access token", "revoke the refresh token")
	exchanged, refreshed := outcomes["exchange"], outcomes["refresh"]
	if exchanged.text("scope") != builtbybittest.DefaultScope || exchanged.Value["expires_in"] != 3600.0 {
		t.Errorf("exchange: %+v", exchanged.Value)
	}
	if r := refreshed.text("refresh_token"); r == "" || r == exchanged.text("refresh_token") {
		t.Errorf("the fake rotates refresh tokens, and the client read %q after %q", r, exchanged.text("refresh_token"))
	}
	if access := refreshed.text("access_token"); access == "" || fake.Live(grantway.NewSecret(access)) {
		t.Errorf("the token that the client revoked is still live, or was never read: %q", access)
	}

	// The inverse: what BuiltByBit refuses, the client is refused.
	wantStatus(t, outcomes, "exchange with form-encoded credentials", 401)
	wantStatus(t, outcomes, "the spent code again", 400)
	wantStatus(t, outcomes, "the spent refresh token again", 400)
	wantStatus(t, outcomes, "refresh after the revocation", 400)
	checkLog(t, s, log)
}

// openid-client sends a code_challenge and a code_verifier to any server. One
// that does not know PKCE takes no notice of either.
func TestF4_OpenIDClientWorksWhateverTheBuiltByBitFakeMakesOfPKCE(t *testing.T) {
	const redirect = "https://example.com/callback"
	for _, c := range []struct {
		name    string
		pkce    builtbybittest.PKCE
		takes   bool // the authorize page does
		another int  // answer to another verifier
	}{
		{"ignored", builtbybittest.IgnorePKCE, true, 200},
		{"checked", builtbybittest.CheckPKCE, true, 400},
		{"refused", builtbybittest.RefusePKCE, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			node.Dir(t)
			fake, err := builtbybittest.Start(builtbybittest.Options{PKCE: c.pkce})
			if err != nil {
				t.Fatal(err)
			}
			defer fake.Close()
			s := spec.Load(t, "builtbybit")
			log, url := wirelog.Proxy(t, fake.URL(), s.Doc.Servers[0].URL)
			plan := map[string]string{
				"baseUrl":      url,
				"authorizeUrl": fake.AuthorizeURL(),
				"clientId":     fake.Config().ClientID,
				"clientSecret": fake.Config().ClientSecret.Reveal(),
				"redirectUri":  redirect,
				"scope":        builtbybittest.DefaultScope,
				"verifier":     "example-verifier-of-at-least-forty-three-chars",
			}

			begun := runSteps(t, "openid-client.cjs", plan)
			wantOK(t, begun, "authorize")
			callback, err := fake.Allow(begun["authorize"].text("url"))
			if (err == nil) != c.takes {
				t.Fatalf("the authorize page: %v", err)
			}
			if !c.takes {
				return
			}
			plan = maps.Clone(plan)
			plan["callbackUrl"] = callback
			outcomes := runSteps(t, "openid-client.cjs", plan)
			wantStatus(t, outcomes, "exchange with form-encoded credentials", 401)
			if c.another == 200 { // which spends the code
				wantOK(t, outcomes, "exchange with another verifier")
				wantStatus(t, outcomes, "exchange", 400)
				checkLog(t, s, log)
				return
			}
			wantStatus(t, outcomes, "exchange with another verifier", c.another)
			wantOK(t, outcomes, "exchange", "refresh", "revoke")
			wantStatus(t, outcomes, "the spent refresh token again", 400)
			if access := outcomes["refresh"].text("access_token"); access == "" || fake.Live(grantway.NewSecret(access)) {
				t.Errorf("the token that the client revoked is still live, or was never read: %q", access)
			}
			checkLog(t, s, log)
		})
	}
}
