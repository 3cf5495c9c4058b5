package squaretest_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"

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

// The consent page without a browser: the seller allows what the program asks
// for, and the program reads the code from the URL that it is called back at.
func ExampleServer_Allow() {
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()

	authorize := fake.AuthorizeURL() + "?" + url.Values{
		"client_id":    {"example-application"},
		"redirect_uri": {"https://example.com/callback"},
		"scope":        {"ITEMS_READ ORDERS_READ"},
		"state":        {"example-state"},
	}.Encode()
	fmt.Println(fake.Allow(authorize))

	fake.RevokeMerchant("EXAMPLE-MERCHANT") // or the seller is not asked again
	fmt.Println(fake.Deny(authorize))

	_, err = fake.Allow(fake.AuthorizeURL() + "?client_id=other-application")
	fmt.Println(err)
	// Output:
	// https://example.com/callback?code=example-code-1&response_type=code&state=example-state <nil>
	// https://example.com/callback?error=access_denied&error_description=user_denied&state=example-state <nil>
	// squaretest: authorize: client_id is not that of the application in this environment
}
