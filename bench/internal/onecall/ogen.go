package onecall

import (
	"context"
	"errors"
	"fmt"

	ogenbuiltbybit "github.com/grantway/grantway/bench/internal/ogen/builtbybit"
	ogensquare "github.com/grantway/grantway/bench/internal/ogen/square"
)

func ogenJSON(t target) (call, error) {
	c, err := ogensquare.NewClient(t.base, noCredentials{}, ogensquare.WithClient(t.client()))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (string, error) {
		res, err := c.ObtainToken(ctx, &ogensquare.ObtainTokenRequest{
			ClientID:     clientID,
			ClientSecret: ogensquare.NewOptString(clientSecret),
			Code:         ogensquare.NewOptString(code),
			GrantType:    grantType,
		})
		if err != nil {
			return "", err
		}
		token, ok := res.(*ogensquare.ObtainTokenResponse)
		if !ok {
			return "", fmt.Errorf("a %T", res)
		}
		return token.AccessToken.Value, nil
	}, nil
}

// noCredentials is for a call whose credentials are in its body.
type noCredentials struct{}

var errNoCredentials = errors.New("the call is not to ask for these")

func (noCredentials) BearerToken(context.Context, ogensquare.OperationName) (ogensquare.BearerToken, error) {
	return ogensquare.BearerToken{}, errNoCredentials
}

func (noCredentials) ApplicationSecret(context.Context, ogensquare.OperationName) (ogensquare.ApplicationSecret, error) {
	return ogensquare.ApplicationSecret{}, errNoCredentials
}

func ogenForm(t target) (call, error) {
	c, err := ogenbuiltbybit.NewClient(t.base, basic{}, ogenbuiltbybit.WithClient(t.client()))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (string, error) {
		res, err := c.RequestToken(ctx, &ogenbuiltbybit.TokenRequest{
			GrantType: grantType,
			Code:      ogenbuiltbybit.NewOptString(code),
		})
		if err != nil {
			return "", err
		}
		token, ok := res.(*ogenbuiltbybit.TokenResponse)
		if !ok {
			return "", fmt.Errorf("a %T", res)
		}
		return token.AccessToken.Value, nil
	}, nil
}

type basic struct{}

func (basic) ClientBasic(context.Context, ogenbuiltbybit.OperationName) (ogenbuiltbybit.ClientBasic, error) {
	return ogenbuiltbybit.ClientBasic{Username: clientID, Password: clientSecret}, nil
}
