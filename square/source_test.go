package square_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/tokens"
)

func TestCheck045_RefreshedEverySevenDaysAtTheLatest(t *testing.T) {
	// refreshes returns the times at which a source, asked every hour for
	// thirty days, refreshes a token of thirty days.
	refreshes := func(plan *tokens.RefreshPlan) (at []time.Time) {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			wire := &wiretest.Transport{Answer: func(wiretest.Request) (*http.Response, error) {
				n++
				at = append(at, time.Now())
				return wiretest.Reply{Body: fmt.Sprintf(`{"access_token":"example-access-%d","token_type":"bearer","expires_at":%q,"refresh_token":"example-refresh"}`,
					n, time.Now().Add(30*24*time.Hour).UTC().Format(time.RFC3339))}.Response(), nil
			}}
			c := mustNew(t, square.Config{ApplicationID: "example-app", ApplicationSecret: grantway.NewSecret("example-secret"),
				ClientConfig: grantway.ClientConfig{HTTPClient: wire.Client()}})
			src, err := c.TokenSource(tokens.NewMemoryStore(), "example-merchant", tokens.Options{Plan: plan})
			if err != nil {
				t.Fatal(err)
			}
			tok, err := c.Exchange(context.Background(), grantway.AuthorizationCode{Code: grantway.NewSecret("example-code")})
			if err != nil {
				t.Fatal(err)
			}
			if err := src.Save(context.Background(), tok); err != nil {
				t.Fatal(err)
			}
			for range 30 * 24 {
				time.Sleep(time.Hour)
				if _, err := src.Token(); err != nil {
					t.Fatal(err)
				}
				synctest.Wait() // the refresh behind, if there is one
			}
		})
		return at
	}
	gaps := map[time.Duration]bool{}
	at := refreshes(nil)
	for i := 1; i < len(at); i++ {
		gap := at[i].Sub(at[i-1])
		gaps[gap] = true
		if gap > 7*24*time.Hour+time.Hour || gap < 6*24*time.Hour {
			t.Errorf("%v between two refreshes", gap)
		}
	}
	if len(at) != 5 || len(gaps) < 2 {
		t.Errorf("%d refreshes, gaps %v: want 4 after the exchange, spread by jitter", len(at), gaps)
	}
	// Inverse: a plan that only looks at the expiry.
	if at := refreshes(&tokens.RefreshPlan{Margin: time.Minute}); at[1].Sub(at[0]) < 29*24*time.Hour {
		t.Errorf("inverse: refreshed after %v", at[1].Sub(at[0]))
	}
	t.Logf("figure: %d refreshes in 30 virtual days, none later than 7 days and the hour of the asking", len(at)-1)
}
