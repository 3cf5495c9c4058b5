package tokens

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// What a Store answers when it cannot do as asked; wrap them as you like.
var (
	// ErrNotFound: there is no entry under the key.
	ErrNotFound = errors.New("grantway: no entry under this key")
	// ErrConflict: the entry's generation is another one than the caller
	// thinks, because somebody else wrote it.
	ErrConflict = errors.New("grantway: the entry was changed by somebody else")
	// ErrLeased: somebody else holds the lease.
	ErrLeased = errors.New("grantway: the lease is held by somebody else")
)

// Entry is what a Store keeps for one credential. The Data is made and read by
// this package (sealed, if the user gave a key); a Store passes it on as it is.
type Entry struct {
	// Key names the credential. It is printable ASCII of at most 512 bytes and
	// holds no secret.
	Key string
	// Generation counts the writes: 1 for the first, one more for each.
	Generation uint64
	// Data is at most 64 KiB. Unless it is sealed it holds credentials.
	Data []byte
}

// String tells all but the data.
func (e Entry) String() string {
	return fmt.Sprintf("Entry{%s, generation %d, %d bytes}", e.Key, e.Generation, len(e.Data))
}

// Format writes String for every verb: Data may hold credentials.
func (e Entry) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.String())) }

// LogValue is String for log/slog.
func (e Entry) LogValue() slog.Value { return slog.StringValue(e.String()) }

// MarshalJSON always fails, like Token's.
func (e Entry) MarshalJSON() ([]byte, error) {
	return nil, errors.New("grantway: an Entry is not written as JSON: store Key, Generation and Data")
}

// Store keeps entries where they outlive the process, or for a test in memory.
// It is safe for concurrent use. What it must do, package storetest checks.
type Store interface {
	// Load returns the entry under key, or ErrNotFound.
	Load(ctx context.Context, key string) (Entry, error)
	// CompareAndSwap writes e if the stored entry's generation is old, and
	// answers ErrConflict if it is not; old is 0 where none may exist yet. e's
	// generation is old+1. When it returns nil, e is durable: it survives a
	// crash of the process and of the machine, as far as the store can know.
	CompareAndSwap(ctx context.Context, old uint64, e Entry) error
	// Delete removes the entry under key if its generation is old, answers
	// ErrConflict if it is another, and nil if there is none.
	Delete(ctx context.Context, key string, old uint64) error
}

// Leaser is what a Store may offer besides: a lease that one holder at a time
// has, across processes. It saves calls; it is not what keeps a single-use
// token single-use, for a holder can be suspended beyond its lease.
type Leaser interface {
	// Acquire takes the lease on key for ttl, or answers ErrLeased at once.
	Acquire(ctx context.Context, key string, ttl time.Duration) (Lease, error)
}

// Lease is one holder's.
type Lease interface {
	// Renew makes it last another ttl from now; ErrLeased if it was lost.
	Renew(ctx context.Context) error
	// Release gives it up; it is no error to release what was lost.
	Release(ctx context.Context) error
}
