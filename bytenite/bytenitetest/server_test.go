package bytenitetest_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
)

// clock is one that the test owns.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time { return c.at }

func start(t *testing.T, opts bytenitetest.Options) (*bytenitetest.Server, *bytenite.Client) {
	t.Helper()
	fake, err := bytenitetest.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	return fake, must(bytenite.New(fake.Config()))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// reply is what a test compares.
type reply struct {
	status int
	body   string
	header http.Header
}

// send sends a request by hand; header lines are "Name: value".
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

func TestTheThreeOperationsEndToEnd(t *testing.T) {
	clk := newClock()
	fake, bn := start(t, bytenitetest.Options{Now: clk.Now, Scope: "example"})
	ctx := t.Context()
	tok, err := bn.Exchange(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := tok.Expiry.Time(); !at.Equal(clk.at.Add(time.Hour)) || !tok.RefreshToken.IsZero() || tok.Extra[bytenite.ExtraScope] != "example" {
		t.Errorf("%v, extra %v", tok, tok.Extra)
	}
	fake.SetSkip("example/challenge&1", "https://example.com/on")
	for challenge, want := range map[string]string{"example/challenge&1": "https://example.com/on", "other": "", "": ""} {
		if r, err := bn.Skip(ctx, tok, challenge); err != nil || r.RedirectTo != want || r.Skip != (want != "") {
			t.Errorf("challenge %q: %+v, %v", challenge, r, err)
		}
	}
	other := must(bn.Exchange(ctx))
	if err := bn.SignOut(ctx, tok); err != nil {
		t.Fatal(err)
	}
	if err := bn.SignOut(ctx, tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("a token that has signed out: %v", err)
	}
	if fake.Live(tok.AccessToken) || !fake.Live(other.AccessToken) {
		t.Error("sign-out ends that token only")
	}
	clk.at = clk.at.Add(time.Hour)
	if _, err := bn.Skip(ctx, other, ""); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("an expired token: %v", err)
	}
}

func TestTheAnswersAreThoseThatWereDocumentedOrSeen(t *testing.T) {
	fake, _ := start(t, bytenitetest.Options{})
	if r := send(t, "POST", fake.URL()+"/v1/auth/access_token", `{"apiKey":"example-api-key=="}`); r.body != `{"expiresIn":"3600","scope":"","token":"example-access-1"}` {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := send(t, "GET", fake.URL()+"/v1/auth/skip", "", "Authorization: example-access-1"); r.body != `{"redirectTo":"","skip":false}` {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := send(t, "POST", fake.URL()+"/v1/auth/signout", `{}`, "Authorization: example-access-1"); r.body != `{"error":null,"message":"","ok":true,"requestId":""}` {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestTheStateBehindTheClientsBack(t *testing.T) {
	fake, bn := start(t, bytenitetest.Options{})
	tok := must(bn.Exchange(t.Context()))
	if fake.ExpireToken(grantway.NewSecret("example-unknown")) {
		t.Error("the fake knows a token that was never issued")
	}
	fake.RevokeAPIKey()
	if _, err := bn.Exchange(t.Context()); !errors.Is(err, grantway.ErrBadClient) {
		t.Errorf("a revoked key: %v", err)
	}
	if !fake.Live(tok.AccessToken) {
		t.Error("the token ended with its key")
	}
	if !fake.ExpireToken(tok.AccessToken) || fake.Live(tok.AccessToken) {
		t.Error("ExpireToken left it alive")
	}
}

func TestUnavailableComesInPlainTextAndDoesNothing(t *testing.T) {
	fake, bn := start(t, bytenitetest.Options{})
	fake.Unavailable(1)
	if _, err := bn.Exchange(t.Context()); !errors.Is(err, grantway.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	fake.Unavailable(1)
	if r := send(t, "GET", fake.URL()+"/v1/auth/skip", ""); r.status != 503 || r.body != "Service Unavailable" || !strings.HasPrefix(r.header.Get("Content-Type"), "text/plain") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if tok := must(bn.Exchange(t.Context())); tok.AccessToken.Reveal() != "example-access-1" {
		t.Error("a token was issued behind the 503")
	}
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	for _, lifetime := range []time.Duration{-time.Second, time.Millisecond} {
		if fake, err := bytenitetest.Start(bytenitetest.Options{Lifetime: lifetime}); err == nil {
			fake.Close()
			t.Errorf("a lifetime of %v is taken", lifetime)
		}
	}
}
