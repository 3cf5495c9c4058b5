package scorecard

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/tokens"
)

// A worker has the store and no secret.
func TestAWorkerWithoutASecretUsesTheTokenThatOthersKeepFresh(t *testing.T) {
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"errors":[]}`}}
	cfg := grantway.ClientConfig{HTTPClient: wire.Client()}
	secret := grantway.NewSecret("example-secret")
	type open = func(tokens.Store) (*tokens.Source, error)
	for _, tt := range []struct {
		name, url, header string
		writer, reader    open
	}{
		{"square", "https://connect.squareup.com/v2/payments", "Bearer example-access", func(s tokens.Store) (*tokens.Source, error) {
			c, err := square.New(square.Config{ClientConfig: cfg, ApplicationID: "example-app", ApplicationSecret: secret})
			if err != nil {
				return nil, err
			}
			return c.TokenSource(s, "one", tokens.Options{})
		}, func(s tokens.Store) (*tokens.Source, error) {
			return square.ReadOnlySource(square.Config{ClientConfig: cfg, ApplicationID: "example-app"}, s, "one", tokens.Options{})
		}},
		{"builtbybit", "https://api.builtbybit.com/v2/members", "Bearer example-access", func(s tokens.Store) (*tokens.Source, error) {
			c, err := builtbybit.New(builtbybit.Config{ClientConfig: cfg, ClientID: "example-client", ClientSecret: secret})
			if err != nil {
				return nil, err
			}
			return c.TokenSource(s, "one", tokens.Options{})
		}, func(s tokens.Store) (*tokens.Source, error) {
			return builtbybit.ReadOnlySource(builtbybit.Config{ClientConfig: cfg, ClientID: "example-client"}, s, "one", tokens.Options{})
		}},
		{"bytenite", "https://api.bytenite.com/v1/customer/jobs", "example-access", func(s tokens.Store) (*tokens.Source, error) {
			c, err := bytenite.New(bytenite.Config{ClientConfig: cfg, APIKey: secret})
			if err != nil {
				return nil, err
			}
			return c.TokenSource(s, "one", tokens.Options{})
		}, func(s tokens.Store) (*tokens.Source, error) {
			return bytenite.ReadOnlySource(bytenite.Config{ClientConfig: cfg}, s, "one", tokens.Options{})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := tokens.NewMemoryStore()
			writer, err := tt.writer(store)
			if err != nil {
				t.Fatal(err)
			}
			reader, err := tt.reader(store)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _, _ = reader.Close(), writer.Close() })
			if _, err := reader.Token(); err == nil {
				t.Error("a token from nowhere")
			}
			now := time.Now().UTC()
			if err := writer.Save(t.Context(), &grantway.Token{AccessToken: grantway.NewSecret("example-access"), ObtainedAt: now, Expiry: grantway.ExpiresAt(now.Add(time.Hour))}); err != nil {
				t.Fatal(err)
			}
			again, err := tt.reader(tokens.Store(otherProcess{store}))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = again.Close() })
			before := len(wire.Requests())
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tt.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := (&http.Client{Transport: again.Transport(wire)}).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			sent := wire.Requests()[before:]
			if len(sent) != 1 || sent[0].Header.Get("Authorization") != tt.header {
				t.Errorf("sent %v", sent)
			}
			if _, err := again.Refresh(t.Context()); !errors.Is(err, grantway.ErrInvalidArgument) {
				t.Errorf("Refresh: %v", err)
			}
			if n := len(wire.Requests()) - before; n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// otherProcess is a store of which no Source knows that another has it too.
type otherProcess struct{ tokens.Store }
