package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/tokens"
)

// liveBytes is what is reachable once no collection finds more: what one finds may
// start a clean-up, whose garbage is for the next.
func liveBytes() float64 {
	var least float64
	for same := 0; same < 5; same++ {
		runtime.GC()
		for range 1000 {
			runtime.Gosched() // to the clean-ups
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if n := float64(m.HeapAlloc); same == 0 || n < least-1024 {
			least, same = n, 0
		}
	}
	return least
}

// growGoroutines has n goroutines at once. The runtime keeps what describes one, and
// as many timers that end together need as many: that is not what a Source leaves.
func growGoroutines(n int) {
	end := make(chan struct{})
	for range n {
		go func() { <-end }()
	}
	synctest.Wait()
	close(end)
	synctest.Wait()
}

// wayOfLife is how a program uses one Source of many: accounts of one client, in
// one store.
type wayOfLife struct {
	name string
	// most is how many bytes a Source may take that is used so.
	most float64
	// fails are what comes of a refresh, each with a page of the provider's: one for
	// each Source, in turn. nil means that the stored tokens are good.
	fails []func(page []byte) error
	// use is what is done with a Source that was opened.
	use func(t *testing.T, s *tokens.Source)
	// leave is what is done at the end; nil drops it without Close.
	leave func(s *tokens.Source)
	// rest is how long after that nothing may be left.
	rest time.Duration
}

// weigh opens n Sources twice. It returns what one of the second n takes in memory,
// and what is left of one when all are gone. What the store keeps counts for
// neither.
func (w wayOfLife) weigh(t *testing.T, n int) (each, left float64) {
	synctest.Test(t, func(t *testing.T) {
		c, store := client(t, grantway.ClientConfig{RefreshesPerSecond: 1e6}), tokens.NewMemoryStore()
		w.fillStore(t, c, store, 2*n)
		time.Sleep(2 * time.Minute) // what failed meanwhile is waited out
		list, refreshes := make([]*tokens.Source, 2*n), w.refreshes(1<<20)
		growGoroutines(2 * n)
		before, half := liveBytes(), 0.0
		for i := range list {
			if i == n {
				half = liveBytes()
			}
			list[i] = accountSource(t, c, store, i, refreshes[i%len(refreshes)])
			w.use(t, list[i])
		}
		each = (liveBytes() - half) / float64(n)
		for i, s := range list {
			if w.leave != nil {
				w.leave(s)
			}
			list[i] = nil
		}
		time.Sleep(w.rest)
		synctest.Wait()
		left = (liveBytes() - before) / float64(2*n)
		for _, kept := range []any{list, c, store, refreshes} {
			runtime.KeepAlive(kept)
		}
	})
	return each, left
}

// fillStore stores a token for each of n accounts, and uses each once: what that
// writes stays in the store.
func (w wayOfLife) fillStore(t *testing.T, c *provider.Client, store tokens.Store, n int) {
	t.Helper()
	age, refreshes := time.Minute, w.refreshes(10)
	if w.fails != nil {
		age = 2 * time.Hour
	}
	for i := range n {
		s := accountSource(t, c, store, i, refreshes[i%len(refreshes)])
		tok := newIssuer().token("access-0", "refresh-0")
		tok.ObtainedAt, tok.Expiry = tok.ObtainedAt.Add(-age), grantway.ExpiresAt(tok.ObtainedAt.Add(time.Hour-age))
		if err := s.Save(t.Context(), tok); err != nil {
			t.Fatal(err)
		}
		w.use(t, s)
		_ = s.Close()
	}
}

type refresh = func(context.Context, *grantway.Token) (*grantway.Token, error)

// refreshes are the ways to fail, with a page of that many bytes.
func (w wayOfLife) refreshes(bytes int) []refresh {
	page := make([]byte, bytes)
	list := []refresh{}
	for _, fail := range w.fails {
		list = append(list, func(context.Context, *grantway.Token) (*grantway.Token, error) { return nil, fail(page) })
	}
	if len(list) == 0 {
		list = append(list, func(context.Context, *grantway.Token) (*grantway.Token, error) {
			return nil, errors.New("no need to refresh")
		})
	}
	return list
}

// accountSource opens the Source of an account as a provider package does, with
// names as long as real ones.
func accountSource(t *testing.T, c *provider.Client, store tokens.Store, account int, refresh refresh) *tokens.Source {
	t.Helper()
	s, err := tokens.NewSource(provider.TokenRules{
		Provider: "acme", Environment: c.BaseURL(), ClientID: "sq0idp-example-client-id", Client: c,
		Origin: c.BaseURL(), Scheme: "Bearer", Refresh: refresh,
		Advise: func(*grantway.Token) provider.Advice { return provider.Advice{RefreshAfter: 0.9} },
	}, store, fmt.Sprintf("merchant-%06d", account), tokens.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tooHeavy says what is wrong with what each of n Sources takes and leaves. A heap
// that keeps nothing of them still differs, by some kilobytes in all.
func (w wayOfLife) tooHeavy(n int, each, left float64) error {
	switch {
	case each > w.most:
		return fmt.Errorf("%.0f bytes for each, at most %.0f", each, w.most)
	case left > 1+40e3/float64(n):
		return fmt.Errorf("%.0f bytes are left of each", left)
	}
	return nil
}

// pagedErrors are errors of a refresh, each with the provider's page in another
// place.
func pagedErrors() []func(page []byte) error {
	with := func(page []byte, kind grantway.Kind, cause error) error {
		return (&grantway.Error{Provider: "acme", Kind: kind, Status: 502}).With(detail.Error{Body: page, Cause: cause})
	}
	return []func(page []byte) error{
		func(page []byte) error { return with(page, grantway.KindUnavailable, nil) },
		func(page []byte) error { return with(page, grantway.KindAmbiguous, io.EOF) }, // sent twice, both joined
		func(page []byte) error {
			return kindBecause(grantway.KindThrottled, with(page, grantway.KindNotJudged, nil))
		},
		func(page []byte) error { return fmt.Errorf("wrapped: %w", with(page, grantway.KindMalformed, nil)) },
		func(page []byte) error {
			return errors.Join(io.EOF, fmt.Errorf("wrapped: %w", with(page, grantway.KindThrottled, nil)))
		},
	}
}

// asked asks a Source for its token n times.
func asked(n int) func(t *testing.T, s *tokens.Source) {
	return func(t *testing.T, s *tokens.Source) {
		t.Helper()
		for range n {
			_ = access(t, s)
		}
	}
}

// fail asks a Source that cannot have a token.
func fail(t *testing.T, s *tokens.Source) {
	t.Helper()
	if _, err := s.TokenContext(t.Context()); err == nil {
		t.Fatal("there was a token")
	}
}

// S19: a Source that is dropped leaves nothing. What stays by intention is a new
// token that could not be saved: it is in no store, and the next Source of the
// account saves it.
func TestCheck093_SourcesAreLightAndLeaveNothing(t *testing.T) {
	closed := func(s *tokens.Source) { _ = s.Close() }
	n := 5000 // twice
	if testing.Short() || raced {
		n = 300
	}
	var figures string
	for _, w := range []wayOfLife{
		{name: "S19: idle", most: 1 << 10, use: asked(0)},
		{name: "S19: idle with its token", most: 3 << 9, use: asked(1)},
		{name: "S19: idle, and closed", most: 3 << 9, use: asked(1), leave: closed},
		{name: "S19: busy until a second ago", most: 2 << 10, use: asked(200), rest: time.Second},
		{name: "S18, S19: failing", most: 8 << 10, use: fail, fails: pagedErrors()},
	} {
		t.Run(w.name, func(t *testing.T) {
			each, left := w.weigh(t, n)
			if err := w.tooHeavy(2*n, each, left); err != nil {
				t.Error(err)
			}
			figures += fmt.Sprintf("; %s: %.0f, left %.0f", w.name, each, max(left, 0))
		})
	}
	t.Logf("figure: bytes for each of %d Sources%s", 2*n, figures)
}

// TestCheck093_AHoldOnASourceIsSeen is the inverse.
func TestCheck093_AHoldOnASourceIsSeen(t *testing.T) {
	var held []any
	hold := func(what any) { held = append(held, what) }
	for _, w := range []wayOfLife{
		{name: "a timer that holds the Source", most: 8 << 10, use: asked(1), leave: func(s *tokens.Source) {
			time.AfterFunc(10*time.Minute, func() { _ = s.String() })
		}},
		{name: "a table that holds the Source", most: 8 << 10, use: asked(1), leave: func(s *tokens.Source) { hold(s) }},
		{name: "a Source with a kilobyte of its own", most: 3 << 9, use: func(_ *testing.T, _ *tokens.Source) { hold(make([]byte, 1<<10)) }},
		{name: "a failure with its page", most: 8 << 10, fails: pagedErrors(), use: func(t *testing.T, s *tokens.Source) {
			_, err := s.TokenContext(t.Context())
			hold(err)
		}},
	} {
		t.Run(w.name, func(t *testing.T) {
			held = nil
			const n = 150
			each, left := w.weigh(t, n)
			if err := w.tooHeavy(2*n, each, left); err == nil {
				t.Error("nothing was seen")
			}
			runtime.KeepAlive(held)
		})
	}
}
