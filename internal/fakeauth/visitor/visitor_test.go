package visitor

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
)

// refusing is a test that notes that it failed in place of ending.
type refusing struct {
	testing.TB
	failed bool
}

func (r *refusing) Helper()               {}
func (r *refusing) Fatalf(string, ...any) { r.failed = true }

const form = `<form method="post" action="/here/sent?a=1&amp;b=2">
<input type="hidden" name="form" value="token">
<button name="user" value="ann">Ann</button><button class="x" name="user" value="&lt;bob&gt;">Bob</button>
</form>`

func TestAVisitorKeepsCookiesAndLeavesOnlyToBeToldWhere(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, _ := r.Cookie("c")
		switch r.URL.Path {
		case "/here":
			http.SetCookie(w, &http.Cookie{Name: "c", Value: "1"})
			fmt.Fprint(w, form)
		case "/here/sent":
			if cookie == nil || r.Method != "POST" || r.FormValue("form") != "token" {
				w.WriteHeader(400)
			}
			http.Redirect(w, r, "/next?user="+url.QueryEscape(r.PostFormValue("user"))+"&b="+r.URL.Query().Get("b"), http.StatusSeeOther)
		case "/next":
			http.Redirect(w, r, "https://app.example.com/?"+r.URL.RawQuery, http.StatusSeeOther)
		}
	}))
	defer s.Close()
	v := New(t, nil)
	p := v.Open(s.URL + "/here")
	if p.Status != 200 || p.Left != "" || !slices.Equal(p.Buttons(), []string{"ann", "<bob>"}) {
		t.Fatalf("%d %s %q", p.Status, p.Left, p.Buttons())
	}
	if left := v.Press(p, "<bob>"); left.Status != 303 || left.Left != "https://app.example.com/?user=%3Cbob%3E&b=2" {
		t.Errorf("%d %s", left.Status, left.Left)
	}
	if other := New(t, nil).Press(p, "ann"); other.Status != 400 {
		t.Errorf("without the cookie: %d", other.Status)
	}

	r := &refusing{TB: t}
	if v = New(r, nil); r.failed {
		t.Fatal("failed already")
	}
	for _, c := range []struct{ body, value string }{{form, "carl"}, {form, "&lt;bob&gt;"}, {"no form", "ann"}} {
		r.failed = false
		if v.Form(Page{Body: c.body, base: p.base}, c.value); !r.failed {
			t.Errorf("%s: %s is pressed", c.body, c.value)
		}
	}
}
