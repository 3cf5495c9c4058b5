package onecall

import (
	"context"
	"fmt"
	"net/http"

	oapibuiltbybit "github.com/grantway/grantway/internal/peers/oapicodegen/builtbybit"
	oapisquare "github.com/grantway/grantway/internal/peers/oapicodegen/square"
)

func oapiJSON(t target) (call, error) {
	c, err := oapisquare.NewClientWithResponses(t.base, oapisquare.WithHTTPClient(t.client()))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (string, error) {
		secret, code := clientSecret, code
		resp, err := c.ObtainTokenWithResponse(ctx, oapisquare.ObtainTokenRequest{
			ClientId:     clientID,
			ClientSecret: &secret,
			Code:         &code,
			GrantType:    grantType,
		})
		if err != nil {
			return "", err
		}
		if resp.JSON200 == nil || resp.JSON200.AccessToken == nil {
			return "", fmt.Errorf("status %d", resp.StatusCode())
		}
		return *resp.JSON200.AccessToken, nil
	}, nil
}

func oapiForm(t target) (call, error) {
	c, err := oapibuiltbybit.NewClientWithResponses(t.base, oapibuiltbybit.WithHTTPClient(t.client()),
		oapibuiltbybit.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
			req.SetBasicAuth(clientID, clientSecret)
			return nil
		}))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (string, error) {
		code := code
		resp, err := c.RequestTokenWithFormdataBodyWithResponse(ctx, oapibuiltbybit.TokenRequest{
			GrantType: grantType,
			Code:      &code,
		})
		if err != nil {
			return "", err
		}
		if resp.JSON200 == nil || resp.JSON200.AccessToken == nil {
			return "", fmt.Errorf("status %d", resp.StatusCode())
		}
		return *resp.JSON200.AccessToken, nil
	}, nil
}
