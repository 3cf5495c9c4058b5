package scorecard

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
)

// scopeAnswer is the scope member of one token answer, and what it must come to.
type scopeAnswer struct {
	name, member string
	scopes       []string // nil: not known
	missing      []string
	widened      []string
}

// tokenAnswer is a token answer of BuiltByBit's with member in it.
func tokenAnswer(member string) string {
	return `{"access_token":"example-access","token_type":"Bearer","expires_in":3600,"refresh_token":"example-refresh"` + member + `}`
}

// The sign-in asks for a and b.
var exchangeScopes = []scopeAnswer{
	{name: "what was asked", member: `,"scope":"a b"`, scopes: []string{"a", "b"}},
	{name: "fewer", member: `,"scope":"a"`, scopes: []string{"a"}, missing: []string{"b"}},
	{name: "more", member: `,"scope":"a b c"`, scopes: []string{"a", "b", "c"}},
	{name: "in another order", member: `,"scope":"b a"`, scopes: []string{"b", "a"}},
	{name: "in another case", member: `,"scope":"A b"`, scopes: []string{"A", "b"}, missing: []string{"a"}},
	{name: "none", member: `,"scope":""`, scopes: []string{}, missing: []string{"a", "b"}},
	{name: "not said", member: ``},
	{name: "null", member: `,"scope":null`},
}

// The grant that is refreshed has a alone.
var refreshScopes = []scopeAnswer{
	{name: "the same", member: `,"scope":"a"`, scopes: []string{"a"}, missing: []string{"b"}},
	{name: "not said", member: ``, scopes: []string{"a"}, missing: []string{"b"}},
	{name: "none", member: `,"scope":""`, scopes: []string{}, missing: []string{"a", "b"}},
	{name: "what was asked and not granted at first", member: `,"scope":"a b"`, scopes: []string{"a", "b"}},
	{name: "wider", member: `,"scope":"a c"`, scopes: []string{"a"}, missing: []string{"b"}, widened: []string{"c"}},
	{name: "another one instead", member: `,"scope":"c"`, scopes: []string{}, missing: []string{"a", "b"}, widened: []string{"c"}},
}

// compare says what of got is not as it should be.
func (a scopeAnswer) compare(scopes, missing, widened []string) string {
	if (scopes == nil) != (a.scopes == nil) || !slices.Equal(scopes, a.scopes) || !slices.Equal(missing, a.missing) || !slices.Equal(widened, a.widened) {
		return fmt.Sprintf("granted %q, missing %q, widened %q; want %q, %q, %q", scopes, missing, widened, a.scopes, a.missing, a.widened)
	}
	return ""
}

func TestCheck011_ScopesOtherThanAskedAreReportedAndARefreshWidensNothing(t *testing.T) {
	for _, a := range exchangeScopes {
		tok, status := signInForScopes(t, tokenAnswer(a.member), "", nil)
		missing, known := tok.MissingScopes("a", "b")
		if fault := a.compare(tok.Scopes, missing, tok.WidenedScopes); fault != "" || known != (a.scopes != nil) {
			t.Errorf("exchange: %s: %s, known %v", a.name, fault, known)
		}
		if fault := a.compare(status.Scopes, status.MissingScopes, status.WidenedScopes); fault != "" || !slices.Equal(status.RequestedScopes, []string{"a", "b"}) {
			t.Errorf("exchange: %s: status: %s, requested %q", a.name, fault, status.RequestedScopes)
		}
		if says := strings.Contains(status.String(), "requested scopes not granted"); says != (len(a.missing) > 0) {
			t.Errorf("exchange: %s: %s", a.name, status)
		}
	}
	caught := 0
	for _, a := range refreshScopes {
		_, status := signInForScopes(t, tokenAnswer(`,"scope":"a"`), tokenAnswer(a.member), nil)
		if fault := a.compare(status.Scopes, status.MissingScopes, status.WidenedScopes); fault != "" || !slices.Equal(status.RequestedScopes, []string{"a", "b"}) {
			t.Errorf("refresh: %s: %s, requested %q", a.name, fault, status.RequestedScopes)
		}
		// Inverse: a refresh that believes the answer, as x/oauth2 does.
		_, status = signInForScopes(t, tokenAnswer(`,"scope":"a"`), tokenAnswer(a.member), func(tok *grantway.Token) {
			tok.Scopes = append(tok.Scopes, tok.WidenedScopes...)
			tok.WidenedScopes, tok.RequestedScopes = nil, nil
		})
		if a.compare(status.Scopes, status.MissingScopes, status.WidenedScopes) != "" {
			caught++
		}
	}
	if caught != len(refreshScopes)-1 { // all granted: nothing is missing
		t.Errorf("inverse: %d of %d caught", caught, len(refreshScopes))
	}
	t.Logf("figure: %d scope answers to an exchange, %d to a refresh", len(exchangeScopes), len(refreshScopes))
}

// signInForScopes asks BuiltByBit for a and b, and refreshes if there is an
// answer for that. The status is that of a second process, from the store.
func signInForScopes(t *testing.T, exchange, refresh string, spoil func(*grantway.Token)) (*grantway.Token, tokens.Status) {
	t.Helper()
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: exchange}}
	bb, err := builtbybit.New(builtbybit.Config{ClientID: "example-client", ClientSecret: grantway.NewSecret("example-secret"),
		ClientConfig: grantway.ClientConfig{HTTPClient: wire.Client()}})
	if err != nil {
		t.Fatal(err)
	}
	auth, err := bb.BeginAuth(builtbybit.AuthOptions{Scopes: []string{"a", "b"}, RedirectURL: "https://app.example/callback"})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := auth.Sealed(scopesSealer(t)) // another process answers the callback
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(auth.URL())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := authcode.Open(scopesSealer(t), sealed)
	if err != nil {
		t.Fatal(err)
	}
	code, err := bb.Callback(opened, httptest.NewRequest("GET", "/callback?code=example-code&state="+u.Query().Get("state"), nil))
	if err != nil {
		t.Fatal(err)
	}
	tok, err := bb.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	store := tokens.NewMemoryStore()
	open := func() *tokens.Source {
		src, err := tokens.NewSource(provider.TokenRules{Provider: "builtbybit", Origin: "https://api.builtbybit.com",
			Advise: func(*grantway.Token) provider.Advice { return provider.Advice{} },
			Refresh: func(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
				next, err := bb.Refresh(ctx, old)
				if err == nil && spoil != nil {
					spoil(next)
				}
				return next, err
			}}, struct{ tokens.Store }{store}, "one", tokens.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = src.Close() })
		return src
	}
	src := open()
	if err := src.Save(t.Context(), tok); err != nil {
		t.Fatal(err)
	}
	if refresh != "" {
		wire.Reply.Body = strings.Replace(refresh, "example-access", "example-access-2", 1)
		if _, err := src.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	status, err := open().Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tok, status
}

func scopesSealer(t *testing.T) *tokens.Sealer {
	t.Helper()
	key, err := tokens.NewSealKey("example", []byte("example-example-example-example-"))
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := tokens.NewSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

// Square says what it granted where the status of a token is asked, and nowhere
// else.
func TestCheck011_WhatSquareGrantedIsUnknownUntilItIsAsked(t *testing.T) {
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	sq, err := square.New(fake.Config())
	if err != nil {
		t.Fatal(err)
	}
	auth, err := sq.BeginAuth(square.AuthOptions{Scopes: []string{"PAYMENTS_READ", "ITEMS_READ"}})
	if err != nil {
		t.Fatal(err)
	}
	back, err := fake.Allow(auth.URL())
	if err != nil {
		t.Fatal(err)
	}
	code, err := sq.Callback(auth, httptest.NewRequest("GET", back, nil))
	if err != nil {
		t.Fatal(err)
	}
	tok, err := sq.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	if missing, known := square.Missing(tok, "PAYMENTS_READ"); known || missing != nil {
		t.Errorf("before anybody asked: missing %q, known %v", missing, known)
	}
	asked, err := sq.WithScopes(t.Context(), tok)
	if err != nil {
		t.Fatal(err)
	}
	next, err := sq.Refresh(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	for name, tok := range map[string]*grantway.Token{"asked": asked, "refreshed since": next} {
		missing, known := square.Missing(tok, "PAYMENTS_READ", "PAYMENTS_WRITE", "PAYMENTS_WRITE", "ITEMS_READ")
		if !known || !slices.Equal(missing, []string{"PAYMENTS_WRITE"}) || !slices.Equal(tok.RequestedScopes, []string{"PAYMENTS_READ", "ITEMS_READ"}) {
			t.Errorf("%s: missing %q, known %v, requested %q", name, missing, known, tok.RequestedScopes)
		}
	}
	if tok.Scopes != nil {
		t.Error("WithScopes changed the token that it was given")
	}
	if _, known := square.Missing(nil, "PAYMENTS_READ"); known {
		t.Error("something is known of no token")
	}
	fake.RevokeMerchant("EXAMPLE-MERCHANT")
	if got, err := sq.WithScopes(t.Context(), next); got != nil || err == nil {
		t.Errorf("of a revoked token: %v, %v", got, err)
	}
}
