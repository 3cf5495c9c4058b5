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

// basic is what a provider makes of its configuration.
func basic(t *testing.T, id, fixed string, ask func(context.Context) (grantway.Secret, error), formEncoded bool) Basic {
	t.Helper()
	b, err := NewBasic("example", id, grantway.NewSecret(fixed), ask, formEncoded)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBasicIsCheckedBeforeItIsWritten(t *testing.T) {
	none, ask := grantway.Secret{}, func(context.Context) (grantway.Secret, error) { return grantway.NewSecret("example-secret"), nil }
	secret := grantway.NewSecret
	raw, form := false, true
	for _, c := range []struct {
		name, id    string
		secret      grantway.Secret
		ask         func(context.Context) (grantway.Secret, error)
		formEncoded bool
		field       string // that is refused; empty for none
	}{
		{"id and secret", "example", secret("example-secret"), nil, raw, ""},
		{"id and function", "example", none, ask, raw, ""},
		{"an empty id", "", secret("example-secret"), nil, raw, "ClientID"},
		{"a colon in an id that goes out as it is", "a:b", secret("example-secret"), nil, raw, "ClientID"},
		{"a colon in an id that is encoded", "a:b", secret("example-secret"), nil, form, ""},
		{"a colon in a secret", "example", secret("a:b"), nil, raw, ""},
		{"neither secret nor function", "example", none, nil, raw, "ClientSecret"},
		{"both", "example", secret("example-secret"), ask, raw, "ClientSecretFunc"},
		{"the header in place of the secret", "example", secret("Basic ZXhhbXBsZTp4"), nil, raw, "ClientSecret"},
		{"the pair in place of the secret", "example", secret("ZXhhbXBsZTp4"), nil, form, "ClientSecret"},
		{"the pair of another id", "other", secret("ZXhhbXBsZTp4"), nil, form, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := NewBasic("acme", c.id, c.secret, c.ask, c.formEncoded)
			var e *grantway.Error
			if errors.As(err, &e); err != nil && e.Field != c.field || (err != nil) != (c.field != "") {
				t.Fatalf("%v, want %q refused", err, c.field)
			}
			if err != nil {
				return
			}
			header, _, err := mustNew(t, grantway.ClientConfig{}).Basic(t.Context(), &Operation{Name: "token"}, b)
			if err != nil || header.IsZero() {
				t.Errorf("header %v, %v", header, err)
			}
		})
	}
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
			asked := func(context.Context) (grantway.Secret, error) { return grantway.NewSecret(tt.secret), nil }
			for kind, b := range map[string]Basic{
				"fixed": basic(t, tt.id, tt.secret, nil, tt.formEncoded),
				"asked": basic(t, tt.id, "", asked, tt.formEncoded),
			} {
				header, secrets, err := c.Basic(t.Context(), &opExample, b)
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
	b := basic(t, "id", "example-secret", nil, false)
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
			header, secrets, err := c.Basic(t.Context(), &opExample, basic(t, "id", "", tt.ask, false))
			var e *grantway.Error
			if !errors.As(err, &e) || e.Kind != tt.want || !header.IsZero() || !secrets[0].IsZero() || !secrets[1].IsZero() {
				t.Errorf("%v, %v", err, header)
			}
		})
	}
}
