package peer

import (
	"context"
	"net/http"
	"time"

	"github.com/grantway/grantway/internal/peers/oapicodegen/builtbybit"
	"github.com/grantway/grantway/internal/peers/oapicodegen/square"
)

func oapiPeer(c Credentials) Peer {
	return Peer{Name: NameOapiCodegen, BuiltByBit: oapiBuiltByBit{Credentials: c}, Square: oapiSquare{Credentials: c}}
}

// untyped is a client whose errors are those of net/http and encoding/json: an
// answer that is not a 200 is no error at all.
type untyped struct{}

func (untyped) Code(error) (string, bool) { return "", false }

// oapiBuiltByBit is the plain ClientWithResponses for BuiltByBit. It leaves the
// credentials to an editor, so they are written as BuiltByBit wants them.
type oapiBuiltByBit struct {
	untyped
	Credentials
}

func (o oapiBuiltByBit) Exchange(ctx context.Context, base string, hc *http.Client) (Token, error) {
	code := Code
	return o.request(ctx, base, hc, builtbybit.TokenRequest{GrantType: "authorization_code", Code: &code})
}

func (o oapiBuiltByBit) Refresh(ctx context.Context, base string, hc *http.Client, refresh string) (Token, error) {
	return o.request(ctx, base, hc, builtbybit.TokenRequest{GrantType: "refresh_token", RefreshToken: &refresh})
}

func (o oapiBuiltByBit) request(ctx context.Context, base string, hc *http.Client, body builtbybit.TokenRequest) (Token, error) {
	c, err := builtbybit.NewClientWithResponses(base, builtbybit.WithHTTPClient(hc))
	if err != nil {
		return Token{}, err
	}
	resp, err := c.RequestTokenWithFormdataBodyWithResponse(ctx, body, func(_ context.Context, req *http.Request) error {
		req.SetBasicAuth(o.ID, o.Secret)
		return nil
	})
	if err != nil {
		return Token{}, err
	}
	if resp.JSON200 == nil {
		return Token{}, &NothingDecoded{resp.StatusCode()}
	}
	t := Token{Access: value(resp.JSON200.AccessToken), Refresh: value(resp.JSON200.RefreshToken)}
	if in := resp.JSON200.ExpiresIn; in != nil {
		t.Expiry = time.Unix(time.Now().Unix()+int64(*in), 0) // a product with time.Second would wrap
	}
	return t, nil
}

// oapiSquare is the plain ClientWithResponses for Square.
type oapiSquare struct {
	untyped
	Credentials
}

func (o oapiSquare) Exchange(ctx context.Context, base string, hc *http.Client) (Token, error) {
	code := Code
	return o.obtain(ctx, base, hc, square.ObtainTokenRequest{GrantType: "authorization_code", Code: &code})
}

func (o oapiSquare) Refresh(ctx context.Context, base string, hc *http.Client, refresh string) (Token, error) {
	return o.obtain(ctx, base, hc, square.ObtainTokenRequest{GrantType: "refresh_token", RefreshToken: &refresh})
}

func (o oapiSquare) obtain(ctx context.Context, base string, hc *http.Client, body square.ObtainTokenRequest) (Token, error) {
	c, err := square.NewClientWithResponses(base, square.WithHTTPClient(hc))
	if err != nil {
		return Token{}, err
	}
	body.ClientId, body.ClientSecret = o.ID, &o.Secret
	resp, err := c.ObtainTokenWithResponse(ctx, body)
	if err != nil {
		return Token{}, err
	}
	if resp.JSON200 == nil {
		return Token{}, &NothingDecoded{resp.StatusCode()}
	}
	t := Token{Access: value(resp.JSON200.AccessToken), Refresh: value(resp.JSON200.RefreshToken)}
	if at := resp.JSON200.ExpiresAt; at != nil {
		// The generated type has text here. What is no time is no expiry.
		if parsed, err := time.Parse(time.RFC3339, *at); err == nil {
			t.Expiry = parsed
		}
	}
	return t, nil
}
