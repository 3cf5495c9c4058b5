package tokens_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/filestore"
)

// An API key makes tokens; memory is all the store it needs.
func ExampleSource_memory() {
	fake, err := bytenitetest.Start(bytenitetest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	bn, err := bytenite.New(fake.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	src, err := bn.TokenSource(tokens.NewMemoryStore(), "", tokens.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	for range 3 {
		tok, err := src.TokenContext(context.Background())
		fmt.Println(tok.AccessToken, err)
	}
	fmt.Println(len(fake.Requests()), "exchange")
	// Output:
	// [redacted] <nil>
	// [redacted] <nil>
	// [redacted] <nil>
	// 1 exchange
}

// A token that a user granted is kept in a file, and is still there when the
// program starts again.
func ExampleSource_file() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	sq, err := square.New(fake.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	run := func(first bool) {
		store, err := filestore.Open(dir + "/tokens")
		if err != nil {
			fmt.Println(err)
			return
		}
		src, err := sq.TokenSource(store, "merchant-1", tokens.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		defer src.Close()
		if first {
			tok, err := sq.Exchange(context.Background(), fake.IssueCode(squaretest.Grant{}))
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println("saved:", src.Save(context.Background(), tok))
		}
		tok, err := src.TokenContext(context.Background())
		fmt.Println(tok.AccessToken, err)
	}
	run(true)
	run(false)
	// Output:
	// saved: <nil>
	// [redacted] <nil>
	// [redacted] <nil>
}

// Nobody has authorized yet, or the grant is gone: the error says so.
func ExampleSource_TokenContext() {
	sq, err := square.New(square.Config{ApplicationID: "example-app", ApplicationSecret: grantway.NewSecret("example-secret")})
	if err != nil {
		fmt.Println(err)
		return
	}
	src, err := sq.TokenSource(tokens.NewMemoryStore(), "merchant-1", tokens.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	_, err = src.TokenContext(context.Background())
	fmt.Println(errors.Is(err, grantway.ErrReauthorize))
	// Output: true
}

// A key is rotated. What the old one sealed still opens, and what is written
// from now on needs the new one. A program gives the Sealer to Options.Sealer,
// which calls Seal and Open.
func ExampleNewSealer() {
	newKey := func(id string) tokens.SealKey {
		secret := make([]byte, 32)
		_, _ = rand.Read(secret) // it never fails; a program reads its key where the store is not
		key, err := tokens.NewSealKey(id, secret)
		if err != nil {
			fmt.Println(err)
		}
		return key
	}
	january, february := newKey("2026-01"), newKey("2026-02")
	before, err := tokens.NewSealer(january)
	if err != nil {
		fmt.Println(err)
		return
	}
	rotated, err := tokens.NewSealer(february, january)
	if err != nil {
		fmt.Println(err)
		return
	}
	const key = "acme///user-1"
	old, err := before.Seal(key, 1, []byte("example-data"))
	if err != nil {
		fmt.Println(err)
		return
	}
	clear, err := rotated.Open(key, 1, old)
	fmt.Println(string(clear), err)
	_, err = rotated.Open("acme///user-2", 1, old)
	fmt.Println("in another entry:", errors.Is(err, tokens.ErrSealBroken))

	renewed, err := rotated.Seal(key, 2, clear)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = before.Open(key, 2, renewed)
	fmt.Println("without the new key:", errors.Is(err, tokens.ErrSealKey))
	// Output:
	// example-data <nil>
	// in another entry: true
	// without the new key: true
}
