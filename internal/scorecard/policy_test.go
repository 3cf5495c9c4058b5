package scorecard

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/tokens"
)

// What each provider's source does about refreshes of unknown outcome if nobody
// asks for a policy: the table "Replays" of docs/tokens.md, whose rows the subtests
// are named after.
func TestCheck094_EachProviderHasTheReplayPolicyOfTheTable(t *testing.T) {
	secret := grantway.NewSecret("example-secret")
	// requests is how many refreshes a source sends that is asked every minute for an
	// hour, once the access token has ended, if a page comes back that says nothing.
	requests := func(t *testing.T, open func(grantway.ClientConfig, tokens.Options) (*tokens.Source, error), opts tokens.Options) (n int, last error) {
		synctest.Test(t, func(t *testing.T) {
			wire := &wiretest.Transport{Reply: wiretest.Reply{Status: http.StatusOK, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>"}}
			s, err := open(grantway.ClientConfig{HTTPClient: wire.Client()}, opts)
			if err != nil {
				t.Fatal(err)
			}
			ended := &grantway.Token{AccessToken: grantway.NewSecret("example-access"), RefreshToken: grantway.NewSecret("example-refresh"),
				ObtainedAt: time.Now().Add(-2 * time.Hour), Expiry: grantway.ExpiresAt(time.Now().Add(-time.Hour))}
			if err := s.Save(t.Context(), ended); err != nil {
				t.Fatal(err)
			}
			for range 60 {
				_, last = s.TokenContext(t.Context())
				time.Sleep(time.Minute)
			}
			n = len(wire.Requests())
		})
		return n, last
	}
	never := tokens.ReplayNever
	for _, tt := range []struct {
		row    string
		policy tokens.ReplayPolicy
		open   func(grantway.ClientConfig, tokens.Options) (*tokens.Source, error)
	}{
		{"Square, code flow", tokens.ReplayFreely, func(cfg grantway.ClientConfig, opts tokens.Options) (*tokens.Source, error) {
			c, err := square.New(square.Config{ClientConfig: cfg, ApplicationID: "example-app", ApplicationSecret: secret})
			if err != nil {
				return nil, err
			}
			return c.TokenSource(tokens.NewMemoryStore(), "one", opts)
		}},
		{"Square, PKCE", tokens.ReplayPaced, func(cfg grantway.ClientConfig, opts tokens.Options) (*tokens.Source, error) {
			c, err := square.New(square.Config{ClientConfig: cfg, ApplicationID: "example-app"})
			if err != nil {
				return nil, err
			}
			return c.TokenSource(tokens.NewMemoryStore(), "one", opts)
		}},
		{"BuiltByBit", tokens.ReplayPaced, func(cfg grantway.ClientConfig, opts tokens.Options) (*tokens.Source, error) {
			c, err := builtbybit.New(builtbybit.Config{ClientConfig: cfg, ClientID: "example-client", ClientSecret: secret})
			if err != nil {
				return nil, err
			}
			return c.TokenSource(tokens.NewMemoryStore(), "one", opts)
		}},
		{"ByteNite", tokens.ReplayFreely, func(cfg grantway.ClientConfig, opts tokens.Options) (*tokens.Source, error) {
			c, err := bytenite.New(bytenite.Config{ClientConfig: cfg, APIKey: secret})
			if err != nil {
				return nil, err
			}
			return c.TokenSource(tokens.NewMemoryStore(), "one", opts)
		}},
	} {
		t.Run(tt.row, func(t *testing.T) {
			n, last := requests(t, tt.open, tokens.Options{})
			least, most := 4, 15
			if tt.policy == tokens.ReplayFreely {
				least, most = 45, 120
			}
			if n < least || n > most || !errors.Is(last, grantway.ErrMalformed) && !errors.Is(last, grantway.ErrAmbiguous) {
				t.Errorf("%d requests in an hour, want %d to %d; %v", n, least, most, last)
			}
			// Inverse: the number tells one policy from another.
			if n, last := requests(t, tt.open, tokens.Options{Replay: &never}); n != 1 || !errors.Is(last, grantway.ErrAmbiguous) {
				t.Errorf("inverse: %d requests under ReplayNever; %v", n, last)
			}
		})
	}
}
