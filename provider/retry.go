package provider

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/clock"
)

const (
	maxRetries = 10
	// The wait between attempts grows from firstBackoff to lastBackoff, each
	// time with jitter over its upper half. Half of the first one is what
	// holds a failing client to two calls a second.
	firstBackoff = time.Second
	lastBackoff  = 16 * time.Second
)

// repeat sends an operation that changes nothing until it works out, or the
// attempts, the time or the caller's patience are used up.
func (c *Client) repeat(ctx context.Context, op *Operation, r *Request, secrets []grantway.Secret, deadline time.Time) (*Response, error) {
	var last *grantway.Error
	for n := 1; ; n++ {
		patience := deadline
		if d, ok := ctx.Deadline(); ok && d.Before(patience) {
			patience = d // a slot that this caller cannot wait for is another's
		}
		wait, ok := c.gate.reserve(time.Now(), patience)
		if !ok {
			if last == nil {
				last = c.fail(op, grantway.KindNotSent, "backing off after earlier failures", nil)
				last.RetryAfter = wait
			}
			return nil, last
		}
		if err := clock.Sleep(ctx, wait); err != nil {
			if last == nil {
				last = c.fail(op, grantway.KindNotSent, "", err)
			}
			return nil, last
		}
		began := time.Now()
		resp, err := c.attempt(ctx, op, c.build(op, r), secrets, deadline, n)
		if err == nil {
			c.gate.succeeded()
			return resp, nil
		}
		if !mayPass(err.Kind) {
			c.gate.succeeded() // it answers, if not what was hoped for
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, err
		}
		c.gate.failed(began, time.Now(), err.RetryAfter)
		if n > c.retries {
			return nil, err
		}
		last = err
	}
}

// mayPass reports whether the same request may fare better later.
func mayPass(k grantway.Kind) bool {
	switch k {
	case grantway.KindNotSent, grantway.KindThrottled, grantway.KindUnavailable, grantway.KindAmbiguous:
		return true
	}
	return false
}

// gate spaces the attempts of all callers of a client while the provider is
// failing, so that a thousand waiting callers are no thousand calls a second.
// While nothing fails it lets everyone through.
type gate struct {
	mu       sync.Mutex
	failures int       // in a row
	since    time.Time // when the last of them was counted
	next     time.Time // the first free slot
}

// reserve returns how far away the next slot is, and takes it unless it lies
// beyond the deadline.
func (g *gate) reserve(now, deadline time.Time) (wait time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failures == 0 {
		return 0, true
	}
	slot := g.next
	if slot.Before(now) {
		slot = now
	}
	if slot.After(deadline) {
		return slot.Sub(now), false
	}
	g.next = slot.Add(backoff(g.failures))
	return slot.Sub(now), true
}

// failed counts a failure, but the failures of attempts that were under way
// together as one.
func (g *gate) failed(began, now time.Time, retryAfter time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failures == 0 || began.After(g.since) {
		g.failures++
		g.since = now
	}
	if next := now.Add(max(backoff(g.failures), retryAfter)); g.next.Before(next) {
		g.next = next
	}
}

// succeeded opens the gate for those who come from now on. Those who hold a
// slot keep it: released together they would be the next outage.
func (g *gate) succeeded() {
	g.mu.Lock()
	g.failures = 0
	g.mu.Unlock()
}

// backoff is between half of the n-th step and the whole of it.
func backoff(n int) time.Duration {
	step := lastBackoff
	if n < 5 {
		step = firstBackoff << (n - 1)
	}
	return step/2 + rand.N(step/2)
}
