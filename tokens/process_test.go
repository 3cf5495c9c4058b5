//go:build unix

package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/childtest"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

const spenders = 8

// Eight processes share a directory, and each finds the token expired as soon
// as it has it. Every refresh token is good for one use, and a refresh whose
// outcome got lost would not be repeated.
func TestCheck070_EightProcessesOneStore(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: eight processes and thousands of refreshes")
	}
	expiries, without := 10_000, 2_000
	if raced {
		expiries, without = 2_000, 500
	}
	for _, tt := range []struct {
		name     string
		expiries int
	}{{"with leases", expiries}, {"without leases", without}} {
		t.Run(tt.name, func(t *testing.T) {
			p := newRotating(t)
			dir, where := quickDir(t)
			seedDir(t, dir, time.Hour)
			began := time.Now()
			children := make([]*childtest.Child, spenders)
			for i := range children {
				children[i] = childtest.Start(t, "spender", dir, p.URL, strconv.Itoa(i), strconv.Itoa(tt.expiries), tt.name)
			}
			for i, c := range children {
				if said, err := c.End(); err != nil || said != "" {
					t.Errorf("process %d: %v: %s", i, err, said)
				}
			}
			took := time.Since(began).Round(time.Second)
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.current != tt.expiries || len(p.sent) != tt.expiries || p.multiple() != 0 || p.rejected != 0 {
				t.Errorf("%d expiries, %d refresh tokens sent, %d of them more than once, %d invalid_grant", p.current, len(p.sent), p.multiple(), p.rejected)
			}
			least := tt.expiries
			for _, times := range p.by {
				least = min(least, times)
			}
			if len(p.by) < 2 {
				t.Errorf("one process refreshed for all: %v", p.by)
			}
			t.Logf("figure: %d processes %s, one directory %s, %d expiries: %d spends, %d tokens spent twice, %d invalid_grant, %d processes refreshed, each %d times or more, %v",
				spenders, tt.name, where, tt.expiries, len(p.sent), p.multiple(), p.rejected, len(p.by), least, took)
		})
	}

	t.Run("processes that do not ask the store are found out", func(t *testing.T) {
		p := newRotating(t)
		p.gather = spenders
		dir, _ := quickDir(t)
		seedDir(t, dir, time.Hour)
		children := make([]*childtest.Child, spenders)
		for i := range children {
			children[i] = childtest.Start(t, "naive", dir, p.URL, strconv.Itoa(i))
		}
		for i, c := range children {
			if said, err := c.End(); err != nil {
				t.Errorf("process %d: %v: %s", i, err, said)
			}
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.multiple() != 1 || p.rejected != spenders-1 {
			t.Errorf("inverse: %d tokens spent twice, %d invalid_grant", p.multiple(), p.rejected)
		}
	})
}

// playSpender refreshes until there are so many tokens.
func playSpender(args []string) error {
	store, err := filestore.Open(args[0])
	if err != nil {
		return err
	}
	enough, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	c := &childClient{url: args[1], sender: args[2]}
	var shared tokens.Store = store
	if args[4] == "without leases" {
		shared = leaseless{store}
	}
	s, err := childSource(shared, c, tokens.ReplayNever)
	if err != nil {
		return err
	}
	last := -1
	for {
		tok, err := s.TokenContext(context.Background())
		if err != nil {
			return errors.New(causes(err))
		}
		n, err := number(tok)
		if err != nil {
			return err
		}
		if n <= last {
			return fmt.Errorf("got token %d after %d", n, last)
		}
		if last = n; n >= enough {
			return nil
		}
		s.Invalidate(tok.AccessToken)
	}
}

// playNaive refreshes with what it read, as if it were alone.
func playNaive(args []string) error {
	store, err := filestore.Open(args[0])
	if err != nil {
		return err
	}
	if _, err := store.Load(context.Background(), childKey.String()); err != nil {
		return err
	}
	c := &childClient{url: args[1], sender: args[2], http: http.Client{Timeout: time.Minute}}
	_, err = c.refresh(context.Background(), childToken("access-0", "refresh-0", 0))
	if err != nil && !errors.Is(err, grantway.ErrReauthorize) {
		return err
	}
	return nil
}
