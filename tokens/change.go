package tokens

import (
	"context"
	"slices"
)

// change is a write that changes what a credential is: by Save, Import, Forget,
// or the provider's refusal. What follows from it follows also if its answer got
// lost, as soon as its record is found.
type change struct {
	kind EventKind
	// by is the Source that made it, which tells it.
	by *Source
	// written is the record after it.
	written *record
	// forgotten is the grant that a Forget removed.
	forgotten string
	// because is the refusal.
	because error
	// silent says that it changes nothing that anybody has to hear of.
	silent bool
	// done says that it was found or answered, under history.mu.
	done bool
	// answer is set while the write is under way.
	answer func(written bool)
}

// carryOut writes a change over the generation before it.
func (s *Source) carryOut(ctx context.Context, c *change) error {
	c.by, c.answer = s, func(bool) {}
	if !c.silent {
		c.answer = s.announce(c.kind, c.written.generation, c.because)
	}
	s.history.begin(c)
	err := s.entry.swap(ctx, c.written.generation-1, c.written)
	if err != nil {
		s.history.lostAnswer(c)
	} else if answer := s.history.settle(c); answer != nil {
		s.follow(c, c.written)
		answer(true)
	}
	return err
}

// load is the entry's load. What it shows to have been done is followed up.
func (s *Source) load(ctx context.Context) (*record, error) {
	r, err := s.entry.load(ctx)
	if err == nil {
		s.found(r)
	}
	return r, err
}

// found follows up the changes that r shows to have been done, although their
// answers got lost or are still to come.
func (s *Source) found(r *record) {
	for _, f := range s.history.changesIn(r) {
		s.follow(f.change, r)
		switch {
		case f.answer != nil:
			f.answer(true)
		case !f.silent:
			f.by.event(f.kind, f.written.generation, f.because)
		}
	}
}

// follow does what follows from a change, of which r is what is stored.
func (s *Source) follow(c *change, r *record) {
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
func (c *change) isIn(r *record) bool {
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
func (c *change) hasTokenOf(r *record) bool {
	return r.token != nil && r.token.AccessToken.Equal(c.written.token.AccessToken)
}

// maxChanges bounds the changes that wait to be found.
const maxChanges = 8

// begin notes a change that is under way.
func (h *refreshHistory) begin(c *change) {
	h.lock()
	defer h.unlock()
	h.changes = append(h.changes, c)
	h.changes = h.changes[max(0, len(h.changes)-maxChanges):]
}

// lostAnswer notes that c may have been done or not.
func (h *refreshHistory) lostAnswer(c *change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.answer != nil {
		c.answer(false)
		c.answer = nil
	}
}

// settle notes that c was done, and returns its answer unless that was known.
func (h *refreshHistory) settle(c *change) (answer func(written bool)) {
	h.lock()
	defer h.unlock()
	h.changes = slices.DeleteFunc(h.changes, func(d *change) bool { return d == c })
	answer, c.answer, c.done = c.answer, nil, true
	return answer
}

// wasDone reports whether c, if there is one, was done after all.
func (h *refreshHistory) wasDone(c *change) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return c != nil && c.done
}

// foundChange is a change that was found in the store. answer is nil if the write
// is no longer under way.
type foundChange struct {
	*change
	answer func(written bool)
}

// changesIn returns the changes that r shows to have been done, in order, and
// forgets those that r decides either way. What r is older than may still come.
func (h *refreshHistory) changesIn(r *record) (done []foundChange) {
	h.lock()
	defer h.unlock()
	var open []*change
	for _, c := range h.changes {
		switch {
		case c.isIn(r): //mutant:lost-answer-overlooked
			done = append(done, foundChange{c, c.answer})
			c.answer, c.done = nil, true
		case r.generation < c.written.generation || c.answer != nil:
			open = append(open, c)
		}
	}
	h.changes = open
	return done
}
