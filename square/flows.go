package square

import (
	"context"
	"slices"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
)

// Keys of Token.Extra.
const (
	// ExtraMerchantID is the merchant (seller) that authorized.
	ExtraMerchantID = "merchant_id"
	// ExtraFlow tells the flow that a token came from, FlowCode or FlowPKCE:
	// a refresh must use the same one.
	ExtraFlow = "flow"
	// ExtraShortLived is "true" on a token of 24 hours.
	ExtraShortLived = "short_lived"
)

// Values of Token.Extra[ExtraFlow], and of AuthOptions.Flow.
const (
	FlowCode = "code"
	FlowPKCE = "pkce"
)

// Exchange trades an authorization code for a token, with exactly one request.
// With a Verifier it is the PKCE flow, which sends no secret; without, the code
// flow. A code lives five minutes and is good for one exchange: after an error
// that matches ErrReauthorize, ErrAmbiguous or ErrMalformed, begin anew.
func (c *Client) Exchange(ctx context.Context, code grantway.AuthorizationCode) (*grantway.Token, error) {
	if err := c.auth.Pair(code); err != nil {
		return nil, err
	}
	r := ObtainTokenRequest{
		GrantType:    GrantAuthorizationCode,
		Code:         code.Code,
		RedirectURI:  code.RedirectURL,
		CodeVerifier: code.Verifier,
	}
	if r.RedirectURI == "" {
		r.RedirectURI = c.redirectURL
	}
	if code.Verifier.IsZero() {
		if c.secret.IsZero() {
			return nil, c.http.Invalid(&opObtainToken, "Verifier", "is empty, and there is no ApplicationSecret for the code flow")
		}
		var err error
		if r.ClientSecret, err = c.http.Secret(ctx, &opObtainToken, c.secret); err != nil {
			return nil, err
		}
	}
	t, err := c.obtain(ctx, r, nil)
	if err != nil {
		return nil, err
	}
	t.RequestedScopes = slices.Clone(code.RequestedScopes)
	return t, nil
}

// Refresh trades t's refresh token for a new token, with exactly one request,
// in the flow that t came from. t itself is not changed.
//
// In the PKCE flow the refresh token is spent by the call, whatever comes back
// short of ErrNotSent: keep the new one before using it.
func (c *Client) Refresh(ctx context.Context, t *grantway.Token) (*grantway.Token, error) {
	if t == nil {
		return nil, c.http.Invalid(&opObtainToken, "token", "is nil")
	}
	if t.RefreshToken.IsZero() {
		return nil, c.http.Invalid(&opObtainToken, "token", "has no refresh token")
	}
	r := ObtainTokenRequest{GrantType: GrantRefreshToken, RefreshToken: t.RefreshToken}
	if !c.isPKCE(t) {
		var err error
		if r.ClientSecret, err = c.http.Secret(ctx, &opRefreshToken, c.secret); err != nil {
			return nil, err
		}
	}
	return c.obtain(ctx, r, t)
}

// isPKCE tells the flow of a token: by its mark, else by what only the PKCE
// flow returns, else by what the client could do at all.
func (c *Client) isPKCE(t *grantway.Token) bool {
	switch t.Extra[ExtraFlow] {
	case FlowPKCE:
		return true
	case FlowCode:
		return c.secret.IsZero()
	}
	return t.RefreshExpiry.Known() || c.secret.IsZero()
}

func (c *Client) obtain(ctx context.Context, r ObtainTokenRequest, old *grantway.Token) (*grantway.Token, error) {
	resp, err := c.Operations().ObtainToken(ctx, r)
	if err != nil {
		return nil, err
	}
	t := &grantway.Token{
		AccessToken:   resp.AccessToken,
		RefreshToken:  resp.RefreshToken,
		Type:          resp.TokenType,
		Expiry:        resp.Expiry,
		RefreshExpiry: resp.RefreshExpiry,
		ObtainedAt:    resp.ObtainedAt,
		Extra:         map[string]string{ExtraFlow: FlowCode},
	}
	if r.ClientSecret.IsZero() {
		t.Extra[ExtraFlow] = FlowPKCE
	}
	if resp.MerchantID != "" {
		t.Extra[ExtraMerchantID] = resp.MerchantID
	}
	if resp.ShortLived {
		t.Extra[ExtraShortLived] = "true"
	}
	if old == nil {
		return t, nil
	}
	provider.Inherit(t, old)
	if resp.MerchantID == "" && old.Extra[ExtraMerchantID] != "" {
		t.Extra[ExtraMerchantID] = old.Extra[ExtraMerchantID]
	}
	return t, nil
}

// TokenStatus asks Square what t's access token is good for. It spends nothing
// and may be repeated. An expired or revoked token is an error that matches
// ErrReauthorize.
func (c *Client) TokenStatus(ctx context.Context, t *grantway.Token) (*TokenStatus, error) {
	if t == nil {
		return nil, c.http.Invalid(&opRetrieveTokenStatus, "token", "is nil")
	}
	return c.Operations().RetrieveTokenStatus(ctx, t.AccessToken)
}

// WithScopes returns a copy of t with the Scopes that TokenStatus tells, which is
// the one place where Square says what it granted: no answer that brings a token
// does. A refresh keeps them. If it fails, t is as good as before: keep that.
func (c *Client) WithScopes(ctx context.Context, t *grantway.Token) (*grantway.Token, error) {
	status, err := c.TokenStatus(ctx, t)
	if err != nil {
		return nil, err
	}
	if status.Scopes == nil {
		return nil, &grantway.Error{Provider: name, Operation: opRetrieveTokenStatus.Name, Kind: grantway.KindMalformed, Reason: "scopes is missing"}
	}
	t = t.Clone()
	t.Scopes = status.Scopes
	return t, nil
}

// Missing returns those of scopes that t lacks, such as "PAYMENTS_WRITE" after a
// new version of a program wants more than the seller agreed to: begin a sign-in
// with all of them. known is false as long as nobody has asked Square what it
// granted (WithScopes); then missing is nil and says nothing.
func Missing(t *grantway.Token, scopes ...string) (missing []string, known bool) {
	return t.MissingScopes(scopes...)
}

// RevokeToken revokes t's access token and nothing else: the merchant's
// authorization and the refresh token live on.
func (c *Client) RevokeToken(ctx context.Context, t *grantway.Token) error {
	if t == nil {
		return c.http.Invalid(&opRevokeToken, "token", "is nil")
	}
	if t.AccessToken.IsZero() {
		return c.http.Invalid(&opRevokeToken, "token", "has no access token")
	}
	_, err := c.Operations().RevokeToken(ctx, RevokeTokenRequest{AccessToken: t.AccessToken, RevokeOnlyAccessToken: true})
	return err
}

// RevokeMerchant revokes every token that the application holds for the
// merchant and ends the authorization; the merchant must authorize again.
func (c *Client) RevokeMerchant(ctx context.Context, merchantID string) error {
	if merchantID == "" {
		return c.http.Invalid(&opRevokeToken, "merchantID", "is empty")
	}
	_, err := c.Operations().RevokeToken(ctx, RevokeTokenRequest{MerchantID: merchantID})
	return err
}
