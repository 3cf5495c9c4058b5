package login_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/login"
)

// A command-line tool. The fake stands for BuiltByBit and OpenBrowser for the
// user with a browser: leave Config.OpenBrowser and Config.Out out.
func ExampleRun() {
	redirectURL, err := registered()
	if err != nil {
		fmt.Println(err)
		return
	}
	fake, err := builtbybittest.Start(builtbybittest.Options{RedirectURL: redirectURL})
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
		Client:      bb,
		Mode:        login.Fixed,
		RedirectURL: redirectURL,
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
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token.Scopes, token.AccessToken)
	// Output: [members.self] [redacted]
}

// registered is the redirect URL that the client is registered with: a constant,
// such as http://127.0.0.1:8788/callback. This example takes a port that is free.
func registered() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return "http://" + l.Addr().String() + "/callback", nil
}
