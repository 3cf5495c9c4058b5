package square_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
)

// A public client: it has no secret and uses PKCE. A seller agrees on Square's
// page, for which the fake stands, and comes back with a code.
func Example() {
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	sq, err := square.New(square.Config{
		ClientConfig:  fake.Config().ClientConfig, // leave it out, and it is Square
		ApplicationID: "example-application",
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	auth, err := sq.BeginAuth(square.AuthOptions{Scopes: []string{"PAYMENTS_READ"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	callbackURL, err := fake.Allow(auth.URL()) // the seller's browser does this
	if err != nil {
		fmt.Println(err)
		return
	}
	code, err := sq.Callback(auth, httptest.NewRequest("GET", callbackURL, nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	token, err := sq.Exchange(ctx, code)
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := sq.TokenStatus(ctx, token)
	fmt.Println(token.Extra[square.ExtraMerchantID], status.Scopes, err)

	// The refresh token was good once. The next Refresh needs the new one: a
	// TokenSource sees to that.
	next, err := sq.Refresh(ctx, token)
	fmt.Println(next.RefreshToken.Equal(token.RefreshToken), err)
	// Output:
	// EXAMPLE-MERCHANT [PAYMENTS_READ] <nil>
	// false <nil>
}

// The secret is read for each call that needs it. When it is changed, the program
// goes on: it needs no restart.
func ExampleConfig_applicationSecretFunc() {
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fake.Close()
	mounted := "example-application-secret" // a file that the secret manager keeps up to date, say
	cfg := fake.Config()
	cfg.ApplicationSecret = grantway.Secret{}
	cfg.ApplicationSecretFunc = func(context.Context) (grantway.Secret, error) {
		return grantway.NewSecret(mounted), nil
	}
	sq, err := square.New(cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	token, err := sq.Exchange(ctx, fake.IssueCode(squaretest.Grant{}))
	if err != nil {
		fmt.Println(err)
		return
	}

	fake.SetApplicationSecret(grantway.NewSecret("example-new-secret")) // in the dashboard
	_, err = sq.Refresh(ctx, token)
	fmt.Println(err)
	mounted = "example-new-secret"
	_, err = sq.Refresh(ctx, token)
	fmt.Println(err)
	// Output:
	// square: obtainToken: client or request refused: status 401, code service.not_authorized
	// <nil>
}

// Square's own words are for the developer. They can repeat what was sent, so
// that they print only when revealed.
func ExampleErrorDetails() {
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
	_, err = sq.TokenStatus(context.Background(), &grantway.Token{AccessToken: grantway.NewSecret("example-token")})
	fmt.Println(err)
	for _, d := range square.ErrorDetails(err) {
		fmt.Println(d.Category, d.Code, d.Detail)
	}
	// Output:
	// square: retrieveTokenStatus: rejected: the user must authorize again: status 401, code UNAUTHORIZED
	// AUTHENTICATION_ERROR UNAUTHORIZED [redacted]
}

// A seller disconnects the application, and Square says so. Both the URL and the
// key are those of the webhook subscription.
func ExampleNewWebhook() {
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
	store := tokens.NewMemoryStore()

	webhook, err := square.NewWebhook(square.WebhookConfig{
		NotificationURL: "https://app.example/webhooks/square",
		SignatureKeys:   []grantway.Secret{grantway.NewSecret("example-key")},
		Revoked: func(ctx context.Context, r square.Revocation) error {
			src, err := sq.TokenSource(store, r.MerchantID, tokens.Options{})
			if err != nil {
				return err
			}
			defer src.Close()
			forgotten, err := r.Forget(ctx, src)
			fmt.Println(r.MerchantID, "was disconnected by", r.RevokerType, "and its token forgotten:", forgotten)
			return err
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(webhook) // your server, at NotificationURL
	defer server.Close()

	ctx := context.Background()
	src, err := sq.TokenSource(store, "EXAMPLE-MERCHANT", tokens.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := sq.Exchange(ctx, fake.IssueCode(squaretest.Grant{}))
	if err == nil {
		err = src.Save(ctx, token)
	}
	if err != nil {
		fmt.Println(err)
		return
	}

	fake.Advance(time.Second)
	fake.RevokeMerchant("EXAMPLE-MERCHANT") // the seller does this
	status, err := fake.SendNotification(ctx, squaretest.Notification{
		URL: "https://app.example/webhooks/square", To: server.URL, SignatureKey: grantway.NewSecret("example-key"),
	})
	fmt.Println(status, err)
	_, err = src.TokenContext(ctx)
	fmt.Println(errors.Is(err, grantway.ErrReauthorize))
	// Output:
	// EXAMPLE-MERCHANT was disconnected by MERCHANT and its token forgotten: true
	// 200 <nil>
	// true
}
