package onecall

import (
	"context"

	"golang.org/x/oauth2"
)

func oauth2Form(t target) (call, error) {
	config := oauth2.Config{
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Endpoint: oauth2.Endpoint{
			TokenURL:  t.base + "/oauth2/token",
			AuthStyle: oauth2.AuthStyleInHeader,
		},
	}
	hc := t.client()
	return func(ctx context.Context) (string, error) {
		token, err := config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, hc), code)
		if err != nil {
			return "", err
		}
		return token.AccessToken, nil
	}, nil
}
