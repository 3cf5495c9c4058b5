package squaretest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

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

// The consent page without a browser. A seller who denies comes back as well, and
// what Square would not show is an error of the fake's.
func ExampleServer_Deny() {
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

	auth, err := sq.BeginAuth(square.AuthOptions{Scopes: []string{"ITEMS_READ"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	callbackURL, err := fake.Deny(auth.URL())
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = sq.Callback(auth, httptest.NewRequest("GET", callbackURL, nil))
	fmt.Println(errors.Is(err, grantway.ErrReauthorize), err)

	_, err = fake.Allow(fake.AuthorizeURL() + "?client_id=other-application")
	fmt.Println(err)
	// Output:
	// true square: callback: rejected: the user must authorize again: access was denied, code access_denied
	// squaretest: authorize: client_id is not that of the application in this environment
}
