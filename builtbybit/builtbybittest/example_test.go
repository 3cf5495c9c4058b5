package builtbybittest_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
)

// A test of a program that uses package builtbybit: a member agrees, the
// program exchanges the code, and its refresh token is revoked behind its back.
func ExampleServer() {
	fake, err := builtbybittest.Start(builtbybittest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	bbb, err := builtbybit.New(fake.Config())
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx := context.Background()
	tok, err := bbb.Exchange(ctx, fake.IssueCode(builtbybittest.Grant{Scopes: []string{"members.self"}}))
	fmt.Println("exchange:", tok.Scopes, err)

	fake.RevokeToken(tok.RefreshToken)
	_, err = bbb.Refresh(ctx, tok)
	fmt.Println("refresh: ask the member again:", errors.Is(err, grantway.ErrReauthorize))
	for _, r := range fake.Requests() {
		fmt.Println(r)
	}
	// Output:
	// exchange: [members.self] <nil>
	// refresh: ask the member again: true
	// POST /oauth2/token
	// POST /oauth2/token
}

// The consent page without a browser: the member allows what the program asks
// for, and the program reads the code from the URL that it is called back at.
func ExampleServer_Allow() {
	fake, err := builtbybittest.Start(builtbybittest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()

	query := url.Values{
		"response_type": {"code"},
		"client_id":     {"example-client"},
		"redirect_uri":  {"https://example.com/callback"},
		"scope":         {"members.self"},
		"state":         {"example-state"},
	}
	fmt.Println(fake.Allow(fake.AuthorizeURL() + "?" + query.Encode()))
	fmt.Println(fake.Deny(fake.AuthorizeURL() + "?" + query.Encode()))

	query.Del("scope")
	_, err = fake.Allow(fake.AuthorizeURL() + "?" + query.Encode())
	fmt.Println(err)
	// Output:
	// https://example.com/callback?code=example-code-1&state=example-state <nil>
	// https://example.com/callback?error=access_denied&state=example-state <nil>
	// builtbybittest: authorize: must request at least one scope
}
