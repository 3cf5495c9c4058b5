package grantway

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// AuthorizationCode is what the provider's redirect brought back, with what
// the exchange must repeat of the authorization request.
type AuthorizationCode struct {
	// Code is single-use and short-lived (Square: five minutes).
	Code Secret
	// RedirectURL must be the one of the authorization request if that
	// request carried one, byte for byte (RFC 6749 section 4.1.3).
	RedirectURL string
	// Verifier is the PKCE code verifier, if the request carried a challenge.
	Verifier Secret
	// TokenURL is the one token endpoint that may be given the code (RFC 9700
	// section 4.4.2.2): Exchange of another client refuses it. Callback sets
	// it; empty is for a code that came some other way.
	TokenURL string
	// RequestedScopes are those that the authorization request asked for; nil if
	// it asked for none. Callback sets them, and Exchange notes them on the Token.
	RequestedScopes []string
}

// Token is one access token with what came with it. It never prints its
// secrets.
type Token struct {
	// AccessToken is opaque. It is never parsed.
	AccessToken Secret
	// RefreshToken is empty where the provider gives none (ByteNite).
	RefreshToken Secret
	// Type is the token_type as the provider spells it, or empty.
	Type string
	// Expiry is when the access token stops working.
	Expiry Expiry
	// RefreshExpiry is when the refresh token stops working.
	RefreshExpiry Expiry
	// ObtainedAt is the local time at which the answer arrived, in UTC.
	ObtainedAt time.Time
	// Scopes are those the provider says it granted; nil when it did not say,
	// which does not mean that it granted what was asked for.
	Scopes []string
	// RequestedScopes are those that the authorization request asked for; nil if
	// it asked for none, which leaves them to the provider, or is not known.
	RequestedScopes []string
	// WidenedScopes are those that the answer to a refresh named although they
	// were neither granted nor requested. A refresh widens nothing (RFC 6749
	// section 6), so that Scopes has none of them.
	WidenedScopes []string
	// Extra holds what only this provider sends, such as Square's
	// "merchant_id". The provider package names the keys as constants.
	Extra map[string]string
}

// Clone returns a copy that shares nothing that can be changed.
func (t *Token) Clone() *Token {
	if t == nil {
		return nil
	}
	c := *t
	c.Scopes = slices.Clone(t.Scopes)
	c.RequestedScopes = slices.Clone(t.RequestedScopes)
	c.WidenedScopes = slices.Clone(t.WidenedScopes)
	c.Extra = maps.Clone(t.Extra)
	return &c
}

// MissingScopes returns those of scopes that t was not granted, compared to the
// letter (RFC 6749 section 3.3). known is false if the provider did not say what
// it granted: then nothing is known to be missing, nor to be there.
func (t *Token) MissingScopes(scopes ...string) (missing []string, known bool) {
	if t == nil || t.Scopes == nil {
		return nil, false
	}
	for _, scope := range scopes {
		if !slices.Contains(t.Scopes, scope) && !slices.Contains(missing, scope) {
			missing = append(missing, scope)
		}
	}
	return missing, true
}

// OAuth2Token converts for code that takes an *oauth2.Token, secrets in
// clear. Extra is readable through its Extra method.
//
// There the zero Expiry is the only way to say "unknown", and x/oauth2 then
// takes the token to be valid: keep the Token itself where that matters.
func (t *Token) OAuth2Token() *oauth2.Token {
	at, _ := t.Expiry.Time()
	o := &oauth2.Token{
		AccessToken:  t.AccessToken.Reveal(),
		TokenType:    t.Type,
		RefreshToken: t.RefreshToken.Reveal(),
		Expiry:       at,
	}
	extra := make(map[string]any, len(t.Extra)+1)
	for k, v := range t.Extra {
		extra[k] = v
	}
	if t.Scopes != nil {
		extra["scope"] = strings.Join(t.Scopes, " ")
	}
	return o.WithExtra(extra)
}

// FromOAuth2Token converts back. A zero Expiry becomes an unknown one, and
// what the *oauth2.Token cannot list (its extras) is asked for by key; a
// string under "scope" becomes Scopes.
func FromOAuth2Token(o *oauth2.Token, extraKeys ...string) *Token {
	if o == nil {
		return nil
	}
	t := &Token{
		AccessToken:  NewSecret(o.AccessToken),
		RefreshToken: NewSecret(o.RefreshToken),
		Type:         o.TokenType,
		Expiry:       ExpiresAt(o.Expiry),
	}
	if scope, ok := o.Extra("scope").(string); ok {
		t.Scopes = strings.Fields(scope)
	}
	for _, k := range extraKeys {
		if v, ok := o.Extra(k).(string); ok {
			if t.Extra == nil {
				t.Extra = make(map[string]string, len(extraKeys))
			}
			t.Extra[k] = v
		}
	}
	return t
}

// String tells the expiries and what is there, never a secret or an extra.
func (t Token) String() string {
	return fmt.Sprintf("Token{access %s, refresh %s, expires %s, refresh expires %s}",
		t.AccessToken, t.RefreshToken, t.Expiry, t.RefreshExpiry)
}

// GoString is String: %#v redacts too.
func (t Token) GoString() string { return t.String() }

// Format writes String for every verb.
func (t Token) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(t.String())) }

// LogValue redacts under log/slog.
func (t Token) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Any("access", t.AccessToken),
		slog.Any("refresh", t.RefreshToken),
		slog.String("expires", t.Expiry.String()),
		slog.String("refresh_expires", t.RefreshExpiry.String()),
	)
}

// MarshalJSON always fails. A redacted token in a database is a lost token,
// and one in clear is a leak; whoever stores a token says so with Reveal or
// OAuth2Token.
func (t Token) MarshalJSON() ([]byte, error) {
	return nil, errors.New("grantway: a Token is not written as JSON: use OAuth2Token, or Reveal on its secrets")
}
