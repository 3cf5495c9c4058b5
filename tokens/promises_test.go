package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// witness hears the events of Sources, whose OnEvent is hear.
type witness struct {
	mu    sync.Mutex
	kinds []string
}

func (w *witness) hear(c *setup) {
	c.OnEvent = func(e tokens.Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.kinds = append(w.kinds, e.Kind.String())
	}
}

// heard fails unless these events were told since it was last asked.
func (w *witness) heard(t *testing.T, want ...tokens.EventKind) {
	t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	names := []string{}
	for _, kind := range want {
		names = append(names, kind.String())
	}
	if got, want := strings.Join(w.kinds, ", "), strings.Join(names, ", "); got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	w.kinds = nil
}

// some fails unless that was told, once or more, and nothing else.
func (w *witness) some(t *testing.T, kind tokens.EventKind) {
	t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.kinds) == 0 {
		t.Errorf("told nothing, want %s", kind)
	}
	for _, got := range w.kinds {
		if got != kind.String() {
			t.Errorf("told %q, want only %s", w.kinds, kind)
			break
		}
	}
	w.kinds = nil
}

// statusOf is the Status of s, which must be had.
func statusOf(t *testing.T, s *tokens.Source) tokens.Status {
	t.Helper()
	st, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// expect asks s for a token, and fails unless it is this one, or the error matches
// err.
func (p *issuer) expect(t *testing.T, s *tokens.Source, want string, err error) {
	t.Helper()
	tok, got := s.TokenContext(t.Context())
	switch {
	case !errors.Is(got, err):
		t.Errorf("%v, want %v", got, err)
	case got == nil && tok.AccessToken.Reveal() != want:
		t.Errorf("%s, want %s", tok.AccessToken.Reveal(), want)
	}
}

// due saves a token that is due and good for another three minutes.
func (p *issuer) due(t *testing.T, s *tokens.Source) {
	t.Helper()
	tok := p.token("access-0", "refresh-0")
	tok.ObtainedAt, tok.Expiry = tok.ObtainedAt.Add(-57*time.Minute), grantway.ExpiresAt(tok.ObtainedAt.Add(3*time.Minute))
	if err := s.Save(t.Context(), tok); err != nil {
		t.Fatal(err)
	}
}

// failing answers every refresh with that, and nothing is spent.
func (p *issuer) failing(err error) {
	p.answer = func(int) (error, bool) { return err, false }
}

// promises are the rows of the table "What happens when" in docs/tokens.md: what
// Status and OnEvent say in each case. The subtests have the rows' names.
var promises = []struct {
	row   string
	holds func(t *testing.T, p *issuer, w *witness)
}{
	{"a thousand goroutines find the token expired", func(t *testing.T, p *issuer, w *witness) {
		p.takes = time.Second
		s := p.seeded(t, tokens.NewMemoryStore(), w.hear)
		for range 1000 {
			go p.expect(t, s, "access-1", nil)
		}
		synctest.Wait()
		if !statusOf(t, s).Refreshing {
			t.Error("it is not said to refresh")
		}
		time.Sleep(time.Second)
		w.heard(t, tokens.EventSaved, tokens.EventRefreshed)
	}},
	{"two processes find it expired", func(t *testing.T, p *issuer, w *witness) {
		store, other := tokens.NewMemoryStore(), &witness{}
		a, b := p.source(t, store, w.hear), p.source(t, incomparable{store}, other.hear)
		if err := a.Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
			t.Fatal(err)
		}
		p.expect(t, a, "access-0", nil)
		p.expect(t, b, "access-0", nil)
		time.Sleep(time.Hour)
		p.expect(t, a, "access-1", nil)
		p.expect(t, b, "access-1", nil)
		w.heard(t, tokens.EventSaved, tokens.EventRefreshed)
		other.heard(t, tokens.EventAdopted)
	}},
	{"a caller's context ends", func(t *testing.T, p *issuer, w *witness) {
		p.takes = time.Second
		s := p.seeded(t, tokens.NewMemoryStore(), w.hear)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := s.TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) || !statusOf(t, s).Refreshing {
			t.Errorf("%v, and the refresh ended with it", err)
		}
		time.Sleep(time.Second)
		w.heard(t, tokens.EventSaved, tokens.EventRefreshed)
	}},
	{"the process dies while it refreshes", func(t *testing.T, p *issuer, w *witness) {
		for policy, want := range map[tokens.ReplayPolicy]error{tokens.ReplayPaced: nil, tokens.ReplayFreely: nil, tokens.ReplayNever: grantway.ErrAmbiguous} {
			p, store, over, began := newIssuer(), tokens.NewMemoryStore(), make(chan struct{}), time.Now()
			dead := p.seeded(t, store, func(c *setup) {
				c.Refresh = func(context.Context, *grantway.Token) (*grantway.Token, error) {
					<-over
					return nil, errors.New("dead")
				}
			})
			go func() { _, _ = dead.TokenContext(context.Background()) }()
			synctest.Wait()
			next := p.source(t, incomparable{store}, w.hear, func(c *setup) { c.Replay = &policy })
			if st := statusOf(t, next); !st.OutcomeUnknownSince.IsZero() {
				t.Error("said to be of unknown outcome while it may be under way")
			}
			time.Sleep(3 * time.Minute)
			if st := statusOf(t, next); !st.OutcomeUnknownSince.Equal(began) || st.Replays != 0 {
				t.Errorf("unknown since %v, began %v", st.OutcomeUnknownSince, began)
			}
			w.heard(t)
			p.expect(t, next, "access-1", want)
			if want == nil {
				w.heard(t, tokens.EventRefreshed)
			} else {
				w.heard(t)
			}
			close(over)
			synctest.Wait()
		}
	}},
	{"a stored token is good, and the lease, the disk or the provider is not", func(t *testing.T, p *issuer, w *witness) {
		for _, day := range []badDay{
			{lease: func(context.Context) (tokens.Lease, error) { return nil, syscall.ENOLCK }},
			{swap: func(context.Context) error { return syscall.ENOSPC }},
			{refresh: func(context.Context) error { return kind(grantway.KindUnavailable) }},
		} {
			store := &badStore{MemoryStore: tokens.NewMemoryStore()}
			s := p.source(t, store, w.hear, func(c *setup) {
				c.Refresh = func(ctx context.Context, _ *grantway.Token) (*grantway.Token, error) { return nil, day.refresh(ctx) }
			})
			p.due(t, s)
			w.heard(t, tokens.EventSaved)
			store.day = day
			p.expect(t, s, "access-0", nil)
			w.heard(t, tokens.EventFailed)
			if st := statusOf(t, s); st.LastError == nil || !st.NextTryAt.After(time.Now()) {
				t.Errorf("%+v", st)
			}
		}
	}},
	{"a new token cannot be saved", func(t *testing.T, p *issuer, w *witness) {
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store, w.hear)
		w.heard(t, tokens.EventSaved)
		p.answer = func(int) (error, bool) { store.swap = failing; return nil, true }
		began := time.Now()
		for range 3 {
			p.expect(t, s, "", grantway.ErrNotPersisted)
			time.Sleep(time.Minute)
		}
		w.heard(t, tokens.EventNotPersisted)
		if st := statusOf(t, s); st.NotPersistedSince.Before(began) || st.NotPersistedSince.After(began.Add(time.Minute)) {
			t.Errorf("not persisted since %v", st.NotPersistedSince)
		}
		store.swap = nil
		time.Sleep(time.Minute)
		p.expect(t, s, "access-1", nil)
		w.heard(t, tokens.EventRefreshed)
		if st := statusOf(t, s); !st.NotPersistedSince.IsZero() || p.count() != 1 {
			t.Errorf("not persisted since %v, after %d requests", st.NotPersistedSince, p.count())
		}
	}},
	{"the store cannot be written, or takes longer than five seconds", func(t *testing.T, p *issuer, w *witness) {
		for _, swap := range []func(ctx context.Context, do func() error) error{
			func(context.Context, func() error) error { return syscall.EROFS },
			func(ctx context.Context, _ func() error) error { <-ctx.Done(); return ctx.Err() },
		} {
			store := &hookedStore{Store: tokens.NewMemoryStore()}
			s := p.seeded(t, store, w.hear)
			store.swapWith = swap
			p.expect(t, s, "", grantway.ErrStore)
			w.heard(t, tokens.EventSaved, tokens.EventFailed)
			if st := statusOf(t, s); !errors.Is(st.LastError, grantway.ErrStore) || p.count() != 0 {
				t.Errorf("last error %v, %d requests", st.LastError, p.count())
			}
		}
	}},
	{"every write conflicts, because reads come from a replica that lags", func(t *testing.T, p *issuer, w *witness) {
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store, w.hear)
		store.swapWith = func(context.Context, func() error) error { return tokens.ErrConflict }
		p.expect(t, s, "", grantway.ErrStore)
		w.heard(t, tokens.EventSaved, tokens.EventFailed)
		if st := statusOf(t, s); !errors.Is(st.LastError, tokens.ErrConflict) || p.count() != 0 {
			t.Errorf("last error %v, %d requests", st.LastError, p.count())
		}
	}},
	{"the provider is down for an hour", func(t *testing.T, p *issuer, w *witness) {
		s := p.source(t, tokens.NewMemoryStore(), w.hear)
		p.due(t, s)
		w.heard(t, tokens.EventSaved)
		p.failing(kind(grantway.KindUnavailable))
		p.expect(t, s, "access-0", nil)
		time.Sleep(3 * time.Minute)
		for range 120 {
			time.Sleep(30 * time.Second)
			p.expect(t, s, "", grantway.ErrUnavailable)
		}
		if n := p.count(); n < 40 || n > 70 {
			t.Errorf("%d requests in an hour", n)
		}
		if st := statusOf(t, s); !errors.Is(st.LastError, grantway.ErrUnavailable) || st.NextTryAt.After(time.Now().Add(75*time.Second)) {
			t.Errorf("last error %v, next try %v", st.LastError, st.NextTryAt)
		}
		w.some(t, tokens.EventFailed)
	}},
	{"the provider refuses the refresh token, in its own error shape", func(t *testing.T, p *issuer, w *witness) {
		s := p.source(t, tokens.NewMemoryStore(), w.hear)
		p.due(t, s)
		p.failing(kind(grantway.KindRejected))
		for range 3 {
			p.expect(t, s, "access-0", nil)
			synctest.Wait()
		}
		w.heard(t, tokens.EventSaved, tokens.EventRejected)
		if st := statusOf(t, s); st.RejectedSince.IsZero() || st.RejectedCode != "rejected" || !st.HasToken {
			t.Errorf("%+v", st)
		}
		time.Sleep(3 * time.Minute)
		p.expect(t, s, "", grantway.ErrReauthorize)
		w.heard(t)
	}},
	{"something else answers with a 4xx: a gateway, a firewall, a maintenance page", func(t *testing.T, p *issuer, w *witness) {
		s := p.source(t, tokens.NewMemoryStore(), w.hear)
		p.due(t, s)
		w.heard(t, tokens.EventSaved)
		p.failing(kind(grantway.KindNotJudged))
		began := time.Now()
		p.expect(t, s, "access-0", nil)
		synctest.Wait()
		time.Sleep(23 * time.Hour)
		p.expect(t, s, "", grantway.ErrNotJudged)
		if st := statusOf(t, s); !st.NotJudgedSince.Equal(began) || !st.LikelyDeadSince.IsZero() || !st.RejectedSince.IsZero() {
			t.Errorf("after 23 hours: %+v", st)
		}
		time.Sleep(2 * time.Hour)
		if st := statusOf(t, s); !st.LikelyDeadSince.Equal(began) {
			t.Errorf("after 25 hours: %+v", st)
		}
		w.some(t, tokens.EventFailed)
		p.answer = nil
		p.expect(t, s, "access-3", nil)
		if st := statusOf(t, s); !st.LikelyDeadSince.IsZero() || !st.NotJudgedSince.IsZero() {
			t.Errorf("afterwards: %+v", st)
		}
	}},
	{"the outcome of a refresh is unknown", func(t *testing.T, p *issuer, w *witness) {
		s := p.seeded(t, tokens.NewMemoryStore(), w.hear)
		w.heard(t, tokens.EventSaved)
		p.failing(kind(grantway.KindAmbiguous))
		began := time.Now()
		for range 30 {
			p.expect(t, s, "", grantway.ErrAmbiguous)
			time.Sleep(time.Minute)
		}
		w.heard(t, tokens.EventOutcomeUnknown)
		if st := statusOf(t, s); !st.OutcomeUnknownSince.Equal(began) || st.Replays < 3 {
			t.Errorf("unknown since %v, began %v, %d replays", st.OutcomeUnknownSince, began, st.Replays)
		}
		p.answer = nil
		time.Sleep(time.Hour)
		p.expect(t, s, fmt.Sprintf("access-%d", p.count()+1), nil)
		w.heard(t, tokens.EventRefreshed)
		if st := statusOf(t, s); !st.OutcomeUnknownSince.IsZero() {
			t.Errorf("unknown since %v", st.OutcomeUnknownSince)
		}
	}},
	{"ten thousand credentials of one client are due at once, after an outage", func(t *testing.T, p *issuer, w *witness) {
		p.takes = time.Second
		c := client(t, grantway.ClientConfig{RefreshesAtOnce: 1})
		var list []*tokens.Source
		for i := range 3 {
			p := newIssuer()
			p.takes = time.Second
			list = append(list, p.seeded(t, tokens.NewMemoryStore(), w.hear, func(cfg *setup) { cfg.Account, cfg.Client = fmt.Sprint(i), c }))
			go p.expect(t, list[i], "access-1", nil)
		}
		time.Sleep(time.Second / 2)
		for _, s := range list {
			if st := statusOf(t, s); !st.Refreshing {
				t.Errorf("%v is not said to refresh, nor to wait for it", s)
			}
		}
		time.Sleep(5 * time.Second)
		w.heard(t, tokens.EventSaved, tokens.EventSaved, tokens.EventSaved, tokens.EventRefreshed, tokens.EventRefreshed, tokens.EventRefreshed)
	}},
	{"the provider refuses the client itself: a wrong secret after a deploy", func(t *testing.T, p *issuer, w *witness) {
		c := client(t, grantway.ClientConfig{})
		p.failing(kind(grantway.KindBadClient))
		var list []*tokens.Source
		for i := range 4 {
			list = append(list, p.seeded(t, tokens.NewMemoryStore(), func(cfg *setup) { cfg.Account, cfg.Client = fmt.Sprint(i), c }, w.hear))
		}
		w.some(t, tokens.EventSaved)
		began := time.Now()
		for _, s := range list[:3] {
			p.expect(t, s, "", grantway.ErrBadClient)
		}
		for _, s := range list {
			if st := statusOf(t, s); st.ClientRefusedSince.Before(began) || st.ClientRefusedSince.IsZero() || !st.RejectedSince.IsZero() {
				t.Errorf("%v: %+v", s, st)
			}
		}
		p.expect(t, list[3], "", grantway.ErrBadClient)
		if p.count() != 3 {
			t.Errorf("%d requests", p.count())
		}
		w.some(t, tokens.EventFailed)
	}},
	{"the source is read-only (`square.ReadOnlySource`, for a worker without a secret)", func(t *testing.T, p *issuer, w *witness) {
		store := tokens.NewMemoryStore()
		writer, reader := p.seeded(t, store), p.source(t, incomparable{store}, readOnly, w.hear)
		p.expect(t, reader, "", grantway.ErrUnavailable)
		w.heard(t, tokens.EventFailed)
		p.expect(t, writer, "access-1", nil)
		time.Sleep(time.Minute)
		p.expect(t, reader, "access-1", nil)
		w.heard(t)
		time.Sleep(time.Hour)
		p.expect(t, writer, "access-2", nil)
		p.expect(t, reader, "access-2", nil)
		w.heard(t, tokens.EventAdopted)
		p.failing(kind(grantway.KindRejected))
		time.Sleep(time.Hour)
		p.expect(t, writer, "", grantway.ErrReauthorize)
		p.expect(t, reader, "", grantway.ErrReauthorize)
		w.heard(t)
		if st := statusOf(t, reader); st.RejectedSince.IsZero() {
			t.Error("the rejection is not said")
		}
	}},
	{"a refresh works and helps nothing: a wrong clock, an API that takes no token", func(t *testing.T, p *issuer, w *witness) {
		for name, change := range map[string]func(*setup){
			"clock": func(c *setup) { c.Now = func() time.Time { return time.Now().Add(2 * time.Hour) } },
			"API":   func(*setup) {},
		} {
			p := newIssuer()
			s := p.seeded(t, tokens.NewMemoryStore(), w.hear, change)
			w.heard(t, tokens.EventSaved)
			for range 600 {
				if tok, err := s.TokenContext(t.Context()); err == nil && name == "API" {
					s.Invalidate(tok.AccessToken)
				} else if err != nil && name == "clock" {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
			}
			if n := p.count(); n < 8 || n > 16 {
				t.Errorf("%s: %d requests in ten minutes", name, n)
			}
			if st := statusOf(t, s); st.NextTryAt.IsZero() {
				t.Errorf("%s: no next try", name)
			}
			w.some(t, tokens.EventRefreshed)
		}
	}},
	{"`Retry-After` is a point in time, or longer than a day", func(t *testing.T, p *issuer, w *witness) {
		s := p.seeded(t, tokens.NewMemoryStore(), w.hear)
		w.heard(t, tokens.EventSaved)
		p.failing(&grantway.Error{Provider: "acme", Kind: grantway.KindThrottled, RetryAfter: 30 * 24 * time.Hour})
		p.expect(t, s, "", grantway.ErrThrottled)
		if st := statusOf(t, s); st.NextTryAt.IsZero() || time.Until(st.NextTryAt) > time.Hour {
			t.Errorf("next try %v", st.NextTryAt)
		}
		w.heard(t, tokens.EventFailed)
	}},
	{"an imported token says nothing of its age", func(t *testing.T, p *issuer, w *witness) {
		s := p.source(t, tokens.NewMemoryStore(), w.hear)
		tok := p.token("access-0", "refresh-0")
		tok.ObtainedAt = time.Time{}
		tok.Expiry = grantway.ExpiresAt(time.Now().Add(30 * 24 * time.Hour))
		if stored, err := s.Import(t.Context(), tok); err != nil || !stored {
			t.Fatal(stored, err)
		}
		w.heard(t, tokens.EventSaved)
		if st := statusOf(t, s); !st.RefreshedAt.IsZero() || st.DueAt.IsZero() || time.Until(st.DueAt) > time.Hour {
			t.Errorf("obtained %v, due %v", st.RefreshedAt, st.DueAt)
		}
	}},
	{"an API answers 401", func(t *testing.T, p *issuer, w *witness) {
		s := p.source(t, tokens.NewMemoryStore(), w.hear)
		if err := s.Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
			t.Fatal(err)
		}
		var sent []string
		transport := s.Transport(roundTrip(func(r *http.Request) (*http.Response, error) {
			sent = append(sent, r.Header.Get("Authorization"))
			status := http.StatusUnauthorized
			if len(sent) == 2 {
				status = http.StatusOK
			}
			return &http.Response{StatusCode: status, Body: http.NoBody}, nil
		}))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example.com/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transport.RoundTrip(req); err != nil || strings.Join(sent, ", ") != "Bearer access-0, Bearer access-1" {
			t.Errorf("%v, sent %q", err, sent)
		}
		w.heard(t, tokens.EventSaved, tokens.EventRefreshed)
	}},
	{"two refreshes of one token both worked", func(t *testing.T, p *issuer, w *witness) {
		p.answer = func(int) (error, bool) { return nil, false } // it takes a spent token again
		store := tokens.NewMemoryStore()
		noLease := func(c *setup) { c.Store = &hookedStore{Store: store} }
		slow, other := p.seeded(t, store, noLease, w.hear, func(c *setup) {
			c.Refresh = func(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
				time.Sleep(3 * time.Minute)
				return p.refresh(context.WithoutCancel(ctx), old)
			}
		}), p.source(t, store, noLease)
		go p.expect(t, slow, "", context.DeadlineExceeded)
		time.Sleep(2 * time.Minute)
		p.expect(t, other, "access-1", nil)
		time.Sleep(2 * time.Minute)
		w.heard(t, tokens.EventSaved, tokens.EventDoubleSpend, tokens.EventAdopted)
		p.expect(t, slow, "access-1", nil)
	}},
	{"the clock jumps", func(t *testing.T, p *issuer, w *witness) {
		store := tokens.NewMemoryStore()
		if err := p.source(t, store).Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		restarted := p.source(t, incomparable{store}, w.hear, func(c *setup) {
			c.Now = func() time.Time { return time.Now().Add(-2 * time.Hour) }
		})
		p.expect(t, restarted, "access-0", nil) // which has ended
		restarted.Invalidate(grantway.NewSecret("access-0"))
		p.expect(t, restarted, "access-1", nil)
		w.heard(t, tokens.EventRefreshed)
	}},
	{"an entry is of a newer schema, damaged, another credential's, or rolled back", func(t *testing.T, p *issuer, w *witness) {
		inner := tokens.NewMemoryStore()
		key := tokens.Key{Provider: "acme", Account: "one"}.String()
		if err := inner.CompareAndSwap(t.Context(), 0, tokens.Entry{Key: key, Generation: 1, Data: []byte(`{"v":99}`)}); err != nil {
			t.Fatal(err)
		}
		s := p.source(t, inner, w.hear)
		p.expect(t, s, "", grantway.ErrStore)
		w.heard(t, tokens.EventFailed)
		if st, err := s.Status(t.Context()); !errors.Is(err, grantway.ErrStore) || !errors.Is(st.LastError, grantway.ErrStore) || p.count() != 0 {
			t.Errorf("%v, last error %v, %d requests", err, st.LastError, p.count())
		}
	}},
	{"a read brings an older entry, or a grant that was replaced or forgotten", func(t *testing.T, p *issuer, w *witness) {
		now, then := tokens.NewMemoryStore(), tokens.NewMemoryStore()
		replica := &switched{now: now}
		store := &hookedStore{Store: replica}
		s := p.seeded(t, store, w.hear)
		if before, err := now.Load(t.Context(), "acme///one"); err != nil || then.CompareAndSwap(t.Context(), 0, before) != nil {
			t.Fatal(err)
		}
		p.expect(t, s, "access-1", nil)
		w.heard(t, tokens.EventSaved, tokens.EventRefreshed)
		replica.now = then
		time.Sleep(2 * time.Hour)
		reads := 0
		store.load = func() error {
			if reads++; reads == 3 {
				replica.now = now
			}
			return nil
		}
		p.expect(t, s, "access-2", nil) // the replica lagged
		w.heard(t, tokens.EventRefreshed)
		store.load, replica.now = nil, then
		time.Sleep(2 * time.Hour)
		p.expect(t, s, "", grantway.ErrStore)
		w.heard(t, tokens.EventFailed)
		if err := s.Save(t.Context(), p.token("access-9", "refresh-9")); err != nil {
			t.Fatal(err)
		}
		p.expect(t, s, "access-9", nil)
		w.heard(t, tokens.EventSaved)
	}},
	{"the store does not answer a write", func(t *testing.T, p *issuer, w *witness) {
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.source(t, store, w.hear)
		writesAndFails(store, "access-0")
		if err := s.Save(t.Context(), p.token("access-0", "refresh-0")); !errors.Is(err, grantway.ErrStore) {
			t.Error(err)
		}
		w.heard(t)
		p.expect(t, s, "access-0", nil)
		w.heard(t, tokens.EventSaved)
	}},
	{"a refresh answers with the token of another account", func(t *testing.T, p *issuer, w *witness) {
		s := p.source(t, tokens.NewMemoryStore(), w.hear, func(c *setup) {
			c.Identity = func(tok *grantway.Token) string { return tok.AccessToken.Reveal()[:len("access")] }
			c.Refresh = func(context.Context, *grantway.Token) (*grantway.Token, error) {
				return p.token("ACCESS-1", "refresh-1"), nil
			}
		})
		p.due(t, s)
		p.expect(t, s, "access-0", nil)
		w.heard(t, tokens.EventSaved, tokens.EventOtherAccount)
		if st := statusOf(t, s); st.OutcomeUnknownSince.IsZero() || !errors.Is(st.LastError, grantway.ErrMalformed) {
			t.Errorf("%+v", st)
		}
		p.expect(t, s, "access-0", nil)
	}},
	{"somebody signs in anew, or the program calls `Forget`", func(t *testing.T, p *issuer, w *witness) {
		s := p.seeded(t, tokens.NewMemoryStore(), w.hear)
		p.failing(kind(grantway.KindRejected))
		p.expect(t, s, "", grantway.ErrReauthorize)
		w.heard(t, tokens.EventSaved, tokens.EventRejected)
		if err := s.Save(t.Context(), p.token("access-9", "refresh-9")); err != nil {
			t.Fatal(err)
		}
		p.expect(t, s, "access-9", nil)
		if st := statusOf(t, s); !st.RejectedSince.IsZero() || st.LastError != nil {
			t.Errorf("%+v", st)
		}
		w.heard(t, tokens.EventSaved)
		if err := s.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.heard(t, tokens.EventForgotten)
		if st := statusOf(t, s); st.HasToken {
			t.Errorf("%+v", st)
		}
		p.expect(t, s, "", grantway.ErrReauthorize)
	}},
}

func TestCheck094_StatusAndOnEventSayWhatThePagePromises(t *testing.T) {
	for _, promise := range promises {
		t.Run(promise.row, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				promise.holds(t, newIssuer(), &witness{})
				time.Sleep(3 * time.Hour)
			})
		})
	}
}
