package provider

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway"
)

var opExample = Operation{Name: "example", Method: http.MethodPost, Path: "/example"}

// own is a secret as New of a provider makes it.
func own(t *testing.T, fixed string, ask func(context.Context) (grantway.Secret, error)) OwnSecret {
	t.Helper()
	s, err := NewOwnSecret("example", "ClientSecret", grantway.NewSecret(fixed), ask, BadSecret)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBasic_WritesTheHeader(t *testing.T) {
	c := mustNew(t, grantway.ClientConfig{})
	for _, tt := range []struct {
		name, id, secret string
		formEncoded      bool
		pair             string
	}{
		{"as it is", "id", "example-secret", false, "id:example-secret"},
		{"as it is, with characters that a form escapes", "i d", "ex&mple+sécret", false, "i d:ex&mple+sécret"},
		{"form-encoded", "i d:", "ex&mple+sécret", true, "i+d%3A:ex%26mple%2Bs%C3%A9cret"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for kind, secret := range map[string]OwnSecret{
				"fixed": own(t, tt.secret, nil),
				"asked": own(t, "", func(context.Context) (grantway.Secret, error) { return grantway.NewSecret(tt.secret), nil }),
			} {
				header, secrets, err := c.Basic(t.Context(), &opExample, NewBasic(tt.id, secret, tt.formEncoded))
				want := base64.StdEncoding.EncodeToString([]byte(tt.pair))
				if err != nil || header.Reveal() != "Basic "+want {
					t.Errorf("%s: another header, %v", kind, err)
				}
				if secrets[0].Reveal() != tt.secret || secrets[1].Reveal() != strings.TrimRight(want, "=") {
					t.Errorf("%s: other secrets", kind)
				}
			}
		})
	}
}

func TestBasic_AFixedHeaderIsMadeOnce(t *testing.T) {
	c := mustNew(t, grantway.ClientConfig{})
	b := NewBasic("id", own(t, "example-secret", nil), false)
	if n := testing.AllocsPerRun(100, func() { _, _, _ = c.Basic(t.Context(), &opExample, b) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestBasic_ASecretThatCannotBeHadSendsNothing(t *testing.T) {
	c := mustNew(t, grantway.ClientConfig{})
	failed := errors.New("example")
	for _, tt := range []struct {
		name string
		ask  func(context.Context) (grantway.Secret, error)
		want grantway.Kind
	}{
		{"the function fails", func(context.Context) (grantway.Secret, error) { return grantway.Secret{}, failed }, grantway.KindNotSent},
		{"it returns what is none", func(context.Context) (grantway.Secret, error) { return grantway.NewSecret("a\nb"), nil }, grantway.KindInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			header, secrets, err := c.Basic(t.Context(), &opExample, NewBasic("id", own(t, "", tt.ask), false))
			var e *grantway.Error
			if !errors.As(err, &e) || e.Kind != tt.want || !header.IsZero() || !secrets[0].IsZero() || !secrets[1].IsZero() {
				t.Errorf("%v, %v", err, header)
			}
		})
	}
}
