package squaretest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// clock is one that the test owns.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)} }

func (c *clock) Now() time.Time { return c.at }

const (
	verifier  = "example-verifier-of-at-least-forty-three-chars"
	challenge = "Bs-m8FmndgdFDxAJvsu6oBhwn5PsYjJH1fxnI2ei77Q"
)

func start(t *testing.T, opts squaretest.Options) (*squaretest.Server, *square.Client) {
	t.Helper()
	fake, err := squaretest.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	c, err := square.New(fake.Config())
	if err != nil {
		t.Fatal(err)
	}
	return fake, c
}

// reply is what a test compares.
type reply struct {
	status int
	body   string
	header http.Header
}

// post sends a request by hand; header lines are "Name: value".
func post(t *testing.T, url, body string, header ...string) reply {
	t.Helper()
	return send(t, "POST", url, body, header...)
}

func send(t *testing.T, method, url, body string, header ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, line := range header {
		if name, value, ok := strings.Cut(line, ": "); ok {
			req.Header.Set(name, value)
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, string(b), resp.Header}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func exchange(t *testing.T, fake *squaretest.Server, c *square.Client, g squaretest.Grant) *grantway.Token {
	t.Helper()
	code := fake.IssueCode(g)
	if g.CodeChallenge != "" {
		code.Verifier = grantway.NewSecret(verifier)
	}
	tok, err := c.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestTheCodeFlowEndToEnd(t *testing.T) {
	clk := newClock()
	fake, sq := start(t, squaretest.Options{Now: clk.Now})
	ctx := t.Context()
	tok := exchange(t, fake, sq, squaretest.Grant{MerchantID: "merchant-123", Scopes: []string{"PAYMENTS_READ", "ITEMS_READ"}, RedirectURL: "https://example.com/cb"})
	if at, _ := tok.Expiry.Time(); !at.Equal(clk.at.Add(squaretest.AccessLifetime).Truncate(time.Second)) {
		t.Errorf("expires %v", at)
	}
	if tok.RefreshExpiry.Known() || tok.Extra[square.ExtraMerchantID] != "merchant-123" {
		t.Errorf("%v, extra %v", tok, tok.Extra)
	}

	st, err := sq.TokenStatus(ctx, tok)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(st.Scopes) != "[PAYMENTS_READ ITEMS_READ]" || st.MerchantID != "merchant-123" || st.ClientID != "example-application" || !st.Expiry.Equal(tok.Expiry) {
		t.Errorf("status %+v", st)
	}

	next := tok
	for range 3 { // the refresh token is the same one each time
		if next, err = sq.Refresh(ctx, next); err != nil {
			t.Fatal(err)
		}
		if !next.RefreshToken.Equal(tok.RefreshToken) || next.AccessToken.Equal(tok.AccessToken) {
			t.Error("a refresh of the code flow changes the access token only")
		}
	}

	if err := sq.RevokeToken(ctx, next); err != nil {
		t.Fatal(err)
	}
	if fake.Live(next.AccessToken) || !fake.Live(tok.AccessToken) {
		t.Error("RevokeToken ends that token only")
	}
	if next, err = sq.Refresh(ctx, next); err != nil {
		t.Fatalf("after one access token was revoked: %v", err)
	}
	if err := sq.RevokeMerchant(ctx, "merchant-123"); err != nil {
		t.Fatal(err)
	}
	if fake.Live(next.AccessToken) || fake.Live(tok.AccessToken) {
		t.Error("RevokeMerchant ends every token")
	}
	if _, err := sq.Refresh(ctx, next); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("refresh after the authorization ended: %v", err)
	}
}

func TestThePKCEFlowEndToEnd(t *testing.T) {
	clk := newClock()
	fake, _ := start(t, squaretest.Options{Now: clk.Now})
	cfg := fake.Config()
	cfg.ApplicationSecret = grantway.Secret{}
	sq := must(square.New(cfg))
	tok := exchange(t, fake, sq, squaretest.Grant{CodeChallenge: challenge, RedirectURL: "https://example.com/callback"})
	if at, _ := tok.RefreshExpiry.Time(); !at.Equal(clk.at.Add(squaretest.RefreshLifetime).Truncate(time.Second)) {
		t.Errorf("the refresh token expires %v", at)
	}
	next, err := sq.Refresh(t.Context(), tok)
	if err != nil {
		t.Fatal(err)
	}
	if next.RefreshToken.Equal(tok.RefreshToken) {
		t.Error("a refresh of the PKCE flow gives a new refresh token")
	}
	if _, err := sq.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("the old refresh token: %v", err)
	}
	clk.at = clk.at.Add(squaretest.RefreshLifetime)
	if _, err := sq.Refresh(t.Context(), next); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("a refresh token after 90 days: %v", err)
	}
}

func TestARefreshNarrowsToTheIntersectionAndCannotWiden(t *testing.T) {
	clk := newClock()
	fake, sq := start(t, squaretest.Options{Now: clk.Now})
	tok := exchange(t, fake, sq, squaretest.Grant{Scopes: []string{"PAYMENTS_READ", "ITEMS_READ"}})
	resp, err := sq.Endpoints().ObtainToken(t.Context(), square.ObtainTokenRequest{
		GrantType: square.GrantRefreshToken, ClientSecret: fake.Config().ApplicationSecret, RefreshToken: tok.RefreshToken,
		Scopes: []string{"ITEMS_READ", "ORDERS_WRITE"}, ShortLived: true, UseJWT: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := resp.Expiry.Time(); !resp.ShortLived || !at.Equal(clk.at.Add(squaretest.ShortAccessLifetime).Truncate(time.Second)) {
		t.Errorf("short-lived %v until %v", resp.ShortLived, at)
	}
	st, err := sq.Endpoints().RetrieveTokenStatus(t.Context(), resp.AccessToken)
	if err != nil || fmt.Sprint(st.Scopes) != "[ITEMS_READ]" {
		t.Errorf("scopes %v, %v", st, err)
	}
	again := must(sq.Refresh(t.Context(), tok))
	if st := must(sq.TokenStatus(t.Context(), again)); len(st.Scopes) != 2 {
		t.Errorf("the grant itself was narrowed to %v", st.Scopes)
	}
}

func TestAShortLivedAnswerMayLackTheRefreshToken(t *testing.T) {
	fake, sq := start(t, squaretest.Options{OmitShortLivedRefresh: true})
	tok := exchange(t, fake, sq, squaretest.Grant{})
	resp, err := sq.Endpoints().ObtainToken(t.Context(), square.ObtainTokenRequest{
		GrantType: square.GrantRefreshToken, ClientSecret: fake.Config().ApplicationSecret, RefreshToken: tok.RefreshToken, ShortLived: true,
	})
	if err != nil || !resp.RefreshToken.IsZero() {
		t.Errorf("%v, %v", resp, err)
	}
	if _, err := sq.Refresh(t.Context(), tok); err != nil {
		t.Errorf("the refresh token in hand: %v", err)
	}
}

func TestALegacyTokenMigratesAsOftenAsItLives(t *testing.T) {
	clk := newClock()
	fake, sq := start(t, squaretest.Options{Now: clk.Now})
	old := fake.IssueLegacyToken(squaretest.Grant{MerchantID: "merchant-123"})
	r := square.ObtainTokenRequest{GrantType: square.GrantMigrationToken, ClientSecret: fake.Config().ApplicationSecret, MigrationToken: old}
	for range 2 {
		resp, err := sq.Endpoints().ObtainToken(t.Context(), r)
		if err != nil || resp.MerchantID != "merchant-123" || resp.RefreshToken.IsZero() {
			t.Fatalf("%v, %v", resp, err)
		}
	}
	clk.at = clk.at.Add(squaretest.AccessLifetime)
	if _, err := sq.Endpoints().ObtainToken(t.Context(), r); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("after it has expired: %v", err)
	}
}

func TestAPersonalAccessTokenNeverExpires(t *testing.T) {
	fake, sq := start(t, squaretest.Options{})
	pat := fake.IssuePersonalAccessToken(squaretest.Grant{MerchantID: "merchant-123", Scopes: []string{"PAYMENTS_READ"}})
	st, err := sq.Endpoints().RetrieveTokenStatus(t.Context(), pat)
	if err != nil || !st.Expiry.Never() {
		t.Errorf("%+v, %v", st, err)
	}
	r := post(t, fake.URL()+"/oauth2/token/status", "", "Authorization: Bearer "+pat.Reveal())
	if want := `{"client_id":"example-application","expires_at":"","merchant_id":"merchant-123","scopes":["PAYMENTS_READ"]}`; r.body != want {
		t.Errorf("%s", r.body)
	}
	fake.RevokeMerchant("merchant-123")
	if !fake.Live(pat) {
		t.Error("disconnecting the application ends a personal access token")
	}
}

func TestARenewalWorksOnlyWhenAskedForAndOnlyInItsWindow(t *testing.T) {
	clk := newClock()
	fake, sq := start(t, squaretest.Options{Now: clk.Now, RenewEnabled: true})
	old := fake.IssueLegacyToken(squaretest.Grant{MerchantID: "merchant-123"})
	clk.at = clk.at.Add(squaretest.AccessLifetime + squaretest.RenewWindow - time.Second)
	resp, err := sq.Endpoints().RenewToken(t.Context(), square.RenewTokenRequest{AccessToken: old})
	if err != nil || resp.MerchantID != "merchant-123" || !fake.Live(resp.AccessToken) {
		t.Fatalf("%+v, %v", resp, err)
	}
	clk.at = clk.at.Add(time.Second)
	if _, err := sq.Endpoints().RenewToken(t.Context(), square.RenewTokenRequest{AccessToken: old}); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("15 days after its end: %v", err)
	}
}

func TestTheStateBehindTheApplicationsBack(t *testing.T) {
	fake, sq := start(t, squaretest.Options{})
	tok := exchange(t, fake, sq, squaretest.Grant{})
	unknown := grantway.NewSecret("example-unknown")
	for name, change := range map[string]func(grantway.Secret) bool{
		"ExpireAccessToken": fake.ExpireAccessToken, "RevokeAccessToken": fake.RevokeAccessToken, "ExpireRefreshToken": fake.ExpireRefreshToken,
	} {
		if change(unknown) {
			t.Errorf("%s knows a token that was never issued", name)
		}
	}
	if !fake.ExpireAccessToken(tok.AccessToken) || fake.Live(tok.AccessToken) {
		t.Error("ExpireAccessToken left it alive")
	}
	tok = must(sq.Refresh(t.Context(), tok))
	if !fake.RevokeAccessToken(tok.AccessToken) || fake.Live(tok.AccessToken) {
		t.Error("RevokeAccessToken left it alive")
	}
	tok = must(sq.Refresh(t.Context(), tok))
	if !fake.ExpireRefreshToken(tok.RefreshToken) {
		t.Error("ExpireRefreshToken does not know it")
	}
	if _, err := sq.Refresh(t.Context(), tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("refresh with an expired refresh token: %v", err)
	}
}

func TestThrottlingSpendsNothing(t *testing.T) {
	fake, sq := start(t, squaretest.Options{})
	code := fake.IssueCode(squaretest.Grant{RedirectURL: "https://example.com/callback"})
	fake.Throttle(1, "7")
	_, err := sq.Exchange(t.Context(), code)
	var e *grantway.Error
	if !errors.As(err, &e) || e.Kind != grantway.KindThrottled || e.RetryAfter != 7*time.Second {
		t.Errorf("%v", err)
	}
	if _, err := sq.Exchange(t.Context(), code); err != nil {
		t.Errorf("the same code afterwards: %v", err)
	}
}

func TestSquareVersionIsEchoed(t *testing.T) {
	fake, _ := start(t, squaretest.Options{})
	r := post(t, fake.URL()+"/oauth2/token/status", "", "Square-Version: 2025-08-20")
	if got := r.header.Get("Square-Version"); r.status != 401 || got != "2025-08-20" {
		t.Errorf("status %d, Square-Version %q", r.status, got)
	}
}
