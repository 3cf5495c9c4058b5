package fakeauth

import (
	"testing"

	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestOnlyTheExactRouteAnswers(t *testing.T) {
	s := start(t,
		Route{Method: "POST", Path: "/a", ContentType: "application/json", Handle: echo},
		Route{Method: "PUT", Path: "/a", ContentType: "application/json", Handle: echo},
		Route{Method: "POST", Path: "/c/{}/d", ContentType: "application/json", Handle: echo},
		Route{Method: "GET", Path: "/q", Query: true, Handle: echo},
	)
	for _, c := range []struct {
		name, method, path, contentType, body string
		status                                int
		answer                                string
	}{
		{"the route itself", "POST", "/a", "application/json", "{}", 200, "|{}"},
		{"a charset that is UTF-8", "POST", "/a", `application/json; charset="UTF-8"`, "{}", 200, "|{}"},
		{"a segment is unescaped", "POST", "/c/x%2Fy%20z/d", "application/json", "{}", 200, "x/y z|{}"},
		{"a query where one belongs", "GET", "/q?x=1", "", "", 200, "|"},
		{"another path", "POST", "/b", "application/json", "{}", 404, "no such path"},
		{"a slash too many at the end", "POST", "/a/", "application/json", "{}", 404, "no such path"},
		{"a slash too many before", "POST", "//a", "application/json", "{}", 404, "no such path"},
		{"an empty segment", "POST", "/c//d", "application/json", "{}", 404, "no such path"},
		{"another method", "GET", "/a", "", "", 405, "wrong method"},
		{"another content type", "POST", "/a", "application/x-www-form-urlencoded", "{}", 415, "the content type is not application/json"},
		{"another charset", "POST", "/a", "application/json; charset=utf-16", "{}", 415, "the content type is not application/json"},
		{"no content type", "POST", "/a", "", "{}", 415, "the content type is not application/json"},
		{"a query where none belongs", "POST", "/a?client_secret=x", "application/json", "{}", 400, "the operation has no query"},
		{"a body where none belongs", "GET", "/q", "application/json", "{}", 400, "the operation has no body"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := faketest.Send(t, c.method, s.URL()+c.path, c.body, "Content-Type: "+c.contentType)
			if r.Status != c.status || r.Body != c.answer {
				t.Errorf("%d %q, want %d %q", r.Status, r.Body, c.status, c.answer)
			}
			if c.status == 405 && r.Header.Get("Allow") != "POST, PUT" {
				t.Errorf("Allow is %q", r.Header.Get("Allow"))
			}
		})
	}
}
