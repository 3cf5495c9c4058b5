package bytenite

import (
	"context"

	"github.com/grantway/grantway"
)

// ExtraScope is the key of Token.Extra under which ByteNite's undocumented
// scope text is kept as it came.
const ExtraScope = "scope"

// Exchange trades the API key for an access token. There is no refresh token:
// call it again when the token is due.
func (c *Client) Exchange(ctx context.Context) (*grantway.Token, error) {
	resp, err := c.Operations().AccessToken(ctx, AccessTokenRequest{})
	if err != nil {
		return nil, err
	}
	t := &grantway.Token{AccessToken: resp.Token, Expiry: resp.Expiry, ObtainedAt: resp.ObtainedAt}
	if resp.Scope != "" {
		t.Extra = map[string]string{ExtraScope: resp.Scope}
	}
	return t, nil
}

// SignOut logs the user out and ends t.
func (c *Client) SignOut(ctx context.Context, t *grantway.Token) error {
	if t == nil {
		return c.http.Invalid(&opSignOut, "token", "is nil")
	}
	_, err := c.Operations().SignOut(ctx, t.AccessToken)
	return err
}

// Skip asks whether the user behind t can skip the login that loginChallenge
// stands for. Without t, or with an empty one, no credential is sent.
func (c *Client) Skip(ctx context.Context, t *grantway.Token, loginChallenge string) (*SkipResponse, error) {
	if t == nil {
		t = &grantway.Token{}
	}
	return c.Operations().Skip(ctx, t.AccessToken, loginChallenge)
}
