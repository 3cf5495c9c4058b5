package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// Faults that were found from outside, each with members of its kind that come
// about in other ways.

// aged saves a token of thirty days that is that old.
func (p *issuer) aged(t *testing.T, s *tokens.Source, age time.Duration) *grantway.Token {
	t.Helper()
	tok := p.token("access-0", "refresh-0")
	tok.ObtainedAt = tok.ObtainedAt.Add(-age)
	tok.Expiry = grantway.ExpiresAt(tok.ObtainedAt.Add(30 * 24 * time.Hour))
	if err := s.Save(t.Context(), tok); err != nil {
		t.Fatal(err)
	}
	return tok
}

// aWeek is a plan that refreshes a token of thirty days after a week.
func aWeek(c *setup) { c.Plan = &tokens.RefreshPlan{Fraction: 0.8, MaxAge: 7 * 24 * time.Hour} }

const twentyDays = 20 * 24 * time.Hour

func TestS2_ARefusedGrantIsSaidWhileItsTokenLives(t *testing.T) {
	for name, tt := range map[string]struct {
		// asks makes the refresh happen, and returns the Source whose Status is read.
		asks func(t *testing.T, p *issuer, store tokens.Store, s *tokens.Source, w *witness) *tokens.Source
		told []tokens.EventKind
	}{
		"S2: in a process that just started": {func(t *testing.T, p *issuer, store tokens.Store, _ *tokens.Source, w *witness) *tokens.Source {
			fresh := p.source(t, incomparable{store}, aWeek, w.hear)
			p.expect(t, fresh, "access-0", nil)
			return fresh
		}, []tokens.EventKind{tokens.EventRejected}},
		"S2: in the process that has the token": {func(t *testing.T, p *issuer, _ tokens.Store, s *tokens.Source, _ *witness) *tokens.Source {
			p.expect(t, s, "access-0", nil)
			return s
		}, []tokens.EventKind{tokens.EventSaved, tokens.EventRejected}},
		"S2: by Refresh": {func(t *testing.T, _ *issuer, _ tokens.Store, s *tokens.Source, _ *witness) *tokens.Source {
			if _, err := s.Refresh(t.Context()); !errors.Is(err, grantway.ErrReauthorize) {
				t.Errorf("%v", err)
			}
			return s
		}, []tokens.EventKind{tokens.EventSaved, tokens.EventRejected}},
		"S2: in another process than the one that asks": {func(t *testing.T, p *issuer, store tokens.Store, s *tokens.Source, _ *witness) *tokens.Source {
			p.expect(t, s, "access-0", nil)
			synctest.Wait()
			return p.source(t, incomparable{store}, aWeek)
		}, []tokens.EventKind{tokens.EventSaved, tokens.EventRejected}},
		"S2: to one that only reads": {func(t *testing.T, p *issuer, store tokens.Store, s *tokens.Source, _ *witness) *tokens.Source {
			p.expect(t, s, "access-0", nil)
			synctest.Wait()
			return p.source(t, incomparable{store}, aWeek, readOnly)
		}, []tokens.EventKind{tokens.EventSaved, tokens.EventRejected}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, store, w := newIssuer(), tokens.NewMemoryStore(), &witness{}
				s := p.source(t, store, aWeek, w.hear)
				p.aged(t, s, twentyDays)
				if len(tt.told) == 1 {
					w.heard(t, tokens.EventSaved)
				}
				p.failing(kind(grantway.KindRejected))
				said := tt.asks(t, p, store, s, w)
				w.heard(t, tt.told...)
				if st := statusOf(t, said); st.RejectedSince.IsZero() || !st.HasToken {
					t.Errorf("%+v", st)
				}
				p.expect(t, said, "access-0", nil) // it lives
				time.Sleep(11 * 24 * time.Hour)
				p.expect(t, said, "", grantway.ErrReauthorize)
				time.Sleep(time.Hour)
			})
		})
	}
	// Inverse: of a grant that was not refused nothing is said.
	synctest.Test(t, func(t *testing.T) {
		p := newIssuer()
		s := p.source(t, tokens.NewMemoryStore(), aWeek)
		p.aged(t, s, twentyDays)
		p.failing(kind(grantway.KindUnavailable))
		p.expect(t, s, "access-0", nil)
		synctest.Wait()
		if st := statusOf(t, s); !st.RejectedSince.IsZero() {
			t.Errorf("inverse: %+v", st)
		}
		_ = s.Close()
		time.Sleep(time.Hour)
	})
}

func TestS3_ARefreshThatWasWaitedForOutlivesClose(t *testing.T) {
	refresh := func(s *tokens.Source) error { _, err := s.Refresh(context.Background()); return err }
	for _, tt := range []struct {
		name     string
		age      time.Duration
		takes    time.Duration // the store
		begun    bool          // somebody asked for the token before
		work     func(s *tokens.Source) error
		finished bool
	}{
		{"S3: tokens that are due", twentyDays, 0, false, refresh, true},
		{"S3: tokens that are not due", time.Hour, 0, false, refresh, true},
		{"S3: refreshes that are under way", twentyDays, 0, true, refresh, true},
		{"S3: a store that takes its time", twentyDays, time.Second, false, refresh, true},
		{"inverse: tokens that are due, and nobody waits", twentyDays, 0, false, func(s *tokens.Source) error { _, err := s.Token(); return err }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				finished := 0
				for i := range 100 {
					p, store := newIssuer(), &hookedStore{Store: tokens.NewMemoryStore()}
					p.takes = time.Second
					s := p.source(t, store, aWeek)
					p.aged(t, s, tt.age)
					store.swap = func(_ tokens.Entry, do func() error) error { time.Sleep(tt.takes); return do() }
					if tt.begun {
						p.expect(t, s, "access-0", nil)
						synctest.Wait()
					}
					if err := tt.work(s); err != nil {
						t.Fatalf("%d: %v", i, err)
					}
					_ = s.Close()
					synctest.Wait()
					if written(t, store).AccessToken == "access-1" && p.count() == 1 {
						finished++
					}
				}
				if want := map[bool]int{true: 100}[tt.finished]; finished != want {
					t.Errorf("%d of 100 refreshes came to their end, want %d", finished, want)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

func TestS5_AnImportNeverOverwritesANewerToken(t *testing.T) {
	for _, tt := range []struct {
		name string
		// before is what happens between the first import and the second one.
		before func(t *testing.T, p *issuer, store tokens.Store, s *tokens.Source)
		// change is what the second import has that the first had not.
		change func(tok *grantway.Token)
		stored bool
		want   string
	}{
		{"S5: run again", nil, nil, false, "access-0"},
		{"S5: run again after a refresh", func(t *testing.T, p *issuer, _ tokens.Store, s *tokens.Source) {
			p.expect(t, s, "access-0", nil)
			synctest.Wait()
		}, nil, false, "access-1"},
		{"S5: run again after another process refreshed", func(t *testing.T, p *issuer, store tokens.Store, _ *tokens.Source) {
			p.expect(t, p.source(t, incomparable{store}, aWeek), "access-0", nil)
			synctest.Wait()
		}, nil, false, "access-1"},
		{"S5: run while a refresh is under way", func(t *testing.T, p *issuer, _ tokens.Store, s *tokens.Source) {
			p.takes = time.Second
			p.expect(t, s, "access-0", nil)
			synctest.Wait()
		}, nil, false, "access-1"},
		{"S5: run after a new sign-in", func(t *testing.T, p *issuer, _ tokens.Store, s *tokens.Source) { saveAs(t, p, s) }, nil, false, "access-other"},
		{"S5: run after the provider refused the grant", func(t *testing.T, p *issuer, _ tokens.Store, s *tokens.Source) {
			p.failing(kind(grantway.KindRejected))
			p.expect(t, s, "access-0", nil)
			synctest.Wait()
		}, nil, false, "access-0"},
		{"S5: of a token that says nothing of its age", nil, func(tok *grantway.Token) { tok.ObtainedAt = time.Time{} }, false, "access-0"},
		{"inverse: a token that is newer", nil, func(tok *grantway.Token) {
			tok.ObtainedAt = tok.ObtainedAt.Add(time.Hour)
			tok.AccessToken = grantway.NewSecret("access-2")
		}, true, "access-2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, store := newIssuer(), tokens.NewMemoryStore()
				s := p.source(t, store, aWeek)
				tok := p.token("access-0", "refresh-0")
				tok.ObtainedAt = tok.ObtainedAt.Add(-twentyDays)
				tok.Expiry = grantway.ExpiresAt(tok.ObtainedAt.Add(30 * 24 * time.Hour))
				if stored, err := s.Import(t.Context(), tok); err != nil || !stored {
					t.Fatal(stored, err)
				}
				if tt.before != nil {
					tt.before(t, p, store, s)
				}
				if tt.change != nil {
					tt.change(tok)
				}
				if stored, err := s.Import(t.Context(), tok); err != nil || stored != tt.stored {
					t.Errorf("stored %v, %v", stored, err)
				}
				time.Sleep(2 * time.Second)
				if got := written(t, store).AccessToken; got != tt.want {
					t.Errorf("%s is stored, want %s", got, tt.want)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// S7 and S13: a refresh whose token looks, or is, no good. It is not refreshed
// again and again.
func TestCheck084_S7_S13_ATokenThatLooksUsedUpIsNotRefreshedAtOnce(t *testing.T) {
	expires := func(after time.Duration) func(*grantway.Token) {
		return func(tok *grantway.Token) { tok.Expiry = grantway.ExpiresAt(time.Now().Add(after)) }
	}
	for _, tt := range []struct {
		name   string
		answer func(tok *grantway.Token)
		// wrong is by how much the clock here is wrong, that long after the start.
		wrong func(since time.Duration) time.Duration
		most  int
	}{
		{"S7: the clock here is fast from the start", nil, func(time.Duration) time.Duration { return 31 * 24 * time.Hour }, 10},
		{"S7: the clock here jumps ahead meanwhile", nil, func(since time.Duration) time.Duration {
			if since > time.Minute {
				return 2 * time.Hour
			}
			return 0
		}, 12},
		{"S7: the clock here goes to and fro", nil, func(since time.Duration) time.Duration {
			return time.Duration(int(since/time.Second)%2) * 2 * time.Hour
		}, 12},
		{"S13: the provider's clock is slow", expires(-time.Hour), nil, 10},
		{"S13: a token that ends as it comes", expires(0), nil, 10},
		{"S13: a token that ends within the margin", expires(30 * time.Second), nil, 10},
		{"inverse: a token of an hour", nil, nil, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, began := newIssuer(), time.Now()
				s := p.seeded(t, tokens.NewMemoryStore(), func(c *setup) {
					if tt.wrong != nil {
						c.Now = func() time.Time { return time.Now().Add(tt.wrong(time.Since(began))) }
					}
					c.Refresh = func(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
						tok, err := p.refresh(ctx, old)
						if err == nil && tt.answer != nil {
							tt.answer(tok)
						}
						return tok, err
					}
				})
				for range 3000 { // five minutes
					if _, err := s.TokenContext(t.Context()); err != nil {
						t.Fatal(err)
					}
					time.Sleep(100 * time.Millisecond)
				}
				if n := p.count(); n > tt.most || n < 1 {
					t.Errorf("%d refreshes in five minutes, at most %d", n, tt.most)
				}
				_ = s.Close()
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

func TestS11_AProcessThatStartsWaitsForNothingIfItsTokenIsGood(t *testing.T) {
	hang := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for _, tt := range []struct {
		name    string
		refresh func(ctx context.Context) error
		// before is what somebody else does when it starts.
		before func(t *testing.T, p *issuer, store tokens.Store, c *setup)
	}{
		{name: "S11: the provider hangs", refresh: hang},
		{name: "S11: the provider fails late", refresh: func(ctx context.Context) error { time.Sleep(30 * time.Second); return errors.New("example") }},
		{name: "S11: the provider is slow, and answers", refresh: func(context.Context) error { time.Sleep(32 * time.Second); return nil }},
		{name: "S11: another process has the lease", before: func(t *testing.T, _ *issuer, store tokens.Store, _ *setup) {
			leaser, ok := store.(tokens.Leaser)
			if !ok {
				t.Fatal("no leases")
			}
			if _, err := leaser.Acquire(t.Context(), tokens.Key{Provider: "acme", Environment: "https://api.example.com/", Account: "one"}.String(), time.Hour); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "S11: the client's other refreshes have all places", before: func(t *testing.T, p *issuer, _ tokens.Store, c *setup) {
			c.Client = client(t, grantway.ClientConfig{RefreshesAtOnce: 1})
			busy := p.seeded(t, tokens.NewMemoryStore(), func(other *setup) {
				other.Account, other.Client = "two", c.Client
				other.Refresh = func(ctx context.Context, _ *grantway.Token) (*grantway.Token, error) { return nil, hang(ctx) }
			})
			go func() { _, _ = busy.TokenContext(context.Background()) }()
			synctest.Wait()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, ended := range []bool{false, true} { // inverse: a token that has ended is waited for
					p, inner, age := newIssuer(), tokens.NewMemoryStore(), twentyDays
					if ended {
						age = 31 * 24 * time.Hour
					}
					here := func(c *setup) { c.Environment = "https://api.example.com/" } // not that of a Client
					p.aged(t, p.source(t, inner, aWeek, here), age)
					began := time.Now()
					s := p.source(t, incomparable{inner}, aWeek, here, func(c *setup) {
						c.Store = leasing{incomparable{inner}, inner}
						if tt.refresh != nil {
							c.Refresh = func(ctx context.Context, _ *grantway.Token) (*grantway.Token, error) {
								if err := tt.refresh(ctx); err != nil {
									return nil, err
								}
								return p.token("access-1", "refresh-1"), nil
							}
						}
						if tt.before != nil && !ended {
							tt.before(t, p, inner, c)
						}
					})
					tok, err := s.TokenContext(t.Context())
					if took := time.Since(began); !ended && (err != nil || tok.AccessToken.Reveal() != "access-0" || took != 0) {
						t.Errorf("%v, %v after %v", tok, err, took)
					} else if ended && tt.refresh != nil && took < 10*time.Second {
						t.Errorf("inverse: %v, %v after %v", tok, err, took)
					}
					time.Sleep(2 * time.Hour)
				}
			})
		})
	}
}

// leasing is a store with leases, as another process would see it.
type leasing struct {
	incomparable
	tokens.Leaser
}

// S18: whatever holds the answer of a failure, what waits for OnEvent has little of
// it.
func TestS18_AnEventThatWaitsKeepsLittleOfTheAnswer(t *testing.T) {
	page := make([]byte, 1<<20)
	for i, fail := range pagedErrors() {
		t.Run(fmt.Sprintf("S18: error %d", i), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newIssuer()
				var told []error
				s := p.seeded(t, tokens.NewMemoryStore(), func(c *setup) {
					c.OnEvent = func(e tokens.Event) { told = append(told, e.Err) }
				})
				p.failing(fail(page))
				_, _ = s.TokenContext(t.Context())
				synctest.Wait()
				if len(told) != 2 || told[1] == nil {
					t.Fatalf("told %v", told)
				}
				if n := bodies(told[1]); n == 0 || n > 8<<10 {
					t.Errorf("an event has %d bytes of the answer", n)
				}
				if n := bodies(statusOf(t, s).LastError); n == 0 || n > 8<<10 {
					t.Errorf("LastError has %d bytes of the answer", n)
				}
				if n := bodies(fail(page)); n < 1<<20 {
					t.Errorf("inverse: the error has %d bytes", n)
				}
				time.Sleep(time.Hour)
			})
		})
	}
}

// bodies is how many bytes of answers an error holds, in all of its chain.
func bodies(err error) int {
	n := 0
	if e, ok := err.(*grantway.Error); ok { //nolint:errorlint // each link of the chain by itself
		n = len(e.Body())
	}
	switch e := err.(type) { //nolint:errorlint // the same
	case interface{ Unwrap() error }:
		return n + bodies(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			n += bodies(part)
		}
	}
	return n
}
