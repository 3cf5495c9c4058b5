package storetest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/storetest"
)

// MapStore is all that a store has to be, over a map. Over a database, the check
// and the write of CompareAndSwap are one statement: an INSERT if old is 0, else
//
//	UPDATE entries SET generation = ?, data = ? WHERE name = ? AND generation = ?
type MapStore struct {
	mu      sync.Mutex
	entries map[string]tokens.Entry
}

// NewMapStore returns an empty store.
func NewMapStore() *MapStore { return &MapStore{entries: map[string]tokens.Entry{}} }

// Load returns the entry, whose data the caller may change.
func (m *MapStore) Load(ctx context.Context, key string) (tokens.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return tokens.Entry{}, err
	}
	e, ok := m.entries[key]
	if !ok {
		return tokens.Entry{}, tokens.ErrNotFound
	}
	e.Data = bytes.Clone(e.Data)
	return e, nil
}

// CompareAndSwap writes e over the generation old.
func (m *MapStore) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	if err := tokens.CheckSwap(old, e); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.entries[e.Key].Generation != old {
		return tokens.ErrConflict
	}
	e.Data = bytes.Clone(e.Data)
	m.entries[e.Key] = e
	return nil
}

// Delete removes the entry of the generation old.
func (m *MapStore) Delete(ctx context.Context, key string, old uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if e, ok := m.entries[key]; ok && e.Generation != old {
		return tokens.ErrConflict
	}
	delete(m.entries, key)
	return nil
}

// testMapStore is all that its test has to be. There, it is called TestMapStore.
func testMapStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) tokens.Store { return NewMapStore() })
}

// A store and its test. Of two that write over the same generation one wins, and
// the other hears of it: no refresh token is lost to a stale writer.
func Example() {
	store := NewMapStore()
	ctx := context.Background()
	write := func(old uint64, data string) error {
		return store.CompareAndSwap(ctx, old, tokens.Entry{Key: "acme///user-1", Generation: old + 1, Data: []byte(data)})
	}
	fmt.Println(write(0, "example-first"))
	fmt.Println(write(1, "example-second"))
	fmt.Println(errors.Is(write(1, "example-stale"), tokens.ErrConflict))
	e, err := store.Load(ctx, "acme///user-1")
	fmt.Println(string(e.Data), err)
	// Output:
	// <nil>
	// <nil>
	// true
	// example-second <nil>
}
