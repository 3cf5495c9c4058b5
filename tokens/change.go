package tokens

import (
	"context"
	"errors"
)

// change is a write that changes what a credential is: by Save, Import, Forget,
// or the provider's refusal. What follows from it follows also if its answer got
// lost, as soon as its record is found.
type change struct {
	kind EventKind
	// written is the record after it.
	written *record
	// forgotten is the grant that a Forget removed.
	forgotten string
	// because is the refusal.
	because error
	// silent says that it changes nothing that anybody has to hear of.
	silent bool
}

// carryOut writes a change over the generation before it.
func (s *Source) carryOut(ctx context.Context, c change) error {
	answer := func(bool) {}
	if !c.silent {
		answer = s.announce(c.kind, c.written.generation, c.because)
	}
	err := s.entry.swap(ctx, c.written.generation-1, c.written)
	switch {
	case err == nil:
		s.follow(c, c.written)
	case !errors.Is(err, ErrConflict):
		s.history.doubt(c)
	}
	answer(err == nil)
	return err
}

// settle follows up the changes whose answers got lost, now that r was read.
func (s *Source) settle(r *record) {
	for _, c := range s.history.settled(r) {
		s.follow(c, r)
		if !c.silent {
			s.event(c.kind, c.written.generation, c.because)
		}
	}
}

// follow does what follows from a change, of which r is what is stored.
func (s *Source) follow(c change, r *record) {
	if c.kind.replacesGrant() && s.entry.position.isLatest(r.grant, r.generation) {
		s.history.startAnew()
	}
	switch {
	case c.kind == EventForgotten:
		s.entry.position.replace(c.forgotten)
		s.current.forget(c.forgotten)
	case c.kind == EventRefreshed:
		s.history.usedAlternate(c.written.token)
		fallthrough
	case c.kind == EventSaved && c.hasTokenOf(r):
		s.publish(r)
	}
}

// replacesGrant reports whether nothing of the grant before it is left.
func (k EventKind) replacesGrant() bool { return k == EventSaved || k == EventForgotten }

// isIn reports whether r is what c wrote, or came of it.
func (c change) isIn(r *record) bool {
	switch {
	case r.grant != c.written.grant:
		return false
	case c.kind == EventRejected:
		return r.rejected != "" && r.rejectedAt.Equal(c.written.rejectedAt)
	case c.kind == EventRefreshed:
		return c.hasTokenOf(r)
	}
	return true
}

// hasTokenOf reports whether the token of r is that which c wrote.
func (c change) hasTokenOf(r *record) bool {
	return r.token != nil && r.token.AccessToken.Equal(c.written.token.AccessToken)
}

// maxDoubts bounds the changes that wait to be found.
const maxDoubts = 8

// doubt notes a change whose answer got lost.
func (h *refreshHistory) doubt(c change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.doubts = append(h.doubts, c)
	h.doubts = h.doubts[max(0, len(h.doubts)-maxDoubts):]
}

// settled returns the changes that r shows to have been done, in order, and
// forgets those that r decides either way. What r is older than may still come.
func (h *refreshHistory) settled(r *record) (done []change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var open []change
	for _, c := range h.doubts {
		switch {
		case c.isIn(r): //mutant:lost-answer-overlooked
			done = append(done, c)
		case r.generation < c.written.generation:
			open = append(open, c)
		}
	}
	h.doubts = open
	return done
}
