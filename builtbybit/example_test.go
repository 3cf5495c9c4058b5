package builtbybit_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
)

// A code becomes a token, is refreshed, and is given back. Who leaves a program
// has both tokens revoked, for one may outlive the other.
func Example() {
	fake, err := builtbybittest.Start(builtbybittest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	bb, err := builtbybit.New(builtbybit.Config{
		ClientConfig: fake.Config().ClientConfig, // leave it out, and it is BuiltByBit
		ClientID:     "example-client",
		ClientSecret: grantway.NewSecret("example/secret"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx := context.Background()
	code := fake.IssueCode(builtbybittest.Grant{Scopes: []string{"members.self"}}) // BeginAuth and Callback, or package login
	token, err := bb.Exchange(ctx, code)
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err = bb.Refresh(ctx, token)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token.Type, token.Scopes, token.Expiry.Known())

	fmt.Println(bb.RevokeRefreshToken(ctx, token), bb.RevokeToken(ctx, token))
	_, err = bb.Refresh(ctx, token)
	fmt.Println("revoked:", errors.Is(err, grantway.ErrReauthorize))
	// Output:
	// Bearer [members.self] true
	// <nil> <nil>
	// revoked: true
}
