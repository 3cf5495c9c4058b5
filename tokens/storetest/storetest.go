// Package storetest is the suite that every store must pass: a [tokens.Store],
// and if it also is one, a [tokens.Leaser].
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) tokens.Store { return open(t) })
//	}
//
// Run it under the race detector. A store that outlives the process also passes
// [RunPersistent], and one whose leases end by time [CheckLeaseExpiry].
//
// What the suite cannot see: whether an entry survives a power cut, and
// whether writers in other processes are kept apart. Each store shows that in
// tests of its own.
package storetest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/grantway/grantway/tokens"
)

// Run runs the suite. newStore returns a store for one check; the stores may
// share what is behind them (a table, a server), for no two checks use the
// same key.
func Run(t *testing.T, newStore func(t *testing.T) tokens.Store) {
	for _, c := range storeChecks {
		t.Run(c.name, func(t *testing.T) { c.run(t, newStore(t)) })
	}
	for _, c := range leaseChecks {
		t.Run(c.name, func(t *testing.T) {
			leaser, ok := newStore(t).(tokens.Leaser)
			if !ok {
				t.Skip("the store is no Leaser")
			}
			c.run(t, leaser)
		})
	}
}

// RunPersistent checks that what was written is there after the store was
// opened anew. open returns a fresh store and a function that opens what it
// wrote to once more, as the next process would: without closing the first if
// the store is to survive a crash.
func RunPersistent(t *testing.T, open func(t *testing.T) (store tokens.Store, reopen func() tokens.Store)) {
	for _, c := range persistentChecks {
		t.Run(c.name, func(t *testing.T) {
			store, reopen := open(t)
			c.run(t, store, reopen)
		})
	}
}

// CheckLeaseExpiry checks that a lease nobody renews is free after its ttl,
// and that its former holder then can neither renew it nor release the next
// holder's. pass lets time pass for the store; in a bubble of testing/synctest
// time.Sleep does. It starts no subtest, which a bubble would not allow.
func CheckLeaseExpiry(t *testing.T, leaser tokens.Leaser, pass func(time.Duration)) {
	checkLeaseExpiry(t, leaser, pass)
}

// tb is what the checks use of a *testing.T, so that the suite's own tests can
// watch it fail.
type tb interface {
	Helper()
	Context() context.Context
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// freshKey keeps runs apart that share a database.
func freshKey(name string) string { return "storetest/" + name + "/" + rand.Text() }
