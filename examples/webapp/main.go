// Command webapp is a small web app whose user connects Square and BuiltByBit,
// sees what is connected, refreshes and disconnects. Both providers are fakes
// on loopback addresses: log in as anybody, allow or deny.
//
// app.go is the part to copy. What a real app does differently is marked there
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
	sq, err := square.New(squareFake.Config())
	if err != nil {
		return err
	}
	bb, err := builtbybit.New(builtByBitFake.Config())
	if err != nil {
		return err
	}
	app, err := newApp(url, sq, bb)
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
