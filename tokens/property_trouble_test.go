package tokens_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// More trouble in the property test's world:
//
//   - refusals that are not the provider's: a gateway's 403, a firewall's 401.
//     They judge nothing, and nothing is recorded as rejected that the provider
//     did not refuse.
//   - outages: for a while, seconds or days, every refresh meets the same fault.
//   - a slow store, whose calls take seconds, also more than a save may take.
//   - a store that lies, in one of two ways.
//
// A store may lie so that nothing gets lost: a conflict though the write was
// done, a read from before, a write that is done twice. All invariants hold then,
// but for three: the store may be said to have lost writes; a token that was saved
// unheard and replaced may be told as a double spend; and a Save that goes on
// because of the conflict stores its grant again, also if somebody forgot that in
// between.
//
// Or it loses writes: it says "written" and writes nothing, or a write of long ago
// comes again and takes the place of what is there. No client survives that: what
// was spent cannot be known, and the token that was obtained may be gone. What
// holds all the same, and is asserted:
//
//   - nothing panics, who waits is let go in time, every error is typed.
//   - nothing is recorded as rejected that the provider did not refuse.
//   - no token is handed out that ended.
//   - each write is told at most once, by the one that made it.
//   - once all is well, a Save is served at once, and to every other process after
//     the pause of its last failure at the latest. Calls work from then on.

// lies is how a store lies.
type lies int

const (
	honest lies = iota
	losesNothing
	losesWrites
)

// drawTrouble decides what kind of world it is. It has a seed of its own, so that
// the other draws stay as they were.
func (w *world) drawTrouble() {
	rng := rand.New(rand.NewPCG(w.seed, 11))
	switch n := rng.IntN(10); {
	case n < 2:
		w.lies = losesNothing
	case n < 3:
		w.lies = losesWrites
		w.inner = &looseStore{entries: map[string]tokens.Entry{}}
		w.leases = false
	}
}

// looseStore writes whatever it is told when it loses writes.
type looseStore struct {
	mu      sync.Mutex
	entries map[string]tokens.Entry
}

func (s *looseStore) Load(_ context.Context, key string) (tokens.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.entries[key]
	if !ok {
		return tokens.Entry{}, tokens.ErrNotFound
	}
	return e, nil
}

func (s *looseStore) CompareAndSwap(_ context.Context, old uint64, e tokens.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entries[e.Key].Generation != old {
		return tokens.ErrConflict
	}
	s.entries[e.Key] = e
	return nil
}

func (s *looseStore) Delete(context.Context, string, uint64) error { return errors.New("not used") }

// put writes e whatever there is.
func (s *looseStore) put(e tokens.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries[e.Key] = e
}

// lie is what a store does to one call.
type lie int

const (
	noLie lie = iota
	laggingRead
	falseConflict
	writtenTwice
	nothingWritten
	oldWriteComesBack
)

// drawLie decides whether a call of p is lied to.
func (p *process) drawLie(write bool) lie {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lies == honest || w.healed || w.rng.IntN(8) != 0 {
		return noLie
	}
	l := laggingRead
	switch {
	case write && w.lies == losesWrites:
		l = falseConflict + lie(w.rng.IntN(4))
	case write:
		l = falseConflict + lie(w.rng.IntN(2))
	}
	w.noteLocked("%s: lie %d", p.name, l)
	w.count.lies++
	return l
}

// fromBefore returns an entry of before, if there is one.
func (w *world) fromBefore(e tokens.Entry) tokens.Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.past); n > 0 {
		return w.past[n-1-w.rng.IntN(min(n, 4))]
	}
	return e
}

// lyingSwap is CompareAndSwap of a store that lies so.
func (p *process) lyingSwap(ctx context.Context, how lie, l *ledger, old uint64, e tokens.Entry) error {
	w := p.w
	if how == nothingWritten {
		w.mu.Lock()
		defer w.mu.Unlock()
		var r stored
		_ = json.Unmarshal(e.Data, &r)
		w.stored[r.AccessToken], w.untrue[e.Generation] = true, true // the process was told so
		return nil
	}
	err := l.CompareAndSwap(ctx, old, e)
	later := func(write func()) {
		w.callers.Go(func() {
			time.Sleep(w.between(time.Millisecond, 30*time.Second))
			write()
		})
	}
	switch {
	case err != nil:
		return err
	case how == falseConflict:
		return tokens.ErrConflict
	case how == writtenTwice:
		later(func() { _ = (&ledger{w: w, p: p}).CompareAndSwap(context.Background(), old, e) })
	case how == oldWriteComesBack:
		again := w.fromBefore(e)
		later(func() {
			w.storeMu.Lock()
			defer w.storeMu.Unlock()
			w.mu.Lock()
			defer w.mu.Unlock()
			if !w.healed {
				w.noteLocked("store: a write of generation %d comes again", again.Generation)
				w.inner.(*looseStore).put(again)
				w.generation, w.record = again.Generation, stored{}
				_ = json.Unmarshal(again.Data, &w.record)
			}
		})
	}
	return nil
}

// violateLossy is violateLocked for what does not hold if the store loses writes.
func (w *world) violateLossy(format string, args ...any) {
	if w.lies != losesWrites {
		w.violateLocked(format, args...)
	}
}

// startOutage begins an outage. Days of it pass at once.
func (w *world) startOutage() {
	w.mu.Lock()
	w.outage = providerFault{takes: time.Second}
	switch w.rng.IntN(6) {
	case 0:
		w.outage.answer, w.outage.spends = grantway.KindAmbiguous, spendsNothing // a 502
	case 1:
		w.outage.answer, w.outage.spends = grantway.KindAmbiguous, spendsLast // a reset
	case 2:
		w.outage.answer = grantway.KindUnavailable
	case 3:
		w.outage.answer = grantway.KindNotJudged
	case 4:
		w.outage.takes, w.outage.answer = time.Hour, grantway.KindAmbiguous // hung
	case 5:
		w.outage.answer = grantway.KindNotSent
	}
	lasts := 10*time.Second + time.Duration(w.rng.Int64N(int64(10*time.Minute)))
	long := w.rng.IntN(4) == 0
	if long {
		lasts = time.Hour + time.Duration(w.rng.Int64N(int64(50*time.Hour)))
	}
	w.outageUntil = time.Now().Add(lasts)
	w.count.outages++
	w.noteLocked("outage of %v: %+v", lasts, w.outage)
	w.mu.Unlock()
	for range 6 {
		if !long {
			return
		}
		for _, p := range w.processes {
			w.caller(p, p.open[0])
		}
		time.Sleep(lasts / 6)
	}
}

// checkRejected: what is stored as rejected was refused by the provider. w.mu is
// held.
func (w *world) checkRejected(r stored) {
	if r.Rejected != "" && !w.refused[r.RefreshToken] {
		w.violateLocked("%s is recorded as rejected, and the provider did not refuse it", r.RefreshToken)
	}
}

// checkToldAtMost is checkTold for a store that loses writes: generations come
// again. w.mu is held.
func (w *world) checkToldAtMost() {
	for _, p := range w.everyone {
		told := map[uint64]int{}
		for _, e := range p.told {
			switch e.Kind {
			case tokens.EventRefreshed, tokens.EventSaved, tokens.EventForgotten, tokens.EventRejected:
				g := e.Generation
				if told[g]++; told[g] > p.wrote[g] && !w.untrue[g] {
					w.violateLocked("%s told %v, and wrote generation %d only %d times", p.name, e.Kind, g, p.wrote[g])
				}
			}
		}
	}
}

// restored: a Save mends what a store has lost.
func (w *world) restored() {
	w.mu.Lock()
	tok := w.grant()
	w.mu.Unlock()
	p := w.processes[0]
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.open[0].Save(ctx, tok); err != nil {
		w.violate("all is well, and a Save says: %v", err)
	}
	if _, err := p.open[0].TokenContext(ctx); err != nil {
		w.violate("%s: all is well, it saved, and still: %v", p.name, err)
	}
	for range 2 {
		time.Sleep(longEnough)
		for _, p := range w.processes {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			if _, err := p.open[0].TokenContext(ctx); err != nil {
				w.violate("%s: all is well, somebody saved, and still: %v", p.name, err)
			}
			cancel()
		}
	}
}

// longEnough is longer than any pause and any token.
const longEnough = 2 * time.Hour
