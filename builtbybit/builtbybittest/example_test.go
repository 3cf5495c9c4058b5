package builtbybittest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
)

// A test of a program that uses package builtbybit. BuiltByBit does not say what a
// refresh does to the refresh token, so that a program has to work with each of
// the fake's behaviours.
func ExampleServer() {
	for _, behaviour := range []builtbybittest.RefreshBehaviour{builtbybittest.RotateRefresh, builtbybittest.RepeatRefresh, builtbybittest.OmitRefresh} {
		if err := refreshTwice(builtbybittest.Options{Refresh: behaviour}); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// a new refresh token: true
	// a new refresh token: false
	// a new refresh token: false
}

// refreshTwice is the program: it keeps the Token that Refresh returns.
func refreshTwice(opts builtbybittest.Options) error {
	fake, err := builtbybittest.Start(opts)
	if err != nil {
		return err
	}
	defer fake.Close()
	bbb, err := builtbybit.New(fake.Config())
	if err != nil {
		return err
	}
	ctx := context.Background()
	first, err := bbb.Exchange(ctx, fake.IssueCode(builtbybittest.Grant{}))
	if err != nil {
		return err
	}
	second, err := bbb.Refresh(ctx, first)
	if err != nil {
		return err
	}
	fmt.Println("a new refresh token:", !second.RefreshToken.Equal(first.RefreshToken))
	_, err = bbb.Refresh(ctx, second)
	return err
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
