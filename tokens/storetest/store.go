package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/grantway/grantway/tokens"
)

var storeChecks = []struct {
	name string
	run  func(tb, tokens.Store)
}{
	{"an unknown key is not found", checkNotFound},
	{"a first write needs the old generation 0", checkCreate},
	{"a swap needs the stored generation", checkSwap},
	{"a jump of the generation is refused", checkJump},
	{"delete asks for the stored generation", checkDelete},
	{"data come back byte for byte", checkRoundTrip},
	{"data are not shared with the caller", checkNoAlias},
	{"keys are told apart byte for byte", checkKeys},
	{"a cancelled context writes nothing", checkCancelled},
	{"a stale writer never overwrites", checkInterleavings},
	{"one of many concurrent writers wins", checkConcurrent},
}

func entry(key string, generation uint64, data string) tokens.Entry {
	return tokens.Entry{Key: key, Generation: generation, Data: []byte(data)}
}

func mustSwap(t tb, s tokens.Store, old uint64, e tokens.Entry) {
	t.Helper()
	if err := s.CompareAndSwap(t.Context(), old, e); err != nil {
		t.Fatalf("CompareAndSwap from %d to %v: %v", old, e, err)
	}
}

func wantErr(t tb, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got the error %v, want %v", what, err, want)
	}
}

func wantEntry(t tb, s tokens.Store, want tokens.Entry) {
	t.Helper()
	got, err := s.Load(t.Context(), want.Key)
	if err != nil {
		t.Fatalf("Load: %v, want %v", err, want)
	}
	if got.Key != want.Key || got.Generation != want.Generation {
		t.Errorf("Load: got %v, want %v", got, want)
	}
	if !bytes.Equal(got.Data, want.Data) {
		t.Errorf("Load of %v: the data are not those written", want)
	}
}

func checkNotFound(t tb, s tokens.Store) {
	key := freshKey("not-found")
	e, err := s.Load(t.Context(), key)
	wantErr(t, "Load", err, tokens.ErrNotFound)
	if e.Key != "" || e.Generation != 0 || e.Data != nil {
		t.Errorf("Load returned %v beside its error", e)
	}
	wantErr(t, "CompareAndSwap from 3", s.CompareAndSwap(t.Context(), 3, entry(key, 4, "example")), tokens.ErrConflict)
	_, err = s.Load(t.Context(), key)
	wantErr(t, "Load after the conflict", err, tokens.ErrNotFound)
}

func checkCreate(t tb, s tokens.Store) {
	first := entry(freshKey("create"), 1, "first")
	mustSwap(t, s, 0, first)
	wantEntry(t, s, first)
	wantErr(t, "a second first write", s.CompareAndSwap(t.Context(), 0, entry(first.Key, 1, "second")), tokens.ErrConflict)
	wantErr(t, "the same first write again", s.CompareAndSwap(t.Context(), 0, first), tokens.ErrConflict)
	wantEntry(t, s, first)
}

func checkSwap(t tb, s tokens.Store) {
	key := freshKey("swap")
	for g := range uint64(5) {
		mustSwap(t, s, g, entry(key, g+1, fmt.Sprint("data ", g+1)))
	}
	now := entry(key, 5, "data 5")
	wantEntry(t, s, now)
	for _, old := range []uint64{0, 1, 4, 6, 1 << 40} {
		err := s.CompareAndSwap(t.Context(), old, entry(key, old+1, "stale"))
		wantErr(t, fmt.Sprintf("CompareAndSwap from %d where 5 is stored", old), err, tokens.ErrConflict)
	}
	wantEntry(t, s, now)
}

func checkJump(t tb, s tokens.Store) {
	key := freshKey("jump")
	for _, g := range []uint64{0, 2, 1 << 63} {
		if s.CompareAndSwap(t.Context(), 0, entry(key, g, "jump")) == nil {
			t.Errorf("generation %d was taken as the first", g)
		}
	}
	mustSwap(t, s, 0, entry(key, 1, "first"))
	for _, g := range []uint64{0, 1, 3} {
		if s.CompareAndSwap(t.Context(), 1, entry(key, g, "jump")) == nil {
			t.Errorf("generation %d was taken after 1", g)
		}
	}
	wantEntry(t, s, entry(key, 1, "first"))
}

func checkDelete(t tb, s tokens.Store) {
	key, other := freshKey("delete"), freshKey("delete")
	if err := s.Delete(t.Context(), key, 0); err != nil {
		t.Errorf("Delete of what is not there: %v", err)
	}
	if err := s.Delete(t.Context(), key, 7); err != nil {
		t.Errorf("Delete of generation 7 of what is not there: %v", err)
	}
	mustSwap(t, s, 0, entry(other, 1, "other"))
	mustSwap(t, s, 0, entry(key, 1, "first"))
	mustSwap(t, s, 1, entry(key, 2, "second"))
	for _, old := range []uint64{0, 1, 3} {
		wantErr(t, fmt.Sprintf("Delete of generation %d where 2 is stored", old), s.Delete(t.Context(), key, old), tokens.ErrConflict)
	}
	wantEntry(t, s, entry(key, 2, "second"))
	if err := s.Delete(t.Context(), key, 2); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	_, err := s.Load(t.Context(), key)
	wantErr(t, "Load after Delete", err, tokens.ErrNotFound)
	wantErr(t, "a swap after Delete", s.CompareAndSwap(t.Context(), 2, entry(key, 3, "third")), tokens.ErrConflict)
	mustSwap(t, s, 0, entry(key, 1, "again"))
	wantEntry(t, s, entry(key, 1, "again"))
	wantEntry(t, s, entry(other, 1, "other"))
}

func checkRoundTrip(t tb, s tokens.Store) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, data := range map[string]string{
		"empty":                 "",
		"one NUL":               "\x00",
		"NULs around":           "\x00example\x00\x00",
		"line ends":             "a\r\nb\nc\r",
		"spaces around":         "  example  \n",
		"every byte":            string(all),
		"not UTF-8":             "\xff\xfe\xc3\x28",
		"quotes and backslash":  `'";--\' \x00 %s $1 ?`,
		"64 KiB":                strings.Repeat(string(all), 256),
		"64 KiB of one byte":    strings.Repeat("\x00", 64<<10),
		"what looks like a nil": "null",
	} {
		e := entry(freshKey("round-trip"), 1, data)
		mustSwap(t, s, 0, e)
		got, err := s.Load(t.Context(), e.Key)
		if err != nil || string(got.Data) != data {
			t.Errorf("%s: %d bytes came back with the error %v, %d were written", name, len(got.Data), err, len(data))
		}
		// Shorter data after longer: nothing of the old may stay behind.
		mustSwap(t, s, 1, entry(e.Key, 2, "x"))
		wantEntry(t, s, entry(e.Key, 2, "x"))
	}
	e := tokens.Entry{Key: freshKey("round-trip"), Generation: 1}
	mustSwap(t, s, 0, e)
	wantEntry(t, s, e)
}

func checkNoAlias(t tb, s tokens.Store) {
	written := entry(freshKey("alias"), 1, "example")
	mustSwap(t, s, 0, written)
	clear(written.Data)
	want := entry(written.Key, 1, "example")
	wantEntry(t, s, want)
	loaded, err := s.Load(t.Context(), want.Key)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	clear(loaded.Data)
	_ = append(loaded.Data[:0], "overwritten"...)
	wantEntry(t, s, want)
}

func checkKeys(t tb, s tokens.Store) {
	base := freshKey("keys")
	long := base + strings.Repeat("k", 511-len(base))
	keys := []string{
		base, base + "/", base + "/a", base + "/A", base + "//a", base + "/./a", base + "/../a", base + "/a/..", base + "/a ",
		base + "/a.", base + "%", base + "%2F", base + "%2f", base + "%00", base + "_", base + "*", base + "?", base + "[a]",
		base + `\`, base + `"`, base + "'", base + "'; --", base + "$(x)", base + "~", base + ":", base + "|", base + "+",
		base + ".", base + "..", base + "...", base + "/CON", base + ".lock", base + ".tmp",
		"/" + base, "./" + base, "../" + base, "../../" + base, " " + base, "." + base, "-" + base, "~/" + base,
		strings.ToUpper(base), strings.ToLower(base),
		long + "a", long + "A", long[:510],
	}
	for i, key := range keys {
		mustSwap(t, s, 0, entry(key, 1, fmt.Sprint("data of key ", i)))
	}
	for i, key := range keys {
		wantEntry(t, s, entry(key, 1, fmt.Sprint("data of key ", i)))
	}
	if err := s.Delete(t.Context(), keys[0], 1); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	for i, key := range keys[1:] {
		wantEntry(t, s, entry(key, 1, fmt.Sprint("data of key ", i+1)))
	}
}

func checkCancelled(t tb, s tokens.Store) {
	e := entry(freshKey("cancelled"), 1, "example")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, "CompareAndSwap", s.CompareAndSwap(ctx, 0, e), context.Canceled)
	_, err := s.Load(t.Context(), e.Key)
	wantErr(t, "Load after a cancelled write", err, tokens.ErrNotFound)
	mustSwap(t, s, 0, e)
	_, err = s.Load(ctx, e.Key)
	wantErr(t, "Load", err, context.Canceled)
	wantErr(t, "CompareAndSwap", s.CompareAndSwap(ctx, 1, entry(e.Key, 2, "second")), context.Canceled)
	wantErr(t, "Delete", s.Delete(ctx, e.Key, 1), context.Canceled)
	wantEntry(t, s, e)
}

// Interleavings is how many random orders of writers the suite tries, but for
// -short, which has a quarter of them.
const Interleavings = 1000

// interleavings are as many as there are, or a quarter under -short: a store
// that flushes to a disk takes seconds for all.
func interleavings() int {
	if testing.Short() {
		return Interleavings / 4
	}
	return Interleavings
}

// checkInterleavings lets three writers, each of which loads and later swaps
// what it loaded, take turns in a random order. One goroutine runs them, so
// that a failing order can be repeated from its seed.
func checkInterleavings(t tb, s tokens.Store) {
	seed := rand.Uint64()
	if err := interleave(t, s, seed); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
}

func interleave(t tb, s tokens.Store, seed uint64) error {
	rnd := rand.New(rand.NewPCG(seed, seed))
	base := freshKey("interleaving")
	for round := range interleavings() {
		key := fmt.Sprintf("%s/%d", base, round)
		// What each writer believes, and whether it has looked at all.
		var view [3]tokens.Entry
		var looked [3]bool
		var now tokens.Entry
		for step := range 10 {
			w := rnd.IntN(len(view))
			if !looked[w] || rnd.IntN(4) == 0 {
				got, err := s.Load(t.Context(), key)
				if err != nil && !(now.Generation == 0 && errors.Is(err, tokens.ErrNotFound)) {
					return fmt.Errorf("interleaving %d, step %d: Load: %w", round, step, err)
				}
				if got.Generation != now.Generation || !bytes.Equal(got.Data, now.Data) {
					return fmt.Errorf("interleaving %d, step %d: generation %d was written last, %d is loaded or its data are others'", round, step, now.Generation, got.Generation)
				}
				view[w], looked[w] = got, true
				continue
			}
			// Not looking again after this makes the writer stale from now on.
			next := entry(key, view[w].Generation+1, fmt.Sprintf("step %d of writer %d", step, w))
			err := s.CompareAndSwap(t.Context(), view[w].Generation, next)
			switch fresh := view[w].Generation == now.Generation; {
			case fresh && err == nil:
				now = next
				if rnd.IntN(2) == 0 {
					view[w] = next
				}
			case fresh:
				return fmt.Errorf("interleaving %d, step %d: a current writer got %w", round, step, err)
			case err == nil:
				return fmt.Errorf("interleaving %d, step %d: a writer that knew generation %d overwrote %d", round, step, view[w].Generation, now.Generation)
			case !errors.Is(err, tokens.ErrConflict):
				return fmt.Errorf("interleaving %d, step %d: a stale writer got %w", round, step, err)
			default:
				looked[w] = rnd.IntN(2) == 0
			}
		}
	}
	return nil
}

// checkConcurrent has writers race for each generation while readers look on.
func checkConcurrent(t tb, s tokens.Store) {
	const writers, generations = 8, 25
	key := freshKey("concurrent")
	var wins [generations + 1]atomic.Int32
	var done atomic.Bool
	var writing, reading sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for {
				now, err := s.Load(t.Context(), key)
				if err != nil && !errors.Is(err, tokens.ErrNotFound) {
					t.Errorf("Load among writers: %v", err)
					return
				}
				if now.Generation >= generations {
					return
				}
				next := entry(key, now.Generation+1, fmt.Sprintf("generation %d", now.Generation+1))
				switch err := s.CompareAndSwap(t.Context(), now.Generation, next); {
				case err == nil:
					wins[next.Generation].Add(1)
				case !errors.Is(err, tokens.ErrConflict):
					t.Errorf("CompareAndSwap of writer %d: %v", w, err)
					return
				}
			}
		})
	}
	for range 2 {
		reading.Go(func() {
			for last := uint64(0); !done.Load(); {
				e, err := s.Load(t.Context(), key)
				switch {
				case errors.Is(err, tokens.ErrNotFound) && last == 0:
				case err != nil:
					t.Errorf("Load among writers: %v", err)
					return
				case e.Generation < last:
					t.Errorf("a reader saw generation %d after %d", e.Generation, last)
					return
				case string(e.Data) != fmt.Sprintf("generation %d", e.Generation):
					t.Errorf("a reader saw generation %d with the data of another", e.Generation)
					return
				default:
					last = e.Generation
				}
			}
		})
	}
	writing.Wait()
	done.Store(true)
	reading.Wait()
	for g := 1; g <= generations; g++ {
		if n := wins[g].Load(); n != 1 {
			t.Errorf("generation %d was written by %d writers", g, n)
		}
	}
}
