package provider

import (
	"context"
	"errors"
	"testing"

	"github.com/grantway/grantway"
)

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
