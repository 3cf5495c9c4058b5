package tokens

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	maxStoreKey  = 512
	maxStoreData = 64 << 10
)

// ErrInvalidEntry says that the call itself is wrong, whatever is stored. Asking
// again does not help.
var ErrInvalidEntry = errors.New("grantway: not an entry that a store keeps")

// CheckKey returns an ErrInvalidEntry unless key is 1 to 512 bytes of
// printable ASCII. It is here for those who write a Store.
func CheckKey(key string) error {
	if key == "" || len(key) > maxStoreKey {
		return fmt.Errorf("%w: the key has %d bytes, and 1 to %d are allowed", ErrInvalidEntry, len(key), maxStoreKey)
	}
	for i := range len(key) {
		if key[i] < ' ' || key[i] > '~' {
			return fmt.Errorf("%w: byte %d of the key is not printable ASCII", ErrInvalidEntry, i)
		}
	}
	return nil
}

// CheckSwap returns an ErrInvalidEntry if no store may carry out
// CompareAndSwap(ctx, old, e): the key is bad, the data are more than 64 KiB,
// or e's generation is not old+1. A store that took a jump could no longer
// tell a stale writer from a current one.
func CheckSwap(old uint64, e Entry) error {
	if err := CheckKey(e.Key); err != nil {
		return err
	}
	if len(e.Data) > maxStoreData {
		return fmt.Errorf("%w: the data are %d bytes, and at most %d are allowed", ErrInvalidEntry, len(e.Data), maxStoreData)
	}
	if e.Generation == 0 || e.Generation-1 != old {
		return fmt.Errorf("%w: generation %d does not follow %d", ErrInvalidEntry, e.Generation, old)
	}
	return nil
}

// MemoryStore keeps entries for as long as the process lives: for tests, and
// for credentials that cost nothing to get again. A single-use refresh token
// kept here is lost with the process. It is a Leaser too, and what storetest
// takes for right.
type MemoryStore struct {
	// Behind a func because no print of any kind looks into one. A pointer
	// would not do: for a verb that does not suit it, such as %s, fmt shows
	// what it points to.
	state func() *memoryState
}

type memoryState struct {
	mu      sync.Mutex
	entries map[string]Entry
	leases  map[string]*memoryLease
}

var (
	_ Store  = (*MemoryStore)(nil)
	_ Leaser = (*MemoryStore)(nil)
)

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore {
	state := &memoryState{entries: map[string]Entry{}, leases: map[string]*memoryLease{}}
	return &MemoryStore{state: func() *memoryState { return state }}
}

func (m *MemoryStore) lock(ctx context.Context) (*memoryState, error) {
	if m == nil || m.state == nil {
		return nil, errors.New("grantway: a MemoryStore is made by NewMemoryStore")
	}
	// Asked under the lock, so that who waited too long writes nothing.
	s := m.state()
	s.mu.Lock()
	if err := ctx.Err(); err != nil {
		s.mu.Unlock()
		return nil, err
	}
	return s, nil
}

// Load returns a copy of the entry.
func (m *MemoryStore) Load(ctx context.Context, key string) (Entry, error) {
	s, err := m.lock(ctx)
	if err != nil {
		return Entry{}, err
	}
	defer s.mu.Unlock()
	e, ok := s.entries[key]
	if !ok {
		return Entry{}, ErrNotFound
	}
	e.Data = bytes.Clone(e.Data)
	return e, nil
}

// CompareAndSwap keeps a copy of the entry.
func (m *MemoryStore) CompareAndSwap(ctx context.Context, old uint64, e Entry) error {
	if err := CheckSwap(old, e); err != nil {
		return err
	}
	s, err := m.lock(ctx)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.entries[e.Key].Generation != old { //mutant:save-compares-nothing
		return ErrConflict
	}
	e.Data = bytes.Clone(e.Data)
	s.entries[e.Key] = e
	return nil
}

// Delete removes the entry.
func (m *MemoryStore) Delete(ctx context.Context, key string, old uint64) error {
	s, err := m.lock(ctx)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	if e, ok := s.entries[key]; ok && e.Generation != old {
		return ErrConflict
	}
	delete(s.entries, key)
	return nil
}

// Acquire takes the lease on key. The time is time.Now's.
func (m *MemoryStore) Acquire(ctx context.Context, key string, ttl time.Duration) (Lease, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	if ttl <= 0 {
		return nil, fmt.Errorf("%w: a lease lasts longer than %v", ErrInvalidEntry, ttl)
	}
	s, err := m.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	now := time.Now()
	if held := s.leases[key]; held != nil && now.Before(held.until) {
		return nil, ErrLeased
	}
	l := &memoryLease{store: m, key: key, ttl: ttl, until: now.Add(ttl)}
	s.leases[key] = l
	return l, nil
}

type memoryLease struct {
	store *MemoryStore
	key   string
	ttl   time.Duration
	until time.Time // guarded by the store's mutex
}

// Renew succeeds also after the ttl as long as nobody else took the lease.
func (l *memoryLease) Renew(ctx context.Context) error {
	s, err := l.store.lock(ctx)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.leases[l.key] != l {
		return ErrLeased
	}
	l.until = time.Now().Add(l.ttl)
	return nil
}

// Release does not look at the context: there is nothing to wait for, and a
// caller that was cancelled wants to let go all the more.
func (l *memoryLease) Release(ctx context.Context) error {
	s, err := l.store.lock(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.leases[l.key] == l {
		delete(s.leases, l.key)
	}
	return nil
}

// String does not tell what is stored.
func (m MemoryStore) String() string { return "MemoryStore" }

// Format writes String for every verb.
func (m MemoryStore) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, m.String()) }

// LogValue is String for log/slog.
func (m MemoryStore) LogValue() slog.Value { return slog.StringValue(m.String()) }
