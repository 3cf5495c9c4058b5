//go:build unix

package tokens_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/childtest"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

func init() {
	parts["killed"] = playKilled
	parts["reviver"] = playReviver
	parts["spinner"] = playSpinner
}

// killWay is one way to refresh over a directory, and what a next process may
// do about a refresh of unknown outcome.
type killWay struct {
	name    string
	sealed  bool
	policy  tokens.ReplayPolicy
	noAhead bool
}

var killWays = []killWay{
	{name: "plain, replayed once"},
	{name: "plain, never replayed", policy: tokens.ReplayNever},
	{name: "sealed, replayed once", sealed: true},
	{name: "sealed, never replayed", sealed: true, policy: tokens.ReplayNever},
}

var noWriteAhead = killWay{name: "nothing written ahead", noAhead: true}

func killWayNamed(name string) killWay {
	for _, w := range append(killWays, noWriteAhead) {
		if w.name == name {
			return w
		}
	}
	return killWay{}
}

func (w killWay) sealer() (*tokens.Sealer, error) {
	if !w.sealed {
		return nil, nil
	}
	k, err := tokens.NewSealKey("example", []byte(strings.Repeat("example-seal-key", 2)))
	if err != nil {
		return nil, err
	}
	return tokens.NewSealer(k)
}

func (w killWay) change(c *setup) {
	sealer, err := w.sealer()
	if err != nil {
		panic(err)
	}
	c.Sealer = sealer
}

// found is what a killed process left in the directory, read by another one.
func (w killWay) found(dir string) (r stored, err error) {
	store, err := filestore.Open(dir)
	if err != nil {
		return r, err
	}
	defer store.Close()
	e, err := store.Load(context.Background(), childKey.String())
	if err != nil {
		return r, err
	}
	data := e.Data
	if w.sealed {
		sealer, err := w.sealer()
		if err != nil {
			return r, err
		}
		if data, err = sealer.Open(e.Key, e.Generation, data); err != nil {
			return r, err
		}
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, err
	}
	if r.Generation != e.Generation {
		return r, fmt.Errorf("generation %d inside of %d", r.Generation, e.Generation)
	}
	return r, nil
}

// steps kills this process at one of the steps that a refresh has, or stops it
// there, or lists them.
type steps struct {
	mu   sync.Mutex
	seen map[string]int
	at   string
	stop bool
}

func (s *steps) step(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[name]++
	if n := s.seen[name]; n > 1 {
		name = fmt.Sprintf("%s %d", name, n)
	}
	if s.at == "" {
		fmt.Println(name)
	}
	if s.at == name && s.stop {
		s.at = "none"
		fmt.Println("stopping")
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		time.Sleep(100 * time.Millisecond) // other threads than this may be stopped first
	}
	if s.at == name {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func (s *steps) around(name string, do func() error) error {
	s.step("before " + name)
	defer s.step("after " + name)
	return do()
}

// stepped is a store each of whose calls is two steps.
type stepped struct {
	*steps
	store   *filestore.Store
	noAhead bool
	ahead   *tokens.Entry
}

func (s *stepped) Load(ctx context.Context, key string) (e tokens.Entry, err error) {
	err = s.around("load", func() error { e, err = s.store.Load(ctx, key); return err })
	return e, err
}

func (s *stepped) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	return s.around("write", func() error {
		if s.noAhead && s.ahead == nil && strings.Contains(string(e.Data), `"attempt"`) {
			s.ahead = &e // written with the next one
			return nil
		}
		if s.ahead != nil {
			if err := s.store.CompareAndSwap(ctx, old-1, *s.ahead); err != nil {
				return err
			}
		}
		return s.store.CompareAndSwap(ctx, old, e)
	})
}

func (s *stepped) Delete(ctx context.Context, key string, old uint64) error {
	return s.around("delete", func() error { return s.store.Delete(ctx, key, old) })
}

func (s *stepped) Acquire(ctx context.Context, key string, ttl time.Duration) (l tokens.Lease, err error) {
	err = s.around("acquire", func() error { l, err = s.store.Acquire(ctx, key, ttl); return err })
	if err != nil {
		return nil, err
	}
	return &steppedLease{s, l}, nil
}

type steppedLease struct {
	s *stepped
	l tokens.Lease
}

func (l *steppedLease) Renew(ctx context.Context) error {
	return l.s.around("renew", func() error { return l.l.Renew(ctx) })
}

func (l *steppedLease) Release(ctx context.Context) error {
	return l.s.around("release", func() error { return l.l.Release(ctx) })
}

// playKilled refreshes once, and is killed at a step.
func playKilled(args []string) error {
	s, err := steppedSource(args, &steps{seen: map[string]int{}, at: args[3]})
	if err != nil {
		return err
	}
	_, err = s.TokenContext(context.Background())
	return err
}

// steppedSource is a Source over args[0] at the provider args[1], in the way of
// args[2].
func steppedSource(args []string, st *steps, change ...func(*setup)) (*tokens.Source, error) {
	way := killWayNamed(args[2])
	store, err := filestore.Open(args[0])
	if err != nil {
		return nil, err
	}
	c := &childClient{url: args[1], sender: "first"}
	refresh := func(ctx context.Context, old *grantway.Token) (t *grantway.Token, err error) {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			GotConn:              func(httptrace.GotConnInfo) { st.step("connected to the provider") },
			WroteRequest:         func(httptrace.WroteRequestInfo) { st.step("request written") },
			GotFirstResponseByte: func() { st.step("first byte of the answer") },
		})
		err = st.around("the provider's call", func() error { t, err = c.refresh(ctx, old); return err })
		return t, err
	}
	change = append(change, way.change, func(cfg *setup) { cfg.Refresh = refresh })
	return childSource(&stepped{steps: st, store: store, noAhead: way.noAhead}, c, way.policy, change...)
}

// playReviver is the next process, two minutes later: it says what it gets.
func playReviver(args []string) error {
	way := killWayNamed(args[2])
	store, err := filestore.Open(args[0])
	if err != nil {
		return err
	}
	s, err := childSource(store, &childClient{url: args[1], sender: "reviver"}, way.policy, way.change,
		func(c *setup) { c.Now = func() time.Time { return time.Now().Add(2 * time.Minute) } })
	if err != nil {
		return err
	}
	tok, err := s.TokenContext(context.Background())
	switch {
	case err == nil:
		fmt.Println(tok.AccessToken.Reveal())
	case errors.Is(err, grantway.ErrAmbiguous):
		fmt.Println("ambiguous")
	case errors.Is(err, grantway.ErrReauthorize):
		fmt.Println("authorize again")
	default:
		return errors.New(causes(err))
	}
	return nil
}

// playSpinner refreshes until it is killed.
func playSpinner(args []string) error {
	store, err := filestore.Open(args[0])
	if err != nil {
		return err
	}
	way := killWayNamed(args[2])
	s, err := childSource(store, &childClient{url: args[1], sender: "spinner"}, way.policy, way.change)
	if err != nil {
		return err
	}
	for first := true; ; first = false {
		tok, err := s.TokenContext(context.Background())
		if err != nil {
			return errors.New(causes(err))
		}
		if first {
			fmt.Println("spinning")
		}
		s.Invalidate(tok.AccessToken)
	}
}

func wasKilled(err error) bool {
	var exit interface{ Sys() any }
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// leftovers is how often a killed process left what.
type leftovers struct{ old, fresh, unknown, silent, torn int }

// killAt kills a refresh at a step and says what it left: in the store and,
// unless it was lost in silence, to the next process.
func killAt(t *testing.T, way killWay, at string, l *leftovers) {
	p := newRotating(t)
	dir, _ := quickDir(t)
	seedDir(t, dir, -time.Hour, way.change)
	if said, err := childtest.Start(t, "killed", dir, p.URL, way.name, at).End(); !wasKilled(err) {
		t.Errorf("not killed: %v: %s", err, said)
		return
	}
	left, err := way.found(dir)
	if err != nil {
		t.Errorf("torn: %v", err)
		l.torn++
		return
	}
	p.mu.Lock()
	rotated, sent := p.current > 0, p.sent["refresh-0"]
	p.mu.Unlock()
	var want []string
	again := 0 // how often the next process may send
	switch {
	case left.AccessToken == "access-1" && left.RefreshToken == "refresh-1" && left.Attempt == nil:
		l.fresh++
		want = []string{"access-1"}
	case left.AccessToken != "access-0" || left.RefreshToken != "refresh-0":
		t.Errorf("a record that nobody wrote: %+v", left)
		return
	case left.Attempt != nil:
		l.unknown++
		if want = []string{"ambiguous"}; way.policy != tokens.ReplayNever {
			// The request may have been on its way, and reach the provider
			// only now.
			want, again = []string{"access-1", "authorize again"}, 1
			if rotated {
				want = want[1:]
			}
		}
	case rotated:
		l.silent++
		return
	default:
		l.old++
		want, again = []string{"access-1"}, 1
		if sent > 0 {
			t.Error("sent, and nothing written ahead")
		}
	}
	said, err := childtest.Start(t, "reviver", dir, p.URL, way.name).End()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil || said != want[0] && said != want[len(want)-1] {
		t.Errorf("the next process got %q, %v; want %q", said, err, want)
	}
	if n := p.by["reviver"]; n != again {
		t.Errorf("the next process sent %d times, want %d", n, again)
	}
}

func TestCheck066_KillAtEveryStep(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: processes are started and killed")
	}
	var total leftovers
	stepsSeen := 0
	for _, way := range append(killWays, noWriteAhead) {
		t.Run(way.name, func(t *testing.T) {
			p := newRotating(t)
			dir, _ := quickDir(t)
			seedDir(t, dir, -time.Hour, way.change)
			said, err := childtest.Start(t, "killed", dir, p.URL, way.name, "").End()
			names := strings.Split(said, "\n")
			if err != nil || len(names) < 17 {
				t.Fatalf("the steps: %v: %s", err, said)
			}
			var l leftovers
			for i, name := range names {
				t.Run(fmt.Sprintf("%02d %s", i+1, name), func(t *testing.T) { killAt(t, way, name, &l) })
			}
			if way.noAhead {
				if l.silent == 0 {
					t.Errorf("inverse: %+v", l)
				}
				t.Logf("inverse: with nothing written ahead, %d of %d steps lose the token in silence", l.silent, len(names))
				return
			}
			if l.silent > 0 || l.old == 0 || l.fresh == 0 || l.unknown == 0 {
				t.Errorf("left: %+v", l)
			}
			stepsSeen = len(names)
			total.old, total.fresh, total.unknown = total.old+l.old, total.fresh+l.fresh, total.unknown+l.unknown
			total.silent, total.torn = total.silent+l.silent, total.torn+l.torn
		})
	}

	rounds := 100
	if raced {
		rounds = 20
	}
	refreshes, spoilt := 0, 0
	t.Run("at any moment", func(t *testing.T) {
		for round := range rounds {
			way := killWays[round%len(killWays)]
			p := newRotating(t)
			dir, _ := quickDir(t)
			seedDir(t, dir, -time.Hour, way.change)
			c := childtest.Start(t, "spinner", dir, p.URL, way.name)
			if line, err := c.Out.ReadString('\n'); err != nil || line != "spinning\n" {
				t.Fatalf("the child said %q, %v", line, err)
			}
			time.Sleep(rand.N(10 * time.Millisecond)) // any moment will do
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if said, err := c.End(); !wasKilled(err) {
				t.Fatalf("not killed: %v: %s", err, said)
			}
			left, err := way.found(dir)
			if err != nil {
				t.Errorf("torn: %v", err)
				spoilt++
				continue
			}
			p.mu.Lock()
			last := fmt.Sprintf("access-%d", p.current)
			before := fmt.Sprintf("access-%d", p.current-1)
			refreshes += p.current
			if left.AccessToken != last && (left.AccessToken != before || left.Attempt == nil) {
				t.Errorf("the provider is at %s, the record at %+v", last, left)
				spoilt++
			}
			p.mu.Unlock()
		}
	})
	t.Logf("figure: killed at each of %d steps in %d ways: %d times the old token, %d the new one, %d an attempt of unknown outcome, %d lost in silence, %d torn; and at %d random moments of %d refreshes: %d lost or torn",
		stepsSeen, len(killWays), total.old, total.fresh, total.unknown, total.silent, total.torn, rounds, refreshes, spoilt)
}
