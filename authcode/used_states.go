package authcode

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"
	"time"
)

// ErrUsed is what the error of a callback matches whose state came back before.
// Request.Outcome tells how that sign-in ended.
var ErrUsed = errors.New("its callback has arrived already")

// Outcome is how a sign-in ended whose state came back.
type Outcome uint8

const (
	// UnderWay: the state came back, and no more is known: the code is being
	// exchanged, or whoever did that has died.
	UnderWay Outcome = iota
	// Succeeded: the token is there, and kept.
	Succeeded
	// Denied: the user said no.
	Denied
	// Failed: it did not work.
	Failed
)

// String is the constant's name in small letters.
func (o Outcome) String() string {
	switch o {
	case UnderWay:
		return "under way"
	case Succeeded:
		return "succeeded"
	case Denied:
		return "denied"
	case Failed:
		return "failed"
	}
	return "unknown outcome"
}

// UsedStates remembers which states came back, so that each is good once. The
// memory of an Authorizer is its own process's unless Config.Used says
// otherwise: several processes that answer one redirect URL need one memory
// that they share, such as SharedStates. It is safe for concurrent use.
//
// An id names a state without telling it: 32 hexadecimal digits.
type UsedStates interface {
	// Take marks id as used, and reports whether it was not before. It must
	// answer first to one caller only. It may forget id a lifetime after
	// expires. On an error the code is not exchanged.
	Take(ctx context.Context, id string, expires time.Time) (first bool, err error)
	// Settle notes how the sign-in of an id ended that was taken. Of one that
	// was not it may note nothing.
	Settle(ctx context.Context, id string, outcome Outcome) error
	// Outcome is what was noted last, UnderWay if nothing was.
	Outcome(ctx context.Context, id string) (Outcome, error)
}

// stateID names a state for UsedStates.
func stateID(state string) string {
	sum := sha256.Sum256([]byte("used " + state))
	return hex.EncodeToString(sum[:16])
}

// maxUsedStates bounds each half of processStates. Every entry is a callback
// with a state that was begun here, so that the bound is met only by thousands
// of them a minute.
const maxUsedStates = 1 << 16

// processStates is one process's memory. It keeps two halves and drops the
// older one once the newer is a lifetime old, or full: a state is known for a
// lifetime at least, or for the next 65,536 of them.
type processStates struct {
	now func() time.Time

	mu           sync.Mutex
	newer, older map[string]Outcome
	since        time.Time // when newer was begun
}

// Take never fails.
func (u *processStates) Take(_ context.Context, id string, _ time.Time) (first bool, err error) {
	now := u.now()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.newer == nil || now.Sub(u.since) >= Lifetime || len(u.newer) >= maxUsedStates {
		u.older, u.newer, u.since = u.newer, map[string]Outcome{}, now
	}
	outcome, known := u.find(id)
	u.newer[id] = outcome
	return !known, nil
}

// Settle never fails.
func (u *processStates) Settle(_ context.Context, id string, outcome Outcome) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, known := u.find(id); known {
		u.newer[id] = outcome
	}
	return nil
}

// Outcome never fails.
func (u *processStates) Outcome(_ context.Context, id string) (Outcome, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	outcome, _ := u.find(id)
	return outcome, nil
}

func (u *processStates) find(id string) (outcome Outcome, known bool) {
	if outcome, known = u.newer[id]; known {
		return outcome, true
	}
	outcome, known = u.older[id]
	return outcome, known
}
