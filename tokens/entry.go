package tokens

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/clock"
	"github.com/grantway/grantway/internal/flight"
)

// entry is the record in the store: read, written, sealed, and guarded against
// a store that loses writes.
type entry struct {
	*reporter
	store  Store
	sealer *Sealer
	// mayRestart says that generations may begin anew: whoever mints its tokens
	// loses nothing by it.
	mayRestart bool
	position   *position
}

// position is how far the entry was seen to have come, by any Source that
// shares it.
type position struct {
	mu         sync.Mutex
	generation uint64 // the highest one met, of grant
	grant      string
	// replaced are the grants before it, the last ones: a store that gives one
	// back answers from a replica that lags, or has lost writes.
	replaced []string
}

// maxReplaced bounds the grants that are remembered.
const maxReplaced = 8

const (
	// maxConflicts bounds how often a write is begun again because somebody
	// else wrote in between.
	maxConflicts = 10
	// The pauses between such writes.
	firstConflictPause = 10 * time.Millisecond
	lastConflictPause  = time.Second
)

var errKeepsConflicting = fmt.Errorf("%w, again and again: somebody else keeps writing, or the store answers reads from a replica that lags", ErrConflict)

// pauseAfterConflict waits after the n-th conflict of one write, 1 being the
// first.
func pauseAfterConflict(ctx context.Context, n int) error {
	d := min(firstConflictPause<<(n-1), lastConflictPause)
	return clock.Sleep(ctx, d/2+mathrand.N(d/2+1))
}

// load returns what is stored; a record of generation 0 if nothing is. A
// record older than one that was met before is read again, for a replica may lag;
// if it stays, the store lost writes: it comes with the error errRolledBack then.
func (e *entry) load(ctx context.Context) (*record, error) {
	for n := 1; ; n++ {
		r, err := e.loadOnce(ctx, n == maxConflicts)
		switch {
		case !errors.Is(err, errOvertaken) && !errors.Is(err, errRolledBack):
			return r, err
		case n == maxConflicts && errors.Is(err, errOvertaken):
			return nil, e.storeError("read the entry", errKeepsConflicting)
		case n == maxConflicts:
			return r, err
		}
		if err := pauseAfterConflict(ctx, n); err != nil {
			return nil, e.storeError("read the entry", err)
		}
	}
}

// errOvertaken says that somebody wrote the entry while it was read.
var errOvertaken = errors.New("overtaken")

// loadOnce is load, or errOvertaken. isLast says that it is not read again.
func (e *entry) loadOnce(ctx context.Context, isLast bool) (*record, error) {
	before, grantBefore := e.position.get()
	stored, err := e.loadEntry(ctx)
	if errors.Is(err, ErrNotFound) {
		e.position.restart()
		return &record{key: e.key}, nil
	}
	if err != nil {
		return nil, e.storeError("load", err)
	}
	data, err := e.unseal(stored)
	if err != nil {
		return nil, err
	}
	r, err := unmarshalRecord(e.key, stored.Generation, data)
	if err != nil {
		return nil, e.storeError("read the entry", err)
	}
	switch e.position.advance(r, before, grantBefore, e.mayRestart, isLast) {
	case wentBack:
		return r, e.storeError("read the entry", errRolledBack)
	case overtaken:
		return nil, errOvertaken
	}
	return r, nil
}

// loadEntry is the store's Load, which may panic.
func (e *entry) loadEntry(ctx context.Context) (stored Entry, err error) {
	defer guard(&err)
	return e.store.Load(ctx, e.key)
}

// guard makes an error of a store's panic, which holds the kind of the value and
// not the value.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = &flight.PanicError{Kind: fmt.Sprintf("%T", r)}
	}
}

// unseal returns the data of an entry in clear.
func (e *entry) unseal(stored Entry) ([]byte, error) {
	if e.sealer == nil {
		if IsSealed(stored.Data) {
			return nil, e.storeError("read the entry", ErrSealed)
		}
		return stored.Data, nil
	}
	data, err := e.sealer.Open(e.key, stored.Generation, stored.Data)
	if err != nil {
		return nil, e.storeError("open the sealed entry", err)
	}
	return data, nil
}

// swap writes r over the generation old.
func (e *entry) swap(ctx context.Context, old uint64, r *record) error {
	data, err := r.marshal()
	if err == nil && e.sealer != nil {
		data, err = e.sealer.Seal(e.key, r.generation, data)
	}
	if err != nil {
		return e.storeError("write the entry", err)
	}
	err = e.compareAndSwap(ctx, old, Entry{Key: e.key, Generation: r.generation, Data: data})
	if err != nil {
		return e.storeError("save", withoutSecrets(err, r.token))
	}
	e.position.wrote(r)
	return nil
}

// compareAndSwap is the store's, which may panic.
func (e *entry) compareAndSwap(ctx context.Context, old uint64, entry Entry) (err error) {
	defer guard(&err)
	return e.store.CompareAndSwap(ctx, old, entry)
}

// swapWithin is swap, bounded by limit: what takes longer cannot be relied upon
// when a token has to be saved in the same time.
func (e *entry) swapWithin(ctx context.Context, limit time.Duration, old uint64, r *record) error {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := e.swap(bounded, old, r)
	if err != nil && ctx.Err() == nil && bounded.Err() != nil {
		err = e.storeError("save", fmt.Errorf("it takes longer than %v, the time there is to save a new token: %w", limit, context.DeadlineExceeded))
	}
	return err
}

// errKept says that the record stays as it is.
var errKept = errors.New("the token is kept")

// emptied returns a record without a token, to be written over whatever is
// stored, be it readable or not, and the grant that is forgotten by that. It
// deletes no entry: generations that began anew would let a write through that
// has been waiting since before. A record of a newer version is left alone, and
// so is one whose token keep, if it is not nil, wants to keep: then the error is
// errKept. It is that too if nothing is stored.
func (e *entry) emptied(ctx context.Context, keep func(*grantway.Token) bool) (next *record, forgotten grantStored, err error) {
	stored, err := e.loadEntry(ctx)
	if errors.Is(err, ErrNotFound) {
		return nil, grantStored{}, errKept
	}
	if err != nil {
		return nil, grantStored{}, e.storeError("load", err)
	}
	forgotten = grantStored{name: e.position.currentGrant(), hasToken: true}
	var r *record
	data, unreadable := e.unseal(stored)
	if unreadable == nil {
		r, unreadable = unmarshalRecord(e.key, stored.Generation, data)
	}
	switch {
	case errors.Is(unreadable, errNewerSchema), unreadable != nil && keep != nil:
		return nil, grantStored{}, unreadable
	case keep != nil && (r.token == nil || keep(r.token)):
		return nil, grantStored{}, errKept
	case unreadable == nil:
		e.position.wrote(r)
		forgotten = grantStored{name: r.grant, hasToken: r.token != nil, in: r}
	}
	return &record{key: e.key, generation: stored.Generation + 1, grant: rand.Text()}, forgotten, nil
}

// grantStored is what a record says of its grant.
type grantStored struct {
	name     string
	hasToken bool
	in       *record // nil if it cannot be read
}

// get returns the highest generation met, and of which grant.
func (p *position) get() (generation uint64, grant string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.generation, p.grant
}

func (p *position) currentGrant() string {
	_, grant := p.get()
	return grant
}

// isLatest reports whether no record was met that is newer than this
// generation of this grant.
func (p *position) isLatest(grant string, generation uint64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return grant == p.grant && generation >= p.generation
}

// restart is for an entry that is gone: its generations begin anew.
func (p *position) restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.generation = 0
}

// wrote notes a record that was written, or found without a look at the position.
func (p *position) wrote(r *record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.restores || r.generation > p.generation {
		p.meet(r)
	}
}

// replace notes a grant that was replaced, whether it was met or not.
func (p *position) replace(grant string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remember(grant)
}

// remember is replace under the lock.
func (p *position) remember(grant string) {
	if grant == "" || grant == p.grant || slices.Contains(p.replaced, grant) {
		return
	}
	p.replaced = append(p.replaced, grant)
	p.replaced = p.replaced[max(0, len(p.replaced)-maxReplaced):]
}

// meet makes r the latest record met. p.mu is held.
func (p *position) meet(r *record) {
	was := p.grant
	p.grant, p.generation = r.grant, r.generation
	p.remember(was)
}

// reading is what advance makes of a record that was read.
type reading uint8

const (
	// upToDate: nothing newer was met.
	upToDate reading = iota
	// overtaken: somebody wrote while it was read, so it has to be read again.
	overtaken
	// wentBack: the store had a newer one before.
	wentBack
)

// advance notes a record that was read. before and grantBefore are what get
// returned when the reading began.
func (p *position) advance(r *record, before uint64, grantBefore string, mayRestart, isLast bool) reading {
	p.mu.Lock()
	defer p.mu.Unlock()
	sameGrant := r.grant == p.grant
	isOlder := r.generation < before && !mayRestart
	switch {
	case sameGrant && r.grant == grantBefore && isOlder:
		return wentBack
	case !sameGrant && isOlder && slices.Contains(p.replaced, r.grant): //mutant:replaced-grant-taken-back
		return wentBack
	case !sameGrant && isOlder && !isLast:
		return wentBack // or the entry was deleted and made anew
	case !sameGrant && grantBefore != p.grant:
		return overtaken // a Save came in between; what was read may be from before
	case !sameGrant:
		p.meet(r)
		return upToDate
	}
	if before <= r.generation && r.generation < p.generation {
		return overtaken
	}
	p.generation = max(p.generation, r.generation)
	return upToDate
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
