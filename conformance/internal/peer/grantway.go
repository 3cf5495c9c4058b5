package peer

import (
	"context"
	"errors"
	"net/http"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/square"
)

func grantwayPeer(c Credentials) Peer {
	return Peer{
		Name: "grantway",
		Role: Ours,
		BuiltByBit: ours{func(base string, hc *http.Client) (flows, error) {
			return builtbybit.New(builtbybit.Config{ClientID: c.ID, ClientSecret: grantway.NewSecret(c.Secret),
				ClientConfig: grantway.ClientConfig{BaseURL: base, HTTPClient: hc}})
		}},
		Square: ours{func(base string, hc *http.Client) (flows, error) {
			return square.New(square.Config{ApplicationID: c.ID, ApplicationSecret: grantway.NewSecret(c.Secret),
				ClientConfig: grantway.ClientConfig{BaseURL: base, HTTPClient: hc}})
		}},
	}
}

// flows are what the clients of both providers have.
type flows interface {
	Exchange(context.Context, grantway.AuthorizationCode) (*grantway.Token, error)
	Refresh(context.Context, *grantway.Token) (*grantway.Token, error)
}

// ours is a client of this SDK with every option left alone.
type ours struct {
	dial func(base string, hc *http.Client) (flows, error)
}

func (o ours) Exchange(ctx context.Context, base string, hc *http.Client) (Token, error) {
	c, err := o.dial(base, hc)
	if err != nil {
		return Token{}, err
	}
	return fromGrantway(c.Exchange(ctx, grantway.AuthorizationCode{Code: grantway.NewSecret(Code)}))
}

func (o ours) Refresh(ctx context.Context, base string, hc *http.Client, refresh string) (Token, error) {
	c, err := o.dial(base, hc)
	if err != nil {
		return Token{}, err
	}
	return fromGrantway(c.Refresh(ctx, &grantway.Token{RefreshToken: grantway.NewSecret(refresh)}))
}

func (ours) Code(err error) (string, bool) {
	var e *grantway.Error
	if !errors.As(err, &e) {
		return "", false
	}
	return e.Code, e.Kind != 0
}

func fromGrantway(t *grantway.Token, err error) (Token, error) {
	if err != nil {
		return Token{}, err
	}
	at, _ := t.Expiry.Time()
	return Token{Access: t.AccessToken.Reveal(), Refresh: t.RefreshToken.Reveal(), Expiry: at}, nil
}
