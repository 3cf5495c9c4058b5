package provider

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/grantway/grantway"
)

// Basic is the client's id and secret as HTTP Basic carries them.
type Basic struct {
	id          string
	secret      OwnSecret
	formEncoded bool
	fixed       basicHeader // of a secret that is fixed
}

// basicHeader is one pair as it goes out.
type basicHeader struct {
	secret grantway.Secret
	header grantway.Secret
	echo   grantway.Secret // what of the header an answer could echo
}

// NewBasic checks what a configuration has in ClientID, ClientSecret and
// ClientSecretFunc, and returns a Basic that writes id and secret as they are
// (RFC 7617), or form-encodes both first, as RFC 6749 section 2.3.1 says.
func NewBasic(provider, id string, secret grantway.Secret, ask func(context.Context) (grantway.Secret, error), formEncoded bool) (Basic, error) {
	if reason := BadText(id); reason != "" {
		return Basic{}, InvalidConfig(provider, "ClientID", reason)
	}
	if strings.Contains(id, ":") && !formEncoded {
		return Basic{}, InvalidConfig(provider, "ClientID", "has a colon, where raw HTTP Basic would split it (RFC 7617)")
	}
	own, err := NewOwnSecret(provider, "ClientSecret", secret, ask, func(s grantway.Secret) string { return badBasicSecret(id, s) })
	if err != nil {
		return Basic{}, err
	}
	if own.IsZero() {
		return Basic{}, InvalidConfig(provider, "ClientSecret", "is empty, and there is no ClientSecretFunc")
	}
	b := Basic{id: id, secret: own, formEncoded: formEncoded}
	if own.ask == nil {
		b.fixed = b.with(secret)
	}
	return b, nil
}

// Basic returns the Authorization header of one call of op, and what of it an answer
// could echo: the secret, and the encoded pair. Its error is that of Secret.
func (c *Client) Basic(ctx context.Context, op *Operation, b Basic) (header grantway.Secret, secrets [2]grantway.Secret, err error) {
	h := b.fixed
	if b.secret.ask != nil {
		secret, err := c.Secret(ctx, op, b.secret)
		if err != nil {
			return grantway.Secret{}, secrets, err
		}
		h = b.with(secret)
	}
	return h.header, [2]grantway.Secret{h.secret, h.echo}, nil
}

// badBasicSecret returns what is wrong with the secret of id: what BadSecret finds,
// or that it is the header, or a part of it, that a provider's page shows beside it.
func badBasicSecret(id string, s grantway.Secret) string {
	v := strings.TrimSpace(s.Reveal())
	if name, value, ok := strings.Cut(v, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "Authorization") {
		v = strings.TrimSpace(value)
	}
	scheme, pair, _ := strings.Cut(v, " ")
	if !strings.EqualFold(scheme, "Basic") {
		pair = v
	}
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(pair), "="))
	if strings.EqualFold(scheme, "Basic") || err == nil && strings.HasPrefix(string(decoded), id+":") {
		return "is the Basic header that a details page shows ready-encoded; give the client secret alone"
	}
	return BadSecret(s)
}

func (b *Basic) with(secret grantway.Secret) basicHeader {
	id, password := b.id, secret.Reveal()
	if b.formEncoded {
		id, password = url.QueryEscape(id), url.QueryEscape(password)
	}
	pair := base64.StdEncoding.EncodeToString([]byte(id + ":" + password))
	return basicHeader{secret, grantway.NewSecret("Basic " + pair), grantway.NewSecret(strings.TrimRight(pair, "="))}
}
