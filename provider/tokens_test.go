package provider

import (
	"testing"
	"time"

	"github.com/grantway/grantway"
)

func TestRulesAskTheirClientForWhatTheyDoNotSay(t *testing.T) {
	then := func() time.Time { return time.Unix(1, 0) }
	own := func() time.Time { return time.Unix(2, 0) }
	of := func(now func() time.Time) *Client {
		return mustNew(t, grantway.ClientConfig{BaseURL: "https://eu.example.com/api", Now: now})
	}
	for _, c := range []struct {
		name string
		in   TokenRules
		want TokenRules // its functions aside
		unix int64      // what Now says; 0 for no clock
	}{
		{"nothing said", TokenRules{Client: of(then)},
			TokenRules{Provider: "example", Environment: "https://eu.example.com/api/", Origin: "https://eu.example.com/api/"}, 1},
		{"no test's clock", TokenRules{Client: of(nil)},
			TokenRules{Provider: "example", Environment: "https://eu.example.com/api/", Origin: "https://eu.example.com/api/"}, 0},
		{"all said", TokenRules{Client: of(then), Provider: "acme", Environment: "sandbox", Origin: "https://acme.example", Now: own},
			TokenRules{Provider: "acme", Environment: "sandbox", Origin: "https://acme.example"}, 2},
		{"no client to ask", TokenRules{Provider: "acme"},
			TokenRules{Provider: "acme"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.in.Complete()
			if got.Provider != c.want.Provider || got.Environment != c.want.Environment || got.Origin != c.want.Origin {
				t.Errorf("got %q, %q, %q", got.Provider, got.Environment, got.Origin)
			}
			unix := int64(0)
			if got.Now != nil {
				unix = got.Now().Unix()
			}
			if unix != c.unix {
				t.Errorf("it is %d, want %d", unix, c.unix)
			}
		})
	}
}
