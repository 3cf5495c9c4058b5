// Package limit brakes the refreshes of one client: how many go at once, how
// many begin in a second, and next to none while the provider refuses the
// client itself.
//
// It knows nothing of tokens and sends nothing.
package limit

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/grantway/grantway/internal/clock"
)

const (
	// DefaultAtOnce and DefaultPerSecond are for a client that chose nothing.
	DefaultAtOnce    = 16
	DefaultPerSecond = 50.0
	// RefusedPause is how long a client that the provider refuses is left alone
	// between two probes.
	RefusedPause = time.Minute
	// credentials is how many different credentials must be refused in a row,
	// and none be taken, before that counts as a refusal of the client: one
	// credential may be wrong by itself.
	credentials = 3
)

// RefusedError says that the provider refuses the client, and that it is not
// time for the next probe.
type RefusedError struct {
	// Since is when it began to, Next when it is asked again at the earliest.
	Since, Next time.Time
	// Cause is the last refusal.
	Cause error
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the client is refused since %s: %v", e.Since.Format(time.RFC3339), e.Cause)
}

// Unwrap returns Cause.
func (e *RefusedError) Unwrap() error { return e.Cause }

// Verdict is what a refresh says of the client.
type Verdict uint8

const (
	// Unclear: nothing, there was no answer of the provider's.
	Unclear Verdict = iota
	// Taken: the provider knows the client.
	Taken
	// Refused: the provider refuses the client, or this request of it.
	Refused
)

// Limiter is the brake of one client. It is safe for concurrent use.
type Limiter struct {
	atOnce  int
	spacing time.Duration

	mu      sync.Mutex
	running int
	queue   []*waiter // in their order, if running is at its limit
	next    time.Time // when the next one may begin
	asked   time.Time // when the last one asked for its turn
	// refusedBy are the credentials that were refused in a row.
	refusedBy map[string]bool
	since     time.Time // the first of those refusals
	// isRefused says that the client is. probeAt is when the next probe is due.
	isRefused bool
	probeAt   time.Time
	cause     error
}

type waiter struct {
	ready chan struct{} // closed with running counted, or with err set
	err   error
}

// New returns a Limiter that lets atOnce refreshes go at once and perSecond
// begin in a second, evenly spread.
func New(atOnce int, perSecond float64) *Limiter {
	return &Limiter{atOnce: atOnce, spacing: time.Duration(float64(time.Second) / perSecond)}
}

// Place is the right to refresh.
type Place struct {
	l     *Limiter
	mu    sync.Mutex
	held  bool
	ended bool
}

// Acquire waits until one more refresh may begin. now is by the clock that the
// pauses of a refused client are told by. The error is a *RefusedError, or that
// of ctx.
func (l *Limiter) Acquire(ctx context.Context, now time.Time) (*Place, error) {
	if err := l.probe(now); err != nil {
		return nil, err
	}
	if err := l.enter(ctx); err != nil {
		return nil, err
	}
	return &Place{l: l, held: true}, nil
}

// probe refuses while the client is refused, but to one caller in each pause.
func (l *Limiter) probe(now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isRefused {
		return nil
	}
	if now.Before(l.probeAt) {
		return l.refusal()
	}
	l.probeAt = now.Add(RefusedPause)
	return nil
}

// refused is an error while the client is refused.
func (l *Limiter) refused() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isRefused {
		return nil
	}
	return l.refusal()
}

// refusal is for a client that is refused. l.mu is held.
func (l *Limiter) refusal() error {
	return &RefusedError{Since: l.since, Next: l.probeAt, Cause: l.cause}
}

// enter waits for a place, and then for its turn.
func (l *Limiter) enter(ctx context.Context) error {
	l.mu.Lock()
	w := &waiter{ready: make(chan struct{})}
	l.queue = append(l.queue, w)
	l.admit()
	l.mu.Unlock()
	select {
	case <-w.ready:
		if w.err != nil {
			return w.err
		}
	case <-ctx.Done():
		l.leave(w)
		return ctx.Err()
	}
	if err := clock.Sleep(ctx, l.turn()); err != nil {
		l.exit()
		return err
	}
	return nil
}

// turn takes the next free moment and returns how far away it is. A clock that
// went back, as from one testing/synctest bubble to the next, begins anew.
func (l *Limiter) turn() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.next.Before(now) || now.Before(l.asked) {
		l.next = now
	}
	l.asked = now
	wait := l.next.Sub(now)
	l.next = l.next.Add(l.spacing)
	return wait
}

// admit gives places to those who wait. l.mu is held.
func (l *Limiter) admit() {
	atOnce := l.atOnce
	if len(l.refusedBy) > 0 && !l.isRefused {
		atOnce = 1 // one after another, until it is known who is meant
	}
	for len(l.queue) > 0 && l.running < atOnce {
		l.running++
		close(l.queue[0].ready)
		l.queue[0] = nil
		l.queue = l.queue[1:]
	}
}

// leave is for one who gives up waiting.
func (l *Limiter) leave(w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, other := range l.queue {
		if other == w {
			l.queue = append(l.queue[:i], l.queue[i+1:]...)
			return
		}
	}
	if w.err == nil { // it has just got its place
		l.running--
		l.admit()
	}
}

func (l *Limiter) exit() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	l.admit()
}

// Note notes what the refresh of a credential said of the client.
func (l *Limiter) Note(credential string, v Verdict, now time.Time, cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case v == Taken, v == Unclear && !l.isRefused:
		l.isRefused, l.refusedBy, l.since, l.cause = false, nil, time.Time{}, nil
		l.admit()
	case v == Refused:
		if l.refusedBy == nil {
			l.refusedBy, l.since = map[string]bool{}, now
		}
		if len(l.refusedBy) < credentials {
			l.refusedBy[credential] = true
		}
		if len(l.refusedBy) < credentials {
			return
		}
		l.isRefused, l.probeAt, l.cause = true, now.Add(RefusedPause), cause
		for _, w := range l.queue {
			w.err = l.refusal()
			close(w.ready)
		}
		l.queue = nil
	}
}

// RefusedSince is since when the provider refuses the client; the zero time if
// it does not, as far as is known.
func (l *Limiter) RefusedSince() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isRefused {
		return time.Time{}
	}
	return l.since
}

// Release gives the place up for good. It may be called more than once.
func (p *Place) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.giveUp()
}

// Lend gives the place up until Resume, for one who waits for something else
// than the provider.
func (p *Place) Lend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.giveUp()
}

// giveUp gives the place up if it is held. p.mu is held.
func (p *Place) giveUp() {
	if p.held {
		p.held = false
		p.l.exit()
	}
}

// Resume takes a place again after Lend, and waits for it. It does nothing if
// the place is held. The error is as that of Acquire.
func (p *Place) Resume(ctx context.Context) error {
	p.mu.Lock()
	held := p.held
	p.mu.Unlock()
	if held {
		return nil
	}
	if err := p.l.refused(); err != nil {
		return err
	}
	if err := p.l.enter(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = true
	if p.ended {
		p.giveUp() // released meanwhile
	}
	return nil
}
