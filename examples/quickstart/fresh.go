package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

// seller is a fake of Square, the client for it, and the token of a seller who has
// agreed. Close the fake.
func seller(ctx context.Context) (*squaretest.Server, *square.Client, *grantway.Token, error) {
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		return nil, nil, nil, err
	}
	sq, err := square.New(fake.Config())
	if err == nil {
		var tok *grantway.Token
		if tok, err = sq.Exchange(ctx, fake.IssueCode(squaretest.Grant{})); err == nil {
			return fake, sq, tok, nil
		}
	}
	fake.Close()
	return nil, nil, nil, err
}

// fresh shows a token that stays fresh: a hundred goroutines find it expired
// and one refresh happens; a new process finds the token where the old one
// left it.
func (d *demo) fresh(ctx context.Context) error {
	fmt.Fprint(d.out, "\nTokens that stay fresh (a token source over a file)\n")
	dir, err := os.MkdirTemp("", "grantway-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the folder for temporary files loses it

	fake, sq, tok, err := seller(ctx)
	if err != nil {
		return err
	}
	defer fake.Close()
	src, err := open(sq, dir+"/tokens")
	if err != nil {
		return err
	}
	if err := src.Save(ctx, tok); err != nil {
		return err
	}

	fake.Advance(squaretest.AccessLifetime) // the fake owns the clock, so that the token expires at once
	before := len(fake.Requests())
	var wg sync.WaitGroup
	var failed atomic.Int64
	for range 100 {
		wg.Go(func() {
			if _, err := src.TokenContext(ctx); err != nil {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	refreshes := len(fake.Requests()) - before
	fmt.Fprintf(d.out, "  100 goroutines on an expired token: %d refresh, %d failed\n", refreshes, failed.Load())
	if refreshes != 1 || failed.Load() != 0 {
		d.wrong = append(d.wrong, "one refresh for 100 goroutines")
	}
	was, err := src.TokenContext(ctx)
	if err != nil {
		return err
	}
	if err := src.Close(); err != nil {
		return err
	}

	again, err := open(sq, dir+"/tokens") // as a new process would
	if err != nil {
		return err
	}
	defer again.Close() //nolint:errcheck // the demo ends either way
	is, err := again.TokenContext(ctx)
	if err != nil {
		return err
	}
	same := is.AccessToken.Equal(was.AccessToken) && len(fake.Requests()) == before+1
	fmt.Fprintf(d.out, "  started again: the token is still there: %v, without a call: %v\n", is.AccessToken.Equal(was.AccessToken), len(fake.Requests()) == before+1)
	if !same {
		d.wrong = append(d.wrong, "the token after a restart")
	}
	return nil
}

// open makes what a process has: a store over the directory, a source over it.
func open(sq *square.Client, dir string) (*tokens.Source, error) {
	store, err := filestore.Open(dir)
	if err != nil {
		return nil, err
	}
	return sq.TokenSource(store, "example-merchant", tokens.Options{})
}
