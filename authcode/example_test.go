package authcode_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/tokens"
)

// The browser is sent to the provider's page, and a callback brings it back.
// One that carries another state is refused and changes nothing.
func ExampleAuthorizer() {
	acme, err := authcode.New(authcode.Config{
		Provider:     "acme",
		ClientID:     "example-app",
		AuthorizeURL: "https://acme.example/oauth2/authorize",
		TokenURL:     "https://acme.example/oauth2/token",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	request, err := acme.Begin(authcode.Params{RedirectURL: "https://app.example/callback", Scopes: []string{"read"}, PKCE: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := url.Parse(request.URL())
	if err != nil {
		fmt.Println(err)
		return
	}
	query := page.Query()
	fmt.Println(page.Host+page.Path, query.Get("scope"), query.Get("code_challenge_method"))

	forged := httptest.NewRequest("GET", "/callback?code=example-other-code&state=example-guess", nil)
	_, err = acme.Callback(request, forged)
	fmt.Println(err)

	callback := httptest.NewRequest("GET", "/callback?code=example-code&state="+query.Get("state"), nil)
	code, err := acme.Callback(request, callback)
	fmt.Println(code.Code.Reveal(), code.RedirectURL, code.Verifier, err)
	// Output:
	// acme.example/oauth2/authorize read S256
	// acme: callback: invalid argument: state: is missing or another one: this callback belongs to no request of this user
	// example-code https://app.example/callback [redacted] <nil>
}

// A web app keeps the request where it began, in the browser: sealed, in a
// cookie of its own for each tab. login.NewWeb does all of this.
func ExampleRequest_Sealed() {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails; in an app it comes from a secret manager
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
	acme, err := authcode.New(authcode.Config{Provider: "acme", ClientID: "example-app", AuthorizeURL: "https://acme.example/authorize"})
	if err != nil {
		fmt.Println(err)
		return
	}

	begun, err := acme.Begin(authcode.Params{PKCE: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	value, err := begun.Sealed(sealer)
	if err != nil {
		fmt.Println(err)
		return
	}
	cookie := &http.Cookie{Name: "__Host-signin-" + begun.ID(), Value: value, Path: "/", MaxAge: int(authcode.Lifetime.Seconds()),
		HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}

	page, err := url.Parse(begun.URL())
	if err != nil {
		fmt.Println(err)
		return
	}
	callback := httptest.NewRequest("GET", "/callback?code=example-code&state="+page.Query().Get("state"), nil)
	callback.AddCookie(cookie)

	kept, err := callback.Cookie("__Host-signin-" + authcode.IDOf(callback))
	if err != nil {
		fmt.Println(err)
		return
	}
	opened, err := authcode.Open(sealer, kept.Value)
	if err != nil {
		fmt.Println(err)
		return
	}
	code, err := acme.Callback(opened, callback)
	fmt.Println(opened, code.Code.Reveal(), err)
	// Output: Request{acme} example-code <nil>
}
