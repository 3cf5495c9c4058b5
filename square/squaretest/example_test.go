package squaretest_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// A test of a program that uses package square: a seller agrees, the program
// exchanges the code, and the seller disconnects the program again.
func ExampleServer() {
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

	ctx := context.Background()
	code := fake.IssueCode(squaretest.Grant{
		MerchantID:  "merchant-123",
		Scopes:      []string{"PAYMENTS_READ"},
		RedirectURL: "https://example.com/callback",
	})
	tok, err := sq.Exchange(ctx, code)
	fmt.Println("exchange:", tok.Extra[square.ExtraMerchantID], err)

	fake.RevokeMerchant("merchant-123")
	_, err = sq.Refresh(ctx, tok)
	fmt.Println("refresh: ask the seller again:", errors.Is(err, grantway.ErrReauthorize))
	for _, r := range fake.Requests() {
		fmt.Println(r)
	}
	// Output:
	// exchange: merchant-123 <nil>
	// refresh: ask the seller again: true
	// POST /oauth2/token
	// POST /oauth2/token
}
