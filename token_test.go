package grantway_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
)

func example() *grantway.Token {
	return &grantway.Token{
		AccessToken:   grantway.NewSecret("example-access"),
		RefreshToken:  grantway.NewSecret("example-refresh"),
		Type:          "bearer",
		Expiry:        grantway.ExpiresAt(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
		RefreshExpiry: grantway.NeverExpires(),
		Scopes:        []string{"A", "B"},
		Extra:         map[string]string{"merchant_id": "example-merchant"},
	}
}

func TestTokenPrintsRedacted(t *testing.T) {
	const want = "Token{access [redacted], refresh [redacted], expires 2026-01-02T03:04:05Z, refresh expires never}"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		for _, v := range []any{*example(), example()} {
			if got := fmt.Sprintf(verb, v); got != want {
				t.Errorf("%s: %s", verb, got)
			}
		}
	}
	raw, err := json.Marshal(example())
	if err == nil || len(raw) > 0 || strings.Contains(err.Error(), "example") {
		t.Errorf("JSON: %s, %v; want an error, for a redacted token in a database is lost", raw, err)
	}
}

func TestTokenGoesThroughOAuth2AndBack(t *testing.T) {
	o := example().OAuth2Token()
	if o.AccessToken != "example-access" || o.RefreshToken != "example-refresh" || o.TokenType != "bearer" ||
		!o.Expiry.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) || o.Extra("merchant_id") != "example-merchant" {
		t.Errorf("got %+v", o)
	}
	back := grantway.FromOAuth2Token(o, "merchant_id", "absent")
	want := example()
	want.RefreshExpiry = grantway.Expiry{} // x/oauth2 has no place for it
	if !reflect.DeepEqual(back, want) {
		t.Errorf("got  %+v %v\nwant %+v %v", back, back.Extra, want, want.Extra)
	}
	if got := grantway.FromOAuth2Token(&oauth2.Token{AccessToken: "a"}); got.Expiry.Known() || got.Scopes != nil {
		t.Errorf("a zero Expiry became %v", got.Expiry)
	}
	if grantway.FromOAuth2Token(nil) != nil || (*grantway.Token)(nil).Clone() != nil {
		t.Error("nil did not stay nil")
	}
}

func TestCloneSharesNothing(t *testing.T) {
	a := example()
	a.RequestedScopes, a.WidenedScopes = []string{"A"}, []string{"A"}
	b := a.Clone()
	b.Scopes[0], b.RequestedScopes[0], b.WidenedScopes[0], b.Extra["merchant_id"] = "changed", "changed", "changed", "changed"
	if a.Scopes[0] != "A" || a.RequestedScopes[0] != "A" || a.WidenedScopes[0] != "A" || a.Extra["merchant_id"] != "example-merchant" {
		t.Error("a change of the clone reached the original")
	}
}

func TestExpiry(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	for _, tt := range []struct {
		name                          string
		e                             grantway.Expiry
		known, never, expired, before bool
		text                          string
	}{
		{"the zero value is unknown", grantway.Expiry{}, false, false, false, false, "unknown"},
		{"the zero time is unknown", grantway.ExpiresAt(time.Time{}), false, false, false, false, "unknown"},
		{"never is known", grantway.NeverExpires(), true, true, false, false, "never"},
		{"a moment expires at that moment", grantway.ExpiresAt(at), true, false, true, false, "2026-01-02T02:04:05Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, _ := tt.e.MarshalText()
			if tt.e.Known() != tt.known || tt.e.Never() != tt.never || tt.e.Expired(at) != tt.expired ||
				tt.e.Expired(at.Add(-1)) != tt.before || tt.e.String() != tt.text || string(text) != tt.text || !tt.e.Equal(tt.e) {
				t.Errorf("got %+v", tt.e)
			}
		})
	}
	if grantway.NeverExpires().Equal(grantway.Expiry{}) {
		t.Error("never equals unknown")
	}
}
