package grantway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
)

// A Secret tells whether it is there and nothing else, however it is printed.
func ExampleSecret() {
	secret, none := grantway.NewSecret("example-secret"), grantway.Secret{}
	fmt.Println(secret, none)
	fmt.Printf("%+v %q %x\n", secret, secret, secret)
	text, err := json.Marshal(map[string]any{"secret": secret})
	fmt.Println(string(text), err)
	fmt.Println(secret.Equal(grantway.NewSecret("example-secret")), len(secret.Reveal()))
	// Output:
	// [redacted] [none]
	// [redacted] [redacted] [redacted]
	// {"secret":"[redacted]"} <nil>
	// true 14
}

// What a provider did not say stays unknown: neither expired nor for ever.
func ExampleExpiry() {
	now := time.Date(2026, time.January, 2, 15, 0, 0, 0, time.UTC)
	for _, e := range []grantway.Expiry{{}, grantway.NeverExpires(), grantway.ExpiresAt(now.Add(time.Hour)), grantway.ExpiresAt(now)} {
		fmt.Printf("%v: known %v, expired %v\n", e, e.Known(), e.Expired(now))
	}
	// Output:
	// unknown: known false, expired false
	// never: known true, expired false
	// 2026-01-02T16:00:00Z: known true, expired false
	// 2026-01-02T15:00:00Z: known true, expired true
}

// What to do about an error is asked with errors.Is, of every provider alike.
// The Error itself has the details.
func ExampleError() {
	fake, err := builtbybittest.Start(builtbybittest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	bb, err := builtbybit.New(fake.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	exchange := func(code string) {
		_, err := bb.Exchange(context.Background(), grantway.AuthorizationCode{Code: grantway.NewSecret(code)})
		var e *grantway.Error
		switch {
		case errors.Is(err, grantway.ErrInvalidArgument) && errors.As(err, &e):
			fmt.Println("mend the call:", e.Field, e.Reason)
		case errors.Is(err, grantway.ErrReauthorize):
			fmt.Println("ask the user to authorize again")
		case errors.Is(err, grantway.ErrThrottled) && errors.As(err, &e):
			fmt.Println("wait", e.RetryAfter)
		case errors.Is(err, grantway.ErrNotSent), errors.Is(err, grantway.ErrUnavailable):
			fmt.Println("try again later")
		case errors.Is(err, grantway.ErrAmbiguous), errors.Is(err, grantway.ErrMalformed):
			fmt.Println("the code may be spent: do not send it again")
		case err != nil:
			fmt.Println("stop:", err)
		}
	}
	exchange("")
	exchange("example-code-of-last-week")
	fake.Throttle(1, "30")
	exchange("example-code")
	// Output:
	// mend the call: Code is empty
	// ask the user to authorize again
	// wait 30s
}

// For code that takes an *oauth2.Token. It has the secrets in clear.
func ExampleToken_OAuth2Token() {
	token := &grantway.Token{
		AccessToken: grantway.NewSecret("example-token"),
		Scopes:      []string{"read", "write"},
		Extra:       map[string]string{"merchant_id": "example-merchant"},
	}
	fmt.Println(token)
	converted := token.OAuth2Token()
	fmt.Println(converted.AccessToken, converted.Extra("scope"), converted.Extra("merchant_id"))
	fmt.Println(grantway.FromOAuth2Token(converted, "merchant_id").Extra)
	// Output:
	// Token{access [redacted], refresh [none], expires unknown, refresh expires unknown}
	// example-token read write example-merchant
	// map[merchant_id:example-merchant]
}
