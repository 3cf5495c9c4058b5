package thirdparty_test

import (
	"crypto/sha256"
	"encoding/base64"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/conformance/internal/node"
	"github.com/grantway/grantway/conformance/internal/spec"
	"github.com/grantway/grantway/conformance/internal/wirelog"
	"github.com/grantway/grantway/square/squaretest"
)

func TestSquaresOwnSDKWorksAgainstTheSquareFake(t *testing.T) {
	node.Dir(t)
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	s := spec.Load(t, "square")
	log, url := wirelog.Proxy(t, fake.URL(), s.Doc.Servers[0].URL)

	const verifier = "example-verifier-example-verifier-example-verifier"
	sum := sha256.Sum256([]byte(verifier))
	outcomes := runSteps(t, "square-sdk.cjs", map[string]string{
		"baseUrl":      url,
		"clientId":     fake.Config().ApplicationID,
		"clientSecret": fake.Config().ApplicationSecret.Reveal(),
		"code":         fake.IssueCode(squaretest.Grant{MerchantID: "merchant-123", Scopes: []string{"PAYMENTS_READ"}}).Code.Reveal(),
		"pkceCode":     fake.IssueCode(squaretest.Grant{CodeChallenge: base64.RawURLEncoding.EncodeToString(sum[:])}).Code.Reveal(),
		"verifier":     verifier,
	})

	wantOK(t, outcomes, "obtain", "refresh", "status", "revoke", "obtain with PKCE", "refresh with PKCE")
	obtained, refreshed := outcomes["obtain"], outcomes["refresh"]
	if obtained.text("merchantId") != "merchant-123" || obtained.text("tokenType") != "bearer" || obtained.text("expiresAt") == "" {
		t.Errorf("obtain: %+v", obtained.Value)
	}
	if r := refreshed.text("refreshToken"); r == "" || r != obtained.text("refreshToken") {
		t.Errorf("the code flow repeats its refresh token, and the SDK read %q after %q", r, obtained.text("refreshToken"))
	}
	if scopes, _ := outcomes["status"].Value["scopes"].([]any); len(scopes) != 1 || scopes[0] != "PAYMENTS_READ" {
		t.Errorf("status: %+v", outcomes["status"].Value)
	}
	if outcomes["revoke"].Value["success"] != true {
		t.Errorf("revoke: %+v", outcomes["revoke"].Value)
	}
	if fake.Live(grantway.NewSecret(refreshed.text("accessToken"))) {
		t.Error("the token that the SDK revoked is still live")
	}
	first, second := outcomes["obtain with PKCE"].text("refreshToken"), outcomes["refresh with PKCE"].text("refreshToken")
	if first == "" || second == "" || first == second {
		t.Errorf("the PKCE flow rotates its refresh token, and the SDK read %q after %q", second, first)
	}

	// The inverse: what Square refuses, the SDK is refused.
	wantStatus(t, outcomes, "revoke without its header", 400)
	wantStatus(t, outcomes, "status of the revoked token", 401)
	wantStatus(t, outcomes, "the spent code again", 401)
	wantStatus(t, outcomes, "another secret", 401)
	wantStatus(t, outcomes, "the spent PKCE refresh token again", 401)
	checkLog(t, s, log)
}
