//go:build unix

package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/childtest"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

func init() {
	parts["stopped"] = playStopped
	parts["rival"] = playRival
}

// stoppedTime is a refresh's Timeout in these processes; a lease lasts twice
// that.
const stoppedTime = time.Second

func soon(c *setup) { c.Timeout = stoppedTime }

// The same as TestCheck071_SuspendedLeaseHolder, with processes and signals in
// place of virtual time.
func TestCheck071_StoppedProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: processes are stopped until their leases end")
	}
	// Not in the middle of an answer: the time of the request is up when the
	// process continues, and what net/http throws away then is lost.
	at := []string{
		"after acquire", "before write", "after write", "after renew", "connected to the provider",
		"after the provider's call", "before write 2",
	}
	type round struct {
		at            string
		p             *rotating
		dir           string
		holder, rival *childtest.Child
	}
	way := killWays[0]
	rounds := make([]round, len(at))
	line := func(c *childtest.Child, want string) {
		t.Helper()
		if said, err := c.Out.ReadString('\n'); err != nil || !strings.HasPrefix(said, want) {
			t.Fatalf("a process said %q, %v", said, err)
		}
	}
	for i := range rounds {
		r := &rounds[i]
		r.at, r.p = at[i], newRotating(t)
		r.dir, _ = quickDir(t)
		seedDir(t, r.dir, -time.Hour)
		r.holder = childtest.Start(t, "stopped", r.dir, r.p.URL, way.name, r.at)
	}
	for i := range rounds { // the leases run out all at once
		r := &rounds[i]
		line(r.holder, "stopping")
		r.rival = childtest.Start(t, "rival", r.dir, r.p.URL)
	}
	for _, r := range rounds {
		line(r.rival, "first")
		if err := r.holder.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
	}
	double, settled := 0, 0
	for _, r := range rounds {
		one, err1 := r.holder.End()
		other, err2 := r.rival.End()
		left, err3 := way.found(r.dir)
		r.p.mu.Lock()
		sent, last := r.p.sent["refresh-0"], fmt.Sprintf("access-%d", r.p.current)
		switch err := errors.Join(err1, err2, err3); {
		case err != nil:
			t.Errorf("%s: %v: %s; %s", r.at, err, one, other)
		case one != last || other != last || left.AccessToken != last || left.Attempt != nil || left.Rejected != "":
			t.Errorf("%s: the stopped process has %s, the other one %s, the store %+v, the provider %s", r.at, one, other, left, last)
		case sent > 2 || r.p.rejected != sent-1:
			t.Errorf("%s: sent %d times, %d refused", r.at, sent, r.p.rejected)
		default:
			settled++
		}
		if sent > 1 {
			double++
		}
		r.p.mu.Unlock()
	}
	if double == 0 {
		t.Error("inverse: no process was stopped so that a token was spent twice")
	}
	t.Logf("figure: %d processes stopped while they held the lease, and continued after another one took it: %d double spends, each refused; %d times both have what the store and the provider have", len(at), double, settled)
}

// playStopped stops itself in the middle of a refresh. Continued, it says what
// it has in the end.
func playStopped(args []string) error {
	s, err := steppedSource(args, &steps{seen: map[string]int{}, at: args[3], stop: true}, soon)
	if err != nil {
		return err
	}
	return insist(s, func(error) {})
}

// playRival wants the token too. It says what became of its first refresh and
// what it has in the end.
func playRival(args []string) error {
	store, err := filestore.Open(args[0])
	if err != nil {
		return err
	}
	s, err := childSource(store, &childClient{url: args[1], sender: "rival"}, tokens.ReplayPaced, soon)
	if err != nil {
		return err
	}
	said := false
	return insist(s, func(err error) {
		if !said && (err == nil || errors.Is(err, grantway.ErrReauthorize)) {
			said = true
			fmt.Println(strings.ReplaceAll(fmt.Sprint("first: ", err), "\n", " "))
		}
	})
}

// insist asks for the token until it gets it, and says it.
func insist(s *tokens.Source, each func(error)) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		tok, err := s.TokenContext(ctx)
		each(err)
		if err == nil {
			fmt.Println(tok.AccessToken.Reveal())
			return nil
		}
		if ctx.Err() != nil {
			return errors.New(causes(err))
		}
		time.Sleep(50 * time.Millisecond)
	}
}
