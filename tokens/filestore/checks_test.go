//go:build unix

package filestore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/grantway/grantway/internal/childtest"
	"github.com/grantway/grantway/tokens"
)

// The scorecard's checks, by its numbers, as far as they are about files.

func sealer(t testing.TB, id, key string) *tokens.Sealer {
	t.Helper()
	k, err := tokens.NewSealKey(id, []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	s, err := tokens.NewSealer(k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// loose lists what in dir, and dir itself, others than its owner can get at.
func loose(t testing.TB, dir string) (out []string, seen int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		seen++
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = fs.ModeDir | 0o700
		}
		if info.Mode() != want {
			out = append(out, fmt.Sprintf("%s %v", filepath.Base(path), info.Mode()))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, seen
}

func umask(t testing.TB, mask int) {
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}

func TestCheck024_StoredSecretsArePrivate(t *testing.T) {
	files, refused := 0, 0
	for _, mask := range []int{0, 0o022, 0o077, 0o177} {
		t.Run(fmt.Sprintf("umask %03o", mask), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "above")
			umask(t, mask&^0o100) // a directory needs its owner's x
			s := open(t, filepath.Join(dir, "store"))
			syscall.Umask(mask)
			var midway []string
			s.before = func(st step) error {
				if st == stepWrite {
					midway, _ = loose(t, dir)
				}
				return nil
			}
			mustSwap(t, s, entry("example", 1, "example-secret"))
			if len(midway) > 0 {
				t.Errorf("before a secret is written: %q", midway)
			}
			if _, err := s.Acquire(t.Context(), "example", time.Hour); err != nil {
				t.Fatal(err)
			}
			bad, seen := loose(t, dir)
			if len(bad) > 0 || seen != 5 {
				t.Errorf("of %d (want 5): %q", seen, bad)
			}
			files += seen
		})
	}
	t.Run("a store that does not look is found out", func(t *testing.T) {
		umask(t, 0)
		dir := filepath.Join(t.TempDir(), "store")
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "token"), []byte("example-secret"), 0o644); err != nil {
			t.Fatal(err)
		}
		if bad, _ := loose(t, dir); len(bad) != 2 {
			t.Errorf("found: %q", bad)
		}
	})

	t.Run("a directory that lets others in is refused", func(t *testing.T) {
		for _, mode := range []fs.FileMode{0o777, 0o755, 0o750, 0o710, 0o701, 0o704, 0o702, 0o720} {
			dir := fresh(t)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			if !errors.Is(err, ErrNotPrivate) || !strings.Contains(err.Error(), "chmod 0700") {
				t.Errorf("%o: %v", mode, err)
			}
			refused++
			if err := os.Chmod(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			open(t, dir) // the inverse: what the error says helps
		}
	})
	t.Run("another user's directory is refused", func(t *testing.T) {
		if os.Geteuid() != 0 {
			t.Skip("only root can give a directory away")
		}
		dir := fresh(t)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); !errors.Is(err, ErrNotPrivate) {
			t.Errorf("Open: %v", err)
		}
		refused++
	})
	t.Run("a symbolic link to a directory is refused", func(t *testing.T) {
		dir := fresh(t)
		mustSwap(t, open(t, dir), entry("example", 1, "first"))
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(dir, link); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{link, link + "/", link + "/."} {
			if _, err := Open(name); !errors.Is(err, ErrNotPrivate) {
				t.Errorf("Open(%q): %v", filepath.Base(name), err)
			}
			refused++
		}
		dangling := filepath.Join(t.TempDir(), "dangling")
		if err := os.Symlink(filepath.Join(t.TempDir(), "nothing"), dangling); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dangling); !errors.Is(err, ErrNotPrivate) {
			t.Errorf("Open of a link to nothing: %v", err)
		}
		refused++
	})
	t.Run("no symbolic link is followed to a file", func(t *testing.T) {
		i, _ := stripe(base("example"))
		calls := map[string]func(s *Store) error{
			"Load":           func(s *Store) error { return second(s.Load(t.Context(), "example")) },
			"CompareAndSwap": func(s *Store) error { return s.CompareAndSwap(t.Context(), 1, entry("example", 2, "new")) },
			"Delete":         func(s *Store) error { return s.Delete(t.Context(), "example", 1) },
			"Acquire":        func(s *Store) error { return second(s.Acquire(t.Context(), "example", time.Hour)) },
		}
		for name, asked := range map[string][]string{
			base("example") + entrySuffix: {"Load", "CompareAndSwap", "Delete"},
			base("example") + leaseSuffix: {"Acquire"},
			lockName(i):                   {"CompareAndSwap", "Delete", "Acquire"},
		} {
			for what, put := range map[string]func(target, path string) error{
				"a link within the directory":    func(target, path string) error { return os.Symlink(filepath.Base(target), path) },
				"a link to a file outside":       func(_, path string) error { return os.Symlink("../outside", path) },
				"an absolute link":               func(target, path string) error { return os.Symlink(target, path) },
				"a link to nothing":              func(_, path string) error { return os.Symlink("nothing", path) },
				"a directory":                    func(_, path string) error { return os.Mkdir(path, 0o700) },
				"a pipe that nobody writes into": func(_, path string) error { return syscall.Mkfifo(path, 0o600) },
			} {
				dir := fresh(t)
				s := open(t, dir)
				mustSwap(t, s, entry("example", 1, "first"))
				path, target := filepath.Join(dir, name), filepath.Join(dir, "target")
				outside := filepath.Join(dir, "..", "outside")
				genuine, err := os.ReadFile(filepath.Join(dir, base("example")+entrySuffix))
				if err != nil {
					t.Fatal(err)
				}
				for _, copied := range []string{target, outside} {
					if err := os.WriteFile(copied, genuine, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.RemoveAll(path); err != nil {
					t.Fatal(err)
				}
				if err := put(target, path); err != nil {
					t.Fatal(err)
				}
				before := names(t, dir)
				for _, call := range asked {
					if err := calls[call](s); !errors.Is(err, ErrNotRegular) {
						t.Errorf("%s for a %s, %s: %v", what, filepath.Ext(name), call, err)
					}
					refused++
				}
				for _, copied := range []string{target, outside} {
					if got, err := os.ReadFile(copied); err != nil || !bytes.Equal(got, genuine) {
						t.Errorf("%s for a %s: what it leads to was changed", what, filepath.Ext(name))
					}
				}
				if got := names(t, dir); !slices.Equal(got, before) {
					t.Errorf("%s for a %s: the directory holds %q now", what, filepath.Ext(name), got)
				}
			}
		}
	})

	t.Run("sealed data open in their place only", func(t *testing.T) {
		dir := fresh(t)
		s := open(t, dir)
		key := sealer(t, "one", "example-seal-key-of-thirty-two-1")
		for _, name := range []string{"a", "b"} {
			for g := uint64(1); g <= 2; g++ {
				sealed, err := key.Seal(name, g, []byte("example-secret of "+name))
				if err != nil {
					t.Fatal(err)
				}
				mustSwap(t, s, entry(name, g, string(sealed)))
			}
		}
		load := func(name string) tokens.Entry {
			e, err := s.Load(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		a, b := load("a"), load("b")
		raw, err := os.ReadFile(filepath.Join(dir, base("a")+entrySuffix))
		if err != nil || bytes.Contains(raw, []byte("example-secret")) {
			t.Errorf("the file holds the secret in clear, or %v", err)
		}
		// Somebody who can write the directory makes files with right sums.
		forge := func(e tokens.Entry) {
			if err := os.WriteFile(filepath.Join(dir, base(e.Key)+entrySuffix), encode(e), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		tell := func(what string, with *tokens.Sealer, want error) {
			got := load("a")
			clear, err := with.Open(got.Key, got.Generation, got.Data)
			if !errors.Is(err, want) || (err != nil && clear != nil) {
				t.Errorf("%s: %v", what, err)
			}
			refused++
		}
		forge(tokens.Entry{Key: "a", Generation: 2, Data: b.Data})
		tell("the row of another entry", key, tokens.ErrSealBroken)
		forge(tokens.Entry{Key: "a", Generation: 3, Data: a.Data})
		tell("old data under a new generation", key, tokens.ErrSealBroken)
		forge(tokens.Entry{Key: "a", Generation: 2, Data: []byte("clear")})
		tell("clear data", key, tokens.ErrNotSealed)
		forge(a)
		tell("the wrong key under the right name", sealer(t, "one", "example-seal-key-of-thirty-two-2"), tokens.ErrSealBroken)
		tell("a key that was not given", sealer(t, "two", "example-seal-key-of-thirty-two-1"), tokens.ErrSealKey)
		// The inverses: the right key opens it; and without a seal the file
		// system alone does not find a forged row out.
		if clear, err := key.Open("a", 2, load("a").Data); err != nil || string(clear) != "example-secret of a" {
			t.Errorf("unchanged: %v", err)
		}
		forge(tokens.Entry{Key: "a", Generation: 2, Data: []byte("forged")})
		if got := load("a"); string(got.Data) != "forged" {
			t.Error("the forged row is not there, and the checks above show nothing")
		}
	})
	t.Logf("figure: %d files and directories under 4 umasks, 0 open to others; %d accesses refused", files, refused)
}

func TestCheck066_KilledAtEveryStepOfAWrite(t *testing.T) {
	first := entry("example", 1, "old")
	second := entry("example", 2, strings.Repeat("new", 1000))
	kills, oldFound, newFound := 0, 0, 0
	for st := stepLock; st <= stepUnlock; st++ {
		dir := fresh(t)
		mustSwap(t, open(t, dir), first)
		said, err := childtest.Start(t, "killed", dir, strconv.Itoa(int(st))).End()
		if err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("step %d: the child was not killed: %v, %s", st, err, said)
		}
		kills++
		s := open(t, dir)
		if left := temps(t, dir); len(left) > 0 {
			t.Errorf("step %d: left behind: %q", st, left)
		}
		got, err := s.Load(t.Context(), "example")
		if err != nil {
			t.Fatalf("step %d: %v", st, err)
		}
		want, found := first, &oldFound
		if st > stepRemove {
			want, found = second, &newFound
		}
		if got.Generation != want.Generation || !bytes.Equal(got.Data, want.Data) {
			t.Errorf("step %d: found %v, want %v", st, got, want)
		}
		*found++
		// The lock died with its holder.
		mustSwap(t, s, entry("example", got.Generation+1, "next"))
	}
	// The inverse: a write in place, killed midway, leaves a torn file, and it
	// is found out.
	dir := fresh(t)
	s := open(t, dir)
	mustSwap(t, s, first)
	if err := os.WriteFile(filepath.Join(dir, base("example")+entrySuffix), encode(second)[:1500], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), "example"); !errors.Is(err, ErrDamaged) {
		t.Errorf("a torn file: %v", err)
	}
	t.Logf("figure: killed at %d steps, found the old entry %d times and the new one %d times, never a torn one", kills, oldFound, newFound)
}

func TestCheck073_NewerSchemaRefused(t *testing.T) {
	dir := fresh(t)
	s := open(t, dir)
	mustSwap(t, s, entry("example", 1, "first"))
	path := filepath.Join(dir, base("example")+entrySuffix)
	genuine, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	versions := 0
	for _, v := range []uint16{2, 3, 0xff, 0x100, 0xffff} {
		newer := append([]byte(magic), byte(v>>8), byte(v))
		for shape, rest := range map[string][]byte{
			"the same shape": genuine[10:],
			"nothing more":   nil,
			"another shape":  []byte("{}"),
			"a large file":   make([]byte, 1<<20),
		} {
			raw := append(bytes.Clone(newer), rest...)
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			for op, err := range map[string]error{
				"Load":           second(s.Load(t.Context(), "example")),
				"CompareAndSwap": s.CompareAndSwap(t.Context(), 1, entry("example", 2, "second")),
				"a first write":  s.CompareAndSwap(t.Context(), 0, entry("example", 1, "second")),
				"Delete":         s.Delete(t.Context(), "example", 1),
			} {
				if !errors.Is(err, ErrNewerFormat) || !strings.Contains(err.Error(), "update this program") {
					t.Errorf("version %d, %s, %s: %v", v, shape, op, err)
				}
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, raw) {
				t.Errorf("version %d, %s: the file was changed, or %v", v, shape, err)
			}
			versions++
		}
	}
	// The inverse: the same file in its own version loads.
	if err := os.WriteFile(path, genuine, 0o600); err != nil {
		t.Fatal(err)
	}
	wantEntry(t, s, entry("example", 1, "first"))
	t.Logf("figure: %d files of newer formats, each refused by 4 calls and left alone", versions)
}

// durable is what must hold of the order of a write's steps: all bytes reach
// the disk before the name does, and the name before the caller hears of it.
func durable(steps []step) error {
	at := func(st step) int { return slices.Index(steps, st) }
	for _, order := range [][2]step{
		{stepLock, stepCreate}, {stepChmod, stepWrite}, {stepWrite, stepSync}, {stepSync, stepRename}, {stepRename, stepSyncDir}, {stepSyncDir, stepUnlock},
	} {
		if a, b := at(order[0]), at(order[1]); a < 0 || b < 0 || a > b {
			return fmt.Errorf("step %d does not come before step %d in %v", order[0], order[1], steps)
		}
	}
	return nil
}

func TestCheck074_FileStoreIsDurable(t *testing.T) {
	t.Run("the bytes are flushed before the name and the name before the answer", func(t *testing.T) {
		s := open(t, fresh(t))
		for g := range uint64(2) {
			var steps []step
			s.before = func(st step) error { steps = append(steps, st); return nil }
			mustSwap(t, s, entry("example", g+1, "data"))
			if err := durable(steps); err != nil {
				t.Error(err)
			}
		}
		var steps []step
		s.before = func(st step) error { steps = append(steps, st); return nil }
		if err := s.Delete(t.Context(), "example", 2); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(steps, []step{stepLock, stepRemove, stepSyncDir, stepUnlock}) {
			t.Errorf("Delete: %v", steps)
		}
		for name, bad := range map[string][]step{
			"no flush":                  {stepLock, stepCreate, stepChmod, stepWrite, stepClose, stepRename, stepSyncDir, stepUnlock},
			"a flush after the rename":  {stepLock, stepCreate, stepChmod, stepWrite, stepRename, stepSync, stepSyncDir, stepUnlock},
			"no flush of the directory": {stepLock, stepCreate, stepChmod, stepWrite, stepSync, stepClose, stepRename, stepUnlock},
			"a directory flushed first": {stepLock, stepCreate, stepChmod, stepWrite, stepSync, stepSyncDir, stepRename, stepUnlock},
		} {
			if durable(bad) == nil {
				t.Errorf("%s: not found out", name)
			}
		}
	})

	cuts := 0
	t.Run("a file cut anywhere is found out and not overwritten", func(t *testing.T) {
		dir := fresh(t)
		s := open(t, dir)
		mustSwap(t, s, entry("example", 1, strings.Repeat("token", 820))) // 4 KB, and a little
		path := filepath.Join(dir, base("example")+entrySuffix)
		genuine, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := range slices.Backward(genuine) {
			if err := os.Truncate(path, int64(n)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Load(t.Context(), "example"); !errors.Is(err, ErrDamaged) {
				t.Fatalf("cut to %d bytes: Load: %v", n, err)
			}
			cuts++
		}
		for op, err := range map[string]error{
			"CompareAndSwap": s.CompareAndSwap(t.Context(), 1, entry("example", 2, "second")),
			"a first write":  s.CompareAndSwap(t.Context(), 0, entry("example", 1, "second")),
			"Delete":         s.Delete(t.Context(), "example", 1),
		} {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %v", op, err)
			}
		}
		// The inverse: whole, it loads.
		if err := os.WriteFile(path, genuine, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(t.Context(), "example"); err != nil {
			t.Error(err)
		}
	})

	t.Run("a reader sees the old or the new at every step", func(t *testing.T) {
		dir := fresh(t)
		s, reader := open(t, dir), open(t, dir)
		mustSwap(t, s, entry("example", 1, "old"))
		s.before = func(st step) error {
			want := entry("example", 1, "old")
			if st > stepRename {
				want = entry("example", 2, "new")
			}
			wantEntry(t, reader, want)
			return nil
		}
		mustSwap(t, s, entry("example", 2, "new"))
	})

	failures := 0
	t.Run("a step that fails leaves the old entry and no half of a new one", func(t *testing.T) {
		roles := map[step]string{
			stepLock: lockFile, stepCreate: temporaryFile, stepChmod: temporaryFile, stepWrite: temporaryFile,
			stepSync: temporaryFile, stepClose: temporaryFile, stepRename: entryFile, stepSyncDir: directory,
		}
		for st, role := range roles {
			for _, fault := range []error{syscall.ENOSPC, syscall.EROFS, syscall.EIO, syscall.EDQUOT, syscall.EACCES} {
				dir := fresh(t)
				s := open(t, dir)
				mustSwap(t, s, entry("example", 1, "old"))
				s.before = func(at step) error {
					if at == st {
						return &fs.PathError{Op: "test", Path: "example", Err: fault}
					}
					return nil
				}
				err := s.CompareAndSwap(t.Context(), 1, entry("example", 2, "new"))
				var typed *Error
				if !errors.As(err, &typed) || !errors.Is(err, fault) || typed.Role != role || typed.Op != "compare-and-swap" || typed.Verb == "" {
					t.Errorf("step %d, %v: %v", st, fault, err)
				}
				failures++
				s.before = nil
				if left := temps(t, dir); len(left) > 0 {
					t.Errorf("step %d, %v: left behind: %q", st, fault, left)
				}
				// After the rename the new entry is there, and only whether it
				// survives a power cut is unknown.
				now := entry("example", 1, "old")
				if st == stepSyncDir {
					now = entry("example", 2, "new")
				}
				wantEntry(t, s, now)
				mustSwap(t, s, entry("example", now.Generation+1, "next"))
			}
		}
	})
	t.Run("a real write that the system cuts short", func(t *testing.T) {
		dir := fresh(t)
		s := open(t, dir)
		mustSwap(t, s, entry("example", 1, "old"))
		if said, err := childtest.Start(t, "limited", dir).End(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		if left := temps(t, dir); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
		wantEntry(t, s, entry("example", 1, "old"))
	})
	t.Run("a real directory that can only be read, and a file that cannot", func(t *testing.T) {
		dir := fresh(t)
		mustSwap(t, open(t, dir), entry("example", 1, "old"))
		// A key with another lock, which has no file yet.
		other := ""
		for i := 0; other == "" || base(other)[:2] == base("example")[:2]; i++ {
			other = fmt.Sprint("other ", i)
		}
		// So that it can be removed, if we are not root.
		t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
		if said, err := childtest.Start(t, "denied", dir, other).End(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		if left := temps(t, dir); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
	t.Run("too much is refused before anything is done", func(t *testing.T) {
		dir := fresh(t)
		s := open(t, dir)
		for name, e := range map[string]tokens.Entry{
			"64 KiB and a byte": {Key: "example", Generation: 1, Data: make([]byte, 64<<10+1)},
			"a key of 513":      {Key: strings.Repeat("k", 513), Generation: 1},
		} {
			if err := s.CompareAndSwap(t.Context(), 0, e); !errors.Is(err, tokens.ErrInvalidEntry) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if left := names(t, dir); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
		largest := tokens.Entry{Key: strings.Repeat("k", 512), Generation: 1, Data: make([]byte, 64<<10)}
		mustSwap(t, s, largest)
		wantEntry(t, s, largest)
	})
	t.Logf("figure: %d cuts of a 4 KB token found out, %d failing steps, 0 torn and 0 left behind", cuts, failures)
}

func TestWritersInSeveralProcessesTakeTurns(t *testing.T) {
	const processes, generations = 4, 200
	dir := fresh(t)
	total := 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range processes {
		child := childtest.Start(t, "writer", dir, strconv.Itoa(generations))
		wg.Go(func() {
			line, _ := child.Out.ReadString('\n')
			won, err := strconv.Atoi(strings.TrimSpace(line))
			if waited := child.Wait(); err != nil || waited != nil {
				t.Errorf("a writer said %q: %v, %v", line, err, waited)
			}
			mu.Lock()
			defer mu.Unlock()
			total += won
		})
	}
	wg.Wait()
	if total != generations {
		t.Errorf("%d writes succeeded for %d generations", total, generations)
	}
	e, err := open(t, dir).Load(t.Context(), "example")
	if err != nil || e.Generation != generations {
		t.Errorf("found %v, %v", e, err)
	}
}

func TestALeaseEndsWithItsProcess(t *testing.T) {
	dir := fresh(t)
	s := open(t, dir)
	child := childtest.Start(t, "holder", dir)
	if line, err := child.Out.ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("the holder said %q, %v", line, err)
	}
	if _, err := s.Acquire(t.Context(), "example", time.Hour); !errors.Is(err, tokens.ErrLeased) {
		t.Errorf("while it is held: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	l, err := s.Acquire(t.Context(), "example", time.Hour)
	if err != nil {
		t.Fatalf("after its holder was killed: %v", err)
	}
	if err := l.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

// A holder that is stopped lives on: its lease ends by time, and it finds out.
func TestAStoppedHolderLosesItsLease(t *testing.T) {
	dir := fresh(t)
	s, other := open(t, dir), open(t, dir)
	l, err := s.Acquire(t.Context(), "example", time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	next, err := other.Acquire(t.Context(), "example", time.Hour)
	if err != nil {
		t.Fatalf("after the ttl: %v", err)
	}
	if err := l.Renew(t.Context()); !errors.Is(err, tokens.ErrLeased) {
		t.Errorf("Renew: %v", err)
	}
	if err := l.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if err := next.Renew(t.Context()); err != nil {
		t.Errorf("the next holder's Renew: %v", err)
	}
	if left := temps(t, dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
