package storetest

import (
	"fmt"

	"github.com/grantway/grantway/tokens"
)

var persistentChecks = []struct {
	name string
	run  func(t tb, store tokens.Store, reopen func() tokens.Store)
}{
	{"what was written is there after reopening", checkReopen},
	{"what was deleted is gone after reopening", checkReopenDeleted},
	{"generations go on after reopening", checkReopenGenerations},
}

func checkReopen(t tb, store tokens.Store, reopen func() tokens.Store) {
	const n = 20
	base := freshKey("reopen")
	want := make([]tokens.Entry, n)
	for i := range want {
		want[i] = entry(fmt.Sprintf("%s/%d", base, i), 1, fmt.Sprintf("example %d \x00\xff", i))
		mustSwap(t, store, 0, want[i])
		if i%2 == 1 {
			want[i] = entry(want[i].Key, 2, fmt.Sprintf("second %d", i))
			mustSwap(t, store, 1, want[i])
		}
	}
	again := reopen()
	for _, e := range want {
		wantEntry(t, again, e)
	}
}

func checkReopenDeleted(t tb, store tokens.Store, reopen func() tokens.Store) {
	e := entry(freshKey("reopen"), 1, "example")
	mustSwap(t, store, 0, e)
	if err := store.Delete(t.Context(), e.Key, 1); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	_, err := reopen().Load(t.Context(), e.Key)
	wantErr(t, "Load", err, tokens.ErrNotFound)
}

func checkReopenGenerations(t tb, store tokens.Store, reopen func() tokens.Store) {
	e := entry(freshKey("reopen"), 1, "example")
	mustSwap(t, store, 0, e)
	again := reopen()
	wantErr(t, "a first write after reopening", again.CompareAndSwap(t.Context(), 0, entry(e.Key, 1, "other")), tokens.ErrConflict)
	mustSwap(t, again, 1, entry(e.Key, 2, "second"))
	// The first store is another writer now, and must see what happened.
	wantErr(t, "a swap by the writer from before", store.CompareAndSwap(t.Context(), 1, entry(e.Key, 2, "stale")), tokens.ErrConflict)
	wantEntry(t, store, entry(e.Key, 2, "second"))
}
