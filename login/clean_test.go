package login

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// L12: code and state are in no part of the request that the app's own
// functions get, wherever a browser or a proxy has put them, and all else is.
func TestTheAppGetsNoCodeAndNoState(t *testing.T) {
	const code, state = "example+code/1234", "example-state-5678"
	const query = "code=example%2Bcode%2F1234&state=example-state-5678"
	for _, tt := range []struct {
		name, header, value, want string
	}{
		{"L12: Referer, as a reload of a framework sends it", "Referer", "https://app.example/callback?" + query, "https://app.example/callback"},
		{"L12: Referer of the provider's page", "Referer", "https://acme.example/authorize?client_id=x&state=" + state, "https://acme.example/authorize"},
		{"L12: X-Forwarded-Uri, of Traefik", "X-Forwarded-Uri", "/callback?" + query, "/callback"},
		{"L12: X-Original-URL, of nginx's ingress and IIS", "X-Original-URL", "https://app.example/callback?" + query, "https://app.example/callback"},
		{"L12: X-Original-URI", "X-Original-URI", "/callback?" + query, "/callback"},
		{"L12: X-Rewrite-URL, of IIS", "X-Rewrite-URL", "/callback?" + query, "/callback"},
		{"L12: X-Envoy-Original-Path", "X-Envoy-Original-Path", "/callback?" + query, "/callback"},
		{"L12: X-Replaced-Path", "X-Replaced-Path", "/callback?" + query, "/callback"},
		{"L12: X-WAWS-Unencoded-URL, of Azure", "X-WAWS-Unencoded-URL", "/callback?" + query, "/callback"},
		{"L12: X-Request-Uri", "X-Request-Uri", "/callback?" + query, "/callback"},
		{"L12: a query alone", "X-Forwarded-Query", query, ""},
		{"L12: a query alone, by another name", "X-Original-Args", query, ""},
		{"L12: X-Auth-Request-Redirect, escaped once more", "X-Auth-Request-Redirect", "/in%3Frd%3D%2Fcallback%3Fcode%3Dexample%252Bcode%252F1234", ""},
		{"L12: a name that nobody knows", "X-Acme-Trace", "GET /callback?" + query + " HTTP/1.1", ""},
		{"L12: the code alone, decoded", "X-Acme-Code", code, ""},
		{"L12: escaped twice, where nobody looks", "X-Acme-Trace", "example%25252Bcode%25252F1234", ""},
		{"L12: a cookie that remembers the address", "Cookie", "session=example; back=/callback%3Fstate%3D" + state + "; theme=dark", "session=example; theme=dark"},
		{"what is no address stays", "X-Request-Id", "123?456", "123?456"},
		{"the session stays", "Cookie", "session=example; theme=dark", "session=example; theme=dark"},
		{"an address without a query stays", "Origin", "https://app.example", "https://app.example"},
		{"another's code stays", "X-Acme-Code", "other-code-9999", "other-code-9999"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/callback?"+query, nil)
			r.Header.Set(tt.header, tt.value)
			_ = r.ParseMultipartForm(1 << 10) // as middleware does
			clean := withoutCode(r)
			if got := clean.Header.Get(tt.header); got != tt.want {
				t.Errorf("%s is %q, want %q", tt.header, got, tt.want)
			}
			if where := whereIs(clean, code, state); where != "" {
				t.Errorf("it is still in %s", where)
			}
			if clean.URL.Path != "/callback" || clean.RequestURI != "/callback" || clean.FormValue("code") != "" {
				t.Errorf("%s, %s", clean.URL, clean.RequestURI)
			}
			// The inverse, and the request itself, which is as it was.
			if whereIs(r, code, state) == "" || r.Header.Get(tt.header) != tt.value {
				t.Error("the search finds nothing in the request itself")
			}
		})
	}
}

// whereIs is a part of r that holds one of secrets.
func whereIs(r *http.Request, secrets ...string) string {
	parts := map[string]string{"URL": r.URL.String(), "RequestURI": r.RequestURI, "Form": fmt.Sprint(r.Form), "MultipartForm": fmt.Sprint(r.MultipartForm)}
	for name, values := range r.Header {
		parts[name] = strings.Join(values, "\n")
	}
	for name, text := range parts {
		for range 5 {
			for _, s := range secrets {
				if strings.Contains(text, s) {
					return name
				}
			}
			text = lenientUnescape(text)
		}
	}
	return ""
}

func TestAShortCodeHidesNoHeader(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/callback?code=a&state=%zz;;=&&code=", nil)
	r.Header.Set("Cookie", "session=aaaa")
	r.Header.Set("Referer", "https://app.example/?code=a")
	clean := withoutCode(r)
	if clean.Header.Get("Cookie") != "session=aaaa" || clean.Header.Get("Referer") != "https://app.example/" {
		t.Errorf("%v", clean.Header)
	}
}
