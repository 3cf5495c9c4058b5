package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

func TestAUserConnectsRefreshesAndDisconnects(t *testing.T) {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	squareFake, err := squaretest.Start(squaretest.Options{RedirectURL: server.URL + callbackPath + "square"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(squareFake.Close)
	builtByBitFake, err := builtbybittest.Start(builtbybittest.Options{RedirectURL: server.URL + callbackPath + "builtbybit"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(builtByBitFake.Close)
	sq, err := square.New(squareFake.Config())
	if err != nil {
		t.Fatal(err)
	}
	bb, err := builtbybit.New(builtByBitFake.Config())
	if err != nil {
		t.Fatal(err)
	}
	app, err := newApp(server.URL, sq, bb)
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/", app)

	for name, allow := range map[string]func(string) (string, error){"square": squareFake.Allow, "builtbybit": builtByBitFake.Allow} {
		shows(t, server.URL, "/connect/"+name)
		resp := do(t, "GET", server.URL+"/connect/"+name, nil)
		callback, err := allow(resp.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		resp = do(t, "GET", callback, func(r *http.Request) { r.Header.Set("Cookie", resp.Header.Get("Set-Cookie")) })
		if resp.Header.Get("Location") != "/" {
			t.Fatalf("%s: status %d", name, resp.StatusCode)
		}
		shows(t, server.URL, "/refresh/"+name)
		shows(t, server.URL, "/disconnect/"+name)
		for _, button := range []string{"/refresh/", "/disconnect/"} {
			fromElsewhere := do(t, "POST", server.URL+button+name, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
			if fromElsewhere.StatusCode != http.StatusForbidden {
				t.Errorf("%s%s from another site: status %d", button, name, fromElsewhere.StatusCode)
			}
			if resp := do(t, "POST", server.URL+button+name, nil); resp.StatusCode != http.StatusSeeOther {
				t.Errorf("%s%s: status %d", button, name, resp.StatusCode)
			}
		}
		shows(t, server.URL, "/connect/"+name)
	}
	// Each refresh was one, and the authorization has ended at the provider.
	var paths []string
	for _, r := range squareFake.Requests() {
		paths = append(paths, r.Path)
	}
	if got := strings.Join(paths, " "); got != "/oauth2/token /oauth2/token /oauth2/revoke" {
		t.Errorf("Square has seen %s", got)
	}
}

func TestTheProgramServesUntilItIsToldToEnd(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	url, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- run(ctx, "127.0.0.1:0", func(u string) { url <- u }) }()
	select {
	case u := <-url:
		shows(t, u, "/connect/square")
		shows(t, u, "/connect/builtbybit")
	case err := <-ended:
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func shows(t *testing.T, url, words string) {
	t.Helper()
	resp := do(t, "GET", url+"/", nil)
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), words) {
		t.Errorf("status %d, %v, no %q in %s", resp.StatusCode, err, words, body)
	}
}

func do(t *testing.T, method, url string, change func(*http.Request)) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}
