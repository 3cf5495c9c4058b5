// Package fresh measures a token source beside x/oauth2's: a valid token asked
// for by one goroutine and by many, and a request through the transport. It
// refuses to judge; that the token is right is checked each time, and that the
// header is, in a test.
package fresh

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bench/internal/measure"
	rules "github.com/grantway/grantway/provider" // this package has a provider of its own
	"github.com/grantway/grantway/tokens"
)

const (
	theirs = "x/oauth2 ReuseTokenSource, Transport"
	ours   = "grantway Source"
	floor  = "no auth at all"

	host = "https://provider.example"
	// calls of Token in one measured run, so that what starts a run weighs
	// nothing.
	calls = 2000
)

// Transport is the column of a whole request.
const Transport = "the Transport per request"

// callers are the numbers of goroutines, with the mark of each.
var callers = []struct {
	n     int
	ratio float64
}{{1, 0.45}, {8, 0.08}, {64, 0.06}}

func column(n int) string { return fmt.Sprintf("Token(), %d at once", n) }

// Marks are those of a valid token and of the transport.
func Marks() []measure.Mark {
	var marks []measure.Mark
	for _, c := range callers {
		marks = append(marks, measure.Mark{Column: column(c.n), Row: ours, Ratio: c.ratio})
	}
	return append(marks, measure.Mark{Column: Transport, Row: ours, Ratio: 0.60, Allocs: 5})
}

var good = &oauth2.Token{AccessToken: "example-access", TokenType: "Bearer", Expiry: time.Now().Add(24 * time.Hour)}

// Groups returns the columns; rt answers the requests.
func Groups(rt http.RoundTripper) ([]measure.Group, error) {
	src, err := source(func(context.Context, *grantway.Token) (*grantway.Token, error) { return nil, errors.New("not due") })
	if err != nil {
		return nil, err
	}
	if err := src.Save(context.Background(), grantway.FromOAuth2Token(good)); err != nil {
		return nil, err
	}
	reuse := oauth2.ReuseTokenSource(good, never{})
	var groups []measure.Group
	for _, c := range callers {
		groups = append(groups, measure.Group{Name: column(c.n), Contestants: []measure.Contestant{
			{Name: theirs, Run: ask(reuse, c.n)}, {Name: ours, Run: ask(src, c.n)},
		}})
	}
	return append(groups, measure.Group{Name: Transport, Contestants: []measure.Contestant{
		{Name: theirs, Run: send(&oauth2.Transport{Source: reuse, Base: rt})},
		{Name: ours, Run: send(src.Transport(rt))},
		{Name: floor, Run: send(rt)},
	}}), nil
}

type never struct{}

func (never) Token() (*oauth2.Token, error) { return nil, errors.New("not due") }

// source is one of ours that refreshes by refresh, over a store of its own.
func source(refresh func(context.Context, *grantway.Token) (*grantway.Token, error)) (*tokens.Source, error) {
	return sourceOver(tokens.NewMemoryStore(), refresh)
}

func sourceOver(store tokens.Store, refresh func(context.Context, *grantway.Token) (*grantway.Token, error)) (*tokens.Source, error) {
	never := tokens.ReplayNever
	return tokens.NewSource(rules.TokenRules{
		Provider: "example", Refresh: refresh, Origin: host, Scheme: "Bearer",
		Advise: func(*grantway.Token) rules.Advice { return rules.Advice{} },
	}, store, "", tokens.Options{Replay: &never})
}

// ask is n goroutines that share so many calls of Token.
func ask(src oauth2.TokenSource, n int) func() error {
	some := func(k int) error {
		for range k {
			if tok, err := src.Token(); err != nil || tok.AccessToken != good.AccessToken {
				return fmt.Errorf("got %v, %w", tok, err)
			}
		}
		return nil
	}
	if n == 1 {
		return func() error { return some(calls) }
	}
	return func() error {
		errs := make([]error, n)
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() { errs[i] = some(calls / 2) })
		}
		wg.Wait()
		return errors.Join(errs...)
	}
}

// send is one request; the body of the answer is not looked at.
func send(rt http.RoundTripper) func() error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, host+"/thing", nil)
	if err != nil {
		return func() error { return err }
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "example")
	return func() error {
		resp, err := rt.RoundTrip(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
}
