package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/storetest"
)

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func fresh(t testing.TB) string { return filepath.Join(t.TempDir(), "store") }

func entry(key string, generation uint64, data string) tokens.Entry {
	return tokens.Entry{Key: key, Generation: generation, Data: []byte(data)}
}

func mustSwap(t testing.TB, s tokens.Store, e tokens.Entry) {
	t.Helper()
	if err := s.CompareAndSwap(t.Context(), e.Generation-1, e); err != nil {
		t.Fatal(err)
	}
}

func wantEntry(t testing.TB, s tokens.Store, want tokens.Entry) {
	t.Helper()
	got, err := s.Load(t.Context(), want.Key)
	if err != nil {
		t.Fatal(err)
	}
	if got.Key != want.Key || got.Generation != want.Generation || string(got.Data) != string(want.Data) {
		t.Errorf("loaded %v, want %v", got, want)
	}
}

func names(t testing.TB, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

func temps(t testing.TB, dir string) []string {
	return slices.DeleteFunc(names(t, dir), func(n string) bool { return !strings.HasSuffix(n, tempSuffix) })
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) tokens.Store { return open(t, fresh(t)) })
}

func TestStorePersists(t *testing.T) {
	storetest.RunPersistent(t, func(t *testing.T) (tokens.Store, func() tokens.Store) {
		dir := fresh(t)
		return open(t, dir), func() tokens.Store { return open(t, dir) }
	})
}

func TestLeasesEndByTime(t *testing.T) {
	dir := fresh(t)
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir)
		storetest.CheckLeaseExpiry(t, s, time.Sleep)
	})
	if left := slices.DeleteFunc(names(t, dir), func(n string) bool { return strings.HasSuffix(n, lockSuffix) }); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// Two Stores on one directory are what two processes are, but for the process.
func TestTwoStoresOnOneDirectoryKeepEachOtherOut(t *testing.T) {
	dir := fresh(t)
	stores := []*Store{open(t, dir), open(t, dir)}
	const generations = 60
	var wg sync.WaitGroup
	var mu sync.Mutex
	wins := map[uint64]int{}
	for i := range 6 {
		wg.Go(func() {
			s := stores[i%2]
			for {
				now, err := s.Load(t.Context(), "example")
				if err != nil && !errors.Is(err, tokens.ErrNotFound) {
					t.Error(err)
					return
				}
				if now.Generation >= generations {
					return
				}
				err = s.CompareAndSwap(t.Context(), now.Generation, entry("example", now.Generation+1, fmt.Sprint(i)))
				if err == nil {
					mu.Lock()
					wins[now.Generation+1]++
					mu.Unlock()
				} else if !errors.Is(err, tokens.ErrConflict) {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for g := uint64(1); g <= generations; g++ {
		if wins[g] != 1 {
			t.Errorf("generation %d was written %d times", g, wins[g])
		}
	}

	first, err := stores[0].Acquire(t.Context(), "example", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stores[1].Acquire(t.Context(), "example", time.Hour); !errors.Is(err, tokens.ErrLeased) {
		t.Errorf("the other store's Acquire: %v", err)
	}
	if err := first.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, err := stores[1].Acquire(t.Context(), "example", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Renew(t.Context()); !errors.Is(err, tokens.ErrLeased) {
		t.Errorf("Renew of a lease that was released: %v", err)
	}
	if err := second.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAWriterDoesNotWaitLongerThanItsContext(t *testing.T) {
	dir := fresh(t)
	holder, waiter := open(t, dir), open(t, dir)
	holding, letGo := make(chan struct{}), make(chan struct{})
	holder.before = func(st step) error {
		if st == stepWrite {
			close(holding)
			<-letGo
		}
		return nil
	}
	var wg sync.WaitGroup
	wg.Go(func() { mustSwapIn(t, holder, entry("example", 1, "first")) })
	<-holding

	ctx, cancel := context.WithCancel(t.Context())
	waiter.before = func(st step) error {
		if st == stepLock {
			cancel()
		}
		return nil
	}
	if err := waiter.CompareAndSwap(ctx, 0, entry("example", 1, "waiter")); !errors.Is(err, context.Canceled) {
		t.Errorf("in the kernel: %v", err)
	}
	// The wait in the kernel goes on, and the next one in line is behind it.
	ctx, cancel = context.WithCancel(t.Context())
	waiting := make(chan error)
	go func() { waiting <- waiter.CompareAndSwap(ctx, 0, entry("example", 1, "waiter")) }()
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("in the process: %v", err)
	}
	close(letGo)
	wg.Wait()
	waiter.before = nil
	wantEntry(t, waiter, entry("example", 1, "first"))
	mustSwap(t, waiter, entry("example", 2, "second"))
}

func mustSwapIn(t *testing.T, s tokens.Store, e tokens.Entry) {
	if err := s.CompareAndSwap(t.Context(), e.Generation-1, e); err != nil {
		t.Error(err)
	}
}

func TestOpenRemovesWhatCrashedWritersLeft(t *testing.T) {
	dir := fresh(t)
	s := open(t, dir)
	e := entry("example", 1, "first")
	mustSwap(t, s, e)
	other := base("example") + ".CRASHED" + tempSuffix
	for _, name := range []string{other, "notes.tmp", "README"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("example"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writing, goOn := make(chan string), make(chan struct{})
	s.before = func(st step) error {
		if st == stepRename {
			writing <- temps(t, dir)[0]
			<-goOn
		}
		return nil
	}
	var wg sync.WaitGroup
	wg.Go(func() { mustSwapIn(t, s, entry("example", 2, "second")) })
	<-writing
	before := temps(t, dir)
	open(t, dir)
	if got := temps(t, dir); !slices.Equal(got, before) {
		t.Errorf("with a writer at work, Open left %q of %q", got, before)
	}
	close(goOn)
	wg.Wait()
	open(t, dir)
	if got := temps(t, dir); !slices.Equal(got, []string{"notes.tmp"}) {
		t.Errorf("left: %q", got)
	}
	wantEntry(t, s, entry("example", 2, "second"))
}

func TestAFileUnderAnotherKeysNameIsFoundOut(t *testing.T) {
	dir := fresh(t)
	s := open(t, dir)
	mustSwap(t, s, entry("a", 1, "of a"))
	raw, err := os.ReadFile(filepath.Join(dir, base("a")+entrySuffix))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, base("b")+entrySuffix), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	_, loadErr := s.Load(t.Context(), "b")
	for op, err := range map[string]error{
		"Load":           loadErr,
		"CompareAndSwap": s.CompareAndSwap(t.Context(), 1, entry("b", 2, "of b")),
		"Delete":         s.Delete(t.Context(), "b", 1),
	} {
		if !errors.Is(err, ErrOtherKey) {
			t.Errorf("%s: %v", op, err)
		}
	}
	wantEntry(t, s, entry("a", 1, "of a"))
}

func TestOpenSaysWhatIsWrongWithADirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{
		"no name":         "",
		"a file":          file,
		"below a file":    filepath.Join(file, "store"),
		"a name with \\0": "a\x00b",
	} {
		s, err := Open(dir)
		var typed *Error
		if s != nil || !errors.As(err, &typed) || typed.Op != "open" || typed.Role != directory || typed.Dir != dir {
			t.Errorf("%s: %v", name, err)
		}
	}
	deep := filepath.Join(t.TempDir(), "a", "b", "store")
	mustSwap(t, open(t, deep), entry("example", 1, "first"))
	wantEntry(t, open(t, deep+string(filepath.Separator)), entry("example", 1, "first"))
}

func TestAClosedStoreSaysSo(t *testing.T) {
	s := open(t, fresh(t))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Load(t.Context(), "example")
	if !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Load: %v", err)
	}
	if err := s.CompareAndSwap(t.Context(), 0, entry("example", 1, "")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("CompareAndSwap: %v", err)
	}
	if _, err := s.Acquire(t.Context(), "example", time.Hour); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Acquire: %v", err)
	}
}

func TestLeasesWithAClockSetBackEnd(t *testing.T) {
	dir := fresh(t)
	s := open(t, dir)
	l, err := s.Acquire(t.Context(), "example", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	f := l.(*lease).f
	for name, c := range map[string]struct {
		now  time.Time
		want bool
	}{
		"now":                     {time.Now(), false},
		"within the ttl":          {time.Now().Add(50 * time.Second), false},
		"after the ttl":           {time.Now().Add(61 * time.Second), true},
		"the clock an hour back":  {time.Now().Add(-time.Hour), true},
		"the clock a decade back": {time.Now().AddDate(-10, 0, 0), true},
	} {
		if got := leaseOver(f, c.now); got != c.want {
			t.Errorf("%s: over is %v", name, got)
		}
	}
	for _, garbage := range []string{"", "x", strings.Repeat("y", 200)} {
		if err := f.Truncate(0); err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte(garbage), 0); err != nil {
			t.Fatal(err)
		}
		if !leaseOver(f, time.Now()) {
			t.Errorf("a lease file of %d other bytes holds others off", len(garbage))
		}
	}
}

func TestALockFileRemovedByHandIsMadeAgain(t *testing.T) {
	dir := fresh(t)
	a, b := open(t, dir), open(t, dir)
	i, _ := stripe(base("example"))
	a.before = func(st step) error {
		if st != stepWrite {
			return nil
		}
		return os.Remove(filepath.Join(dir, lockName(i)))
	}
	mustSwap(t, a, entry("example", 1, "first"))
	a.before = nil
	mustSwap(t, b, entry("example", 2, "second"))
	mustSwap(t, a, entry("example", 3, "third"))
	wantEntry(t, b, entry("example", 3, "third"))
}

func TestALockOnAFileThatIsGoneIsNone(t *testing.T) {
	dir := fresh(t)
	s := open(t, dir)
	tries := 0
	f, err := s.lockFile(0, func(f *os.File) error {
		// Between our opening the file and our locking it somebody tidies up.
		if tries++; tries == 1 {
			if err := os.Remove(filepath.Join(dir, lockName(0))); err != nil {
				return err
			}
		}
		return tryLock(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer release(f)
	if tries != 2 || !s.inPlace(f, lockName(0)) {
		t.Errorf("after %d tries the lock is on a file that nobody else opens", tries)
	}
	if _, err := open(t, dir).lockFile(0, tryLock); !errors.Is(err, errBusy) {
		t.Errorf("another writer: %v", err)
	}
}

func TestErrorsSayWhatWhereAndNothingElse(t *testing.T) {
	dir := fresh(t)
	s := open(t, dir)
	mustSwap(t, s, entry("example", 1, "example-secret"))
	path := filepath.Join(dir, base("example")+entrySuffix)
	if err := os.Truncate(path, 60); err != nil {
		t.Fatal(err)
	}
	_, err := s.Load(t.Context(), "example")
	var typed *Error
	if !errors.As(err, &typed) {
		t.Fatal(err)
	}
	if typed.Op != "load" || typed.Verb != "read" || typed.Role != entryFile || typed.File != filepath.Base(path) || typed.Dir != dir || !errors.Is(err, ErrDamaged) {
		t.Errorf("got %+v", *typed)
	}
	want := fmt.Sprintf("filestore: load: read the entry file %s in %q: it is damaged: put it back from a copy, or remove it and authorize again", filepath.Base(path), dir)
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, typed), "example-secret") {
		t.Error("the error quotes the file")
	}
}
