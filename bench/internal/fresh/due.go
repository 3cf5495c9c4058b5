package fresh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// provider is what a refresh asks: it counts, takes its time, and fails if it
// is told to.
type provider struct {
	calls atomic.Int64
	takes time.Duration
	fails bool
}

func (p *provider) ask() error {
	p.calls.Add(1)
	time.Sleep(p.takes) //nolint:forbidigo // what is measured is who waits for it
	if p.fails {
		return &grantway.Error{Provider: "example", Kind: grantway.KindUnavailable, Status: 503}
	}
	return nil
}

func (p *provider) Token() (*oauth2.Token, error) {
	if err := p.ask(); err != nil {
		return nil, err
	}
	tok := *good // x/oauth2 writes to what it is given
	return &tok, nil
}

func (p *provider) refresh(context.Context, *grantway.Token) (*grantway.Token, error) {
	if err := p.ask(); err != nil {
		return nil, err
	}
	return grantway.FromOAuth2Token(good), nil
}

// expired is a source of ours whose token is due.
func (p *provider) expired() (*tokens.Source, error) {
	src, err := source(p.refresh)
	if err != nil {
		return nil, err
	}
	return src, src.Save(context.Background(), old())
}

func old() *grantway.Token {
	return &grantway.Token{AccessToken: grantway.NewSecret("example-old"), RefreshToken: grantway.NewSecret("example-refresh"),
		Expiry: grantway.ExpiresAt(time.Now().Add(-time.Hour))}
}

// Due prints what happens when a refresh is due: calls of the provider, and how
// long the callers waited.
func Due(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "\tx/oauth2\tgrantway\tto reach")
	for _, row := range []struct {
		name, reach string
		n           int
		p           func() *provider
	}{
		{"10,000 goroutines, one expired token, refresh takes 50 ms", "1 call, p99 ≤ 70 ms", 10_000, func() *provider { return &provider{takes: 50 * time.Millisecond} }},
		{"400 goroutines, the refresh fails after 10 ms", "1 call, ≤ 15 ms", 400, func() *provider { return &provider{takes: 10 * time.Millisecond, fails: true} }},
	} {
		p := row.p()
		src := oauth2.ReuseTokenSource(nil, p)
		theirs := together(row.n, func(int) { _, _ = src.Token() })
		q := row.p()
		own, err := q.expired()
		if err != nil {
			return err
		}
		ours := together(row.n, func(int) { _, _ = own.Token() })
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", row.name, theirs.with(p), ours.with(q), row.reach)
	}

	p := &provider{takes: 500 * time.Millisecond}
	src := oauth2.ReuseTokenSource(nil, p)
	theirs := together(1, func(int) { _, _ = src.Token() }) // there is no context to give it
	q := &provider{takes: 500 * time.Millisecond}
	own, err := q.expired()
	if err != nil {
		return err
	}
	var early error
	ours := together(1, func(int) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		_, early = own.TokenContext(ctx)
	})
	if !errors.Is(early, context.DeadlineExceeded) {
		return fmt.Errorf("a deadline of 20 ms: %w", early)
	}
	if _, err := own.Token(); err != nil || q.calls.Load() != 1 {
		return fmt.Errorf("the refresh did not go on: %d calls, %w", q.calls.Load(), err)
	}
	fmt.Fprintf(tw, "a deadline of 20 ms while a refresh takes 500 ms\tback after %v\tback after %v, the refresh goes on\t≤ 25 ms\n",
		theirs.worst.Round(time.Millisecond), ours.worst.Round(time.Millisecond))

	p, q = &provider{takes: 10 * time.Millisecond}, &provider{takes: 10 * time.Millisecond}
	store := tokens.NewMemoryStore()
	sources := make([]*tokens.Source, 100)
	for i := range sources {
		if sources[i], err = sourceOver(store, q.refresh); err != nil {
			return err
		}
	}
	if err := sources[0].Save(context.Background(), old()); err != nil {
		return err
	}
	theirs = together(100, func(int) { _, _ = oauth2.ReuseTokenSource(nil, p).Token() })
	ours = together(100, func(i int) { _, _ = sources[i].Token() })
	fmt.Fprintf(tw, "100 sources over one credential\t%s\t%s\t1 call\n", theirs.with(p), ours.with(q))
	return tw.Flush()
}

// waits is how long the callers waited.
type waits struct{ p99, worst time.Duration }

func (w waits) with(p *provider) string {
	return fmt.Sprintf("%d calls, p99 %v, last %v", p.calls.Load(), w.p99.Round(time.Millisecond), w.worst.Round(time.Millisecond))
}

// together lets n goroutines call f at once.
func together(n int, f func(i int)) waits {
	took := make([]time.Duration, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			began := time.Now()
			f(i)
			took[i] = time.Since(began)
		})
	}
	close(start)
	wg.Wait()
	slices.Sort(took)
	return waits{p99: took[n*99/100], worst: took[n-1]}
}
