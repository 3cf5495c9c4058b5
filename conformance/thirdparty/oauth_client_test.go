package thirdparty_test

import (
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
