package peer

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/oauth2"
)

// xoauth2Peer is told how each provider wants its credentials, which a program
// may leave out: then it tries one way after the other.
func xoauth2Peer(c Credentials) Peer {
	asItComes := Peer{
		Name:       NameXOAuth2,
		BuiltByBit: xoauth2{c, "/oauth2/token", oauth2.AuthStyleAutoDetect},
		Square:     xoauth2{c, "/oauth2/token", oauth2.AuthStyleAutoDetect},
	}
	return Peer{
		Name:       NameXOAuth2,
		BuiltByBit: xoauth2{c, "/oauth2/token", oauth2.AuthStyleInHeader},
		Square:     xoauth2{c, "/oauth2/token", oauth2.AuthStyleInParams},
		AsItComes:  &asItComes,
		Setting:    "AuthStyle set",
	}
}

// xoauth2 is oauth2.Config, which sends a form to every provider.
type xoauth2 struct {
	credentials Credentials
	path        string
	style       oauth2.AuthStyle
}

func (x xoauth2) config(base string) *oauth2.Config {
	return &oauth2.Config{ClientID: x.credentials.ID, ClientSecret: x.credentials.Secret,
		Endpoint: oauth2.Endpoint{TokenURL: base + x.path, AuthStyle: x.style}}
}

func (x xoauth2) Exchange(ctx context.Context, base string, hc *http.Client) (Token, error) {
	return fromOAuth2(x.config(base).Exchange(context.WithValue(ctx, oauth2.HTTPClient, hc), Code))
}

func (x xoauth2) Refresh(ctx context.Context, base string, hc *http.Client, refresh string) (Token, error) {
	source := x.config(base).TokenSource(context.WithValue(ctx, oauth2.HTTPClient, hc), &oauth2.Token{RefreshToken: refresh})
	return fromOAuth2(source.Token())
}

func (xoauth2) Code(err error) (string, bool) {
	var e *oauth2.RetrieveError
	if !errors.As(err, &e) {
		return "", false
	}
	return e.ErrorCode, true
}

func fromOAuth2(t *oauth2.Token, err error) (Token, error) {
	if err != nil {
		return Token{}, err
	}
	return Token{Access: t.AccessToken, Refresh: t.RefreshToken, Expiry: t.Expiry}, nil
}
