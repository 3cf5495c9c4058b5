package login_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
)

// A web app. Its two handlers keep nothing but a sealed cookie between the click
// and the callback. The fake and an http.Client stand for Square and the
// seller's browser.
func ExampleNewWeb() {
	mux := http.NewServeMux()
	app := httptest.NewTLSServer(mux)
	defer app.Close()
	redirectURL := app.URL + "/callback/square"
	fake, err := squaretest.Start(squaretest.Options{RedirectURL: redirectURL})
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
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails; the processes of an app share one from a secret manager
	key, err := tokens.NewSealKey("2026-01", secret)
	if err != nil {
		fmt.Println(err)
		return
	}
	sealer, err := tokens.NewSealer(key)
	if err != nil {
		fmt.Println(err)
		return
	}

	web, err := login.NewWeb(login.WebConfig{
		Client: sq,
		Sealer: sealer,
		Begin: func(*http.Request) (*authcode.Request, error) {
			return sq.BeginAuth(square.AuthOptions{RedirectURL: redirectURL})
		},
		Save: func(r *http.Request, token *grantway.Token) error {
			fmt.Println("saved:", token.Extra[square.ExtraMerchantID]) // such as Source.Save of the user of r
			return nil
		},
		Done: http.RedirectHandler("/accounts", http.StatusSeeOther),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux.Handle("/connect/square", web.Start)
	mux.Handle("/callback/square", web.Callback)
	mux.HandleFunc("/accounts", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "Your accounts") })

	browser := app.Client()
	browser.Jar, _ = cookiejar.New(nil)
	browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == app.Listener.Addr().String() {
			return nil
		}
		return http.ErrUseLastResponse // Square's page, where fake.Allow clicks
	}
	resp, err := browser.Get(app.URL + "/connect/square")
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()
	callbackURL, err := fake.Allow(resp.Header.Get("Location"))
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err = browser.Get(callbackURL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(page), err)
	// Output:
	// saved: EXAMPLE-MERCHANT
	// 200 OK Your accounts <nil>
}
