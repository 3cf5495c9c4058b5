package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// ears hears the events of a Source.
type ears struct {
	mu     sync.Mutex
	events []tokens.Event
}

func (h *ears) hear(e tokens.Event) { h.mu.Lock(); defer h.mu.Unlock(); h.events = append(h.events, e) }
func (h *ears) listen(c *setup)     { c.OnEvent = h.hear }

// String is the kinds with their generations.
func (h *ears) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []string
	for _, e := range h.events {
		list = append(list, fmt.Sprintf("%v %d", e.Kind, e.Generation))
	}
	return strings.Join(list, ", ")
}

func (h *ears) want(t *testing.T, want string) {
	t.Helper()
	synctest.Wait()
	if got := h.String(); got != want {
		t.Errorf("told: %s\nwant: %s", got, want)
	}
}

// writesAndFails is a swap hook that does a write of which the record contains what, and
// then answers with an error, the first time.
func writesAndFails(store *hookedStore, what string) {
	store.swap = func(e tokens.Entry, do func() error) error {
		if !strings.Contains(string(e.Data), what) {
			return do()
		}
		store.swap = nil
		if err := do(); err != nil {
			return err
		}
		return errMeddled
	}
}

// A write of which the answer got lost is told when its record is found.
func TestAWriteThatWasNotAnsweredIsToldOnceItIsFound(t *testing.T) {
	rejected := func(int) (error, bool) { return kind(grantway.KindRejected), false }
	for name, c := range map[string]struct {
		lost string
		do   func(*testing.T, *issuer, *tokens.Source) error
		want string
	}{
		"a Save": {"access-new", func(t *testing.T, p *issuer, s *tokens.Source) error {
			return s.Save(t.Context(), p.token("access-new", "refresh-new"))
		}, "saved 1, saved 2"},
		"an Import": {"access-new", func(t *testing.T, p *issuer, s *tokens.Source) error {
			_, err := s.Import(t.Context(), p.token("access-new", "refresh-new"))
			return err
		}, "saved 1, saved 2"},
		"a Forget": {"", func(t *testing.T, _ *issuer, s *tokens.Source) error { return s.Forget(t.Context()) }, "saved 1, forgotten 2"},
		"a rejection": {`"rejected"`, func(t *testing.T, p *issuer, s *tokens.Source) error {
			p.answer = rejected
			_, err := s.TokenContext(t.Context())
			return err
		}, "saved 1, rejected 3"},
		"a refresh": {"access-1", func(t *testing.T, _ *issuer, s *tokens.Source) error {
			_, err := s.TokenContext(t.Context())
			if err != nil {
				t.Error(err)
			}
			return errMeddled // the next try found it
		}, "saved 1, refreshed 3"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, heard := newIssuer(), &ears{}
				store := &hookedStore{Store: tokens.NewMemoryStore()}
				s := p.seeded(t, store, heard.listen)
				writesAndFails(store, c.lost)
				if err := c.do(t, p, s); !errors.Is(err, errMeddled) {
					t.Fatal(err)
				}
				for range 3 {
					time.Sleep(2 * time.Minute)
					_, _ = s.TokenContext(t.Context())
					_, _ = s.Status(t.Context())
				}
				heard.want(t, c.want)
			})
		})
	}
}

// Who made a write tells it, whoever finds it.
func TestTheSourceThatWroteTellsWhatAnotherOneFinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store := newIssuer(), &hookedStore{Store: tokens.NewMemoryStore()}
		var one, two ears
		s := p.seeded(t, store, one.listen)
		other := p.source(t, store, two.listen)
		writesAndFails(store, "access-new")
		if err := s.Save(t.Context(), p.token("access-new", "refresh-new")); !errors.Is(err, errMeddled) {
			t.Fatal(err)
		}
		if got := access(t, other); got != "access-new" {
			t.Error(got)
		}
		one.want(t, "saved 1, saved 2")
		two.want(t, "")
	})
}

// A Forget finds what a Save wrote unheard, and cannot remove it.
func TestWhatAForgetFoundIsNotToldAsAdopted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store, heard := newIssuer(), &hookedStore{Store: tokens.NewMemoryStore()}, &ears{}
		s := p.seeded(t, store, heard.listen)
		writesAndFails(store, "access-new")
		if err := s.Save(t.Context(), p.token("access-new", "refresh-new")); !errors.Is(err, errMeddled) {
			t.Fatal(err)
		}
		store.swap = failing
		if err := s.Forget(t.Context()); !errors.Is(err, errMeddled) {
			t.Fatal(err)
		}
		store.swap = nil
		if got := access(t, s); got != "access-new" {
			t.Error(got)
		}
		heard.want(t, "saved 1, saved 2")
	})
}

// A flight that was given up saves its token unheard, while the next one looks.
func TestATokenOfAGivenUpFlightIsNotToldAsAdopted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store, heard := newIssuer(), &hookedStore{Store: tokens.NewMemoryStore()}, &ears{}
		s := p.seeded(t, store, heard.listen, func(c *setup) {
			c.Timeout = 10 * time.Second
			c.Refresh = func(context.Context, *grantway.Token) (*grantway.Token, error) {
				time.Sleep(30 * time.Second) // whatever ctx says
				return p.token("access-1", "refresh-1"), nil
			}
		})
		store.swap = func(e tokens.Entry, do func() error) error {
			err := do()
			if strings.Contains(string(e.Data), "access-1") {
				return errMeddled
			}
			return err
		}
		go func() { _, _ = s.TokenContext(context.Background()) }()
		time.Sleep(28 * time.Second)
		synctest.Wait()
		var loads atomic.Int64
		store.load = func() error {
			if loads.Add(1) == 1 {
				time.Sleep(5 * time.Second)
			}
			return nil
		}
		if got := access(t, s); got != "access-1" {
			t.Error(got)
		}
		time.Sleep(time.Hour)
		heard.want(t, "saved 1, not persisted 0, refreshed 3")
	})
}

// What was not written is not told, whatever came of the writes.
func TestAWriteThatWasNotDoneIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, heard := newIssuer(), &ears{}
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.source(t, store, heard.listen)
		if err := s.Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
			t.Fatal(err)
		}
		store.swap = failing
		if s.Save(t.Context(), p.token("access-new", "refresh-new")) == nil || s.Forget(t.Context()) == nil {
			t.Error("a store that cannot be written takes it all")
		}
		store.swap = nil
		access(t, s)
		heard.want(t, "saved 1")
	})
}

// There is nothing to tell where there was nothing to forget.
func TestForgetTellsWhatItRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, heard := newIssuer(), &ears{}
		s := p.source(t, tokens.NewMemoryStore(), heard.listen)
		forget := func() {
			if err := s.Forget(t.Context()); err != nil {
				t.Error(err)
			}
		}
		forget()
		heard.want(t, "")
		if err := s.Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
			t.Fatal(err)
		}
		forget()
		forget()
		heard.want(t, "saved 1, forgotten 2")
	})
}

// A Forget that hears late of its success takes nothing away that came since.
func TestAForgetOvertakenByASave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, heard := newIssuer(), &ears{}
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store, heard.listen)
		store.swap = func(_ tokens.Entry, do func() error) error {
			store.swap = nil
			err := do()
			time.Sleep(3 * time.Second)
			return err
		}
		forgot := make(chan error)
		go func() { forgot <- s.Forget(context.Background()) }()
		synctest.Wait()
		if err := s.Save(t.Context(), p.token("access-new", "refresh-new")); err != nil {
			t.Fatal(err)
		}
		if err := <-forgot; err != nil {
			t.Fatal(err)
		}
		if got := access(t, s); got != "access-new" || p.count() != 0 {
			t.Errorf("%s after %d refreshes", got, p.count())
		}
		s.Invalidate(grantway.NewSecret("access-new"))
		p.current = "refresh-new"
		if got := access(t, s); got != "access-1" {
			t.Errorf("%s, and it was invalidated", got)
		}
		heard.want(t, "saved 1, forgotten 2, saved 3, refreshed 5")
	})
}

// An API may refuse a token that was withdrawn a moment ago.
func TestATokenInvalidatedWhileNothingIsPublishedIsNotHandedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store := newIssuer(), tokens.NewMemoryStore()
		s, other := p.source(t, store), p.source(t, &incomparable{store})
		tok := p.token("access-0", "refresh-0")
		if err := s.Save(t.Context(), tok); err != nil {
			t.Fatal(err)
		}
		if err := s.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Invalidate(tok.AccessToken)
		if err := other.Save(t.Context(), tok); err != nil {
			t.Fatal(err)
		}
		if got := access(t, s); got != "access-1" {
			t.Errorf("got %s, which was invalidated", got)
		}
	})
}

// An API refuses the token of a refresh, and somebody refreshes again at once.
func TestRefreshSaysThatItsTokenWasRefusedAMomentAgo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		s := p.seeded(t, tokens.NewMemoryStore())
		tok, err := s.Refresh(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.Invalidate(tok.AccessToken)
		var e *grantway.Error
		if _, err := s.Refresh(t.Context()); !errors.As(err, &e) || e.Kind != grantway.KindUnavailable || e.RetryAfter <= 0 || p.count() != 1 {
			t.Fatalf("%v after %d refreshes", err, p.count())
		}
		time.Sleep(e.RetryAfter)
		if tok, err := s.Refresh(t.Context()); err != nil || tok.AccessToken.Reveal() != "access-2" {
			t.Errorf("inverse: %v", err)
		}
	})
}

// The answer to a write may come after that to the next one.
func TestEventsComeInTheOrderOfTheWrites(t *testing.T) {
	for name, c := range map[string]struct {
		answer time.Duration
		want   string
	}{
		"an answer that is late": {4 * time.Second, "saved 1, refreshed 3, saved 4"},
		// Nobody's events wait for ever.
		"an answer that is later than there is time": {time.Minute, "saved 1, saved 4, refreshed 3"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, heard := newIssuer(), &ears{}
				store := &hookedStore{Store: tokens.NewMemoryStore()}
				s := p.seeded(t, store, heard.listen)
				store.swap = func(e tokens.Entry, do func() error) error {
					err := do()
					if strings.Contains(string(e.Data), "access-1") {
						time.Sleep(c.answer)
					}
					return err
				}
				go func() { _, _ = s.TokenContext(context.Background()) }()
				synctest.Wait()
				if err := s.Save(t.Context(), p.token("access-new", "refresh-new")); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Minute)
				heard.want(t, c.want)
			})
		})
	}
}

// Who replays an attempt tells that its outcome is unknown, for its author may
// be gone; and nobody tells it twice.
func TestAnUnknownOutcomeIsToldOnceByEachThatMetIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, inner := newIssuer(), tokens.NewMemoryStore()
		var one, two ears
		s := p.seeded(t, &incomparable{inner}, one.listen)
		other := p.source(t, &incomparable{inner}, two.listen)
		p.answer = func(int) (error, bool) { return kind(grantway.KindAmbiguous), false }
		for range 6 {
			for _, src := range []*tokens.Source{s, other} {
				_, _ = src.TokenContext(t.Context())
				time.Sleep(10 * time.Minute)
			}
		}
		if p.count() < 6 {
			t.Errorf("%d refreshes", p.count())
		}
		one.want(t, "saved 1, outcome unknown 2")
		if got := two.String(); !strings.HasPrefix(got, "outcome unknown ") || strings.Contains(got, ",") {
			t.Errorf("the other process told: %s", got)
		}
	})
}

// Whatever panics after the request was sent, what it spent is not known.
func TestAPanicSaysNotThatNothingWasSpent(t *testing.T) {
	t.Run("a refresh", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, heard := newIssuer(), &ears{}
			s := p.seeded(t, tokens.NewMemoryStore(), heard.listen)
			p.answer = func(call int) (error, bool) {
				if call == 1 {
					panic("example-secret")
				}
				return nil, true
			}
			if got := access(t, s); got != "access-2" {
				t.Error(got)
			}
			heard.want(t, "saved 1, outcome unknown 2, refreshed 4")
		})
	})
	t.Run("the store, when the new token is saved", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, heard := newIssuer(), &ears{}
			store := &hookedStore{Store: tokens.NewMemoryStore()}
			s := p.seeded(t, store, heard.listen)
			store.swap = func(e tokens.Entry, do func() error) error {
				if strings.Contains(string(e.Data), "access-1") {
					panic("example-secret")
				}
				return do()
			}
			_, err := s.TokenContext(t.Context())
			if !errors.Is(err, grantway.ErrNotPersisted) || strings.Contains(fmt.Sprint(err, errors.Unwrap(err)), "example-secret") {
				t.Error(err)
			}
			store.swap = nil
			time.Sleep(2 * time.Minute)
			access(t, s)
			heard.want(t, "saved 1, not persisted 0, refreshed 3")
		})
	})
}

// A conflict at the save, and then a store that cannot be read: the token is in
// no store, and that is said.
func TestATokenThatConflictsAndCannotBeComparedIsNotPersisted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, heard := newIssuer(), &ears{}
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store, heard.listen)
		store.swap = func(e tokens.Entry, do func() error) error {
			if !strings.Contains(string(e.Data), "access-1") {
				return do()
			}
			store.load = func() error { return errMeddled }
			return tokens.ErrConflict
		}
		_, err := s.TokenContext(t.Context())
		if st, _ := s.Status(t.Context()); !errors.Is(err, grantway.ErrNotPersisted) || st.NotPersistedSince.IsZero() {
			t.Errorf("%v, %v", err, st)
		}
		store.swap, store.load = nil, nil
		time.Sleep(2 * time.Minute)
		if got := access(t, s); got != "access-1" || p.count() != 1 {
			t.Errorf("%s after %d refreshes", got, p.count())
		}
		heard.want(t, "saved 1, not persisted 0, refreshed 3")
	})
}

// A token was saved by a write that was not answered, and another process went
// on from there: one refresh after the other is no double spend.
func TestATokenThatWasSavedUnheardAndReplacedIsNoDoubleSpend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, inner, heard := newIssuer(), tokens.NewMemoryStore(), &ears{}
		store := &hookedStore{Store: inner}
		s := p.seeded(t, store, heard.listen)
		down := false
		store.swap = func(e tokens.Entry, do func() error) error {
			if !strings.Contains(string(e.Data), "access-1") {
				return do()
			}
			_ = do()
			down = true
			return errMeddled
		}
		store.load = func() error {
			if down {
				return errMeddled
			}
			return nil
		}
		if _, err := s.TokenContext(t.Context()); !errors.Is(err, grantway.ErrNotPersisted) {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		if got := access(t, p.source(t, &incomparable{inner})); got != "access-2" {
			t.Fatal(got)
		}
		down, store.swap = false, nil
		if got := access(t, s); got != "access-2" || p.count() != 2 {
			t.Errorf("%s after %d refreshes", got, p.count())
		}
		heard.want(t, "saved 1, not persisted 0, adopted 5")
	})
}

// A store that answers from a replica gives back what was replaced.
func TestAGrantThatTheStoreGivesBackIsNotSpent(t *testing.T) {
	for name, replace := range map[string]func(*testing.T, *issuer, *tokens.Source) error{
		"a grant that was forgotten": func(t *testing.T, _ *issuer, s *tokens.Source) error { return s.Forget(t.Context()) },
		"a grant that was replaced": func(t *testing.T, p *issuer, s *tokens.Source) error {
			return s.Save(t.Context(), p.token("access-new", "refresh-new"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, heard := newIssuer(), &ears{}
				now, then := tokens.NewMemoryStore(), tokens.NewMemoryStore()
				store := switchedTo(now)
				s := p.seeded(t, store, heard.listen)
				before, err := now.Load(t.Context(), "acme///one")
				if err == nil {
					err = then.CompareAndSwap(t.Context(), 0, before)
				}
				if err == nil {
					err = replace(t, p, s)
				}
				if err != nil {
					t.Fatal(err)
				}
				store.now.Store(then) // what was there before, to be read and to be written
				for range 20 {
					s.Invalidate(grantway.NewSecret("access-new"))
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					if tok, err := s.TokenContext(ctx); err == nil || errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%v %v", tok, err)
					}
					cancel()
					time.Sleep(time.Minute)
				}
				if p.count() != 0 {
					t.Errorf("%d refreshes", p.count())
				}
				store.now.Store(now)
				time.Sleep(2 * time.Minute)
				if _, err = s.TokenContext(t.Context()); errors.Is(err, grantway.ErrStore) {
					t.Errorf("the store is well again: %v", err)
				}
			})
		})
	}
}

// switched is a store that is one or another.
type switched struct {
	now atomic.Pointer[tokens.MemoryStore]
}

func switchedTo(now *tokens.MemoryStore) *switched {
	s := &switched{}
	s.now.Store(now)
	return s
}

func (s *switched) Load(ctx context.Context, key string) (tokens.Entry, error) {
	return s.now.Load().Load(ctx, key)
}
func (s *switched) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	return s.now.Load().CompareAndSwap(ctx, old, e)
}
func (s *switched) Delete(ctx context.Context, key string, old uint64) error {
	return s.now.Load().Delete(ctx, key, old)
}

// A function that does not keep up misses events, and is told how many.
func TestAnEventSaysHowManyWereMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, heard, free := newIssuer(), &ears{}, make(chan struct{})
		s := p.source(t, tokens.NewMemoryStore(), func(c *setup) {
			c.OnEvent = func(e tokens.Event) { <-free; heard.hear(e) }
		})
		save := func() {
			if err := s.Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // the first one is with the function by then
		}
		const saves = 1500
		for range saves {
			save()
		}
		close(free)
		synctest.Wait()
		save()
		told, missed := heard.events, 0
		for i, e := range told {
			missed += e.Missed
			if i > 0 && e.Generation <= told[i-1].Generation {
				t.Fatalf("generation %d after %d", e.Generation, told[i-1].Generation)
			}
		}
		if last := told[len(told)-1]; missed == 0 || last.Missed != missed || len(told)+missed != saves+1 {
			t.Errorf("told %d, missed %d of them before the last, %d in all", len(told), last.Missed, missed)
		}
	})
}

// A store that was put back to an earlier state is refused, and a sign-in mends it.
func TestASaveRestoresAStoreThatLostWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		now, then := tokens.NewMemoryStore(), tokens.NewMemoryStore()
		store := switchedTo(now)
		s := p.seeded(t, store)
		before, err := now.Load(t.Context(), "acme///one")
		if err == nil {
			err = then.CompareAndSwap(t.Context(), 0, before)
		}
		if err != nil {
			t.Fatal(err)
		}
		access(t, s)
		store.now.Store(then)
		s.Invalidate(grantway.NewSecret("access-1"))
		time.Sleep(time.Minute)
		if _, err := s.TokenContext(t.Context()); !errors.Is(err, grantway.ErrStore) || p.count() != 1 {
			t.Errorf("%v after %d refreshes", err, p.count())
		}
		if err := s.Save(t.Context(), p.token("access-new", "refresh-new")); err != nil {
			t.Fatal(err)
		}
		if got := access(t, s); got != "access-new" {
			t.Error(got)
		}
		p.current = "refresh-new"
		s.Invalidate(grantway.NewSecret("access-new"))
		if got := access(t, s); got != "access-2" {
			t.Error(got)
		}
	})
}

// A store that lost the attempt gets the new token all the same.
func TestANewTokenIsSavedThoughTheStoreLostItsAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, heard := newIssuer(), &ears{}
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store, heard.listen)
		store.swap = func(tokens.Entry, func() error) error {
			store.swap = nil
			return nil // and nothing is written
		}
		if got := access(t, s); got != "access-1" || p.count() != 1 {
			t.Errorf("%s after %d refreshes", got, p.count())
		}
		if r := written(t, store); r.AccessToken != "access-1" {
			t.Errorf("stored: %+v", r)
		}
		heard.want(t, "saved 1, refreshed 2")
	})
}

// A conflict that is none says nothing of a refresh that was not sent.
func TestAnAttemptThatConflictedWasNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, never := newIssuer(), tokens.ReplayNever
		store := &hookedStore{Store: tokens.NewMemoryStore()}
		s := p.seeded(t, store, func(c *setup) { c.Replay = &never })
		store.swap = func(_ tokens.Entry, do func() error) error {
			store.swap = nil
			if err := do(); err != nil {
				return err
			}
			return tokens.ErrConflict
		}
		if got := access(t, s); got != "access-1" {
			t.Error(got)
		}
	})
}

// A store says that a write conflicts, and has done it.
func TestAConflictThatWasNone(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*testing.T, *issuer, *tokens.Source) error
		want string
	}{
		"a Save": {func(t *testing.T, p *issuer, s *tokens.Source) error {
			return s.Save(t.Context(), p.token("access-new", "refresh-new"))
		}, "saved 1, saved 2"},
		"an Import": {func(t *testing.T, p *issuer, s *tokens.Source) error {
			stored, err := s.Import(t.Context(), p.token("access-new", "refresh-new"))
			if !stored {
				t.Error("Import says that it stored nothing")
			}
			return err
		}, "saved 1, saved 2"},
		"a Forget":  {func(t *testing.T, _ *issuer, s *tokens.Source) error { return s.Forget(t.Context()) }, "saved 1, forgotten 2"},
		"a refresh": {func(t *testing.T, _ *issuer, s *tokens.Source) error { return second(s.Refresh(t.Context())) }, "saved 1, refreshed 3"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, heard := newIssuer(), &ears{}
				store := &hookedStore{Store: tokens.NewMemoryStore()}
				s := p.seeded(t, store, heard.listen)
				store.swap = func(e tokens.Entry, do func() error) error {
					if err := do(); err != nil || strings.Contains(string(e.Data), `"attempt"`) {
						return err
					}
					return tokens.ErrConflict
				}
				if err := c.do(t, p, s); err != nil {
					t.Error(err)
				}
				heard.want(t, c.want)
			})
		})
	}
}
