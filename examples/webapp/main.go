// Command webapp is a small web app whose user connects Square and BuiltByBit,
// sees how each is and why, refreshes and disconnects. Both providers are fakes
// on loopback addresses: log in as anybody, allow or deny, and make them fail with
// the buttons at the end of the page.
//
// app.go and state.go are the part to copy. What a real app does differently is marked there
// with "Yours:".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "loopback `address` to listen on; port 0 takes a free one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *addr, func(url string) { fmt.Fprintf(os.Stdout, "Open %s in a browser. Ctrl-C ends it.\n", url) }); err != nil {
		fmt.Fprintln(os.Stderr, "webapp:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, and calls ready with the app's URL.
func run(ctx context.Context, addr string, ready func(url string)) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	url := "http://" + l.Addr().String()

	squareFake, err := squaretest.Start(squaretest.Options{RedirectURL: url + callbackPath + "square", ApplicationName: "Webapp"})
	if err != nil {
		return err
	}
	defer squareFake.Close()
	builtByBitFake, err := builtbybittest.Start(builtbybittest.Options{RedirectURL: url + callbackPath + "builtbybit", ProjectName: "Webapp"})
	if err != nil {
		return err
	}
	defer builtByBitFake.Close()
	app, err := demoApp(url, squareFake, builtByBitFake)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: app, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	ready(url)
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// demoApp is the app over the fakes, with the buttons that make them fail.
func demoApp(url string, squareFake *squaretest.Server, builtByBitFake *builtbybittest.Server) (http.Handler, error) {
	forSquare := &demoFake{Path: "square", Name: "Square", revoke: func(t *grantway.Token) {
		squareFake.RevokeMerchant(t.Extra[square.ExtraMerchantID])
	}}
	forBuiltByBit := &demoFake{Path: "builtbybit", Name: "BuiltByBit", revoke: func(t *grantway.Token) {
		builtByBitFake.RevokeToken(t.RefreshToken)
	}}
	d := &demo{fakes: []*demoFake{forSquare, forBuiltByBit}, now: squareFake.Now, later: func(by time.Duration) {
		squareFake.Advance(by)
		builtByBitFake.Advance(by)
	}}
	squareConfig, builtByBitConfig := squareFake.Config(), builtByBitFake.Config()
	squareConfig.WrapTransport, builtByBitConfig.WrapTransport = forSquare.weather.over, forBuiltByBit.weather.over
	sq, err := square.New(squareConfig)
	if err != nil {
		return nil, err
	}
	bb, err := builtbybit.New(builtByBitConfig)
	if err != nil {
		return nil, err
	}
	return newApp(url, sq, bb, d)
}
