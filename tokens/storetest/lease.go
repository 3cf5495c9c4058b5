package storetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/grantway/grantway/tokens"
)

// long is a ttl that no check outlives.
const long = time.Hour

var leaseChecks = []struct {
	name string
	run  func(tb, tokens.Leaser)
}{
	{"a lease has one holder", checkLeaseExclusive},
	{"a cancelled context takes no lease", checkLeaseCancelled},
	{"one of many concurrent takers gets the lease", checkLeaseConcurrent},
}

func mustAcquire(t tb, l tokens.Leaser, key string, ttl time.Duration) tokens.Lease {
	t.Helper()
	lease, err := l.Acquire(t.Context(), key, ttl)
	if err != nil || lease == nil {
		t.Fatalf("Acquire: got the lease %v and the error %v", lease != nil, err)
	}
	return lease
}

func mustRelease(t tb, lease tokens.Lease) {
	t.Helper()
	if err := lease.Release(t.Context()); err != nil {
		t.Fatalf("Release: %v", err)
	}
}

func wantLeased(t tb, l tokens.Leaser, key string) {
	t.Helper()
	lease, err := l.Acquire(t.Context(), key, long)
	wantErr(t, "Acquire of a lease that is held", err, tokens.ErrLeased)
	if lease != nil {
		t.Errorf("Acquire returned a lease beside the error %v", err)
	}
}

func checkLeaseExclusive(t tb, l tokens.Leaser) {
	key, other := freshKey("lease"), freshKey("lease")
	first := mustAcquire(t, l, key, long)
	wantLeased(t, l, key)
	mustRelease(t, mustAcquire(t, l, other, long))
	if err := first.Renew(t.Context()); err != nil {
		t.Errorf("Renew: %v", err)
	}
	wantLeased(t, l, key)
	mustRelease(t, first)
	wantErr(t, "Renew after Release", first.Renew(t.Context()), tokens.ErrLeased)

	second := mustAcquire(t, l, key, long)
	mustRelease(t, first) // once more: it must not be the second's
	wantErr(t, "Renew of a former holder", first.Renew(t.Context()), tokens.ErrLeased)
	wantLeased(t, l, key)
	mustRelease(t, second)

	// Holders that were cancelled let go all the same.
	third := mustAcquire(t, l, key, long)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := third.Release(ctx); err != nil {
		t.Errorf("Release under a cancelled context: %v", err)
	}
	mustRelease(t, mustAcquire(t, l, key, long))
}

func checkLeaseCancelled(t tb, l tokens.Leaser) {
	key := freshKey("lease")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lease, err := l.Acquire(ctx, key, long)
	wantErr(t, "Acquire", err, context.Canceled)
	if lease != nil {
		t.Errorf("Acquire returned a lease beside the error %v", err)
	}
	mustRelease(t, mustAcquire(t, l, key, long))
}

func checkLeaseConcurrent(t tb, l tokens.Leaser) {
	key := freshKey("lease")
	var wg sync.WaitGroup
	var mu sync.Mutex
	var held []tokens.Lease // kept, for one that is dropped may end
	for range 16 {
		wg.Go(func() {
			lease, err := l.Acquire(t.Context(), key, long)
			switch {
			case err == nil:
				mu.Lock()
				held = append(held, lease)
				mu.Unlock()
			case !errors.Is(err, tokens.ErrLeased):
				t.Errorf("Acquire: %v", err)
			}
		})
	}
	wg.Wait()
	if len(held) != 1 {
		t.Errorf("%d takers hold the lease", len(held))
	}
	for _, lease := range held {
		mustRelease(t, lease)
	}
}

func checkLeaseExpiry(t tb, l tokens.Leaser, pass func(time.Duration)) {
	const ttl = 30 * time.Second
	key := freshKey("lease")
	first := mustAcquire(t, l, key, ttl)
	pass(ttl - time.Second)
	wantLeased(t, l, key)
	if err := first.Renew(t.Context()); err != nil {
		t.Errorf("Renew within the ttl: %v", err)
	}
	pass(ttl - time.Second)
	wantLeased(t, l, key)
	pass(2 * time.Second)
	second := mustAcquire(t, l, key, ttl)
	wantErr(t, "Renew after another took the lease", first.Renew(t.Context()), tokens.ErrLeased)
	mustRelease(t, first)
	wantLeased(t, l, key)
	if err := second.Renew(t.Context()); err != nil {
		t.Errorf("Renew of the second holder: %v", err)
	}
	mustRelease(t, second)
	mustRelease(t, mustAcquire(t, l, key, ttl))
}
