//go:build unix

package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/grantway/grantway/internal/childtest"
	"github.com/grantway/grantway/tokens"
)

func TestMain(m *testing.M) { childtest.Main(m, parts) }

var parts = map[string]func(args []string) error{
	"killed":  playKilled,
	"limited": playLimited,
	"denied":  playDenied,
	"holder":  playHolder,
	"writer":  playWriter,
}

// The parts have no test, and so no context of one.
type noTest struct{ *Store }

func (s noTest) swap(old uint64, data string) error {
	return s.CompareAndSwap(context.Background(), old, entry("example", old+1, data))
}

// playKilled writes a second generation and is killed ahead of one step of it.
// At the write, half of the temporary file is there.
func playKilled(args []string) error {
	s, err := Open(args[0])
	if err != nil {
		return err
	}
	at, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	s.before = func(st step) error {
		if st != step(at) {
			return nil
		}
		if st == stepSync {
			if err := halve(args[0]); err != nil {
				return err
			}
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			return err
		}
		select {}
	}
	if at == int(stepRemove) {
		return s.Delete(context.Background(), "example", 1)
	}
	return noTest{s}.swap(1, strings.Repeat("new", 1000))
}

// halve cuts the temporary file in two, as if the write had come so far.
func halve(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		if strings.HasSuffix(e.Name(), tempSuffix) {
			return os.Truncate(dir+"/"+e.Name(), 1500)
		}
	}
	return errors.New("there is no temporary file")
}

// playLimited writes more than the system lets it.
func playLimited(args []string) error {
	s, err := Open(args[0])
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100, Max: 100}); err != nil {
		return err
	}
	err = noTest{s}.swap(1, strings.Repeat("new", 1000))
	return expect(err, syscall.EFBIG, "compare-and-swap: write the temporary file")
}

// expect is an error unless err is want, typed, and says so.
func expect(err, want error, says string) error {
	var typed *Error
	if !errors.As(err, &typed) || !errors.Is(err, want) || !strings.Contains(err.Error(), says) {
		return fmt.Errorf("got the error %v, want %v and %q", err, want, says)
	}
	if strings.Contains(err.Error(), "new") {
		return fmt.Errorf("the error quotes the data: %w", err)
	}
	return nil
}

// playDenied meets files it may not touch. Root may touch everything, and so
// gives up being root first; what it has open it keeps.
func playDenied(args []string) error {
	dir := args[0]
	s, err := Open(dir)
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		const nobody = 65534
		list, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := os.Chown(dir+"/"+e.Name(), nobody, nobody); err != nil {
				return err
			}
		}
		if err := os.Chown(dir, nobody, nobody); err != nil {
			return err
		}
		if err := syscall.Setuid(nobody); err != nil {
			return err
		}
	}
	// A directory that can only be read.
	if e, err := s.Load(context.Background(), "example"); err != nil || e.Generation != 1 {
		return fmt.Errorf("Load from a directory that can only be read: %v, %w", e, err)
	}
	for _, check := range []struct {
		err  error
		says string
	}{
		{noTest{s}.swap(1, "new"), "compare-and-swap: create the temporary file"},
		{s.CompareAndSwap(context.Background(), 0, entry(args[1], 1, "new")), "compare-and-swap: take the lock file"},
		{s.Delete(context.Background(), "example", 1), "delete: remove the entry file"},
		{second(s.Acquire(context.Background(), "example", time.Hour)), "acquire: write the lease file"},
	} {
		if err := expect(check.err, os.ErrPermission, check.says); err != nil {
			return err
		}
	}
	// A file that cannot be read.
	f, err := s.root.Open(base("example") + entrySuffix)
	if err != nil {
		return err
	}
	if err := f.Chmod(0); err != nil {
		return err
	}
	return expect(second(s.Load(context.Background(), "example")), os.ErrPermission, "load: open the entry file")
}

func second[T any](_ T, err error) error { return err }

// playHolder takes the lease and holds it until it is killed.
func playHolder(args []string) error {
	s, err := Open(args[0])
	if err != nil {
		return err
	}
	l, err := s.Acquire(context.Background(), "example", time.Hour)
	if err != nil {
		return err
	}
	fmt.Println("held")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return l.Release(context.Background())
}

// playWriter adds generations until there are enough, and says how many were
// its own.
func playWriter(args []string) error {
	s, err := Open(args[0])
	if err != nil {
		return err
	}
	enough, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return err
	}
	won := 0
	for {
		now, err := s.Load(context.Background(), "example")
		if err != nil && !errors.Is(err, tokens.ErrNotFound) {
			return err
		}
		if now.Generation >= enough {
			fmt.Println(won)
			return nil
		}
		err = noTest{s}.swap(now.Generation, "of a writer")
		switch {
		case err == nil:
			won++
		case !errors.Is(err, tokens.ErrConflict):
			return err
		}
	}
}
