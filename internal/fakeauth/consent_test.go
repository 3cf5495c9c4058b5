package fakeauth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/internal/fakeauth/visitor"
)

// toy is a provider that takes any request with a client_id.
type toy struct {
	*Fake
	consent *Consent
	book    *Book
	codes   Tokens[string]
}

func startToy(t *testing.T) *toy {
	t.Helper()
	y := &toy{book: NewBook("toytest", nil)}
	y.codes = NewTokens[string](y.book)
	y.consent = faketest.Must(NewConsent(y.book, ConsentConfig{
		Provider: "Toy", Path: "/authorize", Kind: "player", Users: []string{"ann", "bob <b>"},
		RedirectURL: "https://app.example.com/cb?a=1", Read: y.ask,
	}))
	y.Fake = faketest.Must(Start(Config{Book: y.book, Consent: y.consent, Refuse: Text}))
	t.Cleanup(y.Close)
	return y
}

func (y *toy) ask(p map[string]string) (Ask, string) {
	if p["client_id"] == "" {
		return Ask{}, "toytest: client_id is missing"
	}
	return Ask{
		Application: p["client_id"],
		Scopes:      []Scope{{"READ", "See things"}, {p["scope"], ""}},
		Redirect:    "https://app.example.com/cb?a=1",
		Note:        p["note"],
		FreshLogin:  p["fresh"] != "",
		Granted:     func(user string) bool { return y.book.Granted(user, []string{"READ"}) },
		Allow: func(user string) url.Values {
			return url.Values{"code": {y.codes.Issue(user, user, time.Time{})}}
		},
		Denied: url.Values{"error": {"access_denied"}},
	}, ""
}

// locked changes the book behind the pages.
func (y *toy) locked(change func()) {
	y.book.Lock()
	defer y.book.Unlock()
	change()
}

// issued counts the codes.
func (y *toy) issued() (n int) {
	y.locked(func() { n = len(y.codes.list.all) })
	return n
}

func (y *toy) page() string { return y.URL() + "/authorize" }

const (
	query    = "?client_id=app"
	callback = "https://app.example.com/cb?a=1&"
)

func isLogin(p visitor.Page) bool {
	return p.Status == 200 && slices.Equal(p.Buttons(), []string{"ann", "bob <b>"})
}

func isConsent(p visitor.Page) bool {
	return p.Status == 200 && slices.Equal(p.Buttons(), []string{"switch", "allow", "deny"})
}

func isStartAgain(p visitor.Page) bool {
	return p.Status == 400 && p.Left == "" && p.Buttons() == nil && strings.Contains(p.Body, "start again")
}

func TestAUserLogsInAndAllowsOrDenies(t *testing.T) {
	for _, c := range []struct{ user, decision, want string }{
		{"ann", "allow", callback + "code=example-ann-1"},
		{"bob <b>", "allow", callback + "code=example-bob+%3Cb%3E-1"},
		{"ann", "deny", callback + "error=access_denied"},
	} {
		t.Run(c.user+" "+c.decision, func(t *testing.T) {
			y := startToy(t)
			v := visitor.New(t, nil)
			p := v.Open(y.page() + query)
			if !isLogin(p) {
				t.Fatalf("not the login page:\n%s", p.Body)
			}
			if p = v.Press(p, c.user); !isConsent(p) {
				t.Fatalf("not the consent page:\n%s", p.Body)
			}
			if p = v.Press(p, c.decision); p.Status != 303 || p.Left != c.want {
				t.Errorf("%d %s", p.Status, p.Left)
			}
			if p = v.Open(y.page() + query); !isConsent(p) {
				t.Errorf("who is logged in was forgotten:\n%s", p.Body)
			}
			if p = visitor.New(t, nil).Open(y.page() + query); !isLogin(p) {
				t.Errorf("another browser is logged in:\n%s", p.Body)
			}
		})
	}
}

func TestAUserWhoIsNotTheOneSwitches(t *testing.T) {
	y := startToy(t)
	v := visitor.New(t, nil)
	p := v.Press(v.Press(v.Open(y.page()+query), "ann"), "switch")
	if !isLogin(p) {
		t.Fatalf("not the login page:\n%s", p.Body)
	}
	if p = v.Press(v.Press(p, "bob <b>"), "allow"); p.Left != callback+"code=example-bob+%3Cb%3E-1" {
		t.Errorf("%d %s", p.Status, p.Left)
	}
}

func TestAUserWhoHasGrantedIsSentOnAtOnce(t *testing.T) {
	y := startToy(t)
	y.locked(func() { y.book.Grant("ann", []string{"READ"}) })
	v := visitor.New(t, nil)
	if p := v.Press(v.Open(y.page()+query), "ann"); p.Status != 303 || p.Left != callback+"code=example-ann-1" {
		t.Errorf("after the login: %d %s", p.Status, p.Left)
	}
	if p := v.Open(y.page() + query); p.Status != 303 || p.Left != callback+"code=example-ann-2" {
		t.Errorf("logged in: %d %s", p.Status, p.Left)
	}
	y.locked(func() { y.book.Ungrant("ann") })
	if p := v.Open(y.page() + query); !isConsent(p) {
		t.Errorf("taken back: %d %s", p.Status, p.Left)
	}
}

func TestAProviderThatKeepsNoGrantsAsksAlways(t *testing.T) {
	if (Ask{}).granted("ann") {
		t.Error("a user is sent on")
	}
}

func TestAFreshLoginIsAskedForEachTime(t *testing.T) {
	y := startToy(t)
	v := visitor.New(t, nil)
	v.Press(v.Open(y.page()+query), "ann")
	fresh := y.page() + query + "&fresh=1"
	for range 2 {
		p := v.Open(fresh)
		if !isLogin(p) {
			t.Fatalf("not the login page:\n%s", p.Body)
		}
		if p = v.Press(p, "ann"); !isConsent(p) {
			t.Fatalf("not the consent page:\n%s", p.Body)
		}
	}
	// A login for one request, which is then lost, is none for another.
	p := v.Open(y.page() + query + "&fresh=2")
	if err := y.Arm("authorize", faults.Status(503, "text/plain", "down"), 1); err != nil {
		t.Fatal(err)
	}
	if p = v.Press(p, "ann"); p.Status != 503 {
		t.Fatalf("%d", p.Status)
	}
	if p := v.Open(fresh); !isLogin(p) {
		t.Errorf("not the login page:\n%s", p.Body)
	}
	if p := v.Open(y.page() + query); !isConsent(p) {
		t.Errorf("no fresh login was asked for:\n%s", p.Body)
	}
}

func TestAFormIsGoodOnceInItsBrowser(t *testing.T) {
	y := startToy(t)
	ann, eve := visitor.New(t, nil), visitor.New(t, nil)
	login := ann.Open(y.page() + query)
	for _, c := range []struct {
		name string
		send func() visitor.Page
	}{
		{"a login in another browser", func() visitor.Page { return eve.Press(login, "ann") }},
		{"the same after that, in its own", func() visitor.Page { return ann.Press(login, "ann") }},
		{"a login by nobody we know", func() visitor.Page {
			action, form := ann.Form(ann.Open(y.page()+query), "ann")
			form.Set("user", "carl")
			return ann.Post(action, form)
		}},
		{"a login form as a decision", func() visitor.Page {
			_, form := ann.Form(ann.Open(y.page()+query), "ann")
			form.Set("decision", "allow")
			return ann.Post(y.page()+"/toytest/decision", form)
		}},
		{"a decision as a login form", func() visitor.Page {
			_, form := ann.Form(ann.Press(ann.Open(y.page()+query), "ann"), "allow")
			form.Set("user", "bob <b>")
			return ann.Post(y.page()+"/toytest/login", form)
		}},
		{"allowed twice", func() visitor.Page {
			consent := ann.Open(y.page() + query)
			if p := ann.Press(consent, "allow"); p.Left == "" {
				t.Fatalf("%d %s", p.Status, p.Body)
			}
			return ann.Press(consent, "allow")
		}},
		{"a decision in another browser", func() visitor.Page {
			eve.Press(eve.Open(y.page()+query), "ann")
			return eve.Press(ann.Open(y.page()+query), "allow")
		}},
		{"a decision of a user who has left", func() visitor.Page {
			one, two := ann.Open(y.page()+query), ann.Open(y.page()+query)
			ann.Press(ann.Press(two, "switch"), "bob <b>")
			return ann.Press(one, "allow")
		}},
		{"a decision that is none", func() visitor.Page {
			action, form := ann.Form(ann.Open(y.page()+query), "allow")
			form.Set("decision", "perhaps")
			return ann.Post(action, form)
		}},
		{"a token of nowhere", func() visitor.Page {
			return ann.Post(y.page()+"/toytest/decision", url.Values{"form": {"x"}, "decision": {"allow"}})
		}},
		{"no token", func() visitor.Page {
			return ann.Post(y.page()+"/toytest/decision", url.Values{"decision": {"allow"}})
		}},
		{"a token twice", func() visitor.Page {
			action, form := ann.Form(ann.Open(y.page()+query), "allow")
			form.Add("form", form.Get("form"))
			return ann.Post(action, form)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if p := c.send(); !isStartAgain(p) {
				t.Errorf("%d %s\n%s", p.Status, p.Left, p.Body)
			}
		})
	}
	if y.issued() != 1 {
		t.Errorf("%d codes, and one decision counted", y.issued())
	}
}

func TestARequestThatIsRefusedLeadsNowhere(t *testing.T) {
	y := startToy(t)
	for query, want := range map[string]string{
		"":                           "client_id is missing",
		"?client_id=":                "client_id is missing", // without a value is left out
		"?client_id=app&client_id=a": "a parameter comes twice",
		"?client_id=app&x=1&x=2":     "a parameter comes twice",
		"?client_id=%zz":             "the query is not form-encoded",
		"?client_id=app;x=1":         "the query is not form-encoded",
	} {
		t.Run(query, func(t *testing.T) {
			p := visitor.New(t, nil).Open(y.page() + query)
			if p.Status != 400 || p.Left != "" || p.Buttons() != nil || !strings.Contains(p.Body, "toytest: "+want) {
				t.Errorf("%d %s\n%s", p.Status, p.Left, p.Body)
			}
			for _, decide := range []func(authorizeURL string) (string, error){y.consent.Allow, y.consent.Deny} {
				if to, err := decide(y.page() + query); to != "" || err == nil || err.Error() != "toytest: authorize: "+want {
					t.Errorf("%s %v", to, err)
				}
			}
		})
	}
}

func TestWithoutABrowserTheFirstUserDecides(t *testing.T) {
	y := startToy(t)
	if to, err := y.consent.Allow(y.page() + query); to != callback+"code=example-ann-1" || err != nil {
		t.Errorf("allow: %s %v", to, err)
	}
	if to, err := y.consent.Deny(y.page() + query); to != callback+"error=access_denied" || err != nil {
		t.Errorf("deny: %s %v", to, err)
	}
	y.locked(func() { y.book.Grant("ann", []string{"READ"}) })
	if to, err := y.consent.Allow(y.page() + query); to != callback+"code=example-ann-2" || err != nil {
		t.Errorf("allow what is granted: %s %v", to, err)
	}
	if to, err := y.consent.Deny(y.page() + query); to != "" || err == nil {
		t.Errorf("deny what is granted: %s %v", to, err)
	}
	for _, other := range []string{"https://example.com/authorize" + query, y.page() + "/" + query, y.page() + "#" + query, ""} {
		if to, err := y.consent.Allow(other); to != "" || err == nil {
			t.Errorf("%s: %s %v", other, to, err)
		}
	}
	if n := len(y.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestTheStateComesBackWithEveryAnswer(t *testing.T) {
	y := startToy(t)
	const asked = query + "&state=a+b%26c"
	for decision, want := range map[string]string{
		"allow": callback + "code=example-ann-1&state=a+b%26c",
		"deny":  callback + "error=access_denied&state=a+b%26c",
	} {
		v := visitor.New(t, nil)
		if p := v.Press(v.Press(v.Open(y.page()+asked), "ann"), decision); p.Left != want {
			t.Errorf("%s: %s", decision, p.Left)
		}
	}
	if to, err := y.consent.Deny(y.page() + asked); to != callback+"error=access_denied&state=a+b%26c" || err != nil {
		t.Errorf("without a browser: %s %v", to, err)
	}
}

func TestTheCookieIsForThePagesOfThisFakeAlone(t *testing.T) {
	one, two := startToy(t), startToy(t)
	v := visitor.New(t, nil)
	p := v.Open(one.page() + query)
	cookies := (&http.Response{Header: p.Header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	c := cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/authorize" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Errorf("%+v", c)
	}
	if !strings.HasPrefix(c.Name, "toytest_") || len(c.Value) < 26 {
		t.Errorf("%s=%s", c.Name, c.Value)
	}
	// A browser sends a cookie to every port of a host.
	v.Press(p, "ann")
	v.Press(v.Open(two.page()+query), "bob <b>")
	if p = v.Press(v.Open(one.page()+query), "allow"); p.Left != callback+"code=example-ann-1" {
		t.Errorf("one fake logged the other's user out: %d %s", p.Status, p.Left)
	}
}

func TestThePagesCanMeetAFault(t *testing.T) {
	y := startToy(t)
	v := visitor.New(t, nil)
	consent := v.Press(v.Open(y.page()+query), "ann")
	for _, operation := range []string{"authorize", "authorizeLogin", "authorizeDecision"} {
		if err := y.Arm(operation, faults.Status(503, "text/plain", "down"), 1); err != nil {
			t.Fatal(err)
		}
	}
	if p := v.Open(y.page() + query); p.Status != 503 {
		t.Errorf("authorize: %d", p.Status)
	}
	if p := v.Press(consent, "allow"); p.Status != 503 {
		t.Errorf("authorizeDecision: %d", p.Status)
	}
	// It was not carried out, so the form is still good.
	if p := v.Press(consent, "allow"); p.Left != callback+"code=example-ann-1" {
		t.Errorf("again: %d %s", p.Status, p.Left)
	}
	if p := v.Press(v.Open(y.page()+query+"&fresh=1"), "ann"); p.Status != 503 {
		t.Errorf("authorizeLogin: %d", p.Status)
	}
}

func TestAFaultOfOnePageSparesTheNext(t *testing.T) {
	y := startToy(t)
	v := visitor.New(t, nil)
	for _, f := range []faults.Fault{faults.TruncatedJSON, faults.BrokenGzip, faults.DoubleGzip, faults.UnaskedBrotli,
		faults.WrongCharset, faults.ByteOrderMark, faults.UTF16Body, faults.EmptyBody,
		faults.NullBody, faults.ArrayBody, faults.DuplicateKeys, faults.CaseVariantKeys,
		faults.DeepNesting, faults.TrailingBytes, faults.ExpiryPast, faults.CaptivePortal} {
		if err := y.Arm("authorize", f, 1); err != nil {
			t.Fatal(err)
		}
		// Without a client of our own: a broken body is an error of net/http's.
		if resp, err := http.Get(y.page() + query); err == nil { //nolint:noctx // the shortest client that there is
			resp.Body.Close()
		}
		if p := v.Open(y.page() + query); !isLogin(p) {
			t.Errorf("after %s: %d", f, p.Status)
		}
	}
}

func TestManyUsersAtOnceGetACodeEach(t *testing.T) {
	y := startToy(t)
	var wg sync.WaitGroup
	for range 8 {
		v := visitor.New(t, nil)
		wg.Go(func() { v.Press(v.Press(v.Open(y.page()+query), "ann"), "allow") })
	}
	wg.Wait()
	if y.issued() != 8 {
		t.Errorf("%d codes", y.issued())
	}
}

func TestEveryUserHasANameOfTheirOwn(t *testing.T) {
	for _, users := range [][]string{{""}, {"ann", ""}, {"ann", "bob", "ann"}} {
		_, err := NewConsent(NewBook("toytest", nil), ConsentConfig{Kind: "player", Users: users, RedirectURL: "https://example.com/cb"})
		if err == nil || !strings.HasPrefix(err.Error(), "toytest: a player") {
			t.Errorf("%q: %v", users, err)
		}
	}
}
