package tokens

import (
	"cmp"
	"errors"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
	"github.com/grantway/grantway/internal/flight"
)

// refreshHistory is what one refresh leaves for the next: the flight under way,
// the failure that is being waited out, and what could not be written.
type refreshHistory struct {
	flight atomic.Pointer[flight.Flight[*published]] // written under mu

	mu       sync.Mutex
	starter  *Source // of the flight
	failure  error
	retryAt  time.Time // no new flight before
	failures int32     // in a row
	// quick counts refreshes that worked and were needed again at once: a clock
	// that is wrong, an API that takes no token. obtained is the token of the
	// last one, notBefore when the next may begin.
	quick     int32
	obtained  *published
	notBefore time.Time
	// lastAttempt is the id of the last attempt that was begun here.
	lastAttempt string
	// trouble is nil where there is none. Between lock and unlock it is there.
	*trouble
}

// trouble is what few histories have at a time: a Source without it is lighter.
type trouble struct {
	// unsaved are records with new tokens that could not be saved yet. A second one
	// comes of an answer that was given up waiting for.
	unsaved []*record
	// alternate is the record of a new token that lost to another one: two
	// refreshes worked, and only one of them may have survived.
	alternate *record
	// changes are under way, or their answers got lost.
	changes []*change
	// unknownSince is the outcome that was told to be unknown last, by grant and
	// time.
	unknownGrant string
	unknownSince time.Time
	// unsentAttempt is known not to have spent anything. It may still stand in the
	// store.
	unsentAttempt *attempt
}

func (t *trouble) isOver() bool {
	return len(t.unsaved)+len(t.changes) == 0 && t.alternate == nil && t.unknownSince.IsZero() && t.unsentAttempt == nil
}

// lock locks mu, for what needs the trouble too.
func (h *refreshHistory) lock() {
	h.mu.Lock()
	if h.trouble == nil {
		h.trouble = &trouble{}
	}
}

func (h *refreshHistory) unlock() {
	if h.isOver() {
		h.trouble = nil
	}
	h.mu.Unlock()
}

// withUnsaved keeps histories alive that hold a token which is in no store: the
// next Source of the same store and key saves it, even if the one that got it
// is gone.
var withUnsaved sync.Map // *refreshHistory to struct{}

// mostDoublings bounds how often the least interval is doubled: a second
// becomes 64.
const mostDoublings = 6

// worked notes a refresh that obtained a new token. The next one may begin least
// later, and twice as late each time if it is needed again and again.
func (h *refreshHistory) worked(p *published, now time.Time, least time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Sub(h.notBefore) > longPause {
		h.quick = 0
	}
	h.obtained, h.notBefore = p, now.Add(least<<min(h.quick, mostDoublings))
	h.quick++
}

// lookAgainAt has the next flight begin no sooner than that.
func (h *refreshHistory) lookAgainAt(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notBefore = at
}

// startAnew forgets all of a grant that was replaced or deleted.
func (h *refreshHistory) startAnew() {
	h.lock()
	defer h.unlock()
	h.failure, h.failures, h.alternate = nil, 0, nil
	h.quick, h.obtained, h.notBefore = 0, nil, time.Time{}
	h.setUnsaved(nil)
}

// stopFlightOf ends the flight under way if s started it.
func (h *refreshHistory) stopFlightOf(s *Source) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.flight.Load(); f != nil && h.starter == s {
		f.Stop()
	}
}

// setUnsaved notes the records that are in no store. The lock is held.
func (h *refreshHistory) setUnsaved(list []*record) {
	h.unsaved = list
	if len(list) > 0 {
		withUnsaved.Store(h, struct{}{})
	} else {
		withUnsaved.Delete(h)
	}
}

func (h *refreshHistory) rememberUnsaved(r *record) {
	h.lock()
	defer h.unlock()
	h.setUnsaved(append(h.unsaved, r))
}

// couldNotSave notes since when r could not be saved, and reports whether that
// is news.
func (h *refreshHistory) couldNotSave(r *record, now time.Time) bool {
	h.lock()
	defer h.unlock()
	if !slices.Contains(h.unsaved, r) || !r.saving.failedSince.IsZero() {
		return false
	}
	r.saving.failedSince = now.UTC()
	return true
}

// unsavedRecord returns the first of those that are in no store, or nil.
func (h *refreshHistory) unsavedRecord() *record {
	h.lock()
	defer h.unlock()
	if len(h.unsaved) == 0 {
		return nil
	}
	return h.unsaved[0]
}

// isUnsaved reports whether r is one of them.
func (h *refreshHistory) isUnsaved(r *record) bool {
	h.lock()
	defer h.unlock()
	return slices.Contains(h.unsaved, r)
}

// unsavedWith returns the one with that token, or nil.
func (h *refreshHistory) unsavedWith(t *grantway.Token) *record {
	h.lock()
	defer h.unlock()
	i := slices.IndexFunc(h.unsaved, func(r *record) bool { return r.token.AccessToken.Equal(t.AccessToken) })
	if i < 0 {
		return nil
	}
	return h.unsaved[i]
}

// storedAt is the generation of r if it is stored.
func (h *refreshHistory) storedAt(r *record) uint64 { return cmp.Or(h.mayBeAt(r), r.generation) }

// savedRecord forgets r.
func (h *refreshHistory) savedRecord(r *record) {
	h.lock()
	defer h.unlock()
	h.setUnsaved(slices.DeleteFunc(h.unsaved, func(u *record) bool { return u == r }))
}

// saving is what became of the saving of a new token. It is guarded by the
// history's mutex.
type saving struct {
	// mayBeAt is the generation of the last write that was not answered; 0 is none.
	mayBeAt uint64
	// told says that the refresh was told.
	told bool
	// failedSince is since when it cannot be saved.
	failedSince time.Time
}

// isTold notes that the refresh that made r is told, and reports whether it was.
func (h *refreshHistory) isTold(r *record) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	was := r.saving.told
	r.saving.told = true
	return was
}

// mayBeAt returns the generation at which r may be stored; 0 is none.
func (h *refreshHistory) mayBeAt(r *record) uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return r.saving.mayBeAt
}

// wasNotAnswered notes that r may be stored at that generation.
func (h *refreshHistory) wasNotAnswered(r *record, generation uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r.saving.mayBeAt = generation
}

func (h *refreshHistory) rememberAlternate(r *record) {
	h.lock()
	defer h.unlock()
	h.alternate = r
}

// alternateOf returns the alternate of a grant, or nil.
func (h *refreshHistory) alternateOf(grant string) *record {
	h.lock()
	defer h.unlock()
	if h.alternate != nil && h.alternate.grant == grant { //mutant:alternate-overlooked
		return h.alternate
	}
	return nil
}

// usedAlternate forgets the alternate, now that t is stored, unless another has
// taken its place.
func (h *refreshHistory) usedAlternate(t *grantway.Token) {
	h.lock()
	defer h.unlock()
	if h.alternate != nil && h.alternate.token.AccessToken.Equal(t.AccessToken) {
		h.alternate = nil
	}
}

// isUnknownAnew notes that the outcome of an attempt of r is unknown, and reports
// whether that is news.
func (h *refreshHistory) isUnknownAnew(r *record) bool {
	h.lock()
	defer h.unlock()
	if h.unknownGrant == r.grant && h.unknownSince.Equal(r.attempt.since()) { //mutant:outcome-told-again
		return false
	}
	h.unknownGrant, h.unknownSince = r.grant, r.attempt.since()
	return true
}

func (h *refreshHistory) beganAttempt(a *attempt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lastAttempt = a.ID
}

// isOwn reports whether a is the last attempt that was begun here.
func (h *refreshHistory) isOwn(a *attempt) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return a.ID == h.lastAttempt
}

// rememberUnsent notes that an attempt spent nothing, in case that cannot be
// written.
func (h *refreshHistory) rememberUnsent(a *attempt) {
	h.lock()
	defer h.unlock()
	h.unsentAttempt = a
}

// unanswered returns the attempt whose outcome is unknown where a stands in the
// store: not a, if that is known to have spent nothing. nil is none.
func (h *refreshHistory) unanswered(a *attempt) *attempt {
	h.lock()
	defer h.unlock()
	if unsent := h.unsentAttempt; a != nil && unsent != nil && a.ID == unsent.ID {
		return unsent.replayed()
	}
	return a
}

const (
	firstPause = time.Second
	longPause  = time.Minute
	// longestPause bounds every pause: within an hour a source asks again,
	// whatever a Retry-After said.
	longestPause = time.Hour
)

// maxKeptBody bounds what is kept of an answer with a failure, in bytes: a
// thousand sources whose refresh failed are no gigabyte of error pages.
const maxKeptBody = 2 << 10

// withShortBody returns err with at most maxKeptBody of the body of each answer
// in its chain.
func withShortBody(err error) error {
	if short := shortened(err); short != nil {
		return short
	}
	return err
}

// shortened is withShortBody, or nil if there is nothing to shorten.
func shortened(err error) error {
	switch e := err.(type) { //nolint:errorlint // each link of the chain by itself
	case *grantway.Error:
		body, cause := e.Body(), shortened(e.Unwrap())
		if len(body) <= maxKeptBody && cause == nil {
			return nil
		}
		if cause == nil {
			cause = e.Unwrap()
		}
		short := *e
		return short.With(detail.Error{KnownCode: e.KnownCode() != "", Body: body[:min(len(body), maxKeptBody)], Cause: cause})
	case interface{ Unwrap() []error }:
		list := e.Unwrap()
		if !slices.ContainsFunc(list, func(part error) bool { return shortened(part) != nil }) {
			return nil
		}
		var parts []error
		for _, part := range list {
			parts = append(parts, withShortBody(part))
		}
		return errors.Join(parts...)
	case interface{ Unwrap() error }:
		if short := shortened(e.Unwrap()); short != nil {
			return &shortError{text: err.Error(), err: short}
		}
	}
	return nil
}

// shortError stands for an error of a type that is not ours, which wraps a long
// answer.
type shortError struct {
	text string
	err  error
}

func (e *shortError) Error() string { return e.text }

// Unwrap gives what it wraps, shortened.
func (e *shortError) Unwrap() error { return e.err }

// pause is how long a failure is shared before anybody tries again.
func pause(err error, failures int32) time.Duration {
	d := longPause
	if failures < 7 {
		d = firstPause << (failures - 1)
	}
	var e *grantway.Error
	if errors.As(err, &e) {
		if e.Kind == grantway.KindBadClient {
			d = longPause // waiting fixes no bad credentials
		}
		d = max(d, e.RetryAfter)
	}
	// Jitter only lengthens, so never before Retry-After, but for the longest.
	return min(d+mathrand.N(d/4), longestPause)
}
