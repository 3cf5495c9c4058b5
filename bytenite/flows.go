package bytenite

import (
	"context"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/byteniteapi"
	"github.com/grantway/grantway/provider"
)

// ExtraScope is the key of Token.Extra under which ByteNite's undocumented
// scope text is kept as it came.
const ExtraScope = "scope"

// Exchange trades the API key for an access token. There is no refresh token:
// call it again when the token is due.
func (c *Client) Exchange(ctx context.Context) (*grantway.Token, error) {
	key, err := c.api.HTTP.Secret(ctx, &provider.Operation{Name: "accessToken"}, c.key)
	if err != nil {
		return nil, err
	}
	resp, err := c.api.AccessToken(ctx, byteniteapi.AccessTokenRequest{APIKey: key})
	if err != nil {
		return nil, err
	}
	t := &grantway.Token{AccessToken: resp.Token, Expiry: resp.ExpiresIn, ObtainedAt: resp.ObtainedAt}
	if resp.Scope != "" {
		t.Extra = map[string]string{ExtraScope: resp.Scope}
	}
	return t, nil
}

// SignOut logs the user out and ends t.
func (c *Client) SignOut(ctx context.Context, t *grantway.Token) error {
	if t == nil {
		return provider.InvalidArgument(name, "signOut", "token", "is nil")
	}
	_, err := c.api.SignOut(ctx, t.AccessToken)
	return err
}

// Skip asks whether the user behind t can skip the login that loginChallenge
// stands for: it comes from ByteNite's login page, and is left out when empty.
// Without t, or with an empty one, no credential is sent, which is what that page
// does, while the docs want a token. Check RedirectTo before following it.
func (c *Client) Skip(ctx context.Context, t *grantway.Token, loginChallenge string) (*byteniteapi.SkipResponse, error) {
	if t == nil {
		t = &grantway.Token{}
	}
	return c.api.Skip(ctx, t.AccessToken, byteniteapi.SkipParams{LoginChallenge: loginChallenge})
}
