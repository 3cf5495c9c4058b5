package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/tokens"
)

// Acme is a provider whose token endpoint takes a form with HTTP Basic and
// words its errors as RFC 6749 section 5.2 does. What follows, down to Example,
// would be package acme.
const (
	name    = "acme"
	baseURL = "https://api.acme.example"
)

// obtainToken is Acme's one operation. It spends a code or a refresh token, so
// RetrySafe stays false, and it is never sent twice.
var obtainToken = provider.Operation{
	Name:        "obtainToken",
	Method:      http.MethodPost,
	Path:        "/oauth2/token",
	ContentType: "application/x-www-form-urlencoded",
}

// Config is what New takes.
type Config struct {
	grantway.ClientConfig
	// ClientID is the application's id.
	ClientID string
	// ClientSecret is the application's secret.
	ClientSecret grantway.Secret
}

// Client calls Acme for one application.
type Client struct {
	http  *provider.Client
	auth  *authcode.Authorizer
	id    string
	basic provider.Basic
}

// New checks cfg. Its error names the field.
func New(cfg Config) (*Client, error) {
	// RFC 6749 section 2.3.1 encodes both as a form before Basic joins them.
	const formEncoded = true
	basic, err := provider.NewBasic(name, cfg.ClientID, cfg.ClientSecret, nil, formEncoded)
	if err != nil {
		return nil, err
	}
	h, err := provider.New(name, baseURL, cfg.ClientConfig)
	if err != nil {
		return nil, err
	}
	auth, err := authcode.New(authcode.Config{
		Provider:     name,
		ClientID:     cfg.ClientID,
		AuthorizeURL: h.BaseURL() + "oauth2/authorize",
		TokenURL:     h.BaseURL() + "oauth2/token",
		Now:          cfg.Now,
	})
	if err != nil {
		return nil, err
	}
	return &Client{http: h.With(provider.Judgement{Refine: refine}), auth: auth, id: cfg.ClientID, basic: basic}, nil
}

// Name, Callback and Exchange are what package login asks of a client.
func (c *Client) Name() string { return "Acme" }

// BeginAuth makes an authorization request with PKCE.
func (c *Client) BeginAuth(redirectURL string, scopes ...string) (*authcode.Request, error) {
	return c.auth.Begin(authcode.Params{RedirectURL: redirectURL, Scopes: scopes, PKCE: true})
}

// Callback reads the request that brings the user back to a.
func (c *Client) Callback(a *authcode.Request, r *http.Request) (grantway.AuthorizationCode, error) {
	return c.auth.Callback(a, r)
}

// Exchange trades a code for a token.
func (c *Client) Exchange(ctx context.Context, code grantway.AuthorizationCode) (*grantway.Token, error) {
	if err := c.auth.Pair(code); err != nil {
		return nil, err
	}
	if reason := provider.BadSecret(code.Code); reason != "" {
		return nil, c.http.Invalid(&obtainToken, "Code", reason)
	}
	var form provider.Body
	form.Pair("grant_type", "authorization_code")
	form.Pair("code", code.Code.Reveal())
	form.Pair("code_verifier", code.Verifier.Reveal())
	form.Pair("redirect_uri", code.RedirectURL)
	return c.token(ctx, form, code.Code, code.Verifier)
}

// Refresh trades the refresh token of old for a new token.
func (c *Client) Refresh(ctx context.Context, old *grantway.Token) (*grantway.Token, error) {
	if old == nil || old.RefreshToken.IsZero() {
		return nil, c.http.Invalid(&obtainToken, "old", "has no refresh token")
	}
	var form provider.Body
	form.Pair("grant_type", "refresh_token")
	form.Pair("refresh_token", old.RefreshToken.Reveal())
	t, err := c.token(ctx, form, old.RefreshToken)
	if err != nil {
		return nil, err
	}
	provider.Inherit(t, old) // a refresh token that is not replaced stays good
	return t, nil
}

// token sends form. No error will repeat the secrets that are in it, nor those in
// the header.
func (c *Client) token(ctx context.Context, form provider.Body, sent ...grantway.Secret) (*grantway.Token, error) {
	header, own, err := c.http.Basic(ctx, &obtainToken, c.basic)
	if err != nil {
		return nil, err
	}
	request := provider.Request{Body: form.Bytes(), Authorization: header}
	resp, err := c.http.Call(ctx, &obtainToken, &request, append(sent, own[:]...)...)
	if err != nil {
		return nil, err
	}
	t := &grantway.Token{ObtainedAt: resp.At}
	d := provider.NewDecoder(resp)
	for d.Open(); d.Next(); {
		switch string(d.Name()) {
		case "access_token":
			t.AccessToken, _ = d.Token68()
		case "refresh_token":
			t.RefreshToken, _ = d.Visible()
		case "token_type":
			t.Type, _ = d.Strict().Text() // strict: an odd one must not pass for none
		case "expires_in":
			t.Expiry, _ = d.Lifetime() // or unknown
		default:
			d.Unknown("access_token", "refresh_token", "token_type", "expires_in")
		}
	}
	switch err := c.http.Decoded(ctx, &obtainToken, resp, &d); {
	case err != nil:
		return nil, err
	case t.AccessToken.IsZero(): // perhaps an error under status 200, which refine reads
		return nil, c.http.Unusable(&obtainToken, resp, grantway.KindMalformed, "access_token is missing")
	case !provider.IsBearer(t.Type):
		return nil, c.http.Malformed(&obtainToken, resp, "token_type is not bearer", nil)
	}
	return t, nil
}

// refine reads {"error":"invalid_grant"}. It keeps a code that it does not know in
// the error, where it is not printed, and leaves e.Kind as it is: the body may be
// that of a gateway.
func refine(body []byte, e *grantway.Error) (known bool) {
	d := provider.DecodeBody(body)
	for d.Open(); d.Next(); {
		switch string(d.Name()) {
		case "error":
			e.Code, _ = d.Text()
		default:
			d.Unknown("error")
		}
	}
	if d.Err() != nil {
		return false
	}
	switch e.Code {
	case "invalid_grant":
		e.Kind = grantway.KindRejected
	case "invalid_client", "invalid_request", "unauthorized_client", "unsupported_grant_type":
		e.Kind = grantway.KindBadClient
	default:
		return false
	}
	return true
}

// TokenSource keeps the token of one account fresh.
func (c *Client) TokenSource(store tokens.Store, account string, opts tokens.Options) (*tokens.Source, error) {
	return tokens.NewSource(provider.TokenRules{
		Client:   c.http, // which says the provider, the environment and the origin
		ClientID: c.id,
		Refresh:  c.Refresh,
		Advise: func(*grantway.Token) provider.Advice {
			return provider.Advice{RefreshAfter: 0.8, Margin: 30 * time.Second}
		},
		Scheme: "Bearer",
	}, store, account, opts)
}

// A whole provider, and a program that signs a user in with it, keeps the token
// fresh, and learns why a code is refused.
func Example() {
	server := httptest.NewServer(fakeAcme()) // on loopback, where http is allowed
	defer server.Close()
	acme, err := New(Config{
		ClientConfig: grantway.ClientConfig{BaseURL: server.URL},
		ClientID:     "example-app",
		ClientSecret: grantway.NewSecret("example-secret"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	src, err := acme.TokenSource(tokens.NewMemoryStore(), "user-1", tokens.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()

	auth, err := acme.BeginAuth("https://app.example/callback", "read")
	if err != nil {
		fmt.Println(err)
		return
	}
	page, _ := url.Parse(auth.URL()) // the user agrees there, and the browser comes back:
	callback := httptest.NewRequest("GET", "/callback?code=example-code&state="+page.Query().Get("state"), nil)
	code, err := acme.Callback(auth, callback)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	token, err := acme.Exchange(ctx, code)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("exchanged:", token.AccessToken, src.Save(ctx, token))

	// That token lives for ten seconds, less than Margin: it is refreshed first.
	resp, err := (&http.Client{Transport: src.Transport(nil)}).Get(server.URL + "/me")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println("called:", resp.Status)

	_, err = acme.Exchange(ctx, code) // once more
	fmt.Println("ask the user again:", errors.Is(err, grantway.ErrReauthorize))
	fmt.Println(err)
	// Output:
	// exchanged: [redacted] <nil>
	// called: 200 OK
	// ask the user again: true
	// acme: obtainToken: rejected: the user must authorize again: status 400, code invalid_grant
}

// fakeAcme is the least that will do: one code, good once, and one API.
func fakeAcme() http.Handler {
	var spent atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/me" && r.Header.Get("Authorization") == "Bearer example-token-2":
			fmt.Fprint(w, `{}`)
		case r.URL.Path == "/me":
			w.WriteHeader(http.StatusUnauthorized)
		case id != "example-app" || secret != "example-secret":
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"invalid_client"}`)
		case r.PostFormValue("refresh_token") == "example-refresh":
			fmt.Fprint(w, `{"access_token":"example-token-2","token_type":"Bearer","expires_in":3600}`)
		case r.PostFormValue("code") == "example-code" && spent.CompareAndSwap(false, true):
			fmt.Fprint(w, `{"access_token":"example-token-1","refresh_token":"example-refresh","token_type":"Bearer","expires_in":10}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_grant"}`)
		}
	})
}
