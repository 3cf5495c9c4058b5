package tokens_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// crossing is one store with two Sources, of one process or of two, and what they
// do to it at the same time.
type crossing struct {
	t     *testing.T
	p     *issuer
	inner *tokens.MemoryStore
	list  [2]*tokens.Source

	mu      sync.Mutex
	rng     *rand.Rand
	before  importRecord
	written map[string]int // writes that brought an access token, by its name
	wrong   []string
}

// importRecord is what the check reads of a record.
type importRecord struct {
	stored
	ObtainedAt *time.Time `json:"obtained_at"`
}

func (c *crossing) wrongly(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

func (c *crossing) pause(most time.Duration) {
	c.mu.Lock()
	d := time.Duration(c.rng.Int64N(int64(most)))
	c.mu.Unlock()
	time.Sleep(d)
}

// crossingStore is the store as one process reaches it: it takes its time, and
// tells the crossing what is written.
type crossingStore struct{ c *crossing }

func (s *crossingStore) Load(ctx context.Context, key string) (tokens.Entry, error) {
	s.c.pause(50 * time.Millisecond)
	e, err := s.c.inner.Load(ctx, key)
	s.c.pause(50 * time.Millisecond)
	return e, err
}

func (s *crossingStore) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	s.c.pause(50 * time.Millisecond)
	defer s.c.pause(50 * time.Millisecond)
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if err := s.c.inner.CompareAndSwap(ctx, old, e); err != nil {
		return err
	}
	s.c.note(e)
	return nil
}

func (s *crossingStore) Delete(context.Context, string, uint64) error { return errors.New("not used") }

// note holds a write against what it replaces.
func (c *crossing) note(e tokens.Entry) {
	var r importRecord
	if err := json.Unmarshal(e.Data, &r); err != nil {
		c.wrongly("%v", err)
	}
	if r.AccessToken != c.before.AccessToken {
		c.written[r.AccessToken]++
		if b := c.before; b.AccessToken != "" && strings.HasPrefix(r.AccessToken, "import") {
			switch {
			case r.ObtainedAt == nil || b.ObtainedAt == nil:
				c.wrongly("%s overwrote %s, and the age of one is unknown", r.AccessToken, b.AccessToken)
			case !r.ObtainedAt.After(*b.ObtainedAt):
				c.wrongly("%s of %v overwrote %s of %v", r.AccessToken, r.ObtainedAt, b.AccessToken, b.ObtainedAt)
			case b.RejectedAt != nil && !r.ObtainedAt.After(*b.RejectedAt):
				c.wrongly("%s of %v overwrote %s, which was rejected at %v", r.AccessToken, r.ObtainedAt, b.AccessToken, b.RejectedAt)
			}
		}
	}
	c.before = r
}

// importing is a token of another place, older or newer than what is stored, or of
// unknown age.
func (c *crossing) importing(n int) *grantway.Token {
	c.mu.Lock()
	defer c.mu.Unlock()
	tok := c.p.token(fmt.Sprintf("import-%d", n), fmt.Sprintf("refresh-import-%d", n))
	tok.Expiry = grantway.ExpiresAt(time.Now().Add(30 * 24 * time.Hour))
	switch c.rng.IntN(3) {
	case 0:
		tok.ObtainedAt = time.Time{}
	case 1:
		tok.ObtainedAt = tok.ObtainedAt.Add(-time.Duration(c.rng.Int64N(int64(5 * time.Second))))
	default:
		tok.ObtainedAt = tok.ObtainedAt.Add(time.Duration(c.rng.Int64N(int64(time.Second))))
	}
	return tok
}

// importer is Import, or what is tried in its place.
type importer func(context.Context, *tokens.Source, *grantway.Token) (bool, error)

// step does one thing with one of the Sources.
func (c *crossing) step(n int, bring importer) {
	c.mu.Lock()
	s, what := c.list[c.rng.IntN(2)], c.rng.IntN(10)
	c.mu.Unlock()
	c.pause(3 * time.Second)
	ctx := c.t.Context()
	var err error
	switch {
	case what < 5:
		tok := c.importing(n)
		var stored bool
		stored, err = bring(ctx, s, tok)
		c.mu.Lock()
		if times := c.written[tok.AccessToken.Reveal()]; err == nil && (times > 0) != stored || times > 1 {
			c.wrongly("Import says stored %v, and it was written %d times", stored, times)
		}
		c.mu.Unlock()
	case what < 7:
		_, err = s.Refresh(ctx)
	case what < 8:
		_, err = s.TokenContext(ctx)
	case what < 9:
		err = s.Save(ctx, c.p.token(fmt.Sprintf("save-%d", n), fmt.Sprintf("refresh-save-%d", n)))
	default:
		err = s.Forget(ctx)
	}
	if err != nil && !errors.Is(err, grantway.ErrReauthorize) && !errors.Is(err, grantway.ErrStore) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.wrongly("step %d, %d: %v", n, what, err)
	}
}

// cross runs one crossing. It returns what was wrong, and how long an import of
// unknown age that is left has until it is due.
func cross(t *testing.T, seed uint64, bring importer) (wrong []string, due []time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		c := &crossing{t: t, p: newIssuer(), inner: tokens.NewMemoryStore(), rng: rand.New(rand.NewPCG(seed, 86)), written: map[string]int{}}
		shared, n := &crossingStore{c}, 0
		for i := range c.list {
			store := shared
			if seed%2 == 0 {
				store = &crossingStore{c} // as another process
			}
			c.list[i] = c.p.source(t, store, func(s *setup) {
				s.Plan = &tokens.RefreshPlan{Fraction: 0.8, MaxAge: 7 * 24 * time.Hour}
				s.Refresh = func(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
					c.pause(200 * time.Millisecond)
					c.mu.Lock()
					defer c.mu.Unlock()
					if n++; c.rng.IntN(6) == 0 {
						return nil, kind(grantway.KindRejected)
					}
					return c.p.token(fmt.Sprintf("refreshed-%d", n), fmt.Sprintf("refresh-%d", n)), nil
				}
			})
		}
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() { c.step(n, bring) })
		}
		wg.Wait()
		time.Sleep(10 * time.Second)
		c.mu.Lock()
		wrong = c.wrong
		unknownAge := strings.HasPrefix(c.before.AccessToken, "import") && c.before.ObtainedAt == nil && c.before.Rejected == ""
		c.mu.Unlock()
		for _, s := range c.list {
			st, err := s.Status(t.Context())
			if err != nil {
				t.Error(err)
			}
			if unknownAge {
				due = append(due, time.Until(st.DueAt))
			}
			_ = s.Close()
		}
		time.Sleep(time.Hour)
	})
	return wrong, due
}

func TestCheck086_AnImportOverwritesNothingNewer(t *testing.T) {
	seeds := uint64(1000)
	if testing.Short() {
		seeds = 100
	}
	var sixths [6]int
	imports := 0
	for seed := range seeds {
		wrong, due := cross(t, seed, func(ctx context.Context, s *tokens.Source, tok *grantway.Token) (bool, error) {
			return s.Import(ctx, tok)
		})
		for _, w := range wrong {
			t.Errorf("seed %d: %s", seed, w)
		}
		for _, d := range due {
			if imports++; d > time.Hour {
				t.Errorf("seed %d: a token of unknown age is due in %v", seed, d)
				continue
			}
			sixths[max(0, d/(10*time.Minute))]++
		}
	}
	for i, n := range sixths {
		if imports >= 100 && n*len(sixths)*3 < imports {
			t.Errorf("%d of %d tokens of unknown age are due in the minutes from %d to %d: %v", n, imports, 10*i, 10*i+10, sixths)
		}
	}
	// Inverse: who looks first and then saves.
	blind := 0
	for seed := range uint64(50) {
		wrong, _ := cross(t, seed, func(ctx context.Context, s *tokens.Source, tok *grantway.Token) (bool, error) {
			if st, err := s.Status(ctx); err != nil || st.HasToken && !tok.ObtainedAt.After(st.RefreshedAt) {
				return false, err
			}
			return true, s.Save(ctx, tok)
		})
		if len(wrong) > 0 {
			blind++
		}
	}
	if blind == 0 {
		t.Error("inverse: a look and a Save overwrote nothing newer")
	}
	t.Logf("figure: %d interleavings, nothing newer overwritten; %d tokens of unknown age, due by ten minutes: %v; a look and a Save went wrong in %d of 50", seeds, imports, sixths, blind)
}

// What Import leaves alone, one by one.
func TestImportLeavesWhatIsNewer(t *testing.T) {
	at := func(d time.Duration) func(*grantway.Token) {
		return func(tok *grantway.Token) { tok.ObtainedAt = tok.ObtainedAt.Add(d) }
	}
	unknown := func(tok *grantway.Token) { tok.ObtainedAt = time.Time{} }
	for name, c := range map[string]struct {
		stored, imported func(*grantway.Token)
		then             func(*testing.T, *issuer, *tokens.Source) // an hour after the stored one was obtained
		want             bool
	}{
		"nothing is stored":                                   {nil, at(0), nil, true},
		"nothing is stored, and the age is unknown":           {nil, unknown, nil, true},
		"an older one is stored":                              {at(-time.Hour), at(0), nil, true},
		"a newer one is stored":                               {at(0), at(-time.Hour), nil, false},
		"the same one is stored":                              {at(0), at(0), nil, false},
		"the age of the stored one is unknown":                {unknown, at(0), nil, false},
		"the age of the imported one is unknown":              {at(0), unknown, nil, false},
		"the stored one was refreshed since":                  {at(-2 * time.Hour), at(-time.Hour), refreshes, false},
		"the stored one was rejected since":                   {at(-2 * time.Hour), at(-time.Hour), isRejected, false},
		"it is from a sign-in after the stored one's refusal": {at(-2 * time.Hour), at(time.Hour), isRejected, true},
		"the stored one was forgotten since":                  {at(0), at(-time.Hour), forgets, true},
		"it was rejected, and forgotten since": {at(-2 * time.Hour), at(-time.Hour), func(t *testing.T, p *issuer, s *tokens.Source) {
			isRejected(t, p, s)
			forgets(t, p, s)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, store := newIssuer(), tokens.NewMemoryStore()
				s := p.source(t, store)
				imported := p.token("import-1", "refresh-import-1")
				c.imported(imported)
				if c.stored != nil {
					tok := p.token("access-0", "refresh-0")
					c.stored(tok)
					if err := s.Save(t.Context(), tok); err != nil {
						t.Fatal(err)
					}
				}
				if c.then != nil {
					c.then(t, p, s)
				}
				for i, want := range []bool{c.want, false} { // it may be run again
					if stored, err := s.Import(t.Context(), imported); stored != want || err != nil {
						t.Errorf("time %d: %v, %v", i+1, stored, err)
					}
				}
				if got := written(t, store).AccessToken == "import-1"; got != c.want {
					t.Errorf("the store has it: %v", got)
				}
			})
		})
	}
}

func refreshes(t *testing.T, _ *issuer, s *tokens.Source) {
	if _, err := s.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
}

func forgets(t *testing.T, _ *issuer, s *tokens.Source) {
	if err := s.Forget(t.Context()); err != nil {
		t.Error(err)
	}
}

func isRejected(t *testing.T, p *issuer, s *tokens.Source) {
	p.answer = func(int) (error, bool) { return kind(grantway.KindRejected), false }
	if _, err := s.Refresh(t.Context()); !errors.Is(err, grantway.ErrReauthorize) {
		t.Error(err)
	}
}
