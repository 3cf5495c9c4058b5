package authcode_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

// replica is one of several processes that answer one redirect URL.
func replica(t *testing.T, used authcode.UsedStates) *authcode.Authorizer {
	t.Helper()
	return acme(t, func(c *authcode.Config) { c.Used = used })
}

// L5: what holds in one process holds in several that share a memory.
func TestAStateIsGoodOnceAmongAllWhoShareAMemory(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "states")
	inFiles := func() authcode.UsedStates {
		store, err := filestore.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		return authcode.SharedStates(store)
	}
	inMemory := authcode.SharedStates(tokens.NewMemoryStore())
	own := &handmade{taken: map[string]authcode.Outcome{}}
	for _, tt := range []struct {
		name   string
		memory func() authcode.UsedStates // of each replica
		shared bool
	}{
		{"L5: a store that both hold", func() authcode.UsedStates { return inMemory }, true},
		{"L5: a store of files that each opens for itself", inFiles, true},
		{"L5: a memory that somebody wrote", func() authcode.UsedStates { return own }, true},
		{"the inverse: each its own", func() authcode.UsedStates { return nil }, false},
		{"the inverse: two stores", func() authcode.UsedStates { return authcode.SharedStates(tokens.NewMemoryStore()) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := testSealer(t)
			for _, first := range []struct {
				query string
				end   error
				want  authcode.Outcome
			}{
				{"code=abc", nil, authcode.Succeeded},
				{"code=abc", errors.New("the disk is full"), authcode.Failed},
				{"error=access_denied", nil, authcode.Denied},
				{"error=server_error", nil, authcode.Failed},
			} {
				one, two := replica(t, tt.memory()), replica(t, tt.memory())
				a := begin(t, one, authcode.Params{RedirectURL: testRedirect})
				state := "&state=" + query(t, a).Get("state")
				here, there := reopened(t, s, a), reopened(t, s, a)
				_, err := one.Callback(here, back(first.query+state))
				if err == nil {
					if outcome, err := here.Outcome(context.Background()); outcome != authcode.UnderWay || err != nil {
						t.Errorf("before it ends: %v, %v", outcome, err)
					}
					if err := here.Settle(context.Background(), first.end); err != nil {
						t.Error(err)
					}
				}
				_, err = two.Callback(there, back("code=def"+state))
				if errors.Is(err, authcode.ErrUsed) != tt.shared {
					t.Fatalf("the other replica: %v", err)
				}
				outcome, _ := there.Outcome(context.Background())
				if (outcome == first.want) != tt.shared {
					t.Errorf("after %s the other replica calls it %v", first.query, outcome)
				}
			}
		})
	}
}

// handmade is a memory as a user may write one.
type handmade struct {
	mu    sync.Mutex
	taken map[string]authcode.Outcome
	fails error
}

func (h *handmade) Take(_ context.Context, id string, _ time.Time) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	o, known := h.taken[id]
	h.taken[id] = o
	return !known, h.fails
}

func (h *handmade) Settle(_ context.Context, id string, o authcode.Outcome) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.taken[id] = o
	return h.fails
}

func (h *handmade) Outcome(_ context.Context, id string) (authcode.Outcome, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.taken[id], h.fails
}

// troubled is a store with a fault.
type troubled struct {
	tokens.Store
	load, swap error
}

func (s troubled) Load(ctx context.Context, key string) (tokens.Entry, error) {
	if s.load != nil {
		return tokens.Entry{}, s.load
	}
	return s.Store.Load(ctx, key)
}

func (s troubled) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	if s.swap != nil {
		return s.swap
	}
	return s.Store.CompareAndSwap(ctx, old, e)
}

// Without the memory nobody knows whether the code was sent, so it is not.
func TestAMemoryThatFailsSpendsNothing(t *testing.T) {
	broken := errors.New("the network is down")
	foreign := tokens.NewMemoryStore()
	for i := range 256 {
		if err := foreign.CompareAndSwap(context.Background(), 0, tokens.Entry{Key: fmt.Sprintf("used-states/%02x", i), Generation: 1, Data: []byte{9, 9}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name   string
		memory authcode.UsedStates
		want   error
	}{
		{"it cannot be read", authcode.SharedStates(troubled{Store: tokens.NewMemoryStore(), load: broken}), broken},
		{"it cannot be written", authcode.SharedStates(troubled{Store: tokens.NewMemoryStore(), swap: broken}), broken},
		{"somebody is always faster", authcode.SharedStates(troubled{Store: tokens.NewMemoryStore(), swap: tokens.ErrConflict}), nil},
		{"a newer release wrote it", authcode.SharedStates(foreign), nil},
		{"there is no store", authcode.SharedStates(nil), nil},
		{"somebody's own fails", &handmade{taken: map[string]authcode.Outcome{}, fails: broken}, broken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := replica(t, tt.memory)
			a := begin(t, z, authcode.Params{RedirectURL: testRedirect})
			state := query(t, a).Get("state")
			code, err := z.Callback(a, back("code=abc&state="+state))
			if !errors.Is(err, grantway.ErrStore) || tt.want != nil && !errors.Is(err, tt.want) || !code.Code.IsZero() || a.Spent() || strings.Contains(err.Error(), state) {
				t.Errorf("%v, %v, spent %v", code, err, a.Spent())
			}
			if err := a.Settle(context.Background(), nil); err == nil {
				t.Error("a state that was not taken is settled")
			}
		})
	}
}

func TestOneOfManyReplicasTakesAState(t *testing.T) {
	store := tokens.NewMemoryStore()
	const states, replicas = 40, 16
	var wg sync.WaitGroup
	var mu sync.Mutex
	firsts := map[string]int{}
	for r := range replicas {
		wg.Go(func() {
			used := authcode.SharedStates(store)
			for i := range states {
				n := (i + r) % states
				id := fmt.Sprintf("%02x%030x", n%2, n) // two entries, so that they meet
				first, err := used.Take(context.Background(), id, time.UnixMilli(1_800_000_000_000))
				if err != nil {
					t.Error(err)
				}
				if first {
					mu.Lock()
					firsts[id]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	for id, n := range firsts {
		if n != 1 {
			t.Errorf("%s was taken %d times", id, n)
		}
	}
	if len(firsts) != states {
		t.Errorf("%d states were taken", len(firsts))
	}
}

// What is kept is bounded by the sign-ins of half an hour, without a clock.
func TestSharedStatesForgetWhatCannotComeBack(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: thousands of sign-ins")
	}
	ctx, store := context.Background(), tokens.NewMemoryStore()
	used := authcode.SharedStates(store)
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	largest := 0
	for i := range 3000 { // one a second, all in one entry
		if first, err := used.Take(ctx, fmt.Sprintf("aa%030x", i), began.Add(time.Duration(i)*time.Second).Add(authcode.Lifetime)); !first || err != nil {
			t.Fatal(first, err)
		}
		e, err := store.Load(ctx, "used-states/aa")
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, len(e.Data))
		if i >= 600 { // any that may still come back is known
			if first, _ := used.Take(ctx, fmt.Sprintf("aa%030x", i-600), began); first {
				t.Fatalf("a state of ten minutes ago is forgotten after %d", i)
			}
		}
	}
	if largest > 1+25*1300 {
		t.Errorf("an entry has %d bytes", largest)
	}
	if err := used.Settle(ctx, "aa"+strings.Repeat("0", 30), authcode.Succeeded); err != nil {
		t.Errorf("what was forgotten is settled: %v", err)
	}
	for _, id := range []string{"", "aa", "zz" + strings.Repeat("0", 30), strings.Repeat("0", 34)} {
		if first, err := used.Take(ctx, id, began); first || err == nil {
			t.Errorf("%q is taken", id)
		}
	}
	full := authcode.SharedStates(tokens.NewMemoryStore())
	var err error
	for i := 0; err == nil && i < 3000; i++ {
		_, err = full.Take(ctx, fmt.Sprintf("aa%030x", i), began)
	}
	if err == nil || !strings.Contains(err.Error(), "room") {
		t.Errorf("3000 at once: %v", err)
	}
}

func TestEveryOutcomeHasAName(t *testing.T) {
	seen := map[string]bool{}
	for o := authcode.UnderWay; o <= authcode.Failed+1; o++ {
		seen[o.String()] = true
	}
	if len(seen) != 5 {
		t.Errorf("%v", seen)
	}
}
