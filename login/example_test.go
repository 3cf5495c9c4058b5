package login_test

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/login"
)

// A command-line tool. The fake and its browser stand for BuiltByBit and the
// user's: leave Config.OpenBrowser and Config.Out out, and put what is
// registered into Config.RedirectURL.
func ExampleRun() {
	fake, err := builtbybittest.Start(builtbybittest.Options{RedirectURL: "http://127.0.0.1/callback/builtbybit", AnyLoopbackPort: true})
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
	token, err := login.Run(context.Background(), login.Config{
		Client: bb,
		Begin: func(redirectURL string) (*authcode.Request, error) {
			return bb.BeginAuth(builtbybit.AuthOptions{Scopes: []string{"members.self"}, RedirectURL: redirectURL})
		},
		Save: func(ctx context.Context, token *grantway.Token) error {
			return nil // such as Source.Save
		},
		OpenBrowser: func(address string) error {
			callback, err := fake.Allow(address)
			if err == nil {
				go func() {
					if resp, err := http.Get(callback); err == nil {
						_ = resp.Body.Close()
					}
				}()
			}
			return err
		},
		Out: io.Discard,
	})
	fmt.Println(token.Scopes, err)
	// Output: [members.self] <nil>
}
