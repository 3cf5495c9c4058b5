package onecall

import (
	"context"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/square"
)

func squareClient(t target) (*square.Client, error) {
	return square.New(square.Config{
		ClientConfig:      grantway.ClientConfig{BaseURL: t.base, HTTPClient: t.client()},
		ApplicationID:     clientID,
		ApplicationSecret: grantway.NewSecret(clientSecret),
	})
}

func oursJSON(t target) (call, error) {
	c, err := squareClient(t)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (string, error) {
		token, err := c.Exchange(ctx, grantway.AuthorizationCode{Code: grantway.NewSecret(code)})
		if err != nil {
			return "", err
		}
		return token.AccessToken.Reveal(), nil
	}, nil
}

func oursOneJSON(t target) (call, error) {
	c, err := squareClient(t)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (string, error) {
		token, err := c.Operations().ObtainToken(ctx, squareapi.ObtainTokenRequest{
			ClientID:     clientID,
			GrantType:    square.GrantAuthorizationCode,
			ClientSecret: grantway.NewSecret(clientSecret),
			Code:         grantway.NewSecret(code),
		})
		if err != nil {
			return "", err
		}
		return token.AccessToken.Reveal(), nil
	}, nil
}

func builtbybitClient(t target) (*builtbybit.Client, error) {
	return builtbybit.New(builtbybit.Config{
		ClientConfig: grantway.ClientConfig{BaseURL: t.base, HTTPClient: t.client()},
		ClientID:     clientID,
		ClientSecret: grantway.NewSecret(clientSecret),
	})
}

func oursForm(t target) (call, error) {
	c, err := builtbybitClient(t)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (string, error) {
		token, err := c.Exchange(ctx, grantway.AuthorizationCode{Code: grantway.NewSecret(code)})
		if err != nil {
			return "", err
		}
		return token.AccessToken.Reveal(), nil
	}, nil
}

func oursOneForm(t target) (call, error) {
	c, err := builtbybitClient(t)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (string, error) {
		token, err := c.Operations().RequestToken(ctx, builtbybitapi.TokenRequest{
			GrantType: "authorization_code",
			Code:      grantway.NewSecret(code),
		})
		if err != nil {
			return "", err
		}
		return token.AccessToken.Reveal(), nil
	}, nil
}
