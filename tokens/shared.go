package tokens

import (
	"reflect"
	"runtime"
	"sync"
	"time"
	"weak"
)

// shared is what the Sources of one store and key have in common. Where two of
// its locks are held, they are taken in the order history, current, position.
type shared struct {
	current  currentToken
	position position
	history  refreshHistory
	events   eventQueue
}

type sharedID struct {
	store Store
	key   string
}

// allShared finds what other Sources of this process share. It keeps none of
// it alive: an entry goes when the last Source of it does.
var allShared sync.Map // sharedID to weak.Pointer[shared]

func sharedBy(store Store, key string) *shared {
	fresh := &shared{}
	fresh.current.base = time.Now()
	fresh.current.position = &fresh.position
	if !reflect.TypeOf(store).Comparable() { //mutant:sources-share-nothing
		return fresh // not comparable, so it cannot be a map key
	}
	id, ptr := sharedID{store, key}, weak.Make(fresh)
	for {
		was, loaded := allShared.LoadOrStore(id, ptr)
		if !loaded {
			// The table's own hold on the store ends here too.
			runtime.AddCleanup(fresh, func(id sharedID) { allShared.CompareAndDelete(id, ptr) }, id)
			return fresh
		}
		if c := was.(weak.Pointer[shared]).Value(); c != nil { //nolint:errcheck // the table holds nothing else
			return c
		}
		allShared.CompareAndDelete(id, was)
	}
}
