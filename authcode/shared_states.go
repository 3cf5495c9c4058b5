package authcode

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/grantway/grantway/tokens"
)

// SharedStates keeps used states in a store that several processes share, so
// that a state is good once among all of them. It needs no clock and no
// cleaning: the states stand in 256 entries, "used-states/00" to
// "used-states/ff", and each write drops what no process can be asked for any
// more. An entry has 25 bytes for each sign-in of the last half hour, so that
// all of them have room for more than 600,000. It holds hashes and no secret.
//
// A sign-in costs two loads and two swaps. While the store cannot be used,
// nobody is signed in.
func SharedStates(store tokens.Store) UsedStates { return sharedStates{store} }

type sharedStates struct{ store tokens.Store }

// stateRecord is one state of an entry.
type stateRecord struct {
	id      [16]byte
	expires int64 // Unix milliseconds
	outcome Outcome
}

const (
	stateRecordSize = 16 + 8 + 1
	stateFormat     = 1        // the first byte of an entry
	maxStateData    = 64 << 10 // what a store takes
	maxStateTries   = 32       // each lost to somebody else who wrote the same entry
)

var (
	errNoStore     = errors.New("grantway: used states without a store")
	errStateID     = errors.New("grantway: not the id of a state")
	errStateFormat = errors.New("grantway: the used states are of another release, and were left as they are")
	errStatesFull  = errors.New("grantway: more sign-ins at once than the used states have room for")
	errStatesBusy  = errors.New("grantway: the used states are written by too many at once")
)

// Take adds a record.
func (s sharedStates) Take(ctx context.Context, id string, expires time.Time) (first bool, err error) {
	err = s.change(ctx, id, func(records []stateRecord, key [16]byte) []stateRecord {
		at := find(records, key)
		if first = at < 0; !first {
			return nil
		}
		// This state is valid now or was, so that now is not earlier than
		// expires-Lifetime. Another lifetime allows for clocks that differ.
		past := expires.Add(-2 * Lifetime).UnixMilli()
		kept := make([]stateRecord, 0, len(records)+1)
		for _, r := range records {
			if r.expires >= past {
				kept = append(kept, r)
			}
		}
		return append(kept, stateRecord{id: key, expires: expires.UnixMilli()})
	})
	return first && err == nil, err
}

// Settle changes a record.
func (s sharedStates) Settle(ctx context.Context, id string, outcome Outcome) error {
	return s.change(ctx, id, func(records []stateRecord, key [16]byte) []stateRecord {
		at := find(records, key)
		if at < 0 || records[at].outcome == outcome {
			return nil
		}
		records[at].outcome = outcome
		return records
	})
}

// Outcome reads a record.
func (s sharedStates) Outcome(ctx context.Context, id string) (outcome Outcome, err error) {
	err = s.change(ctx, id, func(records []stateRecord, key [16]byte) []stateRecord {
		if at := find(records, key); at >= 0 {
			outcome = records[at].outcome
		}
		return nil
	})
	return outcome, err
}

// change loads the entry of id, and writes what edit makes of its records,
// again if somebody else was faster. Where edit returns none, nothing is
// written.
func (s sharedStates) change(ctx context.Context, id string, edit func([]stateRecord, [16]byte) []stateRecord) error {
	if s.store == nil {
		return errNoStore
	}
	bytes, err := hex.DecodeString(id)
	if err != nil || len(bytes) != 16 {
		return errStateID
	}
	key := [16]byte(bytes)
	place := "used-states/" + hex.EncodeToString(key[:1])
	for range maxStateTries {
		e, err := s.store.Load(ctx, place)
		if err != nil && !errors.Is(err, tokens.ErrNotFound) {
			return fmt.Errorf("grantway: loading used states: %w", err)
		}
		var records []stateRecord
		if err == nil {
			if records, err = decodeStates(e.Data); err != nil {
				return err
			}
		}
		changed := edit(records, key)
		if changed == nil {
			return nil
		}
		data := encodeStates(changed)
		if len(data) > maxStateData {
			return errStatesFull
		}
		err = s.store.CompareAndSwap(ctx, e.Generation, tokens.Entry{Key: place, Generation: e.Generation + 1, Data: data})
		if !errors.Is(err, tokens.ErrConflict) {
			if err != nil {
				err = fmt.Errorf("grantway: writing used states: %w", err)
			}
			return err
		}
	}
	return errStatesBusy
}

func find(records []stateRecord, key [16]byte) int {
	for i, r := range records {
		if r.id == key {
			return i
		}
	}
	return -1
}

func encodeStates(records []stateRecord) []byte {
	data := make([]byte, 1, 1+len(records)*stateRecordSize)
	data[0] = stateFormat
	for _, r := range records {
		data = append(data, r.id[:]...)
		data = binary.BigEndian.AppendUint64(data, uint64(r.expires))
		data = append(data, byte(r.outcome))
	}
	return data
}

func decodeStates(data []byte) ([]stateRecord, error) {
	if len(data) == 0 || data[0] != stateFormat || (len(data)-1)%stateRecordSize != 0 {
		return nil, errStateFormat
	}
	var records []stateRecord
	for data = data[1:]; len(data) > 0; data = data[stateRecordSize:] {
		records = append(records, stateRecord{
			id:      [16]byte(data[:16]),
			expires: int64(binary.BigEndian.Uint64(data[16:24])),
			outcome: Outcome(data[24]),
		})
	}
	return records, nil
}
