package square_test

import (
	"errors"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
)

// answered is a client whose provider gives one answer.
func answered(t *testing.T, status int, body string) *square.Client {
	t.Helper()
	wire := &wiretest.Transport{Reply: wiretest.Reply{Status: status, Body: body}}
	return mustNew(t, square.Config{ApplicationID: "example-app", ApplicationSecret: grantway.NewSecret("example-secret"),
		ClientConfig: grantway.ClientConfig{HTTPClient: wire.Client()}})
}

func kindOf(err error) grantway.Kind {
	var e *grantway.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Kind
}

func TestC4_WhoARefusalIsAbout(t *testing.T) {
	const rejected, client = grantway.KindRejected, grantway.KindBadClient
	legacy := func(typ, message string) string { return `{"message":"` + message + `","type":"` + typ + `"}` }
	list := func(category, code, detail string) string {
		return `{"errors":[{"category":"` + category + `","code":"` + code + `","detail":"` + detail + `"}]}`
	}
	for _, c := range []struct {
		name              string
		status            int
		body              string
		exchange, refresh grantway.Kind
	}{
		{"a wrong pair of id and secret", 401, legacy("service.not_authorized", "Not Authorized"), client, client},
		{"a code that is not found", 401, legacy("service.not_authorized", "Authorization code not found for app [x]"), rejected, rejected},
		{"a code that is already claimed", 401, legacy("service.not_authorized", "Authorization code is already claimed"), rejected, rejected},
		{"the same in another case", 401, legacy("unauthorized", "authorization code is already claimed."), rejected, rejected},
		{"the same as an error list", 401, list("AUTHENTICATION_ERROR", "UNAUTHORIZED", "Authorization code is already claimed"), rejected, rejected},
		{"the same in a list that blames the request", 400, list("INVALID_REQUEST_ERROR", "BAD_REQUEST", "Authorization code is already claimed"), rejected, rejected},
		{"a refresh token that is unknown", 401, legacy("service.not_authorized", "Invalid refresh token"), rejected, rejected},
		{"a token that was revoked", 401, legacy("oauth.revoked", "x"), rejected, rejected},
		{"a token that has expired", 401, legacy("oauth.expired", "x"), rejected, rejected},
		{"a text that nobody has seen", 401, legacy("service.not_authorized", "The seller is gone"), client, rejected},
		{"one with status 400", 400, legacy("service.not_authorized", "The seller is gone"), client, rejected},
		{"a bad request that names the token", 400, legacy("bad_request.invalid_parameter", "invalid token"), client, rejected},
		{"a bad request that names something else", 400, legacy("bad_request.invalid_parameter", "bad scope"), client, client},
		{"a token that was left out", 400, legacy("bad_request.missing_parameter", "missing refresh_token"), client, client},
		{"a client that is switched off", 401, list("AUTHENTICATION_ERROR", "CLIENT_DISABLED", "x"), client, client},
		{"a gateway that says 429", 429, legacy("service.not_authorized", "The seller is gone"), grantway.KindThrottled, grantway.KindThrottled},
		{"a gateway that says 502", 502, legacy("service.not_authorized", "The seller is gone"), grantway.KindAmbiguous, grantway.KindAmbiguous},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := answered(t, c.status, c.body).Exchange(t.Context(), grantway.AuthorizationCode{Code: grantway.NewSecret("example-code")})
			if got := kindOf(err); got != c.exchange {
				t.Errorf("on an exchange %v, want %v", got, c.exchange)
			}
			for flow, mark := range map[string]string{"code": square.FlowCode, "PKCE": square.FlowPKCE} {
				_, err = answered(t, c.status, c.body).Refresh(t.Context(), &grantway.Token{RefreshToken: grantway.NewSecret("example-refresh"),
					Extra: map[string]string{square.ExtraFlow: mark}})
				if got := kindOf(err); got != c.refresh {
					t.Errorf("on a refresh of the %s flow %v, want %v", flow, got, c.refresh)
				}
			}
		})
	}
}

func TestC4_OnlyTheTwoShapesAreSquares(t *testing.T) {
	for _, c := range []struct {
		name, body string
		ours       bool
	}{
		{"the list", `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED"}]}`, true},
		{"an error without a category", `{"errors":[{"code":"UNAUTHORIZED"}]}`, true},
		{"an error with a member of another type", `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED","field":5}]}`, true},
		{"the legacy shape", `{"message":"Not Authorized","type":"service.not_authorized"}`, true},
		{"a message alone, which AWS's gateway says", `{"message":"Forbidden"}`, false},
		{"a type alone", `{"type":"service.not_authorized"}`, false},
		{"an empty message", `{"message":"","type":"service.not_authorized"}`, false},
		{"a type that nobody has seen from Square", `{"message":"Forbidden","type":"about:blank"}`, false},
		{"a problem (RFC 9457)", `{"type":"https://example.com/p","title":"Forbidden","status":403}`, false},
		{"an error whose detail is no text, which is read like a credential", `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED","detail":5}]}`, false},
		{"an empty list", `{"errors":[]}`, false},
		{"no JSON", `Forbidden`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := answered(t, 403, c.body).Refresh(t.Context(), &grantway.Token{RefreshToken: grantway.NewSecret("example-refresh")})
			var e *grantway.Error
			if !errors.As(err, &e) || (e.Code != "") != c.ours || (square.ErrorDetails(err) != nil) != c.ours {
				t.Errorf("code %q, details %v: %v", e.Code, square.ErrorDetails(err), err)
			}
		})
	}
}

func TestC5_HowATokenStatusSaysNever(t *testing.T) {
	for _, c := range []struct {
		name, member string
		never, known bool
	}{
		{"an empty text", `,"expires_at":""`, true, true},
		{"null", `,"expires_at":null`, true, true},
		{"no member", ``, true, true},
		{"a time", `,"expires_at":"2031-01-02T03:04:05Z"`, false, true},
		{"a time that has passed", `,"expires_at":"2001-01-02T03:04:05Z"`, false, true},
		{"what cannot be read, which is not never", `,"expires_at":"soon"`, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, err := answered(t, 200, `{"client_id":"example-app","scopes":["A"]`+c.member+`}`).
				TokenStatus(t.Context(), &grantway.Token{AccessToken: grantway.NewSecret("example-access")})
			if err != nil {
				t.Fatal(err)
			}
			if never := status.ExpiresAt == grantway.NeverExpires(); never != c.never || status.ExpiresAt.Known() != c.known {
				t.Errorf("%v", status.ExpiresAt)
			}
		})
	}
	// The inverse: a token that is issued without an end has one that is not
	// known, for nobody says otherwise.
	token, err := answered(t, 200, `{"access_token":"example-access","token_type":"bearer"}`).
		Exchange(t.Context(), grantway.AuthorizationCode{Code: grantway.NewSecret("example-code")})
	if err != nil || token.Expiry.Known() {
		t.Errorf("%v, %v", token, err)
	}
}

// What RenewToken refuses of an id, New refuses, and nothing else of it.
func TestC6_AnApplicationIDIsRefusedWhereItIsConfigured(t *testing.T) {
	for _, c := range []struct {
		name, id string
		refused  bool
	}{
		{"the folder above", "..", true},
		{"the folder itself", ".", true},
		{"nothing", "", true},
		{"a line break", "a\nb", true},
		{"no UTF-8", "a\xff", true},
		{"white space around it", " a", true},
		{"a slash, which is escaped", "a/b", false},
		{"the folder above in the middle, which is escaped", "a/../b", false},
		{"an escape, which is escaped", "%2e%2e", false},
		{"three dots", "...", false},
		{"a real one", "sq0idp-example", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 200, Body: `{"access_token":"example-access","token_type":"bearer"}`}}
			cfg := square.Config{ApplicationID: c.id, ApplicationSecret: grantway.NewSecret("example-secret"),
				ClientConfig: grantway.ClientConfig{HTTPClient: wire.Client()}}
			client, err := square.New(cfg)
			var e *grantway.Error
			if c.refused && (!errors.As(err, &e) || e.Kind != grantway.KindInvalid || e.Field != "ApplicationID") || !c.refused && err != nil {
				t.Errorf("New: %v", err)
			}
			if client == nil {
				cfg.ApplicationID = "example-app"
				client = mustNew(t, cfg)
			}
			_, err = client.Operations().RenewToken(t.Context(), squareapi.RenewTokenRequest{ClientID: c.id, AccessToken: grantway.NewSecret("example-access")})
			if refused := err != nil; refused != c.refused {
				t.Errorf("RenewToken: %v", err)
			}
		})
	}
}
