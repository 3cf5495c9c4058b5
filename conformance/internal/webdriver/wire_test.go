package webdriver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOverHTTP_SendsACommand(t *testing.T) {
	var got string
	driver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.RequestURI + " " + string(body)
		switch {
		case r.URL.Path == "/session":
			_, _ = io.WriteString(w, `{"value":{"sessionId":"example"}}`)
		case strings.HasSuffix(r.URL.Path, "/back"):
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"value":{"error":"no such window","message":"it is closed"}}`)
		case strings.HasSuffix(r.URL.Path, "/refresh"):
			_, _ = io.WriteString(w, `<html>`)
		default:
			_, _ = io.WriteString(w, `{"value":"yes"}`)
		}
	}))
	t.Cleanup(driver.Close)
	h, err := dial(t.Context(), driver.URL, params{"a": 1})
	if err != nil || got != `POST /session {"capabilities":{"alwaysMatch":{"a":1}}}` {
		t.Fatalf("%v, %s", err, got)
	}
	for _, tt := range []struct {
		c    command
		p    params
		want string
	}{
		{navigate, params{"url": "http://127.0.0.1/"}, `POST /session/example/url {"url":"http://127.0.0.1/"}`},
		{getCookies, nil, `GET /session/example/cookie `},
		{deleteCookie, params{"name": "a/b"}, `DELETE /session/example/cookie/a%2Fb `},
		{click, params{"id": "e1"}, `POST /session/example/element/e1/click {"id":"e1"}`},
		{quit, params{"flags": 1}, `DELETE /session/example `},
	} {
		if raw, err := h.do(t.Context(), tt.c, tt.p); err != nil || string(raw) != `"yes"` || got != tt.want {
			t.Errorf("%s, %v: got %s, want %s", raw, err, got, tt.want)
		}
	}
	if _, err := h.do(t.Context(), back, nil); err == nil || err.Error() != "POST /back: no such window: it is closed" {
		t.Error(err)
	}
	if _, err := h.do(t.Context(), refresh, nil); err == nil {
		t.Error("a page was taken for an answer")
	}
}

// firefoxSays is a Firefox that greets, and answers each command with the next of
// answers, where %d is the command's id.
func firefoxSays(t *testing.T, greeting string, answers ...string) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		send := func(s string) { fmt.Fprintf(conn, "%d:%s", len(s), s) }
		send(greeting)
		in := bufio.NewReader(conn)
		for i, a := range answers {
			length := 0
			if _, err := fmt.Fscanf(in, "%d:", &length); err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, in, int64(length)); err != nil {
				return
			}
			if strings.HasPrefix(a, "raw ") {
				_, _ = io.WriteString(conn, a[4:])
				continue
			}
			if i == 0 {
				send(fmt.Sprintf(`[1,%d,null,"of a command that was given up"]`, i))
			}
			send(fmt.Sprintf(a, i+1))
		}
	}()
	return l.Addr().String()
}

func TestMarionette_ReadsAnswers(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	m, err := dialMarionette(ctx, firefoxSays(t, `{"applicationType":"gecko","marionetteProtocol":3}`,
		`[1,%d,null,{"value":"wrapped"}]`, `[1,%d,null,[1]]`, `[1,%d,null,{"handle":"w","type":"tab"}]`,
		`[1,%d,{"error":"no such element","message":"none","stacktrace":""},null]`, "raw 99999999999:"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.close() })
	for _, want := range []string{`"wrapped"`, `[1]`, `{"handle":"w","type":"tab"}`} {
		if raw, err := m.do(ctx, currentURL, nil); err != nil || string(raw) != want {
			t.Errorf("%s, %v, want %s", raw, err, want)
		}
	}
	if _, err := m.do(ctx, findElement, params{}); err == nil || err.Error() != "WebDriver:FindElement: no such element: none" {
		t.Error(err)
	}
	if _, err := m.do(ctx, screenshot, nil); err == nil || !strings.Contains(err.Error(), "announces") {
		t.Error(err)
	}
}

func TestMarionette_KnowsItsVersion(t *testing.T) {
	for _, greeting := range []string{`{"marionetteProtocol":4}`, `{}`, `junk`} {
		if m, err := dialMarionette(t.Context(), firefoxSays(t, greeting)); err == nil {
			t.Errorf("%s was taken", greeting)
			_ = m.close()
		}
	}
}
