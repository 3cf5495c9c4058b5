package scorecard

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/tokens"
)

// Each member of an answer is bounded by what a store must take (fault S15): the
// largest token that is let in can be kept, in clear and sealed, and read again;
// a larger one is refused where it comes in, and nothing of it is stored.
func TestCheck085_S15_WhatIsLetInCanBeKept(t *testing.T) {
	const kib = 1 << 10
	key, err := tokens.NewSealKey("example", []byte("an example key of 32 bytes, no more"[:32]))
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := tokens.NewSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	letters := func(n int) string { return strings.Repeat("a", n) }
	answer := func(access, refresh, text string) string {
		return fmt.Sprintf(`{"access_token":%q,"token":%[1]q,"refresh_token":%q,"token_type":"bearer","merchant_id":%q,"scope":%[3]q,`+
			`"expires_at":"2099-01-02T03:04:05Z","expires_in":3600,"expiresIn":"3600"}`, access, refresh, text)
	}
	n := 0
	for _, tt := range []struct {
		name, body string
		kept       bool
	}{
		{"the largest of all", answer(letters(16*kib), letters(16*kib), letters(8*kib)), true},
		{"an access token of one byte more", answer(letters(16*kib+1), "example", "x"), false},
		{"a text of one byte more is unknown, and the token stays", answer("example-access", "example-refresh", letters(8*kib+1)), true},
		{"an access token of 100 KB", answer(letters(100_000), "example", "x"), false},
	} {
		for _, sealed := range []*tokens.Sealer{nil, sealer} {
			for _, p := range []string{"square", "builtbybit", "bytenite"} {
				n++
				synctest.Test(t, func(t *testing.T) {
					wire := &wiretest.Transport{Reply: wiretest.Reply{Body: tt.body}}
					c := newClients(t, grantway.ClientConfig{HTTPClient: &http.Client{Transport: wire}})
					store := tokens.NewMemoryStore()
					src, err := source(c, p, store, tokens.Options{Sealer: sealed})
					if err != nil {
						t.Fatal(err)
					}
					tok, err := src.Refresh(t.Context())
					if (err == nil) != tt.kept {
						t.Errorf("%s, %s, sealed %t: %v", p, tt.name, sealed != nil, err)
					}
					src.Close()
					if !tt.kept {
						return
					}
					again, err := source(c, p, store, tokens.Options{Sealer: sealed})
					if err != nil {
						t.Fatal(err)
					}
					if read, err := again.TokenContext(t.Context()); err != nil || !read.AccessToken.Equal(tok.AccessToken) {
						t.Errorf("%s, %s, sealed %t: read again: %v", p, tt.name, sealed != nil, err)
					}
					again.Close()
				})
			}
		}
	}
	t.Logf("figure: %d answers", n)
}

// source is a Source of one provider, with a token that is due.
func source(c clients, provider string, store tokens.Store, o tokens.Options) (*tokens.Source, error) {
	make := map[string]func(tokens.Store, string, tokens.Options) (*tokens.Source, error){
		"square": c.square.TokenSource, "builtbybit": c.builtbybit.TokenSource, "bytenite": c.bytenite.TokenSource,
	}[provider]
	src, err := make(store, "example", o)
	if err != nil || provider == "bytenite" {
		return src, err
	}
	_, err = src.Import(context.Background(), token.Clone())
	return src, err
}
