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
	"time"

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
	memory *memory
}

type app struct {
	connections []connection
	now         func() time.Time
	demo        *demo
}

// newApp returns the whole app; url is where the browser finds it. Without a demo
// there are no buttons that make things fail.
func newApp(url string, sq *square.Client, bb *builtbybit.Client, d *demo) (http.Handler, error) {
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
	ofSquare, ofBuiltByBit := &memory{}, &memory{}
	squareSource, err := sq.TokenSource(store, user, tokens.Options{OnEvent: ofSquare.hear})
	if err != nil {
		return nil, err
	}
	builtByBitSource, err := bb.TokenSource(store, user, tokens.Options{OnEvent: ofBuiltByBit.hear})
	if err != nil {
		return nil, err
	}
	a := &app{now: time.Now, demo: d, connections: []connection{
		{"square", sq, squareSource, func(ctx context.Context, t *grantway.Token) error {
			return sq.RevokeMerchant(ctx, t.Extra[square.ExtraMerchantID])
		}, ofSquare},
		{"builtbybit", bb, builtByBitSource, func(ctx context.Context, t *grantway.Token) error {
			return errors.Join(bb.RevokeRefreshToken(ctx, t), bb.RevokeToken(ctx, t))
		}, ofBuiltByBit},
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
				c.memory.remember(cmp.Or(token.Extra[square.ExtraMerchantID], "one that "+c.client.Name()+" does not name"))
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
	if d != nil {
		a.now = d.now
		d.handle(mux, a.connections)
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
	_, err := c.source.Refresh(ctx)
	return err
}

// disconnect ends the authorization at the provider, then forgets the token.
func (c connection) disconnect(ctx context.Context) error {
	if st, err := c.source.Status(ctx); err == nil && !st.RejectedSince.IsZero() {
		return c.source.Forget(ctx) // the provider has ended it
	}
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
	case errors.Is(err, login.ErrMaybeDenied):
		return ": this sign-in is over. If you said no, nothing was stored. Otherwise it was finished before, took too long, or began in another browser."
	case errors.Is(err, login.ErrFailedBefore):
		return ": this sign-in was tried before and did not work. Begin again."
	case errors.Is(err, login.ErrNoSignIn), errors.Is(err, grantway.ErrInvalidArgument):
		return ": this sign-in is over. It was finished before, took too long, or began in another browser."
	case errors.Is(err, grantway.ErrReauthorize):
		return " was not connected: access was not granted, or has ended."
	case errors.Is(err, grantway.ErrStore), errors.Is(err, grantway.ErrNotPersisted):
		return ": something is wrong on our side. Try again later."
	}
	return " does not answer as it should. Try again later."
}

func (a *app) show(w http.ResponseWriter, r *http.Request, notice string) {
	var rows []row
	for _, c := range a.connections {
		rows = append(rows, c.row(r.Context(), a.now()))
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if notice != "" {
		w.WriteHeader(http.StatusBadRequest)
	}
	_ = page.Execute(w, map[string]any{"Rows": rows, "Notice": notice, "Demo": a.demo}) // a browser that went away
}
