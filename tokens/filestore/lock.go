package filestore

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
)

// stripes is the number of lock files. A lock file is never removed, for who
// removes one cannot know who waits for it; so there is one for all keys whose
// hashes begin alike, and not one for each key that ever was.
const stripes = 256

// stripe is which lock guards the files of that name, by their first byte.
func stripe(name string) (i byte, ok bool) {
	if len(name) < 2 {
		return 0, false
	}
	b, err := hex.DecodeString(name[:2])
	if err != nil {
		return 0, false
	}
	return b[0], true
}

func lockName(i byte) string { return hex.EncodeToString([]byte{i}) + lockSuffix }

// locked calls f while nobody else, in this process or another, writes to the
// files of key.
func (s *Store) locked(ctx context.Context, op, key string, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	i, _ := stripe(base(key))
	unlock, err := s.lock(ctx, i)
	if err != nil {
		return s.fail(op, "take", lockFile, lockName(i), err)
	}
	defer unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	err = f()
	// The lock ends whatever this says; it is a step to be killed at.
	_ = s.do(stepUnlock, func() error { return nil })
	return err
}

// lock takes a lock, for which it waits as long as ctx lasts.
func (s *Store) lock(ctx context.Context, i byte) (unlock func(), err error) {
	own := s.stripes[i]
	select {
	case own <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var f *os.File
	err = s.do(stepLock, func() (err error) {
		f, err = s.lockFile(i, tryLock)
		return err
	})
	if errors.Is(err, errBusy) {
		// The kernel's wait cannot be broken off. If the context ends first,
		// the goroutine sits it out and lets go of what it got.
		type result struct {
			f   *os.File
			err error
		}
		got := make(chan result)
		go func() {
			f, err := s.lockFile(i, waitLock)
			select {
			case got <- result{f, err}:
			case <-ctx.Done():
				if err == nil {
					release(f)
				}
				<-own
			}
		}()
		select {
		case r := <-got:
			f, err = r.f, r.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err != nil {
		<-own
		return nil, err
	}
	return func() { release(f); <-own }, nil
}

// lockFile opens a lock file, which it makes if there is none, and takes the
// lock on it. A lock on a file that is not in its place any more, because a
// person tidied up, keeps nobody out; then it begins again.
func (s *Store) lockFile(i byte, take func(*os.File) error) (*os.File, error) {
	for {
		f, err := s.openRegular(context.Background(), lockName(i), os.O_RDWR|os.O_CREATE)
		if err != nil {
			return nil, err
		}
		if err := take(f); err != nil {
			_ = f.Close()
			return nil, err
		}
		if s.inPlace(f, lockName(i)) {
			return f, nil
		}
		release(f)
	}
}

// inPlace reports whether f is the file of that name.
func (s *Store) inPlace(f *os.File, name string) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := s.root.Lstat(name)
	return err == nil && os.SameFile(opened, named)
}

// release unlocks before it closes: a child process that is just being started
// may have a copy of the descriptor for a moment, and closing would then leave
// the lock with it.
func release(f *os.File) {
	_ = unlock(f)
	_ = f.Close()
}
