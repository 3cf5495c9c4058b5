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

// fakes runs both, and the app over them.
func fakes(t *testing.T, makeApp func(url string, squareFake *squaretest.Server, builtByBitFake *builtbybittest.Server) (http.Handler, error)) (url string, squareFake *squaretest.Server, builtByBitFake *builtbybittest.Server) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	squareFake, err := squaretest.Start(squaretest.Options{RedirectURL: server.URL + callbackPath + "square"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(squareFake.Close)
	builtByBitFake, err = builtbybittest.Start(builtbybittest.Options{RedirectURL: server.URL + callbackPath + "builtbybit"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(builtByBitFake.Close)
	app, err := makeApp(server.URL, squareFake, builtByBitFake)
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/", app)
	return server.URL, squareFake, builtByBitFake
}

// plainApp is the app as a user copies it.
func plainApp(url string, squareFake *squaretest.Server, builtByBitFake *builtbybittest.Server) (http.Handler, error) {
	sq, err := square.New(squareFake.Config())
	if err != nil {
		return nil, err
	}
	bb, err := builtbybit.New(builtByBitFake.Config())
	if err != nil {
		return nil, err
	}
	return newApp(url, sq, bb, nil)
}

// connect signs in as the user that allow stands for.
func connect(t *testing.T, url, name string, allow func(string) (string, error)) {
	t.Helper()
	resp := do(t, "GET", url+"/connect/"+name, nil)
	callback, err := allow(resp.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	resp = do(t, "GET", callback, func(r *http.Request) { r.Header.Set("Cookie", resp.Header.Get("Set-Cookie")) })
	if resp.Header.Get("Location") != "/" {
		t.Fatalf("%s: status %d", name, resp.StatusCode)
	}
}

func TestAUserConnectsRefreshesAndDisconnects(t *testing.T) {
	url, squareFake, builtByBitFake := fakes(t, plainApp)
	for name, allow := range map[string]func(string) (string, error){"square": squareFake.Allow, "builtbybit": builtByBitFake.Allow} {
		shows(t, url, "/connect/"+name)
		connect(t, url, name, allow)
		shows(t, url, "/refresh/"+name)
		shows(t, url, "/disconnect/"+name)
		for _, button := range []string{"/refresh/", "/disconnect/"} {
			fromElsewhere := do(t, "POST", url+button+name, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
			if fromElsewhere.StatusCode != http.StatusForbidden {
				t.Errorf("%s%s from another site: status %d", button, name, fromElsewhere.StatusCode)
			}
			if resp := do(t, "POST", url+button+name, nil); resp.StatusCode != http.StatusSeeOther {
				t.Errorf("%s%s: status %d", button, name, resp.StatusCode)
			}
		}
		shows(t, url, "/connect/"+name)
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

// Each step is a button of the demo or of the app, and what the page says then.
func TestAPersonSeesWhatComesOfAFailure(t *testing.T) {
	for _, p := range []struct{ name, title string }{{"square", "Square"}, {"builtbybit", "BuiltByBit"}} {
		t.Run(p.name, func(t *testing.T) {
			url, squareFake, builtByBitFake := fakes(t, demoApp)
			connect(t, url, p.name, map[string]func(string) (string, error){"square": squareFake.Allow, "builtbybit": builtByBitFake.Allow}[p.name])
			for _, step := range []struct {
				button string
				status int
				words  string
			}{
				{"/demo/later", 303, ">Refreshing soon<"},
				{"/demo/" + p.name + "/503", 303, ">Refreshing soon<"}, // it has not been noticed
				{"/refresh/" + p.name, 400, ">" + p.title + " is down<"},
				{"/demo/later", 303, "Renewing the access fails since "},
				{"/demo/" + p.name + "/page", 303, ">" + p.title + " is down<"},
				{"/refresh/" + p.name, 400, ">Something is between us and " + p.title + "<"},
				{"/demo/later", 303, ""},
				{"/demo/later", 303, ">Likely dead<"},
				{"/demo/" + p.name + "/up", 303, "Sign in again"},
				{"/refresh/" + p.name, 303, ">Connected<"}, // it was not dead
				{"/demo/" + p.name + "/revoke", 303, ">Connected<"},
				{"/demo/later", 303, ">Refreshing soon<"},
				{"/refresh/" + p.name, 400, ">Sign in again<"},
				{"/disconnect/" + p.name, 303, ">Not connected<"},
				{"/demo/" + p.name + "/revoke", 303, ">Not connected<"}, // there is nothing to revoke
			} {
				if resp := do(t, "POST", url+step.button, nil); resp.StatusCode != step.status {
					t.Errorf("%s: status %d", step.button, resp.StatusCode)
				}
				if got := section(t, url, p.name); !strings.Contains(got, step.words) {
					t.Errorf("%s: no %q in %s", step.button, step.words, got)
				}
			}
		})
	}
}

func TestTheButtonsThatMakeThingsFailAreOnlyInTheDemoAndOnlyForItsOwnPage(t *testing.T) {
	withDemo, _, _ := fakes(t, demoApp)
	without, _, _ := fakes(t, plainApp)
	from := func(site string) func(*http.Request) {
		return func(r *http.Request) {
			switch {
			case strings.HasPrefix(site, "http"):
				r.Header.Set("Origin", site)
			case site != "":
				r.Header.Set("Sec-Fetch-Site", site)
			}
		}
	}
	for _, tt := range []struct {
		name, method, address, site string
		want                        int
	}{
		{"the demo's own page", "POST", withDemo + "/demo/square/503", "same-origin", http.StatusSeeOther},
		{"another site", "POST", withDemo + "/demo/square/503", "cross-site", http.StatusForbidden},
		{"another port of this machine", "POST", withDemo + "/demo/later", "same-site", http.StatusForbidden},
		{"another origin, in an old browser", "POST", withDemo + "/demo/later", "http://elsewhere.example", http.StatusForbidden},
		{"a link", "GET", withDemo + "/demo/later", "same-origin", http.StatusMethodNotAllowed},
		{"an outage that there is not", "POST", withDemo + "/demo/square/418", "same-origin", http.StatusNotFound},
		{"a provider that there is not", "POST", withDemo + "/demo/acme/503", "same-origin", http.StatusNotFound},
		{"an app without a demo: an outage", "POST", without + "/demo/square/503", "same-origin", http.StatusNotFound},
		{"an app without a demo: the clock", "POST", without + "/demo/later", "same-origin", http.StatusNotFound},
		{"an app without a demo: a revocation", "POST", without + "/demo/square/revoke", "same-origin", http.StatusNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if resp := do(t, tt.method, tt.address, from(tt.site)); resp.StatusCode != tt.want {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.want)
			}
		})
	}
	shows(t, withDemo, "Make it fail")
	body, err := io.ReadAll(do(t, "GET", without+"/", nil).Body)
	if err != nil || strings.Contains(string(body), "demo") {
		t.Errorf("an app without a demo shows it: %v\n%s", err, body)
	}
}

// section is what the page says of one provider.
func section(t *testing.T, url, name string) string {
	t.Helper()
	body, err := io.ReadAll(do(t, "GET", url+"/", nil).Body)
	_, text, found := strings.Cut(string(body), `<section id="`+name+`"`)
	if err != nil || !found {
		t.Fatalf("%v, no section %s in %s", err, name, body)
	}
	text, _, _ = strings.Cut(text, "</section>")
	return text
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
