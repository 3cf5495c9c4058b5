package bytenitetest_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
)

// A test of a program that uses package bytenite: it trades its key for a
// token, and the token ends before the program thinks so.
func ExampleServer() {
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

	ctx := context.Background()
	tok, err := bn.Exchange(ctx)
	fmt.Println("exchange:", tok.AccessToken, err)

	fake.ExpireToken(tok.AccessToken)
	_, err = bn.Skip(ctx, tok, "")
	fmt.Println("skip: exchange the key again:", errors.Is(err, grantway.ErrReauthorize))
	for _, r := range fake.Requests() {
		fmt.Println(r)
	}
	// Output:
	// exchange: [redacted] <nil>
	// skip: exchange the key again: true
	// POST /v1/auth/access_token
	// GET /v1/auth/skip
}
