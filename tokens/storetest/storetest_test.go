package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway/tokens"
)

// watcher is a tb that remembers what failed instead of failing the test.
type watcher struct {
	t      *testing.T
	mu     sync.Mutex
	failed []string
}

func (w *watcher) Helper()                  {}
func (w *watcher) Context() context.Context { return w.t.Context() }
func (w *watcher) Logf(string, ...any)      {}
func (w *watcher) Errorf(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = append(w.failed, fmt.Sprintf(format, args...))
}
func (w *watcher) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	runtime.Goexit()
}

// watch runs check to its end, which may be a Fatalf, and returns what failed.
func watch(t *testing.T, check func(tb)) []string {
	w := &watcher{t: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check(w)
	}()
	<-done
	return w.failed
}

// broken is a store with one fault; each field overrides one method.
type broken struct {
	*tokens.MemoryStore
	load    func(ctx context.Context, m *tokens.MemoryStore, key string) (tokens.Entry, error)
	swap    func(ctx context.Context, m *tokens.MemoryStore, old uint64, e tokens.Entry) error
	del     func(ctx context.Context, m *tokens.MemoryStore, key string, old uint64) error
	acquire func(ctx context.Context, m *tokens.MemoryStore, key string, ttl time.Duration) (tokens.Lease, error)
}

func (b *broken) Load(ctx context.Context, key string) (tokens.Entry, error) {
	if b.load != nil {
		return b.load(ctx, b.MemoryStore, key)
	}
	return b.MemoryStore.Load(ctx, key)
}

func (b *broken) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	if b.swap != nil {
		return b.swap(ctx, b.MemoryStore, old, e)
	}
	return b.MemoryStore.CompareAndSwap(ctx, old, e)
}

func (b *broken) Delete(ctx context.Context, key string, old uint64) error {
	if b.del != nil {
		return b.del(ctx, b.MemoryStore, key, old)
	}
	return b.MemoryStore.Delete(ctx, key, old)
}

func (b *broken) Acquire(ctx context.Context, key string, ttl time.Duration) (tokens.Lease, error) {
	if b.acquire != nil {
		return b.acquire(ctx, b.MemoryStore, key, ttl)
	}
	return b.MemoryStore.Acquire(ctx, key, ttl)
}

// plain is a store without any check, to break things with.
type plain struct {
	mu      sync.Mutex
	entries map[string]tokens.Entry
}

func (p *plain) get(key string) (tokens.Entry, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.entries[key]
	return e, ok
}

func (p *plain) put(e tokens.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entries[e.Key] = e
}

func (p *plain) load(ctx context.Context, _ *tokens.MemoryStore, key string) (tokens.Entry, error) {
	e, ok := p.get(key)
	if !ok {
		return tokens.Entry{}, errors.Join(tokens.ErrNotFound, ctx.Err())
	}
	return e, ctx.Err()
}

// faults are stores that a tired author might write. fails names the check
// that must find each out.
var faults = []struct {
	name  string
	fails string
	make  func() *broken
}{
	{"Load invents an empty entry", "an unknown key is not found", func() *broken {
		return &broken{load: func(ctx context.Context, m *tokens.MemoryStore, key string) (tokens.Entry, error) {
			e, err := m.Load(ctx, key)
			if errors.Is(err, tokens.ErrNotFound) {
				return tokens.Entry{Key: key}, nil
			}
			return e, err
		}}
	}},
	{"a swap of nothing is taken", "an unknown key is not found", func() *broken {
		return &broken{swap: func(ctx context.Context, m *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			if _, err := m.Load(ctx, e.Key); errors.Is(err, tokens.ErrNotFound) && old != 0 {
				return nil
			}
			return m.CompareAndSwap(ctx, old, e)
		}}
	}},
	{"a first write is an upsert", "a first write needs the old generation 0", func() *broken {
		return &broken{swap: func(ctx context.Context, m *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			if now, err := m.Load(ctx, e.Key); err == nil && old == 0 && e.Generation == 1 {
				if err := m.Delete(ctx, e.Key, now.Generation); err != nil {
					return err
				}
			}
			return m.CompareAndSwap(ctx, old, e)
		}}
	}},
	{"no check of the generation", "a swap needs the stored generation", func() *broken {
		p := &plain{entries: map[string]tokens.Entry{}}
		return &broken{load: p.load, swap: func(ctx context.Context, _ *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			if err := tokens.CheckSwap(old, e); err != nil {
				return err
			}
			p.put(e)
			return ctx.Err()
		}}
	}},
	{"conflicts have an error of their own", "a swap needs the stored generation", func() *broken {
		return &broken{swap: func(ctx context.Context, m *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			err := m.CompareAndSwap(ctx, old, e)
			if errors.Is(err, tokens.ErrConflict) {
				return errors.New("0 rows affected")
			}
			return err
		}}
	}},
	{"a jump is taken", "a jump of the generation is refused", func() *broken {
		p := &plain{entries: map[string]tokens.Entry{}}
		return &broken{load: p.load, swap: func(ctx context.Context, _ *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			if now, _ := p.get(e.Key); now.Generation != old {
				return tokens.ErrConflict
			}
			p.put(e)
			return ctx.Err()
		}}
	}},
	{"Delete does not ask", "delete asks for the stored generation", func() *broken {
		return &broken{del: func(ctx context.Context, m *tokens.MemoryStore, key string, _ uint64) error {
			e, err := m.Load(ctx, key)
			if err != nil {
				return nil
			}
			return m.Delete(ctx, key, e.Generation)
		}}
	}},
	{"Delete does nothing", "delete asks for the stored generation", func() *broken {
		return &broken{del: func(context.Context, *tokens.MemoryStore, string, uint64) error { return nil }}
	}},
	{"Delete of nothing is an error", "delete asks for the stored generation", func() *broken {
		return &broken{del: func(ctx context.Context, m *tokens.MemoryStore, key string, old uint64) error {
			if _, err := m.Load(ctx, key); err != nil {
				return err
			}
			return m.Delete(ctx, key, old)
		}}
	}},
	{"data end at the first NUL", "data come back byte for byte", func() *broken {
		return changing(func(data []byte) []byte { b, _, _ := bytes.Cut(data, []byte{0}); return b })
	}},
	{"data are trimmed", "data come back byte for byte", func() *broken { return changing(bytes.TrimSpace) }},
	{"data become valid UTF-8", "data come back byte for byte", func() *broken {
		return changing(func(data []byte) []byte { return bytes.ToValidUTF8(data, []byte("?")) })
	}},
	{"data end after 4 KiB", "data come back byte for byte", func() *broken {
		return changing(func(data []byte) []byte { return data[:min(len(data), 4<<10)] })
	}},
	{"data are shared", "data are not shared with the caller", func() *broken {
		p := &plain{entries: map[string]tokens.Entry{}}
		return &broken{load: p.load, swap: func(_ context.Context, _ *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			if err := tokens.CheckSwap(old, e); err != nil {
				return err
			}
			if now, _ := p.get(e.Key); now.Generation != old {
				return tokens.ErrConflict
			}
			p.put(e)
			return nil
		}}
	}},
	{"only loaded data are shared", "data are not shared with the caller", func() *broken {
		p := &plain{entries: map[string]tokens.Entry{}}
		return &broken{load: p.load, swap: func(_ context.Context, _ *tokens.MemoryStore, _ uint64, e tokens.Entry) error {
			e.Data = bytes.Clone(e.Data)
			p.put(e)
			return nil
		}}
	}},
	{"keys lose their case", "keys are told apart byte for byte", func() *broken { return naming(strings.ToLower) }},
	{"keys are cleaned like paths", "keys are told apart byte for byte", func() *broken {
		return naming(func(key string) string {
			return strings.ReplaceAll(strings.ReplaceAll(key, "/./", "/"), "//", "/")
		})
	}},
	{"keys are cut", "keys are told apart byte for byte", func() *broken {
		return naming(func(key string) string { return key[:min(len(key), 255)] })
	}},
	{"keys are trimmed", "keys are told apart byte for byte", func() *broken { return naming(strings.TrimSpace) }},
	{"the context is not looked at", "a cancelled context writes nothing", func() *broken {
		return &broken{
			load: func(ctx context.Context, m *tokens.MemoryStore, key string) (tokens.Entry, error) {
				return m.Load(context.WithoutCancel(ctx), key)
			},
			swap: func(ctx context.Context, m *tokens.MemoryStore, old uint64, e tokens.Entry) error {
				return m.CompareAndSwap(context.WithoutCancel(ctx), old, e)
			},
		}
	}},
	{"a cancelled write is done all the same", "a cancelled context writes nothing", func() *broken {
		return &broken{swap: func(ctx context.Context, m *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			return errors.Join(m.CompareAndSwap(context.WithoutCancel(ctx), old, e), ctx.Err())
		}}
	}},
	{"every 500th write is lost", "a stale writer never overwrites", func() *broken {
		n := 0
		return &broken{swap: func(ctx context.Context, m *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			if n++; n%500 == 0 {
				return nil
			}
			return m.CompareAndSwap(ctx, old, e)
		}}
	}},
	{"who is one generation behind may write", "a stale writer never overwrites", func() *broken {
		p := &plain{entries: map[string]tokens.Entry{}}
		return &broken{load: p.load, swap: func(_ context.Context, _ *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			if now, _ := p.get(e.Key); now.Generation > old+1 {
				return tokens.ErrConflict
			}
			p.put(e)
			return nil
		}}
	}},
	{"the check and the write are two steps", "one of many concurrent writers wins", func() *broken {
		p := &plain{entries: map[string]tokens.Entry{}}
		// Two writers have looked before either of them writes.
		var looked sync.WaitGroup
		var first atomic.Int32
		looked.Add(2)
		return &broken{load: p.load, swap: func(_ context.Context, _ *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			if now, _ := p.get(e.Key); now.Generation != old {
				return tokens.ErrConflict
			}
			if first.Add(1) <= 2 {
				looked.Done()
				looked.Wait()
			}
			p.put(e)
			return nil
		}}
	}},
	{"everybody gets the lease", "a lease has one holder", func() *broken {
		return &broken{acquire: func(ctx context.Context, _ *tokens.MemoryStore, key string, ttl time.Duration) (tokens.Lease, error) {
			return tokens.NewMemoryStore().Acquire(ctx, key, ttl)
		}}
	}},
	{"one lease for all keys", "a lease has one holder", func() *broken {
		return &broken{acquire: func(ctx context.Context, m *tokens.MemoryStore, _ string, ttl time.Duration) (tokens.Lease, error) {
			return m.Acquire(ctx, "one", ttl)
		}}
	}},
	{"Release takes away the next holder's lease", "a lease has one holder", func() *broken {
		p := &owners{held: map[string]bool{}}
		return &broken{acquire: p.acquire}
	}},
	{"the context is not looked at by Acquire", "a cancelled context takes no lease", func() *broken {
		return &broken{acquire: func(ctx context.Context, m *tokens.MemoryStore, key string, ttl time.Duration) (tokens.Lease, error) {
			return m.Acquire(context.WithoutCancel(ctx), key, ttl)
		}}
	}},
	{"the lease is looked at and then taken", "one of many concurrent takers gets the lease", func() *broken {
		p := &owners{held: map[string]bool{}, gap: make(chan struct{}), takers: 2}
		return &broken{acquire: p.acquire}
	}},
}

// changing is a store that changes data on the way in.
func changing(f func([]byte) []byte) *broken {
	return &broken{swap: func(ctx context.Context, m *tokens.MemoryStore, old uint64, e tokens.Entry) error {
		e.Data = f(e.Data)
		return m.CompareAndSwap(ctx, old, e)
	}}
}

// naming is a store that keeps entries under other names.
func naming(f func(string) string) *broken {
	return &broken{
		load: func(ctx context.Context, m *tokens.MemoryStore, key string) (tokens.Entry, error) {
			e, err := m.Load(ctx, f(key))
			if err == nil {
				e.Key = key
			}
			return e, err
		},
		swap: func(ctx context.Context, m *tokens.MemoryStore, old uint64, e tokens.Entry) error {
			e.Key = f(e.Key)
			return m.CompareAndSwap(ctx, old, e)
		},
		del: func(ctx context.Context, m *tokens.MemoryStore, key string, old uint64) error {
			return m.Delete(ctx, f(key), old)
		},
	}
}

// owners has leases without owners. With a gap, the first takers look at the
// lease before any of them takes it.
type owners struct {
	mu     sync.Mutex
	held   map[string]bool
	gap    chan struct{}
	takers int
}

func (o *owners) acquire(_ context.Context, _ *tokens.MemoryStore, key string, _ time.Duration) (tokens.Lease, error) {
	o.mu.Lock()
	held := o.held[key]
	if o.gap != nil && !held {
		if o.takers--; o.takers == 0 {
			close(o.gap)
		}
		o.mu.Unlock()
		<-o.gap
		o.mu.Lock()
	}
	defer o.mu.Unlock()
	if held {
		return nil, tokens.ErrLeased
	}
	o.held[key] = true
	return owned{o, key}, nil
}

type owned struct {
	o   *owners
	key string
}

func (l owned) Renew(context.Context) error { return nil }
func (l owned) Release(context.Context) error {
	l.o.mu.Lock()
	defer l.o.mu.Unlock()
	delete(l.o.held, l.key)
	return nil
}

func TestEachFaultIsFoundByItsCheck(t *testing.T) {
	found := map[string]int{}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			var failed []string
			for _, c := range storeChecks {
				if c.name == f.fails {
					failed = watch(t, func(w tb) { s := f.make(); s.MemoryStore = tokens.NewMemoryStore(); c.run(w, s) })
				}
			}
			for _, c := range leaseChecks {
				if c.name == f.fails {
					failed = watch(t, func(w tb) { s := f.make(); s.MemoryStore = tokens.NewMemoryStore(); c.run(w, s) })
				}
			}
			if len(failed) == 0 {
				t.Errorf("the check %q does not see it", f.fails)
			}
			found[f.fails]++
		})
	}
	for _, c := range storeChecks {
		if found[c.name] == 0 {
			t.Errorf("no fault makes the check %q fail", c.name)
		}
	}
	for _, c := range leaseChecks {
		if found[c.name] == 0 {
			t.Errorf("no fault makes the check %q fail", c.name)
		}
	}
}

// The watcher itself: a sound store makes nothing fail.
func TestASoundStoreFailsNoCheck(t *testing.T) {
	for _, c := range storeChecks {
		if failed := watch(t, func(w tb) { c.run(w, &broken{MemoryStore: tokens.NewMemoryStore()}) }); len(failed) > 0 {
			t.Errorf("%s: %q", c.name, failed)
		}
	}
	for _, c := range leaseChecks {
		if failed := watch(t, func(w tb) { c.run(w, &broken{MemoryStore: tokens.NewMemoryStore()}) }); len(failed) > 0 {
			t.Errorf("%s: %q", c.name, failed)
		}
	}
}

func TestFaultsOfPersistenceAreFound(t *testing.T) {
	for name, f := range map[string]struct {
		fails  string
		reopen func(before *broken) tokens.Store
	}{
		"nothing is kept": {"what was written is there after reopening", func(*broken) tokens.Store { return tokens.NewMemoryStore() }},
		"only first writes are kept": {"what was written is there after reopening", func(before *broken) tokens.Store {
			return &broken{MemoryStore: before.MemoryStore, load: func(ctx context.Context, m *tokens.MemoryStore, key string) (tokens.Entry, error) {
				e, err := m.Load(ctx, key)
				e.Generation = min(e.Generation, 1)
				return e, err
			}}
		}},
		"what was deleted comes back": {"what was deleted is gone after reopening", func(before *broken) tokens.Store {
			return &broken{MemoryStore: before.MemoryStore, load: func(_ context.Context, _ *tokens.MemoryStore, key string) (tokens.Entry, error) {
				return tokens.Entry{Key: key, Generation: 1}, nil
			}}
		}},
		"the generation starts again": {"generations go on after reopening", func(*broken) tokens.Store { return tokens.NewMemoryStore() }},
	} {
		for _, c := range persistentChecks {
			if c.name != f.fails {
				continue
			}
			failed := watch(t, func(w tb) {
				b := &broken{MemoryStore: tokens.NewMemoryStore()}
				c.run(w, b, func() tokens.Store { return f.reopen(b) })
			})
			if len(failed) == 0 {
				t.Errorf("%s: the check %q does not see it", name, f.fails)
			}
		}
	}
	for _, c := range persistentChecks {
		m := tokens.NewMemoryStore()
		if failed := watch(t, func(w tb) { c.run(w, m, func() tokens.Store { return m }) }); len(failed) > 0 {
			t.Errorf("%s, with a sound store: %q", c.name, failed)
		}
	}
}

func TestFaultsOfLeaseExpiryAreFound(t *testing.T) {
	for name, ttl := range map[string]func(time.Duration) time.Duration{
		"a lease never ends":     func(time.Duration) time.Duration { return long },
		"a lease ends too early": func(d time.Duration) time.Duration { return d / 2 },
	} {
		synctest.Test(t, func(t *testing.T) {
			b := &broken{MemoryStore: tokens.NewMemoryStore(), acquire: func(ctx context.Context, m *tokens.MemoryStore, key string, d time.Duration) (tokens.Lease, error) {
				return m.Acquire(ctx, key, ttl(d))
			}}
			if failed := watch(t, func(w tb) { checkLeaseExpiry(w, b, time.Sleep) }); len(failed) == 0 {
				t.Errorf("%s: the check does not see it", name)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		b := &broken{acquire: (&owners{held: map[string]bool{}}).acquire}
		if failed := watch(t, func(w tb) { checkLeaseExpiry(w, b, time.Sleep) }); len(failed) == 0 {
			t.Error("a lease without an owner or an end: the check does not see it")
		}
	})
}
