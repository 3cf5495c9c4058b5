package square

import (
	"cmp"
	"context"
	"slices"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi"
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

// Grant types of ObtainToken. Square may know others.
const (
	GrantAuthorizationCode = "authorization_code"
	GrantRefreshToken      = "refresh_token"
	// GrantMigrationToken trades a legacy token from before 2019-03-13.
	GrantMigrationToken = "migration_token"
)

// Exchange trades an authorization code for a token, with exactly one request.
// With a Verifier it is the PKCE flow, which sends no secret; without, the code
// flow. A code lives five minutes and is good for one exchange: after an error
// that matches ErrReauthorize, ErrAmbiguous or ErrMalformed, begin anew.
func (c *Client) Exchange(ctx context.Context, code grantway.AuthorizationCode) (*grantway.Token, error) {
	if err := c.auth.Pair(code); err != nil {
		return nil, err
	}
	r := squareapi.ObtainTokenRequest{
		GrantType:    GrantAuthorizationCode,
		Code:         code.Code,
		RedirectURI:  cmp.Or(code.RedirectURL, c.redirectURL),
		CodeVerifier: code.Verifier,
	}
	flow := FlowPKCE
	if code.Verifier.IsZero() {
		if flow = FlowCode; c.api.ApplicationSecret.IsZero() {
			return nil, provider.InvalidArgument(name, "obtainToken", "Verifier", "is empty, and there is no ApplicationSecret for the code flow")
		}
	}
	t, err := c.obtain(ctx, r, flow, nil)
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
	if t == nil || t.RefreshToken.IsZero() {
		return nil, provider.InvalidArgument(name, "obtainToken", "token", "has no refresh token")
	}
	r := squareapi.ObtainTokenRequest{GrantType: GrantRefreshToken, RefreshToken: t.RefreshToken}
	return c.obtain(ctx, r, c.flowOf(t), t)
}

// flowOf tells the flow of a token: by what the client can do at all, else by its
// mark, else by what only the PKCE flow returns.
func (c *Client) flowOf(t *grantway.Token) string {
	mark := t.Extra[ExtraFlow]
	if c.api.ApplicationSecret.IsZero() || mark == FlowPKCE || mark != FlowCode && t.RefreshExpiry.Known() {
		return FlowPKCE
	}
	return FlowCode
}

// obtain makes a token of what r is answered with. old is the one that it replaces.
func (c *Client) obtain(ctx context.Context, r squareapi.ObtainTokenRequest, flow string, old *grantway.Token) (*grantway.Token, error) {
	if flow == FlowCode {
		var err error
		if r.ClientSecret, err = c.api.HTTP.Secret(ctx, &provider.Operation{Name: "obtainToken"}, c.api.ApplicationSecret); err != nil {
			return nil, err
		}
	}
	resp, err := c.ObtainToken(ctx, r)
	if err != nil {
		return nil, err
	}
	t := &grantway.Token{
		AccessToken:   resp.AccessToken,
		RefreshToken:  resp.RefreshToken,
		Type:          resp.TokenType,
		Expiry:        resp.ExpiresAt,
		RefreshExpiry: resp.RefreshTokenExpiresAt,
		ObtainedAt:    resp.ObtainedAt,
		Extra:         map[string]string{ExtraFlow: flow},
	}
	merchant := resp.MerchantID
	if old != nil {
		provider.Inherit(t, old)
		merchant = cmp.Or(merchant, old.Extra[ExtraMerchantID])
	}
	if merchant != "" {
		t.Extra[ExtraMerchantID] = merchant
	}
	if resp.ShortLived {
		t.Extra[ExtraShortLived] = "true"
	}
	return t, nil
}

// ObtainToken is the operation of that name, with the Client's own id if r has none.
// It refuses what Square documents as wrong before anything is spent. The secret is
// not filled in: it belongs to the code flow alone.
func (c *Client) ObtainToken(ctx context.Context, r squareapi.ObtainTokenRequest) (*squareapi.ObtainTokenResponse, error) {
	r.ClientID = cmp.Or(r.ClientID, c.id)
	if field, reason := unfit(&r); reason != "" {
		return nil, provider.InvalidArgument(name, "obtainToken", field, reason)
	}
	if r.GrantType == GrantRefreshToken {
		return c.refreshes.ObtainToken(ctx, r)
	}
	return c.api.ObtainToken(ctx, r)
}

// unfit says which field does not go with the grant and the flow.
func unfit(r *squareapi.ObtainTokenRequest) (field, reason string) {
	const empty = "is empty"
	noSecret, noVerifier := r.ClientSecret.IsZero(), r.CodeVerifier.IsZero()
	switch exchange, migration := r.GrantType == GrantAuthorizationCode, r.GrantType == GrantMigrationToken; {
	case !noSecret && !noVerifier:
		return "ClientSecret", "goes with the code flow, CodeVerifier with the PKCE flow: give one"
	case exchange && r.Code.IsZero():
		return "Code", empty
	case exchange && noSecret && noVerifier:
		return "ClientSecret", "and CodeVerifier are both empty: an exchange needs one"
	case r.GrantType == GrantRefreshToken && r.RefreshToken.IsZero():
		return "RefreshToken", empty
	case migration && r.MigrationToken.IsZero():
		return "MigrationToken", empty
	case migration && noSecret:
		return "ClientSecret", empty
	}
	return "", ""
}

// TokenStatus asks Square what t's access token is good for. It spends nothing
// and may be repeated. An expired or revoked token is an error that matches
// ErrReauthorize.
func (c *Client) TokenStatus(ctx context.Context, t *grantway.Token) (*squareapi.RetrieveTokenStatusResponse, error) {
	if t == nil {
		return nil, provider.InvalidArgument(name, "retrieveTokenStatus", "token", "is nil")
	}
	return c.api.RetrieveTokenStatus(ctx, t.AccessToken)
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
		return nil, &grantway.Error{Provider: name, Operation: "retrieveTokenStatus", Kind: grantway.KindMalformed, Reason: "scopes is missing"}
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
	if t == nil || t.AccessToken.IsZero() {
		return provider.InvalidArgument(name, "revokeToken", "token", "has no access token")
	}
	return c.Revoke(ctx, squareapi.RevokeTokenRequest{AccessToken: t.AccessToken, RevokeOnlyAccessToken: true})
}

// RevokeMerchant revokes every token that the application holds for the
// merchant and ends the authorization; the merchant must authorize again.
func (c *Client) RevokeMerchant(ctx context.Context, merchantID string) error {
	if merchantID == "" {
		return provider.InvalidArgument(name, "revokeToken", "merchantID", "is empty")
	}
	return c.Revoke(ctx, squareapi.RevokeTokenRequest{MerchantID: merchantID})
}

// Revoke is the operation revokeToken, with the Client's own id if r has none. Give
// exactly one of AccessToken and MerchantID. Without RevokeOnlyAccessToken Square
// revokes every token that the application holds for the merchant, whichever was
// named, and ends the authorization.
func (c *Client) Revoke(ctx context.Context, r squareapi.RevokeTokenRequest) error {
	switch {
	case r.AccessToken.IsZero() == (r.MerchantID == ""):
		return provider.InvalidArgument(name, "revokeToken", "AccessToken", "or MerchantID: give exactly one")
	case r.RevokeOnlyAccessToken && r.AccessToken.IsZero():
		return provider.InvalidArgument(name, "revokeToken", "RevokeOnlyAccessToken", "needs AccessToken")
	}
	r.ClientID = cmp.Or(r.ClientID, c.id)
	_, err := c.api.RevokeToken(ctx, r)
	return err
}

// RenewToken is the operation of that name, with the Client's own id.
//
// Deprecated: Square retired the endpoint on 2024-04-17; what it answers today
// is not known. Use Refresh.
func (c *Client) RenewToken(ctx context.Context, accessToken grantway.Secret) (*squareapi.RenewTokenResponse, error) {
	if accessToken.IsZero() {
		return nil, provider.InvalidArgument(name, "renewToken", "accessToken", "is empty")
	}
	return c.api.RenewToken(ctx, squareapi.RenewTokenRequest{ClientID: c.id, AccessToken: accessToken})
}
