package filestore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/grantway/grantway/tokens"
)

// Acquire takes the lease on key, or answers grantway.ErrLeased at once.
//
// A lease is a lock on a file, so that the kernel ends it with its process,
// however that ends. A holder that lives on but does not renew, stopped or
// stuck, loses its lease to whoever asks after the ttl; the clocks compared are
// those of one machine, and a clock that was set back ends the lease early
// rather than never.
func (s *Store) Acquire(ctx context.Context, key string, ttl time.Duration) (tokens.Lease, error) {
	const op = "acquire"
	if err := tokens.CheckKey(key); err != nil {
		return nil, err
	}
	if ttl <= 0 {
		return nil, fmt.Errorf("%w: a lease lasts longer than %v", tokens.ErrInvalidEntry, ttl)
	}
	l := &lease{store: s, key: key, ttl: ttl}
	err := s.locked(ctx, op, key, func() error {
		f, err := s.openRegular(ctx, l.name(), os.O_RDWR|os.O_CREATE)
		if err != nil {
			return err
		}
		err = tryLock(f)
		if errors.Is(err, errBusy) {
			over := leaseOver(f, time.Now())
			_ = f.Close()
			if !over {
				return tokens.ErrLeased
			}
			if f, err = s.takeOver(l); err != nil {
				return err
			}
		} else if err == nil {
			err = l.note(f)
		}
		if err != nil {
			_ = f.Close()
			return err
		}
		l.f = f
		return nil
	})
	if err != nil {
		return nil, s.leaseError(op, l, err)
	}
	return l, nil
}

// takeOver puts a new, locked file in the place of one whose lock a holder
// keeps beyond its time. The holder finds another file there when it renews.
func (s *Store) takeOver(l *lease) (*os.File, error) {
	temp := base(l.key) + "." + rand.Text() + tempSuffix
	f, err := s.openRegular(context.Background(), temp, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	if err = tryLock(f); err == nil {
		err = l.note(f)
	}
	if err == nil {
		err = s.root.Rename(temp, l.name())
	}
	if err != nil {
		_ = f.Close()
		_ = s.root.Remove(temp)
		return nil, err
	}
	return f, nil
}

type lease struct {
	store *Store
	key   string
	ttl   time.Duration

	mu sync.Mutex
	f  *os.File // nil once released
}

func (l *lease) name() string { return base(l.key) + leaseSuffix }

const leaseForm = "grantway lease 1\nuntil %020d\nttl %020d\n"

// note writes how long the lease lasts from now, in nanoseconds, in place:
// whoever reads it has the lock that the writer has, and after a crash the
// file is unlocked and what it says does not count.
func (l *lease) note(f *os.File) error {
	_, err := f.WriteAt(fmt.Appendf(nil, leaseForm, time.Now().Add(l.ttl).UnixNano(), l.ttl), 0)
	return err
}

// leaseOver reports whether the lease noted in f has ended. What cannot be read
// holds nobody off: a lease only saves calls.
func leaseOver(f *os.File, now time.Time) bool {
	raw := make([]byte, len(fmt.Sprintf(leaseForm, 0, 0)))
	if _, err := f.ReadAt(raw, 0); err != nil {
		return true
	}
	var until, ttl int64
	if _, err := fmt.Sscanf(string(raw), leaseForm, &until, &ttl); err != nil {
		return true
	}
	left := time.Unix(0, until).Sub(now)
	return left <= 0 || left > time.Duration(ttl)
}

// Renew succeeds also after the ttl as long as nobody else took the lease.
func (l *lease) Renew(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.store.locked(ctx, "renew", l.key, func() error {
		if l.f == nil || !l.store.inPlace(l.f, l.name()) {
			return tokens.ErrLeased
		}
		return l.note(l.f)
	})
	return l.store.leaseError("renew", l, err)
}

// Release closes the file, which ends the lease even if the file cannot be
// removed because the context ended or somebody else has the lock.
func (l *lease) Release(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	_ = l.store.locked(ctx, "release", l.key, func() error {
		if l.store.inPlace(l.f, l.name()) {
			return l.store.root.Remove(l.name())
		}
		return nil
	})
	release(l.f)
	l.f = nil
	return nil
}

// leaseError is fail for a lease file; what is an *Error already, because the
// lock could not be taken, stays it.
func (s *Store) leaseError(op string, l *lease, err error) error {
	var typed *Error
	if err == nil || errors.As(err, &typed) {
		return err
	}
	return s.fail(op, "write", leaseFile, l.name(), err)
}
