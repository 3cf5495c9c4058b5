package builtbybittest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"

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

// The consent page without a browser: the program asks, the member allows, and
// the program takes the callback and exchanges the code. Asked again, the
// member denies.
func ExampleServer_Allow() {
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

	auth, err := bbb.BeginAuth(builtbybit.AuthOptions{Scopes: []string{"members.self"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	callbackURL, err := fake.Allow(auth.URL())
	fmt.Println("allowed:", strings.HasPrefix(callbackURL, "https://example.com/callback?code=example-code-1&state="), err)
	code, err := bbb.Callback(auth, httptest.NewRequest("GET", callbackURL, nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	tok, err := bbb.Exchange(context.Background(), code)
	fmt.Println("exchange:", tok.Scopes, err)

	callbackURL, err = fake.Deny(auth.URL())
	fmt.Println("denied:", strings.HasPrefix(callbackURL, "https://example.com/callback?error=access_denied&state="), err)

	_, err = fake.Allow(strings.Replace(auth.URL(), "members.self", "", 1))
	fmt.Println(err)
	// Output:
	// allowed: true <nil>
	// exchange: [members.self] <nil>
	// denied: true <nil>
	// builtbybittest: authorize: must request at least one scope
}
