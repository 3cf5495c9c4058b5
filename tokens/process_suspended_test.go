package tokens_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// suspension is one round: the holder of the lease is suspended at a moment,
// for longer than its lease lasts, and another process takes over.
type suspension struct {
	at      int           // which moment, counted from 0
	lenient bool          // the provider takes a spent refresh token again
	asleep  bool          // its own timers stand still too, as in a laptop with its lid closed
	lasts   time.Duration // how long
	force   bool          // the inverse: a store that writes whatever is there
}

// suspensionMoments are those of a refresh: before and after each call of the
// store, before and after the provider's work.
const suspensionMoments = 14

type outcome struct {
	sent     int // how often the first refresh token was sent
	made     int // how many pairs came of it
	detected bool
	wrong    []string
}

// suspendedProvider keeps count of the pairs it made.
type suspendedProvider struct {
	mu       sync.Mutex
	lenient  bool
	made     int
	current  string
	sent     map[string]int
	rejected int
	live     map[string]bool // access tokens
}

func (p *suspendedProvider) refresh(refresh string) (*grantway.Token, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent[refresh]++
	if refresh != p.current && !(p.lenient && refresh == "refresh-0") {
		p.rejected++
		return nil, kind(grantway.KindRejected)
	}
	p.made++
	p.current = fmt.Sprintf("refresh-%d", p.made)
	access := fmt.Sprintf("access-%d", p.made)
	p.live[access] = true
	now := time.Now()
	return &grantway.Token{AccessToken: grantway.NewSecret(access), RefreshToken: grantway.NewSecret(p.current), Type: "bearer",
		ObtainedAt: now.UTC(), Expiry: grantway.ExpiresAt(now.Add(24 * time.Hour))}, nil
}

// suspended is the store of the process that is suspended.
type suspended struct {
	inner *tokens.MemoryStore
	s     suspension
	ttl   time.Duration // 0: as asked for

	mu      sync.Mutex
	moments int
	began   chan struct{}
	resumed chan struct{}
}

func (s *suspended) moment() {
	s.mu.Lock()
	n := s.moments
	s.moments++
	s.mu.Unlock()
	if n == s.s.at {
		close(s.began)
		time.Sleep(s.s.lasts)
		close(s.resumed)
	}
}

// around makes two moments of a call. Who was suspended does not notice in the
// middle of a call that its time is up.
func (s *suspended) around(ctx context.Context, do func(context.Context) error) error {
	s.moment()
	defer s.moment()
	return do(context.WithoutCancel(ctx))
}

func (s *suspended) Load(ctx context.Context, key string) (e tokens.Entry, err error) {
	err = s.around(ctx, func(ctx context.Context) error { e, err = s.inner.Load(ctx, key); return err })
	return e, err
}

func (s *suspended) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	return s.around(ctx, func(ctx context.Context) error {
		err := s.inner.CompareAndSwap(ctx, old, e)
		if s.s.force && errors.Is(err, tokens.ErrConflict) {
			return overwrite(ctx, s.inner, e)
		}
		return err
	})
}

// overwrite is what a store does that compares nothing.
func overwrite(ctx context.Context, inner *tokens.MemoryStore, e tokens.Entry) error {
	now, err := inner.Load(ctx, e.Key)
	if err != nil {
		return err
	}
	content := map[string]any{}
	if err := json.Unmarshal(e.Data, &content); err != nil {
		return err
	}
	e.Generation = now.Generation + 1
	content["generation"] = e.Generation
	if e.Data, err = json.Marshal(content); err != nil {
		return err
	}
	return inner.CompareAndSwap(ctx, now.Generation, e)
}

func (s *suspended) Delete(ctx context.Context, key string, old uint64) error {
	return s.inner.Delete(ctx, key, old)
}

func (s *suspended) Acquire(ctx context.Context, key string, ttl time.Duration) (l tokens.Lease, err error) {
	if s.ttl > 0 {
		ttl = s.ttl
	}
	err = s.around(ctx, func(ctx context.Context) error { l, err = s.inner.Acquire(ctx, key, ttl); return err })
	if err != nil {
		return nil, err
	}
	return &suspendedLease{s, l}, nil
}

type suspendedLease struct {
	s *suspended
	l tokens.Lease
}

func (l *suspendedLease) Renew(ctx context.Context) error { return l.s.around(ctx, l.l.Renew) }

func (l *suspendedLease) Release(ctx context.Context) error { return l.s.around(ctx, l.l.Release) }

// suspend plays one round.
func suspend(t *testing.T, round suspension) (o outcome) {
	synctest.Test(t, func(t *testing.T) {
		p := &suspendedProvider{lenient: round.lenient, current: "refresh-0", sent: map[string]int{}, live: map[string]bool{}}
		inner := tokens.NewMemoryStore()
		holder := &suspended{inner: inner, s: round, began: make(chan struct{}), resumed: make(chan struct{})}
		if round.asleep {
			// Its Timeout is a minute: it wakes up well within it, and the
			// lease is over all the same.
			holder.ttl = time.Second
		}
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, nil))
		i := &issuer{}
		a := i.source(t, holder, func(c *setup) {
			c.Logger = logger
			c.Refresh = func(_ context.Context, old *grantway.Token) (*grantway.Token, error) {
				holder.moment()
				tok, err := p.refresh(old.RefreshToken.Reveal())
				holder.moment()
				return tok, err
			}
		})
		b := i.source(t, &hookedLeaser{hookedStore{Store: inner}, inner}, func(c *setup) {
			c.Logger = logger
			c.Refresh = func(_ context.Context, old *grantway.Token) (*grantway.Token, error) {
				return p.refresh(old.RefreshToken.Reveal())
			}
		})
		first := i.token("access-0", "refresh-0")
		first.ObtainedAt, first.Expiry = time.Now().Add(-2*time.Hour), grantway.ExpiresAt(time.Now().Add(-time.Hour))
		if err := i.source(t, incomparable{inner}).Save(t.Context(), first); err != nil {
			t.Fatal(err)
		}

		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = a.TokenContext(context.Background())
			<-holder.resumed
		}()
		<-holder.began
		until := time.Now().Add(round.lasts + time.Minute)
		for time.Now().Before(until) {
			_, _ = b.TokenContext(context.Background())
			time.Sleep(time.Second)
		}
		<-done
		time.Sleep(10 * time.Minute) // what is to settle has settled

		fail := func(format string, args ...any) { o.wrong = append(o.wrong, fmt.Sprintf(format, args...)) }
		e, err := inner.Load(t.Context(), tokens.Key{Provider: "acme", Account: "one"}.String())
		var r stored
		if err == nil {
			err = json.Unmarshal(e.Data, &r)
		}
		if err != nil || !p.live[r.AccessToken] || r.Attempt != nil || r.Rejected != "" {
			fail("the store has %+v, %v", r, err)
		}
		for name, s := range map[string]*tokens.Source{"the suspended": a, "the other": b} {
			tok, err := s.TokenContext(t.Context())
			if err != nil || tok.AccessToken.Reveal() != r.AccessToken {
				fail("%s process gets %v, %v; the store has %s", name, tok, err, r.AccessToken)
			}
		}
		o.sent, o.made = p.sent["refresh-0"], p.made
		o.detected = p.rejected > 0 || bytes.Contains(log.Bytes(), []byte("double spend"))
		if o.sent > 2 {
			fail("the refresh token was sent %d times", o.sent)
		}
		if o.sent > 1 && !o.detected {
			fail("two spends, and nobody noticed")
		}
		if n := len(p.sent); n != 1 {
			fail("%d refresh tokens were sent", n)
		}
		_ = a.Close()
		_ = b.Close()
		time.Sleep(time.Hour)
	})
	return o
}

// hookedLeaser is another process's handle of a store with leases.
type hookedLeaser struct {
	hookedStore
	leases tokens.Leaser
}

func (m *hookedLeaser) Acquire(ctx context.Context, key string, ttl time.Duration) (tokens.Lease, error) {
	return m.leases.Acquire(ctx, key, ttl)
}

func suspensionOf(round int) suspension {
	s := suspension{at: round % suspensionMoments, lenient: rand.N(2) == 0, asleep: rand.N(2) == 0}
	if s.lasts = 2*time.Minute + rand.N(10*time.Minute); s.asleep {
		s.lasts = time.Second + rand.N(30*time.Second)
	}
	return s
}

func TestCheck071_SuspendedLeaseHolder(t *testing.T) {
	const rounds = 100
	double, wrong := 0, 0
	for round := range rounds {
		s := suspensionOf(round)
		o := suspend(t, s)
		if o.sent > 1 {
			double++
		}
		for _, w := range o.wrong {
			wrong++
			t.Errorf("%+v: %s", s, w)
		}
	}
	if double == 0 {
		t.Error("no round led to a double spend")
	}
	t.Logf("figure: %d rounds of a lease holder suspended beyond its lease: %d double spends, each refused by the provider or noticed by the loser; %d times the store or a process was wrong in the end", rounds, double, wrong)

	// Inverse: a store that writes without comparing.
	lost := 0
	for round := range rounds {
		s := suspensionOf(round)
		s.force = true
		if o := suspend(t, s); len(o.wrong) > 0 {
			lost++
		}
	}
	if lost == 0 {
		t.Error("inverse: a store that compares nothing came off well")
	}
	t.Logf("inverse: with a store that compares nothing, %d of %d end wrong", lost, rounds)
}
