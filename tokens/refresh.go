package tokens

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/clock"
	"github.com/grantway/grantway/internal/flight"
	"github.com/grantway/grantway/internal/limit"
)

const (
	// saveLimit bounds the saving of a new token, which goes on when the
	// refresh's own time is up: the old token may be dead by then.
	saveLimit = 5 * time.Second
	saveTries = 3
	// flightGrace is what a flight may take beyond its time to save what it got.
	flightGrace = saveLimit + time.Second
	// The pauses while somebody else holds the lease or is refreshing.
	firstPoll = 20 * time.Millisecond
	lastPoll  = time.Second
	// replayPause is the pause before a refresh of unknown outcome is sent
	// again.
	replayPause = 2 * time.Second
)

// state is one step of a refresh. It returns the next one, or nil at the end.
//
//	saveUnsaved      save what an earlier flight obtained and could not save
//	lookFirst        load before anything is asked of a lease: adopt what is good
//	(admit)          wait for the turn among the refreshes of the client
//	takeLease        be the only one, as far as the store can tell
//	look             load again; adopt what somebody else obtained, or go on
//	writeAhead       write the attempt, which proves that the store can be written
//	send             send the refresh once; the outcome says what follows:
//	  refreshed        save, and only then publish
//	  refused          look again, then record the rejection
//	  notSpent         withdraw the attempt
//	  outcomeUnknown   wait, then look again: the attempt stays in the store
type state func(*refreshing, context.Context) state

// refreshing is a refresh under way.
type refreshing struct {
	*Source
	isDue  bool          // what lookAround found
	place  *limit.Place  // among the refreshes of the client
	lease  Lease         // nil if the store has none
	poll   time.Duration // until the store is looked at again
	waited bool          // for a replay that was near
	// conflicts counts how often somebody else wrote before the attempt.
	conflicts int
	// record is the one last loaded, ahead the one with the attempt in it.
	record, ahead *record
	// forced says that the token is refreshed although it is not due. replaces is
	// the one that is not good enough then; zero is the first one that is loaded.
	forced   bool
	replaces grantway.Secret
	// lost is the failure that left the first outcome of this flight unknown.
	lost error

	// What the flight ends with.
	token *published
	err   error
}

// lookAround is the first half of a flight, which asks the provider nothing. It
// is done if that was enough.
func (f *refreshing) lookAround(ctx context.Context) (p *published, done bool, err error) {
	for next := state((*refreshing).saveUnsaved); next != nil; {
		next = next(f, ctx)
	}
	return f.token, !f.isDue, f.err
}

// admit waits between the halves for a place among the refreshes of the client.
func (f *refreshing) admit(ctx context.Context) (release func(), err error) {
	if f.place, err = f.limiter.Acquire(ctx, f.now()); err != nil {
		return nil, f.notAdmitted(err)
	}
	return f.place.Release, nil
}

// notAdmitted is the error of a refresh that did not get a place.
func (f *refreshing) notAdmitted(err error) error {
	var refused *limit.RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	e := f.fail(grantway.KindBadClient, "the provider refuses the client itself, and not this credential", refused.Cause)
	e.RetryAfter = max(refused.Next.Sub(f.now()), 0)
	return e
}

// refresh is the second half. It ends with a token that is in the store, or
// says why there is none.
func (f *refreshing) refresh(ctx context.Context) (*published, error) {
	defer func() { f.releaseLease(ctx) }()
	for next := state((*refreshing).takeLease); next != nil; {
		next = next(f, ctx)
	}
	return f.token, f.err
}

// isGoodEnough reports whether the flight may end with p.
func (f *refreshing) isGoodEnough(p *published) bool {
	return p != nil && !(f.forced && f.replaces.Equal(p.token.AccessToken))
}

// end ends the flight with a token or an error.
func (f *refreshing) end(token *published, err error) state {
	f.token, f.err = token, err
	return nil
}

// saveUnsaved saves a token that an earlier flight obtained.
func (f *refreshing) saveUnsaved(ctx context.Context) state {
	next := f.history.unsavedRecord()
	if next == nil {
		return (*refreshing).lookFirst //mutant:lease-before-the-first-look
	}
	p, err := f.save(ctx, next)
	if err != nil || p != nil && f.isFresh(p) {
		return f.end(p, err)
	}
	return (*refreshing).saveUnsaved
}

// lookFirst loads the record and adopts a token that is good. One that is due
// and still good ends the flight if nothing was published before: whoever waits
// gets it at once, and the refresh goes on behind, in a flight of its own.
func (f *refreshing) lookFirst(ctx context.Context) state {
	cold := !f.isUsable(f.current.load())
	r, err := f.load(ctx)
	if err != nil {
		return f.end(nil, err)
	}
	if f.forced && f.replaces.IsZero() && r.token != nil {
		f.replaces = r.token.AccessToken
	}
	if p := f.adopt(r); f.isGoodEnough(p) {
		return f.end(p, nil)
	}
	if p := f.current.load(); cold && !f.forced && f.isUsable(p) {
		return f.end(p, nil)
	}
	if f.rules.ReadOnly {
		return f.end(f.waitForOthers(r))
	}
	if err := f.cannotRefresh(r); err != nil {
		return f.end(nil, err)
	}
	return f.goOn()
}

// readAgain is the pause after which a Source that only reads looks again for a
// newer token than the one that is due.
const readAgain = 15 * time.Second

// waitForOthers is the end of a flight that only reads and found no token that is
// fresh: what is still good, or why there is nothing.
func (f *refreshing) waitForOthers(r *record) (*published, error) {
	if p := f.current.load(); f.isUsable(p) {
		f.history.lookAgainAt(f.now().Add(readAgain))
		return p, nil
	}
	if err := f.cannotRefresh(r); err != nil {
		return nil, err
	}
	return nil, f.fail(grantway.KindUnavailable, "this source is read-only, and no other process has stored a token that is good", nil)
}

// goOn ends the first half of a flight: there has to be a refresh.
func (f *refreshing) goOn() state {
	f.isDue = true
	return nil
}

// takeLease takes the lease, if the store has leases. While somebody else holds
// it, what they wrote is looked at and adopted.
func (f *refreshing) takeLease(ctx context.Context) state {
	leaser, ok := f.entry.store.(Leaser)
	if !ok {
		return (*refreshing).look
	}
	for poll := firstPoll; ; poll = min(2*poll, lastPoll) {
		lease, err := leaser.Acquire(ctx, f.key, 2*f.opts.Timeout)
		if err == nil {
			f.lease = lease
			return (*refreshing).look
		}
		if !errors.Is(err, ErrLeased) {
			return f.end(nil, f.storeError("acquire the lease", err))
		}
		r, err := f.load(ctx)
		if err != nil {
			return f.end(nil, err)
		}
		if p := f.adopt(r); f.isGoodEnough(p) {
			return f.end(p, nil)
		}
		if err := f.sleep(ctx, poll+mathrand.N(poll)); err != nil {
			return f.end(nil, err)
		}
	}
}

// sleep waits for something else than the provider's answer. The place among the
// refreshes of the client is free for others meanwhile: begin takes one again.
func (f *refreshing) sleep(ctx context.Context, d time.Duration) error {
	f.place.Lend()
	return clock.Sleep(ctx, d)
}

// releaseLease gives the lease up and waits for that no longer than a second:
// the token is published by then, and a store that hangs would hold its callers
// up.
func (f *refreshing) releaseLease(ctx context.Context) {
	if f.lease == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	released := make(chan struct{})
	go func() {
		defer close(released)
		defer func() { _ = recover() }()
		_ = f.lease.Release(ctx)
	}()
	select {
	case <-released:
	case <-ctx.Done():
	}
}

// look loads the record, and finds out whether there is anything to do.
func (f *refreshing) look(ctx context.Context) state {
	r, err := f.load(ctx)
	if err != nil {
		return f.end(nil, err)
	}
	f.record = r
	if p := f.adopt(r); f.isGoodEnough(p) { //mutant:no-second-look
		return f.end(p, nil)
	}
	if err := f.cannotRefresh(r); err != nil {
		return f.end(nil, err)
	}
	if r.attempt != nil && f.lease == nil && f.mayBeUnderWay(r.attempt) { //mutant:living-attempt-not-waited-for
		// Without a lease the attempt itself says that somebody is at it.
		if err := f.sleep(ctx, f.poll); err != nil {
			return f.end(nil, err)
		}
		f.poll = min(2*f.poll, lastPoll)
		return (*refreshing).look
	}
	return (*refreshing).writeAhead
}

// adopt publishes the record's token if it may be handed out, and returns it
// if it is not even due.
func (s *Source) adopt(r *record) *published {
	if r.token == nil || s.current.isInvalid(r.token.AccessToken) {
		return nil
	}
	plan, _ := s.advice(r.token)
	now := s.now()
	if _, end := plan.due(r.token, now); !end.IsZero() && !now.Before(end) {
		return nil
	}
	p, replaced := s.publishReplacing(r)
	switch own := s.history.unsavedWith(r.token); {
	case own != nil: // a flight that was given up has saved it, and has not heard of that
		s.history.savedRecord(own)
		s.tellRefreshed(own, s.history.storedAt(own))
	case replaced:
		s.event(EventAdopted, r.generation, nil)
	}
	if s.isFresh(p) && !s.current.isWithdrawn(p) {
		return p
	}
	return nil
}

// cannotRefresh says why a record cannot be refreshed at all; nil if it can.
func (s *Source) cannotRefresh(r *record) error {
	switch {
	case r.rejected != "":
		return s.fail(grantway.KindRejected, "the provider refused the grant ("+r.rejected+"): authorize again, then Save", nil)
	case s.rules.Mints:
		return nil
	case r.token == nil:
		return s.fail(grantway.KindRejected, "no token is stored under this key: authorize, then Save", ErrNotFound)
	case r.token.RefreshToken.IsZero():
		return s.fail(grantway.KindRejected, "the token is due and has no refresh token: authorize again, then Save", nil)
	}
	return nil
}

// mayBeUnderWay reports whether the author of an attempt may still be at it.
// What was begun here is over: there is one flight at a time.
func (s *Source) mayBeUnderWay(a *attempt) bool {
	if s.history.isOwn(a) {
		return false
	}
	age := s.now().Sub(a.StartedAt)
	return age < s.opts.Timeout+saveLimit && age > -s.opts.Timeout // an attempt from the future is a wrong clock's
}

// writeAhead writes an attempt into the record. If somebody else wrote in
// between, the record is looked at again; on any other error nothing is sent.
func (f *refreshing) writeAhead(ctx context.Context) state {
	ahead, err := f.begin(ctx)
	switch {
	case err == nil:
		f.ahead = ahead
		return (*refreshing).send
	case errors.Is(err, ErrConflict):
		return f.afterConflict(ctx)
	case f.waitsShortly(err) > 0:
		// The first replay is near: whoever waits gets the token with this flight.
		wait := f.waitsShortly(err)
		f.waited = true
		if err := f.sleep(ctx, wait); err != nil {
			return f.end(nil, err)
		}
		return (*refreshing).look
	case f.lost != nil:
		err = errors.Join(f.lost, err)
	}
	return f.end(nil, err)
}

// waitsShortly returns how soon the attempt in the store may be replayed, if err
// says that, and that it is within moments; else 0. A flight waits for that once.
func (f *refreshing) waitsShortly(err error) time.Duration {
	var e *grantway.Error
	if f.waited || f.lost != nil || !errors.As(err, &e) || e.Kind != grantway.KindAmbiguous || e.RetryAfter > 2*replayPause {
		return 0
	}
	return e.RetryAfter
}

// afterConflict looks again after a pause: a store that answers from a lagging
// replica would conflict again and again.
func (f *refreshing) afterConflict(ctx context.Context) state {
	if f.conflicts++; f.conflicts > maxConflicts {
		return f.end(nil, f.storeError("write the attempt", errKeepsConflicting))
	}
	f.place.Lend()
	if err := pauseAfterConflict(ctx, f.conflicts); err != nil {
		return f.end(nil, err)
	}
	return (*refreshing).look
}

// begin returns the record with the attempt, once it is in the store.
func (f *refreshing) begin(ctx context.Context) (*record, error) {
	r, replays := f.record, 0
	lost := f.history.unanswered(r.attempt)
	if lost != nil { //mutant:attempt-of-another-overlooked
		may, next := f.mayReplay(r.token, lost)
		if !may { //mutant:replay-policy-overlooked
			return nil, f.waitsForReplay(next)
		}
		replays = lost.Replays + 1 //mutant:replays-not-counted
	}
	if err := f.place.Resume(ctx); err != nil {
		return nil, f.notAdmitted(err)
	}
	ahead := *r
	ahead.generation++
	ahead.attempt = &attempt{ID: rand.Text(), StartedAt: f.now().UTC(), Replays: replays}
	if replays > 0 {
		first := lost.since()
		ahead.attempt.FirstAt, ahead.attempt.before = &first, lost.sentAt()
	}
	f.history.beganAttempt(ahead.attempt)
	if err := f.entry.swapWithin(ctx, saveLimit, r.generation, &ahead); err != nil { //mutant:nothing-written-ahead
		f.history.rememberUnsent(ahead.attempt) // it may stand in the store all the same
		return nil, err
	}
	err := ctx.Err()
	if err == nil && f.lease != nil {
		// Suspended for longer than the lease lasts, this process is no longer
		// alone; better to stop here than to spend what another one spends.
		if err = f.lease.Renew(ctx); err != nil { //mutant:lease-not-renewed
			err = f.storeError("renew the lease", err)
		} else {
			err = ctx.Err()
		}
	}
	if err != nil {
		f.withdrawAttempt(ctx, &ahead)
		return nil, err
	}
	return &ahead, nil
}

// mayReplay reports whether an attempt to refresh t, whose outcome is unknown, may
// be sent again, and when it may if it may not yet.
func (f *refreshing) mayReplay(t *grantway.Token, lost *attempt) (may bool, next time.Time) {
	_, policy := f.advice(t)
	var end time.Time
	if t != nil && !f.current.isInvalid(t.AccessToken) {
		end, _ = t.Expiry.Time()
	}
	return policy.mayReplay(lost, end, f.now())
}

// waitsForReplay is the error of a refresh that may not be sent again before
// next; the zero time means never.
func (f *refreshing) waitsForReplay(next time.Time) error {
	if next.IsZero() {
		return f.fail(grantway.KindAmbiguous, "an earlier refresh may have spent the refresh token: authorize again, or allow a replay", nil)
	}
	e := f.fail(grantway.KindAmbiguous, "an earlier refresh may have spent the refresh token: it is sent again when that is least likely to do harm", nil)
	e.RetryAfter = max(next.Sub(f.now()), 0)
	return e
}

// outcome is what came of a refresh that was sent.
type outcome uint8

const (
	// refreshed: there is a new token.
	refreshed outcome = iota
	// refused: the provider does not take the grant.
	refused
	// notSpent: not sent, throttled, unavailable, a bad client, or refused by what
	// is not known to be the provider. The refresh token is as good as before.
	notSpent
	// outcomeUnknown: the refresh token may have been spent.
	outcomeUnknown
)

// send sends the refresh of the attempt that was written ahead, once.
func (f *refreshing) send(ctx context.Context) state {
	t, err := f.ask(ctx)
	f.limiter.Note(f.key, verdict(err), f.now(), withShortBody(err))
	if err == nil && (t == nil || t.AccessToken.IsZero()) {
		err = f.fail(grantway.KindMalformed, "the refresh returned no token", nil)
	}
	if err == nil && f.isOthers(f.ahead.token, t) {
		err = f.fail(grantway.KindMalformed, "the answer has the token of another account; it is not saved", nil)
		f.event(EventOtherAccount, f.ahead.generation, err)
		return f.end(nil, err) // the attempt stays in the store: what it spent is not known
	}
	switch outcomeOf(err) {
	case refreshed:
		return f.end(f.keepNew(ctx, t))
	case refused:
		return f.end(f.recordRejection(ctx, err))
	case notSpent:
		f.noteJudgement(err)
		f.withdrawAttempt(ctx, f.ahead)
		return f.end(nil, err)
	}
	return f.replay(ctx, f.typed(err))
}

// ask is the provider's Refresh. What it spent before it panicked is not known.
func (f *refreshing) ask(ctx context.Context) (t *grantway.Token, err error) {
	defer func() {
		if r := recover(); r != nil {
			t, err = nil, f.fail(grantway.KindAmbiguous, "the refresh panicked", &flight.PanicError{Kind: fmt.Sprintf("%T", r)})
		}
	}()
	return f.rules.Refresh(ctx, f.ahead.token.Clone())
}

// verdict is what the outcome of a refresh says of the client.
func verdict(err error) limit.Verdict {
	var e *grantway.Error
	switch {
	case err == nil:
		return limit.Taken
	case !errors.As(err, &e):
		return limit.Unclear
	case e.Kind == grantway.KindRejected:
		return limit.Taken // whoever judges the grant has taken the client
	case e.Kind == grantway.KindBadClient:
		return limit.Refused
	}
	return limit.Unclear
}

// isOthers reports whether t is for another account than before, as far as both
// say. before may be nil.
func (s *Source) isOthers(before, t *grantway.Token) bool {
	if s.rules.Identity == nil || before == nil {
		return false
	}
	was, now := s.rules.Identity(before), s.rules.Identity(t)
	return was != "" && now != "" && was != now
}

// noteJudgement has the record say since when nobody judged, until somebody
// does. An outage says nothing either way.
func (f *refreshing) noteJudgement(err error) {
	if errors.Is(err, grantway.ErrNotJudged) && f.ahead.unjudgedSince.IsZero() {
		f.ahead.unjudgedSince = f.now().UTC()
	}
}

// outcomeOf classifies the error of a refresh.
func outcomeOf(err error) outcome {
	if err == nil {
		return refreshed
	}
	var e *grantway.Error
	if !errors.As(err, &e) {
		return outcomeUnknown
	}
	switch e.Kind {
	case grantway.KindAmbiguous, grantway.KindMalformed:
		return outcomeUnknown
	case grantway.KindRejected: //mutant:foreign-refusal-believed
		return refused
	}
	return notSpent
}

// replay waits before the attempt of unknown outcome is sent again, if the
// policy allows it: once in a flight. The attempt stands in the store.
func (f *refreshing) replay(ctx context.Context, err error) state {
	if f.history.isUnknownAnew(f.ahead) {
		f.event(EventOutcomeUnknown, f.ahead.generation, err)
	}
	if _, next := f.mayReplay(f.ahead.token, f.ahead.attempt); f.lost != nil || next.IsZero() || next.Sub(f.now()) > replayPause || f.sleep(ctx, replayPause+mathrand.N(replayPause)) != nil {
		return f.end(nil, err)
	}
	f.lost = err
	return (*refreshing).look
}

// keepNew saves a new token and publishes it. If it cannot be saved it stays in
// memory, handed to nobody, and is saved before anything else is tried.
func (f *refreshing) keepNew(ctx context.Context, t *grantway.Token) (*published, error) {
	next := &record{key: f.key, generation: f.ahead.generation + 1, token: t, unknown: f.ahead.unknown, grant: f.ahead.grant, parent: f.ahead.token, saving: &saving{}}
	f.history.rememberUnsaved(next) //mutant:late-answer-displaces-what-is-unsaved
	f.current.accept(t.AccessToken) // the provider stands by it
	//mutant:publish-before-save
	p, err := f.save(ctx, next)
	if err == nil && p.token == t {
		f.history.worked(p, f.now(), f.opts.LeastInterval)
	}
	return p, err
}

// save saves a record with a new token, and publishes it.
func (s *Source) save(ctx context.Context, next *record) (*published, error) {
	// Detached from the flight's deadline: an unsaved rotated token cannot be
	// had again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit) //mutant:save-on-the-flights-time
	defer cancel()
	var err error
	answer := s.announce(EventRefreshed, next.generation, nil)
	for try := range saveTries {
		if try > 0 && clock.Sleep(ctx, 100*time.Millisecond<<try) != nil {
			break
		}
		if err = s.entry.swap(ctx, next.generation-1, next); err == nil || errors.Is(err, ErrConflict) {
			break
		}
		s.history.wasNotAnswered(next, next.generation)
	}
	if err == nil {
		s.history.savedRecord(next)
		s.log(slog.LevelDebug, "token saved", nil)
		p := s.publish(next)
		answer(!s.history.isTold(next))
		return p, nil
	}
	answer(false)
	if errors.Is(err, ErrConflict) {
		p, err := s.resolveConflict(ctx, next)
		if err != nil && s.history.isUnsaved(next) {
			err = s.notPersisted(next, err)
		}
		return p, err
	}
	//mutant:unsaved-dropped
	return nil, s.notPersisted(next, err)
}

// notPersisted is the error for a new token that could not be saved.
func (s *Source) notPersisted(next *record, err error) error {
	e := s.fail(grantway.KindNotPersisted, "it is kept in memory and saved before anything else; mend the store", err)
	s.log(slog.LevelError, "token not saved", e)
	if s.history.couldNotSave(next, s.now()) {
		s.event(EventNotPersisted, 0, e)
	}
	return e
}

// resolveConflict is for a new token at whose place somebody else has written.
// Either that was this very token, saved by a try whose answer got lost, or
// somebody refreshed (or saved) at the same time. Theirs stays; ours becomes
// the alternate, for only one of two refreshes may have survived.
func (s *Source) resolveConflict(ctx context.Context, next *record) (*published, error) {
	parent, at := next.parent, s.history.storedAt(next)
	var r *record
	for try := range saveTries {
		if try > 0 && pauseAfterConflict(ctx, try) != nil {
			break
		}
		var err error
		r, err = s.load(ctx)
		lostWrites := errors.Is(err, errRolledBack) && r.grant == next.grant
		if err != nil && !lostWrites {
			return nil, err
		}
		if !lostWrites && (r.token == nil || parent == nil || !r.token.AccessToken.Equal(parent.AccessToken)) { //mutant:conflict-taken-for-a-loss
			break
		}
		// Whatever was written, the token is the one that ours was made of, or one
		// before it if the store lost writes: an attempt or a rejection by somebody
		// who could not know of ours.
		over := *next
		over.generation, over.unknown, over.grant, over.restores = r.generation+1, r.unknown, r.grant, lostWrites
		answer := s.announce(EventRefreshed, over.generation, nil)
		err = s.entry.swap(ctx, r.generation, &over)
		if err == nil {
			s.history.savedRecord(next)
			p := s.publish(&over)
			answer(!s.history.isTold(next))
			return p, nil
		}
		answer(false)
		at = over.generation
		if !errors.Is(err, ErrConflict) {
			s.history.wasNotAnswered(next, over.generation)
			return nil, err
		}
	}
	s.history.savedRecord(next)
	if r.token != nil && r.token.AccessToken.Equal(next.token.AccessToken) {
		p := s.publish(r)
		s.tellRefreshed(next, at) // a try whose answer got lost had saved it
		return p, nil
	}
	if r.grant == next.grant {
		s.history.rememberAlternate(next)
	}
	if r.token == nil || r.attempt != nil || r.rejected != "" {
		// A deletion and a new start, or a refresh under way: not ours to
		// judge. Ask again from the top.
		return nil, s.fail(grantway.KindStore, "somebody else is writing the entry", ErrConflict)
	}
	// S21: another grant is a Save, and no second refresh. And if ours may have been
	// stored, theirs may have been made of it.
	if r.grant == next.grant && s.history.mayBeAt(next) == 0 { //mutant:unheard-save-taken-for-a-double-spend
		s.log(slog.LevelError, "double spend: two refreshes of one token", nil)
		s.event(EventDoubleSpend, r.generation, nil)
	}
	if p := s.adopt(r); p != nil {
		return p, nil
	}
	return nil, s.fail(grantway.KindStore, "somebody else is writing the entry", ErrConflict)
}

// tellRefreshed tells the refresh that made r, which is stored at that generation,
// unless it was told.
func (s *Source) tellRefreshed(r *record, generation uint64) {
	if !s.history.isTold(r) {
		s.event(EventRefreshed, generation, nil)
	}
}

// recordRejection is for a grant that the provider does not take. That is
// believed only after another look at the store (somebody may have rotated
// it), and after the alternate, if there is one, has taken its place.
func (f *refreshing) recordRejection(ctx context.Context, because error) (*published, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	r, err := f.load(ctx)
	if err != nil {
		return nil, err
	}
	if r.generation != f.ahead.generation { //mutant:refusal-believed-at-once
		if p := f.adopt(r); p != nil {
			return p, nil
		}
		return nil, f.fail(grantway.KindStore, "somebody else is writing the entry", ErrConflict)
	}
	next := &record{key: f.key, generation: f.ahead.generation + 1, token: f.ahead.token, unknown: f.ahead.unknown, grant: f.ahead.grant}
	if alternate := f.history.alternateOf(f.ahead.grant); alternate != nil {
		next.token = alternate.token
		return f.useAlternate(ctx, next)
	}
	next.rejected, next.rejectedAt = rejection(because), f.now().UTC()
	if err := f.carryOut(ctx, &change{kind: EventRejected, written: next, because: withShortBody(because)}); err != nil {
		return nil, errors.Join(because, err)
	}
	return nil, because
}

// useAlternate writes next, whose token is the alternate's.
func (f *refreshing) useAlternate(ctx context.Context, next *record) (*published, error) {
	if err := f.carryOut(ctx, &change{kind: EventRefreshed, written: next}); err != nil {
		return nil, err
	}
	if p := f.current.load(); f.isUsable(p) && f.isFresh(p) && p.token == next.token {
		return p, nil
	}
	return nil, f.fail(grantway.KindStore, "another token of this grant took its place", nil)
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

// withdrawAttempt takes an attempt back that spent nothing. A replay that was
// not sent leaves the attempt of unknown outcome before it as it was. If that
// cannot be written, the attempt stays, and counts as of unknown outcome: the
// safe mistake.
func (s *Source) withdrawAttempt(ctx context.Context, ahead *record) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	s.history.rememberUnsent(ahead.attempt)
	next := *ahead
	next.generation++
	next.attempt = ahead.attempt.replayed()
	if err := s.entry.swap(ctx, ahead.generation, &next); err != nil { //mutant:unspent-attempt-not-withdrawn
		s.log(slog.LevelWarn, "attempt not withdrawn", err)
	}
}
