package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/tokens"
)

// fleet is many accounts of one client, and how their refreshes reach the
// provider.
type fleet struct {
	// answer is what the provider says to a refresh of an account; nil is a token.
	answer func(ctx context.Context, account string) error

	mu     sync.Mutex
	now    int // at once
	most   int // at once, ever
	begins []time.Time
}

func (f *fleet) refresh(ctx context.Context, account string) (*grantway.Token, error) {
	f.mu.Lock()
	f.now++
	f.most = max(f.most, f.now)
	f.begins = append(f.begins, time.Now())
	f.mu.Unlock()
	defer func() { f.mu.Lock(); f.now--; f.mu.Unlock() }()
	if f.answer != nil {
		if err := f.answer(ctx, account); err != nil {
			return nil, err
		}
	}
	return newIssuer().token("access-new", "refresh-new"), nil
}

// count is how many refreshes began, and perSecond the most within any second.
func (f *fleet) count() int { f.mu.Lock(); defer f.mu.Unlock(); return len(f.begins) }

func (f *fleet) perSecond() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.SortFunc(f.begins, time.Time.Compare)
	most, from := 0, 0
	for i, at := range f.begins {
		for at.Sub(f.begins[from]) >= time.Second {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// client is a client whose brakes are those of cfg.
func client(t testing.TB, cfg grantway.ClientConfig) *provider.Client {
	t.Helper()
	c, err := provider.New("acme", "https://api.example.com/", cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sources opens n accounts, each with a token of that age in store.
func (f *fleet) sources(t testing.TB, c *provider.Client, store tokens.Store, n int, age time.Duration) []*tokens.Source {
	t.Helper()
	list := f.open(t, c, store, n)
	for i := range list {
		tok := newIssuer().token("access-0", "refresh-0")
		tok.ObtainedAt = tok.ObtainedAt.Add(-age)
		tok.Expiry = grantway.ExpiresAt(tok.ObtainedAt.Add(time.Hour))
		if err := list[i].Save(t.Context(), tok); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// open opens n accounts as they are in store.
func (f *fleet) open(t testing.TB, c *provider.Client, store tokens.Store, n int) []*tokens.Source {
	t.Helper()
	list := make([]*tokens.Source, n)
	for i := range list {
		account := fmt.Sprintf("account-%d", i)
		list[i] = newIssuer().source(t, store, func(cfg *setup) {
			cfg.Account, cfg.Client = account, c
			cfg.Refresh = func(ctx context.Context, _ *grantway.Token) (*grantway.Token, error) { return f.refresh(ctx, account) }
		})
	}
	return list
}

// ask has every source asked at once, and returns the errors.
func ask(ctx context.Context, list []*tokens.Source) []error {
	errs := make([]error, len(list))
	var wait sync.WaitGroup
	for i, s := range list {
		wait.Go(func() { _, errs[i] = s.TokenContext(ctx) })
	}
	wait.Wait()
	return errs
}

func failures(errs []error) (n int, first error) {
	for _, err := range errs {
		if err != nil {
			if n++; first == nil {
				first = err
			}
		}
	}
	return n, first
}

func TestCheck084_S12_ManyCredentialsOfOneClientAreBraked(t *testing.T) {
	takes := func(d time.Duration) func(context.Context, string) error {
		return func(context.Context, string) error { time.Sleep(d); return nil }
	}
	for _, tt := range []struct {
		name   string
		cfg    grantway.ClientConfig
		answer func(context.Context, string) error
		atOnce int
		rate   int
		n      int
	}{
		{"all ask within a moment, and the provider is quick", grantway.ClientConfig{}, takes(100 * time.Millisecond), 16, 50, 10_000},
		{"all ask within a moment, and the provider is slow", grantway.ClientConfig{}, takes(5 * time.Second), 16, 50, 1000},
		{"the client was given other limits", grantway.ClientConfig{RefreshesAtOnce: 2, RefreshesPerSecond: 5}, takes(time.Second), 2, 5, 1000},
		{"the provider takes as long as a refresh may", grantway.ClientConfig{}, takes(59 * time.Second), 16, 50, 1000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			accounts := tt.n
			if testing.Short() {
				accounts /= 20
			}
			synctest.Test(t, func(t *testing.T) {
				f := &fleet{answer: tt.answer}
				list := f.sources(t, client(t, tt.cfg), tokens.NewMemoryStore(), accounts, 2*time.Hour)
				began := time.Now()
				if n, err := failures(ask(t.Context(), list)); n > 0 {
					t.Errorf("%d got no token: %v", n, err)
				}
				most, rate := f.most, f.perSecond()
				t.Logf("figure: %d credentials in %v: at most %d at once and %d in a second", accounts, time.Since(began).Round(time.Second), most, rate)
				if most > tt.atOnce || rate > tt.rate || f.count() != accounts {
					t.Errorf("%d refreshes, %d at once (limit %d), %d a second (limit %d)", f.count(), most, tt.atOnce, rate, tt.rate)
				}
				closeAll(list)
			})
		})
	}
	// Inverse: Sources that share no client are braked each by itself only, and
	// the same test would see it.
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{answer: takes(time.Second)}
		list := f.sources(t, nil, tokens.NewMemoryStore(), 500, 2*time.Hour)
		ask(t.Context(), list)
		if f.most != 500 || f.perSecond() != 500 {
			t.Errorf("inverse: %d at once, %d a second", f.most, f.perSecond())
		}
		closeAll(list)
	})
}

func closeAll(list []*tokens.Source) {
	for _, s := range list {
		_ = s.Close()
	}
	time.Sleep(3 * time.Hour) // timers fire, and what hangs wakes up
}

func TestS12_ATokenThatIsGoodWaitsForNoTurn(t *testing.T) {
	for name, age := range map[string]time.Duration{"fresh": time.Minute, "due": 57 * time.Minute} {
		for _, cold := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, a new process %v", name, cold), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := &fleet{answer: func(context.Context, string) error { time.Sleep(20 * time.Second); return nil }}
					c, store := client(t, grantway.ClientConfig{}), tokens.NewMemoryStore()
					expired := f.sources(t, c, tokens.NewMemoryStore(), 100, 2*time.Hour)
					for _, s := range expired {
						go func() { _, _ = s.Token() }()
					}
					synctest.Wait()
					list := f.sources(t, c, store, 100, age)
					if cold {
						list = f.open(t, c, incomparable{store}, 100)
					}
					began := time.Now()
					if n, err := failures(ask(t.Context(), list)); n > 0 || time.Since(began) != 0 {
						t.Errorf("%d of 100 got no token, after %v: %v", n, time.Since(began), err)
					}
					time.Sleep(time.Hour)
					closeAll(append(list, expired...))
				})
			})
		}
	}
}

// leasedStore says of some keys that somebody holds their lease, until a time.
type leasedStore struct {
	*tokens.MemoryStore
	until time.Time
	keys  func(key string) bool
}

func (s *leasedStore) Acquire(ctx context.Context, key string, ttl time.Duration) (tokens.Lease, error) {
	if s.keys(key) && time.Now().Before(s.until) {
		return nil, tokens.ErrLeased
	}
	return s.MemoryStore.Acquire(ctx, key, ttl)
}

func TestS12_WhoWaitsForALeaseHoldsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A process was killed with the leases of 20 credentials in its hands.
		dead := func(key string) bool {
			n := -1
			_, _ = fmt.Sscanf(key[strings.LastIndex(key, "-"):], "-%d", &n)
			return n < 20
		}
		f := &fleet{answer: func(context.Context, string) error { time.Sleep(100 * time.Millisecond); return nil }}
		store := &leasedStore{MemoryStore: tokens.NewMemoryStore(), until: time.Now().Add(50 * time.Second), keys: dead}
		list := f.sources(t, client(t, grantway.ClientConfig{}), store, 100, 2*time.Hour)
		for _, s := range list[:20] {
			go func() { _, _ = s.Token() }()
		}
		synctest.Wait()
		began := time.Now()
		if n, err := failures(ask(t.Context(), list[20:])); n > 0 || time.Since(began) > 5*time.Second {
			t.Errorf("%d of 80 got no token, after %v: %v", n, time.Since(began), err)
		}
		if n, err := failures(ask(t.Context(), list[:20])); n > 0 || f.most > 16 || f.perSecond() > 50 {
			t.Errorf("%d of 20 got no token: %v; %d at once, %d a second", n, err, f.most, f.perSecond())
		}
		closeAll(list)
	})
}

func TestS12_WhoWaitsForAnAttemptOfAnotherProcessHoldsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A process died in the midst of 20 refreshes, over a store without leases.
		store := incomparable{tokens.NewMemoryStore()}
		dead := &fleet{answer: func(context.Context, string) error { return kind(grantway.KindAmbiguous) }}
		died := dead.sources(t, client(t, grantway.ClientConfig{RefreshesAtOnce: 20}), store, 20, 2*time.Hour)
		for _, s := range died {
			go func() { _, _ = s.Token() }()
		}
		time.Sleep(time.Second)
		for _, s := range died {
			_ = s.Close()
		}

		f := &fleet{answer: func(context.Context, string) error { time.Sleep(100 * time.Millisecond); return nil }}
		c := client(t, grantway.ClientConfig{})
		waiting := f.open(t, c, incomparable{store}, 20)
		for _, s := range waiting {
			go func() { _, _ = s.Token() }()
		}
		time.Sleep(5 * time.Second)
		if n := f.count(); n != 0 {
			t.Fatalf("%d did not wait for the other process", n)
		}
		list := f.sources(t, c, tokens.NewMemoryStore(), 80, 2*time.Hour)
		began := time.Now()
		if n, err := failures(ask(t.Context(), list)); n > 0 || time.Since(began) > 5*time.Second {
			t.Errorf("%d of 80 got no token, after %v: %v", n, time.Since(began), err)
		}
		time.Sleep(5 * time.Minute)
		if n, err := failures(ask(t.Context(), waiting)); n > 0 || f.most > 16 || f.perSecond() > 50 {
			t.Errorf("%d of 20 got no token: %v; %d at once, %d a second", n, err, f.most, f.perSecond())
		}
		closeAll(append(list, waiting...))
	})
}

func TestS12_AStoreThatHangsHoldsNoPlaceForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		c := client(t, grantway.ClientConfig{RefreshesAtOnce: 2})
		inner := tokens.NewMemoryStore()
		hanging := &hookedStore{Store: inner}
		bad := f.sources(t, c, hanging, 2, 2*time.Hour)
		hanging.swap = func(tokens.Entry, func() error) error { time.Sleep(24 * time.Hour); return errors.New("example") }
		for _, s := range bad {
			go func() { _, _ = s.Token() }()
		}
		synctest.Wait()
		good := f.sources(t, c, tokens.NewMemoryStore(), 10, 2*time.Hour)
		began := time.Now()
		if n, err := failures(ask(t.Context(), good)); n > 0 || time.Since(began) > 2*time.Minute {
			t.Errorf("%d of 10 got no token, after %v: %v", n, time.Since(began), err)
		}
		closeAll(append(good, bad...))
		time.Sleep(48 * time.Hour)
	})
}

func TestCheck084_S12_ARefusalOfTheClientIsProbedAndNotRepeatedByEveryCredential(t *testing.T) {
	const accounts = 300
	synctest.Test(t, func(t *testing.T) {
		wrong := true
		f := &fleet{}
		f.answer = func(context.Context, string) error {
			time.Sleep(100 * time.Millisecond)
			if wrong {
				return kind(grantway.KindBadClient)
			}
			return nil
		}
		list := f.sources(t, client(t, grantway.ClientConfig{}), tokens.NewMemoryStore(), accounts, 2*time.Hour)
		for range 60 { // an hour in which everybody asks every few seconds
			for range 6 {
				for i, err := range ask(t.Context(), list) {
					if !errors.Is(err, grantway.ErrBadClient) || errors.Is(err, grantway.ErrReauthorize) {
						t.Fatalf("account %d: %v", i, err)
					}
				}
				time.Sleep(10 * time.Second)
			}
		}
		during := f.count()
		st, err := list[accounts-1].Status(t.Context())
		if err != nil || st.ClientRefusedSince.IsZero() || !st.RejectedSince.IsZero() || !strings.Contains(st.String(), "client refused since") {
			t.Errorf("status %v, %v", st, err)
		}
		if during > 16+2+61 || f.perSecond() > 50 {
			t.Errorf("%d refreshes in the hour, %d in a second", during, f.perSecond())
		}
		wrong = false
		over := time.Now()
		left := accounts
		for left > 0 && time.Since(over) < 10*time.Minute {
			left, _ = failures(ask(t.Context(), list))
			time.Sleep(time.Second)
		}
		if took := time.Since(over); left > 0 || took > 3*time.Minute || f.most > 16 || f.perSecond() > 50 {
			t.Errorf("%d without a token after %v; %d at once, %d a second", left, took, f.most, f.perSecond())
		}
		t.Logf("figure: a wrong secret for an hour, %d credentials asked 360 times: %d refreshes; all well %v after it was right", accounts, during, time.Since(over).Round(time.Second))
		if st, err := list[0].Status(t.Context()); err != nil || !st.ClientRefusedSince.IsZero() {
			t.Errorf("status %v, %v", st, err)
		}
		closeAll(list)
	})
}

func TestS12_OneCredentialThatIsRefusedByItselfStopsNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{answer: func(_ context.Context, account string) error {
			time.Sleep(100 * time.Millisecond)
			if account == "account-0" || account == "account-1" {
				return kind(grantway.KindBadClient)
			}
			return nil
		}}
		list := f.sources(t, client(t, grantway.ClientConfig{}), tokens.NewMemoryStore(), 200, 2*time.Hour)
		for i, err := range ask(t.Context(), list) {
			if refused := i < 2; (err != nil) != refused {
				t.Errorf("account %d: %v", i, err)
			}
		}
		closeAll(list)
	})
}

func TestTheBrakesOfAClientAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg   grantway.ClientConfig
		field string
	}{
		"a negative number at once": {grantway.ClientConfig{RefreshesAtOnce: -1}, "RefreshesAtOnce"},
		"a negative rate":           {grantway.ClientConfig{RefreshesPerSecond: -1}, "RefreshesPerSecond"},
		"hardly ever":               {grantway.ClientConfig{RefreshesPerSecond: 1e-9}, "RefreshesPerSecond"},
		"without end":               {grantway.ClientConfig{RefreshesPerSecond: 1e300}, "RefreshesPerSecond"},
	} {
		_, err := provider.New("acme", "https://api.example.com/", tt.cfg)
		var e *grantway.Error
		if !errors.As(err, &e) || e.Kind != grantway.KindInvalid || e.Field != tt.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}
