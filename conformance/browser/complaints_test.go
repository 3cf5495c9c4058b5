package browser_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/webdriver"
)

// What Shot and staysHere look for is found where it is: the inverse of every
// picture that had no complaint.
func findsFaults(t *testing.T, b *webdriver.Browser) {
	const start = `<!doctype html><meta name="viewport" content="width=device-width"><body style="background:#fff;color:#000">`
	pages := map[string]string{
		"/good":    start + `<p>plain words</p>`,
		"/wide":    start + `<div style="width:3000px">wide</div>`,
		"/cut":     start + `<p style="width:40px;overflow:hidden;white-space:nowrap">cut off at the end</p>`,
		"/pale":    start + `<p style="color:#999">pale words</p>`,
		"/large":   start + `<p style="color:#888;font-size:32px">large pale words</p>`,
		"/pallid":  start + `<p style="color:#bbb;font-size:32px">large and too pale</p>`,
		"/dark":    start + `<style>@media (prefers-color-scheme:dark){body{background:#111!important}}</style><p>black on black</p>`,
		"/abroad":  start + `<img src="http://elsewhere.example/x.png"><img src="https://elsewhere.example/y.png">`,
		"/nothing": "",
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, pages[r.URL.Path])
	}))
	t.Cleanup(server.Close)
	tab := b.User(t)
	for _, scheme := range b.Schemes() {
		for path, want := range map[string]string{"/good": "", "/wide": "pixels wide", "/cut": "cut off: cut off at", "/pale": "hard to read (2.8:1): pale",
			"/large": "", "/pallid": "hard to read", "/dark": map[string]string{"dark": "black on black"}[scheme], "/nothing": ""} {
			tab.Goto(server.URL + path)
			tab.ColorScheme(scheme)
			got := strings.Join(tab.Complaints(), "; ")
			if (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%s, %s: got %q, want %q", path, scheme, got, want)
			}
		}
	}
	tab.Goto(server.URL + "/abroad")
	if got := strings.Join(tab.Resources(), " "); !strings.Contains(got, "http://elsewhere.example/x.png") || !strings.Contains(got, "https://elsewhere.example/y.png") {
		t.Errorf("what the page asked for: %s", got)
	}
}
