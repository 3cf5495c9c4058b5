package main

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/login"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/tokens"
)

const callbackPath = "/callback/" // and the provider: each has a redirect URL of its own

//go:embed page.html
var pageHTML string

//go:embed style.css
var styleCSS []byte

var page = template.Must(template.New("page").Funcs(template.FuncMap{"join": strings.Join}).Parse(pageHTML))

// connection is one provider, for the one user of this app.
//
// Yours: the user comes from your session, and there is a source for each.
type connection struct {
	Path   string // what the provider is called in our URLs
	client login.Client
	source *tokens.Source
	revoke func(context.Context, *grantway.Token) error
}

type app struct{ connections []connection }

// newApp returns the whole app; url is where the browser finds it.
func newApp(url string, sq *square.Client, bb *builtbybit.Client) (http.Handler, error) {
	// Yours: a store that lasts (filestore, or your database), and a seal key
	// from your secret manager, the same in every process.
	store := tokens.NewMemoryStore()
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	key, err := tokens.NewSealKey("cookies", secret)
	if err != nil {
		return nil, err
	}
	sealer, err := tokens.NewSealer(key)
	if err != nil {
		return nil, err
	}
	const user = "the only user"
	squareSource, err := sq.TokenSource(store, user, tokens.Options{})
	if err != nil {
		return nil, err
	}
	builtByBitSource, err := bb.TokenSource(store, user, tokens.Options{})
	if err != nil {
		return nil, err
	}
	a := &app{[]connection{
		{"square", sq, squareSource, func(ctx context.Context, t *grantway.Token) error {
			return sq.RevokeMerchant(ctx, t.Extra[square.ExtraMerchantID])
		}},
		{"builtbybit", bb, builtByBitSource, func(ctx context.Context, t *grantway.Token) error {
			return errors.Join(bb.RevokeRefreshToken(ctx, t), bb.RevokeToken(ctx, t))
		}},
	}}
	begin := map[string]func(*http.Request) (*authcode.Request, error){
		"square": func(*http.Request) (*authcode.Request, error) {
			return sq.BeginAuth(square.AuthOptions{Scopes: []string{"MERCHANT_PROFILE_READ", "PAYMENTS_READ", "ORDERS_READ"}, RedirectURL: url + callbackPath + "square"})
		},
		"builtbybit": func(*http.Request) (*authcode.Request, error) {
			return bb.BeginAuth(builtbybit.AuthOptions{Scopes: []string{"members.self"}, RedirectURL: url + callbackPath + "builtbybit"})
		},
	}

	mux := http.NewServeMux()
	for _, c := range a.connections {
		web, err := login.NewWeb(login.WebConfig{
			Client: c.client,
			Begin:  begin[c.Path],
			Sealer: sealer,
			Save: func(r *http.Request, token *grantway.Token) error {
				return c.source.Save(r.Context(), token)
			},
			Done: http.RedirectHandler("/", http.StatusSeeOther),
			Failed: func(w http.ResponseWriter, r *http.Request, err error) {
				a.show(w, r, c.client.Name()+problem(err))
			},
		})
		if err != nil {
			return nil, err
		}
		mux.Handle("GET /connect/"+c.Path, web.Start)
		mux.Handle(callbackPath+c.Path, web.Callback)
		mux.HandleFunc("POST /refresh/"+c.Path, func(w http.ResponseWriter, r *http.Request) { a.done(w, r, c, c.refresh(r.Context())) })
		mux.HandleFunc("POST /disconnect/"+c.Path, func(w http.ResponseWriter, r *http.Request) { a.done(w, r, c, c.disconnect(r.Context())) })
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { a.show(w, r, "") })
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(styleCSS)
	})
	// Another site's page cannot press our buttons.
	return http.NewCrossOriginProtection().Handler(mux), nil
}

// refresh asks for a new token now. As a rule nobody does: the source
// refreshes by itself before a token ends.
func (c connection) refresh(ctx context.Context) error {
	token, err := c.source.TokenContext(ctx)
	if err != nil {
		return err
	}
	c.source.Invalidate(token.AccessToken)
	_, err = c.source.TokenContext(ctx)
	return err
}

// disconnect ends the authorization at the provider, then forgets the token.
func (c connection) disconnect(ctx context.Context) error {
	token, err := c.source.TokenContext(ctx)
	if err == nil {
		err = c.revoke(ctx, token)
	}
	if err != nil && !errors.Is(err, grantway.ErrReauthorize) { // then it has ended already
		return err
	}
	return c.source.Forget(ctx)
}

// done answers a button: back to the page, or the page with what went wrong.
func (a *app) done(w http.ResponseWriter, r *http.Request, c connection, err error) {
	if err != nil {
		a.show(w, r, c.client.Name()+problem(err))
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// problem says it in words for a user; the error itself is for a log.
func problem(err error) string {
	switch {
	case errors.Is(err, login.ErrNoSignIn), errors.Is(err, grantway.ErrInvalidArgument):
		return ": this sign-in is over. It was finished before, took too long, or began in another browser."
	case errors.Is(err, grantway.ErrReauthorize):
		return " was not connected: access was not granted, or has ended."
	}
	return " does not answer as it should. Try again later."
}

// row is one provider as the page shows it.
type row struct {
	Path, Name, Account, Expires string
	Connected                    bool
	Scopes                       []string
}

func (a *app) show(w http.ResponseWriter, r *http.Request, notice string) {
	var rows []row
	for _, c := range a.connections {
		row := row{Path: c.Path, Name: c.client.Name()}
		if token, err := c.source.TokenContext(r.Context()); err == nil {
			row.Connected, row.Expires, row.Scopes = true, token.Expiry.String(), token.Scopes
			row.Account = cmp.Or(token.Extra[square.ExtraMerchantID], "connected")
		}
		rows = append(rows, row)
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if notice != "" {
		w.WriteHeader(http.StatusBadRequest)
	}
	_ = page.Execute(w, map[string]any{"Rows": rows, "Notice": notice}) // a browser that went away
}
