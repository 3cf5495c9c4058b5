package webdriver

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
)

// through is a client that uses p.
func through(t *testing.T, p *proxy) *http.Client {
	t.Helper()
	u, err := url.Parse(p.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	// A function, since those of net/http spare loopback addresses the proxy.
	return &http.Client{Transport: &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return u, nil }, DisableKeepAlives: true}}
}

func get(t *testing.T, hc *http.Client, address string) (status int, body string, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := hc.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

func TestProxy_LeadsToThisMachineAlone(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host+" "+r.RequestURI) })
	plain, secure := httptest.NewServer(echo), httptest.NewTLSServer(echo)
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	var passed []string
	p := newProxy(func(address string) { passed = append(passed, address) })
	t.Cleanup(p.close)
	hc := through(t, p)

	const raw = "/a%2Fb?x=1;y&z=%zz" // what a parser would change
	if status, body, err := get(t, hc, plain.URL+raw); err != nil || status != http.StatusOK || body != plain.Listener.Addr().String()+" "+raw {
		t.Errorf("http: status %d, %q, %v", status, body, err)
	}
	trusting := through(t, p)
	trusting.Transport.(*http.Transport).TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig
	if status, body, err := get(t, trusting, secure.URL+raw); err != nil || status != http.StatusOK || body != secure.Listener.Addr().String()+" "+raw {
		t.Errorf("https: status %d, %q, %v", status, body, err)
	}
	if want := []string{plain.URL + raw, secure.URL}; !slices.Equal(passed, want) {
		t.Errorf("passed %q, want %q", passed, want)
	}
	passed = nil
	for _, elsewhere := range []string{"http://elsewhere.example/", "http://192.0.2.1/", "http://127.0.0.1.example/", "http://localhost.example/"} {
		if status, _, err := get(t, hc, elsewhere); err != nil || status != http.StatusForbidden {
			t.Errorf("%s: status %d, %v", elsewhere, status, err)
		}
	}
	if _, _, err := get(t, hc, "https://elsewhere.example/"); err == nil {
		t.Error("https elsewhere was let through")
	}
	if len(passed) != 0 {
		t.Errorf("passed %q", passed)
	}
}
