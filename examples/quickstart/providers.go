package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/square"
)

// The three functions below are the same against the fakes and the real
// thing. A step that needs what an earlier one failed to get is left out.

func (d *demo) square(ctx context.Context, sq *square.Client, code grantway.AuthorizationCode, legacy grantway.Secret) {
	d.begin("Square", "square")
	var tok *grantway.Token
	if !d.step("obtainToken", func() (_ string, err error) {
		tok, err = sq.Exchange(ctx, code)
		return describe(tok), err
	}) {
		return
	}
	d.step("obtainToken", func() (string, error) {
		next, err := sq.Refresh(ctx, tok)
		if err == nil {
			tok = next
		}
		return describe(tok) + ", refreshed", err
	})
	d.step("retrieveTokenStatus", func() (string, error) {
		st, err := sq.TokenStatus(ctx, tok)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("live until %s, scopes %s", st.ExpiresAt, strings.Join(st.Scopes, " ")), nil
	})
	if !legacy.IsZero() {
		d.step("renewToken", func() (string, error) {
			//lint:ignore SA1019 retired by Square on 2024-04-17; shown because it is in the SDK
			r, err := sq.RenewToken(ctx, legacy)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("access token %s, expires %s (retired by Square in 2024)", r.AccessToken, r.ExpiresAt), nil
		})
	}
	d.step("revokeToken", func() (string, error) { return "revoked", sq.RevokeToken(ctx, tok) })
	d.failure("a code is exchanged twice", grantway.ErrReauthorize, func() error {
		_, err := sq.Exchange(ctx, code)
		return err
	})
}

func (d *demo) builtbybit(ctx context.Context, bb *builtbybit.Client, code grantway.AuthorizationCode) {
	d.begin("BuiltByBit", "builtbybit")
	var tok *grantway.Token
	if !d.step("requestToken", func() (_ string, err error) {
		tok, err = bb.Exchange(ctx, code)
		return describe(tok), err
	}) {
		return
	}
	old := tok
	d.step("requestToken", func() (string, error) {
		next, err := bb.Refresh(ctx, tok)
		if err == nil {
			tok = next
		}
		return describe(tok) + ", refreshed", err
	})
	d.step("revokeToken", func() (string, error) {
		if err := bb.RevokeToken(ctx, tok); err != nil {
			return "", err
		}
		return "revoked", bb.RevokeRefreshToken(ctx, tok)
	})
	d.failure("a spent refresh token is used", grantway.ErrReauthorize, func() error {
		_, err := bb.Refresh(ctx, old)
		return err
	})
}

func (d *demo) bytenite(ctx context.Context, bn *bytenite.Client, challenge string) {
	d.begin("ByteNite", "bytenite")
	var tok *grantway.Token
	if !d.step("accessToken", func() (_ string, err error) {
		tok, err = bn.Exchange(ctx)
		return describe(tok), err
	}) {
		return
	}
	d.step("skip", func() (string, error) {
		r, err := bn.Skip(ctx, tok, challenge)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("skip the login: %v", r.Skip), nil
	})
	d.step("signOut", func() (string, error) { return "signed out", bn.SignOut(ctx, tok) })
	d.failure("a token is used after sign-out", grantway.ErrReauthorize, func() error {
		_, err := bn.Skip(ctx, tok, "")
		return err
	})
}

// describe shows a token the way it always prints: without its secrets.
func describe(t *grantway.Token) string {
	if t == nil {
		return ""
	}
	return t.String()
}
