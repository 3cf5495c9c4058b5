package login_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCheck015_AttacksOnTheListener: each attack is refused, and the true
// callback succeeds after it (STD-29, STD-30). IPv4 only and IPv6 only are
// TestEachFamilyAloneWillDo.
func TestCheck015_AttacksOnTheListener(t *testing.T) {
	attacks := 0
	for _, attack := range []struct {
		name string
		do   func(t *testing.T, r *running, u *url.URL)
	}{
		{"the wrong Host, as after DNS rebinding", func(t *testing.T, r *running, u *url.URL) {
			for _, host := range []string{"evil.example", "localhost:" + u.Port(), "127.0.0.1", "127.0.0.1:1", u.Host + ".evil.example", ""} {
				raw := "GET " + u.Path + "?state=junk HTTP/1.1\r\nHost: " + host + "\r\n\r\n"
				refused(t, send(t, u.Host, raw), 400, 421)
			}
			// Even with all else right.
			refused(t, get(t, r.allowed(), func(q *http.Request) { q.Host = "evil.example" }), 421)
		}},
		{"the wrong path", func(t *testing.T, r *running, u *url.URL) {
			callback, err := url.Parse(r.allowed())
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{"/", "/favicon.ico", u.Path + "/", u.Path + "x", "/callback", "/CALLBACK/square", "/%63allback/square", "//" + u.Path, "/../callback/square"} {
				raw := "GET " + path + "?" + callback.RawQuery + " HTTP/1.1\r\nHost: " + u.Host + "\r\n\r\n"
				refused(t, send(t, u.Host, raw), 404)
			}
		}},
		{"the wrong method", func(t *testing.T, r *running, u *url.URL) {
			callback := r.allowed()
			for _, method := range []string{"POST", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"} {
				refused(t, get(t, callback, func(q *http.Request) { q.Method = method }), 405)
			}
			refused(t, send(t, u.Host, "CONNECT "+u.Host+" HTTP/1.1\r\nHost: "+u.Host+"\r\n\r\n"), 404, 405)
		}},
		{"a junk state", func(t *testing.T, r *running, u *url.URL) {
			for _, q := range []string{"", "code=x", "state=", "code=x&state=junk", "state=" + strings.Repeat("A", 43), "error=access_denied", "error=access_denied&state=junk", "%zz", "a;b"} {
				refused(t, get(t, u.String()+"?"+q), 400)
			}
		}},
		{"a state that is repeated", func(t *testing.T, r *running, u *url.URL) {
			state := stateOf(t, r)
			refused(t, get(t, u.String()+"?code=x&state="+state+"&state="+state), 400)
			refused(t, get(t, u.String()+"?code=x&code=y&state="+state), 400)
			refused(t, get(t, u.String()+"?code=x&state=junk&state="+state), 400)
		}},
		{"a huge header", func(t *testing.T, r *running, u *url.URL) {
			raw := "GET " + u.Path + " HTTP/1.1\r\nHost: " + u.Host + "\r\nX-Junk: " + strings.Repeat("a", 1<<20) + "\r\n\r\n"
			refused(t, send(t, u.Host, raw), 431, 0)
			refused(t, send(t, u.Host, "GET "+u.Path+"?"+strings.Repeat("a", 1<<20)+" HTTP/1.1\r\nHost: "+u.Host+"\r\n\r\n"), 431, 0)
		}},
		{"a slow header", func(t *testing.T, r *running, u *url.URL) {
			for range 8 {
				c := dial(t, u.Host)
				_, _ = io.WriteString(c, "GET "+u.Path+" HTTP/1.1\r\nHost:") // and never more
			}
		}},
		{"a thousand connections", func(t *testing.T, r *running, u *url.URL) {
			for range 1000 {
				dial(t, u.Host)
			}
		}},
		{"markup for an error", func(t *testing.T, r *running, u *url.URL) {
			a := get(t, u.String()+"?error="+url.QueryEscape("<script>canary()</script>")+"&error_description=canary&state=canary")
			refused(t, a, 400)
			if strings.Contains(a.body, "canary") {
				t.Errorf("the page shows the request: %s", a.body)
			}
		}},
		{"a page that polls the port", func(t *testing.T, r *running, u *url.URL) {
			for i := range 300 {
				a := get(t, fmt.Sprintf("%s?code=x&state=%d", u, i), func(q *http.Request) {
					q.Header.Set("Sec-Fetch-Mode", "no-cors")
					q.Header.Set("Sec-Fetch-Site", "cross-site")
					q.Header.Set("Origin", "https://evil.example")
				})
				refused(t, a, 403)
				if a.header.Get("Access-Control-Allow-Origin") != "" {
					t.Error("any page may read the answer")
				}
			}
		}},
		{"a page that frames the callback", func(t *testing.T, r *running, u *url.URL) {
			refused(t, get(t, r.allowed(), func(q *http.Request) {
				q.Header.Set("Sec-Fetch-Mode", "navigate")
				q.Header.Set("Sec-Fetch-Dest", "iframe")
			}), 403)
		}},
		{"the request of another user of the machine", func(t *testing.T, r *running, u *url.URL) {
			// He has a code of his own, and wants it in this sign-in.
			other := run(t, r.p)
			his, err := url.Parse(other.allowed())
			if err != nil {
				t.Fatal(err)
			}
			refused(t, get(t, u.String()+"?"+his.RawQuery), 400)
			other.succeeds()
		}},
		{"a request that is none", func(t *testing.T, r *running, u *url.URL) {
			for _, raw := range []string{"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET\r\n\r\n", "\x00\x00\x00", "GET " + u.Path + " HTTP/1.1\r\nHost: " + u.Host + "\r\nHost: " + u.Host + "\r\n\r\n"} {
				refused(t, send(t, u.Host, raw), 400, 505, 404, 405, 421, 0)
			}
		}},
		{"a body that does not end", func(t *testing.T, r *running, u *url.URL) {
			c := dial(t, u.Host)
			_, _ = io.WriteString(c, "GET "+u.Path+"?state=junk HTTP/1.1\r\nHost: "+u.Host+"\r\nContent-Length: 1000000000\r\n\r\nx")
			refused(t, read(t, c), 400)
		}},
		{"many requests on one connection", func(t *testing.T, r *running, u *url.URL) {
			one := "GET " + u.Path + "?state=junk HTTP/1.1\r\nHost: " + u.Host + "\r\n\r\n"
			if n := answers(t, u.Host, strings.Repeat(one, 50)); n != 1 {
				t.Errorf("%d answers", n)
			}
		}},
	} {
		attacks++
		t.Run(attack.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, newSquare(t, ephemeral("square")))
			u, err := url.Parse(r.redirect())
			if err != nil {
				t.Fatal(err)
			}
			attack.do(t, r, u)
			r.waits()
			if r.p.exchanges() > 1 { // the other user's own, where there is one
				t.Errorf("%d exchanges", r.p.exchanges())
			}
			r.succeeds()
			if strings.Contains(r.out.String(), "junk") {
				t.Errorf("the terminal shows what was sent: %s", r.out)
			}
		})
	}
	t.Logf("figure: %d attacks, each followed by the true callback", attacks)
}

// A listener without the checks falls to the first of them: the inverse.
func TestTheAttacksWouldBeSeen(t *testing.T) {
	naive := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s %s", r.Host, r.FormValue("error")) // what a first version does
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = naive.Serve(l) }()
	t.Cleanup(func() { _ = naive.Close() })
	if a := get(t, "http://"+l.Addr().String()+"/?error=canary", func(q *http.Request) { q.Host = "evil.example" }); isRefused(a, 421) || !strings.Contains(a.body, "canary") {
		t.Errorf("status %d: %s", a.status, a.body)
	}
	if n := answers(t, l.Addr().String(), strings.Repeat("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 2)+"\r\n\r\nx\r\n\r\n"); n < 2 {
		t.Errorf("a plain server gives %d answers", n)
	}
}

func isRefused(a answer, want ...int) bool {
	return slices.Contains(want, a.status)
}

// refused fails unless the answer has one of the statuses; 0 is none.
func refused(t *testing.T, a answer, want ...int) {
	t.Helper()
	if !isRefused(a, want...) {
		t.Errorf("status %d, want one of %v: %s", a.status, want, a.body)
	}
	if a.header.Get("Location") != "" {
		t.Errorf("it sends the browser to %s", a.header.Get("Location"))
	}
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// send writes raw and reads the first answer.
func send(t *testing.T, address, raw string) answer {
	t.Helper()
	c := dial(t, address)
	go func() { _, _ = io.WriteString(c, raw) }() // it may be cut off
	return read(t, c)
}

// read is the first answer; a status of 0 means that the connection was closed
// without one.
func read(t *testing.T, c net.Conn) answer {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return answer{header: http.Header{}}
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// answers counts them until the connection is closed.
func answers(t *testing.T, address, raw string) int {
	t.Helper()
	c := dial(t, address)
	go func() { _, _ = io.WriteString(c, raw) }()
	all, _ := io.ReadAll(c) // it may end in a reset
	return strings.Count(string(all), "HTTP/1.1 ")
}

func stateOf(t *testing.T, r *running) string {
	t.Helper()
	u, err := url.Parse(r.address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state")
}
