package squaretest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"

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

// The consent page without a browser: the program asks, the seller allows, and
// the program takes the callback and exchanges the code. Asked anew, the
// seller denies.
func ExampleServer_Allow() {
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

	auth, err := sq.BeginAuth(square.AuthOptions{Scopes: []string{"ITEMS_READ", "ORDERS_READ"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	callbackURL, err := fake.Allow(auth.URL())
	fmt.Println("allowed:", strings.HasPrefix(callbackURL, "https://example.com/callback?code=example-code-1&response_type=code&state="), err)
	code, err := sq.Callback(auth, httptest.NewRequest("GET", callbackURL, nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	tok, err := sq.Exchange(context.Background(), code)
	fmt.Println("exchange:", tok.Extra[square.ExtraMerchantID], err)

	fake.RevokeMerchant("EXAMPLE-MERCHANT") // or the seller is not asked again
	auth, err = sq.BeginAuth(square.AuthOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	callbackURL, err = fake.Deny(auth.URL())
	fmt.Println("denied:", strings.HasPrefix(callbackURL, "https://example.com/callback?error=access_denied&error_description=user_denied&state="), err)

	_, err = fake.Allow(fake.AuthorizeURL() + "?client_id=other-application")
	fmt.Println(err)
	// Output:
	// allowed: true <nil>
	// exchange: EXAMPLE-MERCHANT <nil>
	// denied: true <nil>
	// squaretest: authorize: client_id is not that of the application in this environment
}
