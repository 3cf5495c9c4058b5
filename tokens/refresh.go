package tokens

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/clock"
)

const (
	// saveLimit bounds the saving of a new token, which goes on when the
	// refresh's own time is up: the old token may be dead by then.
	saveLimit = 5 * time.Second
	saveTries = 3
	// The pauses while somebody else holds the lease or is refreshing.
	firstPoll = 20 * time.Millisecond
	lastPoll  = time.Second
	// The pause before a refresh of unknown outcome is sent again.
	replayPause = 2 * time.Second
)

// refresh is one flight: it ends with a token that is in the store, or says
// why there is none. In order: save what an earlier flight could not; take the
// lease; load again, and adopt what somebody else obtained; write the attempt
// ahead, which also proves that the store can be written; send once; save; and
// only then publish.
func (s *Source) refresh(ctx context.Context) (*held, error) {
	if h, err := s.savePending(ctx); err != nil || h != nil && s.fresh(h) {
		return h, err
	}
	lease, h, err := s.acquire(ctx)
	if h != nil || err != nil {
		return h, err
	}
	if lease != nil {
		defer release(ctx, lease)
	}
	poll, lost := firstPoll, error(nil)
	for {
		r, err := s.load(ctx)
		if err != nil {
			return nil, err
		}
		if h := s.adopt(r); h != nil {
			return h, nil
		}
		if err := s.hopeless(r); err != nil {
			return nil, err
		}
		if r.attempt != nil && lease == nil && s.alive(r.attempt) {
			// Without a lease the attempt itself says that somebody is at it.
			if err := clock.Sleep(ctx, poll); err != nil {
				return nil, err
			}
			poll = min(2*poll, lastPoll)
			continue
		}
		_, policy := s.advice(r.token)
		ahead, err := s.begin(ctx, r, policy, lease)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			if lost != nil {
				err = errors.Join(lost, err)
			}
			return nil, err
		}
		h, again, err := s.spend(ctx, ahead)
		if !again {
			return h, err
		}
		// Nobody knows whether that arrived. The attempt stands in the store;
		// the next round replays it, if the policy lets it, once per flight.
		if lost != nil || !policy.allows(ahead.attempt.Replays) || clock.Sleep(ctx, replayPause+mathrand.N(replayPause)) != nil {
			return nil, err
		}
		lost = err
	}
}

// release gives a lease up and waits for it no longer than a second: the token
// is published by then, and a store that hangs would hold its callers up.
func release(ctx context.Context, lease Lease) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	released := make(chan struct{})
	go func() {
		defer close(released)
		defer func() { _ = recover() }()
		_ = lease.Release(ctx)
	}()
	select {
	case <-released:
	case <-ctx.Done():
	}
}

// hopeless says why a record cannot be refreshed at all.
func (s *Source) hopeless(r *record) error {
	switch {
	case r.rejected != "":
		return s.fail(grantway.KindRejected, "the provider refused the grant ("+r.rejected+"): authorize again, then Save", nil)
	case s.cfg.Mints:
		return nil
	case r.token == nil:
		return s.fail(grantway.KindRejected, "no token is stored under this key: authorize, then Save", ErrNotFound)
	case r.token.RefreshToken.IsZero():
		return s.fail(grantway.KindRejected, "the token is due and has no refresh token: authorize again, then Save", nil)
	}
	return nil
}

// begin writes an attempt ahead. ErrConflict means that somebody else wrote in
// between; on any other error nothing may be sent.
func (s *Source) begin(ctx context.Context, r *record, policy ReplayPolicy, lease Lease) (*record, error) {
	replays := 0
	if r.attempt != nil {
		s.cred.mu.Lock()
		innocent := r.attempt.ID == s.cred.innocent
		s.cred.mu.Unlock()
		switch {
		case innocent:
			replays = r.attempt.Replays
		case !policy.allows(r.attempt.Replays):
			return nil, s.fail(grantway.KindAmbiguous, "an earlier refresh may have spent the refresh token: authorize again, or allow a replay", nil)
		default:
			replays = r.attempt.Replays + 1
		}
	}
	ahead := *r
	ahead.generation++
	ahead.attempt = &attempt{ID: rand.Text(), StartedAt: s.cfg.Now().UTC(), Replays: replays}
	s.cred.mu.Lock()
	s.cred.attempt = ahead.attempt.ID
	s.cred.mu.Unlock()
	if err := s.swap(ctx, r.generation, &ahead); err != nil {
		if !errors.Is(err, ErrConflict) {
			s.acquit(&ahead) // it may stand in the store all the same
		}
		return nil, err
	}
	err := ctx.Err()
	if err == nil && lease != nil {
		// Suspended for longer than the lease lasts, this process is no longer
		// alone; better to stop here than to spend what another one spends.
		if err = lease.Renew(ctx); err != nil {
			err = s.storeError("renew the lease", err)
		} else {
			err = ctx.Err()
		}
	}
	if err != nil {
		s.withdraw(ctx, &ahead)
		return nil, err
	}
	return &ahead, nil
}

// spend sends the refresh of an attempt that has been written ahead, once, and
// settles the record by what came of it. again says that the outcome is
// unknown.
func (s *Source) spend(ctx context.Context, ahead *record) (h *held, again bool, err error) {
	t, err := s.cfg.Refresh(ctx, ahead.token.Clone())
	if err == nil && (t == nil || t.AccessToken.IsZero()) {
		err = s.fail(grantway.KindMalformed, "the refresh returned no token", nil)
	}
	if err == nil {
		h, err = s.keep(ctx, ahead, t)
		return h, false, err
	}
	var e *grantway.Error
	if !errors.As(err, &e) {
		return nil, true, s.typed(err)
	}
	switch e.Kind {
	case grantway.KindAmbiguous, grantway.KindMalformed:
		return nil, true, err
	case grantway.KindRejected:
		h, err = s.refused(ctx, ahead, err)
		return h, false, err
	}
	// Not sent, throttled, unavailable, bad client: nothing was spent.
	s.withdraw(ctx, ahead)
	return nil, false, err
}

// keep saves a new token and publishes it. If it cannot be saved it stays in
// memory, handed to nobody, and is saved before anything else is tried.
func (s *Source) keep(ctx context.Context, ahead *record, t *grantway.Token) (*held, error) {
	next := &record{key: s.key, generation: ahead.generation + 1, token: t, unknown: ahead.unknown, grant: ahead.grant, parent: ahead.token}
	s.cred.mu.Lock()
	s.cred.setPending(next)
	if s.cred.refused.Equal(t.AccessToken) {
		s.cred.refused = grantway.Secret{} // the provider stands by it
	}
	s.cred.mu.Unlock()
	return s.savePending(ctx)
}

// savePending saves a token that was obtained and is in no store yet.
func (s *Source) savePending(ctx context.Context) (*held, error) {
	s.cred.mu.Lock()
	next := s.cred.pending
	s.cred.mu.Unlock()
	if next == nil {
		return nil, nil
	}
	// The flight's own end must not tear this: what is lost here is lost.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	var err error
	for try := range saveTries {
		if try > 0 && clock.Sleep(ctx, 100*time.Millisecond<<try) != nil {
			break
		}
		if err = s.swap(ctx, next.generation-1, next); err == nil || errors.Is(err, ErrConflict) {
			break
		}
	}
	switch {
	case err == nil:
		s.saved(next)
		s.log(slog.LevelDebug, "token saved", nil)
		return s.publish(next), nil
	case errors.Is(err, ErrConflict):
		return s.settleConflict(ctx, next)
	}
	e := s.fail(grantway.KindNotPersisted, "it is kept in memory and saved before anything else; mend the store", err)
	s.log(slog.LevelError, "token not saved", e)
	return nil, e
}

// saved forgets the pending record, unless another has taken its place.
func (s *Source) saved(r *record) {
	s.cred.mu.Lock()
	defer s.cred.mu.Unlock()
	if s.cred.pending == r {
		s.cred.setPending(nil)
	}
}

// settleConflict is for a new token at whose place somebody else has written.
// Either that was this very token, saved by a try whose answer got lost, or
// somebody refreshed (or saved) at the same time. Theirs stays; ours is kept
// as a spare, for only one of two refreshes may have survived.
func (s *Source) settleConflict(ctx context.Context, next *record) (*held, error) {
	parent := next.parent
	var r *record
	for range saveTries {
		var err error
		if r, err = s.load(ctx); err != nil {
			return nil, err
		}
		if r.token == nil || parent == nil || !r.token.AccessToken.Equal(parent.AccessToken) {
			break
		}
		// Whatever was written, the token is the one that ours was made of: an
		// attempt or a rejection by somebody who could not know of ours.
		over := *next
		over.generation, over.unknown, over.grant = r.generation+1, r.unknown, r.grant
		if err := s.swap(ctx, r.generation, &over); err == nil {
			s.saved(next)
			return s.publish(&over), nil
		} else if !errors.Is(err, ErrConflict) {
			return nil, err
		}
	}
	s.saved(next)
	if r.token != nil && r.token.AccessToken.Equal(next.token.AccessToken) {
		return s.publish(r), nil
	}
	if r.grant == next.grant {
		s.setSpare(next)
	}
	if r.token == nil || r.attempt != nil || r.rejected != "" {
		// A deletion and a new start, or a refresh under way: not ours to
		// judge. Ask again from the top.
		return nil, s.fail(grantway.KindStore, "somebody else is writing the entry", ErrConflict)
	}
	s.log(slog.LevelError, "double spend: two refreshes of one token", nil)
	if h := s.adopt(r); h != nil {
		return h, nil
	}
	return nil, s.fail(grantway.KindStore, "somebody else is writing the entry", ErrConflict)
}

func (s *Source) setSpare(t *record) {
	s.cred.mu.Lock()
	s.cred.spare = t
	s.cred.mu.Unlock()
}

// refused is for a grant that the provider does not take. That is believed
// only after another look at the store (somebody may have rotated it), and
// after the spare, if there is one, has taken its place.
func (s *Source) refused(ctx context.Context, ahead *record, because error) (*held, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	r, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	if r.generation != ahead.generation {
		if h := s.adopt(r); h != nil {
			return h, nil
		}
		return nil, s.fail(grantway.KindStore, "somebody else is writing the entry", ErrConflict)
	}
	next := &record{key: s.key, generation: ahead.generation + 1, token: ahead.token, unknown: ahead.unknown, grant: ahead.grant}
	s.cred.mu.Lock()
	spare := s.cred.spare
	s.cred.mu.Unlock()
	if spare != nil && spare.grant != ahead.grant {
		spare = nil
	}
	if spare != nil {
		next.token = spare.token
	} else {
		next.rejected = rejection(because)
	}
	if err := s.swap(ctx, ahead.generation, next); err != nil {
		return nil, errors.Join(because, err)
	}
	if spare != nil {
		s.cred.mu.Lock()
		if s.cred.spare == spare {
			s.cred.spare = nil
		}
		s.cred.mu.Unlock()
		if h := s.publish(next); s.fresh(h) {
			return h, nil
		}
		return nil, s.fail(grantway.KindStore, "the spare took its place", nil)
	}
	return nil, because
}

// rejection is the code to store: what the error would print, nothing else.
func rejection(err error) string {
	var e *grantway.Error
	if errors.As(err, &e) {
		if code := e.KnownCode(); code != "" {
			return code
		}
	}
	return "rejected"
}

// withdraw takes an attempt back that spent nothing. A replay that was not
// sent leaves the lost attempt before it as it was. If that cannot be written,
// the attempt stays, and counts as of unknown outcome: the safe mistake.
func (s *Source) withdraw(ctx context.Context, ahead *record) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	s.acquit(ahead)
	next := *ahead
	next.generation++
	next.attempt = nil
	if a := ahead.attempt; a.Replays > 0 {
		next.attempt = &attempt{ID: rand.Text(), Replays: a.Replays - 1} // the one before, whose author is gone
	}
	if err := s.swap(ctx, ahead.generation, &next); err != nil {
		s.log(slog.LevelWarn, "attempt not withdrawn", err)
	}
}

// acquit remembers that an attempt spent nothing, in case that cannot be
// written.
func (s *Source) acquit(ahead *record) {
	s.cred.mu.Lock()
	s.cred.innocent = ahead.attempt.ID
	s.cred.mu.Unlock()
}

// alive reports whether the author of an attempt may still be at it. What was
// begun here is over: there is one flight at a time.
func (s *Source) alive(a *attempt) bool {
	s.cred.mu.Lock()
	ours := a.ID == s.cred.attempt
	s.cred.mu.Unlock()
	if ours {
		return false
	}
	age := s.cfg.Now().Sub(a.StartedAt)
	return age < s.cfg.Timeout+saveLimit && age > -s.cfg.Timeout // an attempt from the future is a wrong clock's
}

// adopt publishes the record's token if it may be handed out, and returns it
// if it is not even due.
func (s *Source) adopt(r *record) *held {
	if r.token == nil {
		return nil
	}
	if s.cred.isRefused(r.token.AccessToken) {
		return nil
	}
	plan, _ := s.advice(r.token)
	if _, end := plan.due(r.token); !end.IsZero() && !s.cfg.Now().Before(end) {
		return nil
	}
	if h := s.publish(r); s.fresh(h) {
		return h
	}
	return nil
}

// acquire takes the lease, if the store has leases. While somebody else holds
// it, what they wrote is looked at and adopted.
func (s *Source) acquire(ctx context.Context) (Lease, *held, error) {
	leaser, ok := s.cfg.Store.(Leaser)
	if !ok {
		return nil, nil, nil
	}
	for poll := firstPoll; ; poll = min(2*poll, lastPoll) {
		lease, err := leaser.Acquire(ctx, s.key, 2*s.cfg.Timeout)
		if err == nil {
			return lease, nil, nil
		}
		if !errors.Is(err, ErrLeased) {
			return nil, nil, s.storeError("acquire the lease", err)
		}
		r, err := s.load(ctx)
		if err != nil {
			return nil, nil, err
		}
		if h := s.adopt(r); h != nil {
			return nil, h, nil
		}
		if err := clock.Sleep(ctx, poll+mathrand.N(poll)); err != nil {
			return nil, nil, err
		}
	}
}

// load returns what is stored; a record of generation 0 if nothing is.
func (s *Source) load(ctx context.Context) (*record, error) {
	s.cred.mu.Lock()
	floor, grant := s.cred.seen, s.cred.grant
	s.cred.mu.Unlock()
	e, err := s.cfg.Store.Load(ctx, s.key)
	if errors.Is(err, ErrNotFound) {
		s.cred.mu.Lock()
		s.cred.seen = 0
		s.cred.mu.Unlock()
		return &record{key: s.key}, nil
	}
	if err != nil {
		return nil, s.storeError("load", err)
	}
	data := e.Data
	if s.cfg.Sealer != nil {
		if data, err = s.cfg.Sealer.Open(s.key, e.Generation, data); err != nil {
			return nil, s.storeError("open the sealed entry", err)
		}
	} else if IsSealed(data) {
		return nil, s.storeError("read the entry", ErrSealed)
	}
	r, err := unmarshalRecord(s.key, e.Generation, data)
	if err == nil {
		s.cred.mu.Lock()
		same := r.grant == s.cred.grant
		overtaken := same && floor <= r.generation && r.generation < s.cred.seen
		switch {
		case same && r.grant == grant && r.generation < floor && !s.cfg.Mints:
			err = errRolledBack
		case !same && grant != s.cred.grant:
			overtaken = true // a Save came in between; what was read may be from before
		case !same:
			// A new grant counts from anew: the entry may have been deleted
			// in between.
			s.cred.grant, s.cred.seen = r.grant, r.generation
		default:
			s.cred.seen = max(s.cred.seen, r.generation)
		}
		s.cred.mu.Unlock()
		if overtaken {
			return s.load(ctx)
		}
	}
	if err != nil {
		return nil, s.storeError("read the entry", err)
	}
	return r, nil
}

// swap writes r over the generation before it.
func (s *Source) swap(ctx context.Context, old uint64, r *record) error {
	data, err := r.marshal()
	if err == nil && s.cfg.Sealer != nil {
		data, err = s.cfg.Sealer.Seal(s.key, r.generation, data)
	}
	if err != nil {
		return s.storeError("write the entry", err)
	}
	err = s.cfg.Store.CompareAndSwap(ctx, old, Entry{Key: s.key, Generation: r.generation, Data: data})
	if err != nil {
		return s.storeError("save", withoutSecrets(err, r.token))
	}
	s.cred.mu.Lock()
	if r.generation > s.cred.seen {
		s.cred.grant, s.cred.seen = r.grant, r.generation
	}
	s.cred.mu.Unlock()
	return nil
}

// withoutSecrets replaces an error of a store that repeats what it was given to
// save, as some drivers do.
func withoutSecrets(err error, t *grantway.Token) error {
	if t == nil {
		return err
	}
	for _, secret := range [...]grantway.Secret{t.AccessToken, t.RefreshToken} {
		if !secret.IsZero() && strings.Contains(err.Error(), secret.Reveal()) {
			return hiddenError{err}
		}
	}
	return err
}

// hiddenError is an error whose text may not be shown. It does not unwrap, for
// whoever prints a chain would print it.
type hiddenError struct{ err error }

func (hiddenError) Error() string                { return "its error repeats a credential and is not shown" }
func (e hiddenError) Is(target error) bool       { return errors.Is(e.err, target) }
func (e hiddenError) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.Error())) }
