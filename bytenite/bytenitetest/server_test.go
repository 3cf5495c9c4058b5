package bytenitetest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/gen/byteniteapi"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func start(t *testing.T, opts bytenitetest.Options) (*bytenitetest.Server, *bytenite.Client) {
	t.Helper()
	fake, err := bytenitetest.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	return fake, faketest.Must(bytenite.New(fake.Config()))
}

func TestTheThreeOperationsEndToEnd(t *testing.T) {
	fake, bn := start(t, bytenitetest.Options{Now: faketest.Standing, Scope: "example"})
	ctx := t.Context()
	tok, err := bn.Exchange(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := tok.Expiry.Time(); !at.Equal(fake.Now().Add(time.Hour)) || !tok.RefreshToken.IsZero() || tok.Extra[bytenite.ExtraScope] != "example" {
		t.Errorf("%v, extra %v", tok, tok.Extra)
	}
	fake.SetSkip("example/challenge&1", "https://example.com/on")
	for challenge, want := range map[string]string{"example/challenge&1": "https://example.com/on", "other": "", "": ""} {
		if r, err := bn.Skip(ctx, tok, challenge); err != nil || r.RedirectTo != want || r.Skip != (want != "") {
			t.Errorf("challenge %q: %+v, %v", challenge, r, err)
		}
	}
	other := faketest.Must(bn.Exchange(ctx))
	if err := bn.SignOut(ctx, tok); err != nil {
		t.Fatal(err)
	}
	if err := bn.SignOut(ctx, tok); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("a token that has signed out: %v", err)
	}
	if fake.Live(tok.AccessToken) || !fake.Live(other.AccessToken) {
		t.Error("sign-out ends that token only")
	}
	fake.Advance(time.Hour)
	if _, err := bn.Skip(ctx, other, ""); !errors.Is(err, grantway.ErrReauthorize) {
		t.Errorf("an expired token: %v", err)
	}
}

// ByteNite's docs want a token for skip, and its own login page sends none.
func TestF2_SkipGoesWithoutACredential(t *testing.T) {
	const challenge, next = "example-challenge", "https://example.com/on"
	calls := map[string]func(*bytenite.Client) (*byteniteapi.SkipResponse, error){
		"no token": func(bn *bytenite.Client) (*byteniteapi.SkipResponse, error) {
			return bn.Skip(t.Context(), nil, challenge)
		},
		"an empty token": func(bn *bytenite.Client) (*byteniteapi.SkipResponse, error) {
			return bn.Skip(t.Context(), &grantway.Token{}, challenge)
		},
		"an empty secret": func(bn *bytenite.Client) (*byteniteapi.SkipResponse, error) {
			return bn.Operations().Skip(t.Context(), grantway.Secret{}, byteniteapi.SkipParams{LoginChallenge: challenge})
		},
	}
	for name, call := range calls {
		for _, scheme := range []string{"", "Bearer"} {
			t.Run(name+", scheme "+scheme, func(t *testing.T) {
				fake, _ := start(t, bytenitetest.Options{AnonymousSkip: true})
				fake.SetSkip(challenge, next)
				cfg := fake.Config()
				cfg.TokenScheme = scheme
				r, err := call(faketest.Must(bytenite.New(cfg)))
				if err != nil || !r.Skip || r.RedirectTo != next {
					t.Errorf("%+v, %v", r, err)
				}
				if sent := fake.Requests()[0].Header.Values("Authorization"); len(sent) != 0 {
					t.Errorf("%d Authorization headers went out", len(sent))
				}
				// Inverse: the fake of the docs wants a token.
				_, bn := start(t, bytenitetest.Options{})
				if _, err := call(bn); !errors.Is(err, grantway.ErrReauthorize) {
					t.Errorf("where a token is wanted: %v", err)
				}
			})
		}
	}
	// Only an empty token goes without: a bad one is refused before it is sent.
	fake, bn := start(t, bytenitetest.Options{AnonymousSkip: true})
	for _, bad := range []string{" ", "example\nline", "Bearer example"} {
		_, err := bn.Operations().Skip(t.Context(), grantway.NewSecret(bad), byteniteapi.SkipParams{LoginChallenge: challenge})
		var e *grantway.Error
		if !errors.As(err, &e) || e.Field != "bareToken" || len(fake.Requests()) != 0 {
			t.Errorf("%v", err)
		}
	}
	// Sign-out still wants a token.
	if err := bn.SignOut(t.Context(), &grantway.Token{}); !errors.Is(err, grantway.ErrInvalidArgument) {
		t.Errorf("sign-out: %v", err)
	}
}

func TestTheAnswersAreThoseThatWereDocumentedOrSeen(t *testing.T) {
	fake, _ := start(t, bytenitetest.Options{})
	if r := faketest.SendJSON(t, "POST", fake.URL()+"/v1/auth/access_token", `{"apiKey":"example-api-key=="}`); r.Body != `{"expiresIn":"3600","scope":"openid","token":"example-access-1"}` {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := faketest.SendJSON(t, "GET", fake.URL()+"/v1/auth/skip", "", "Authorization: example-access-1"); r.Body != `{"redirectTo":"","skip":false}` {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := faketest.SendJSON(t, "POST", fake.URL()+"/v1/auth/signout", `{}`, "Authorization: example-access-1"); r.Body != `{"error":null,"message":"","ok":true,"requestId":""}` {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

func TestTheStateBehindTheClientsBack(t *testing.T) {
	fake, bn := start(t, bytenitetest.Options{})
	tok := faketest.Must(bn.Exchange(t.Context()))
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
	if r := faketest.SendJSON(t, "GET", fake.URL()+"/v1/auth/skip", ""); r.Status != 503 || r.Body != "Service Unavailable" || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if tok := faketest.Must(bn.Exchange(t.Context())); tok.AccessToken.Reveal() != "example-access-1" {
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
