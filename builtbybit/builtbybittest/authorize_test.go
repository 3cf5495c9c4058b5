package builtbybittest_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/internal/fakeauth/visitor"
)

const (
	registered = "https://example.com/callback"
	loopback   = "http://127.0.0.1:8080/callback"
)

// authorizeURL is a request of the client with these parameters changed.
func authorizeURL(fake *builtbybittest.Server, changes ...string) string {
	return faketest.URL(fake.AuthorizeURL(), url.Values{"response_type": {"code"}, "client_id": {"example-client"}, "redirect_uri": {registered}, "scope": {"members.self"}, "state": {"example-state"}}, changes...)
}

func TestAnAuthorizationRequestIsTakenOrRefusedOnThePage(t *testing.T) {
	change := func(changes ...string) []string { return changes }
	for _, c := range []struct {
		name   string
		opts   builtbybittest.Options
		change []string
		want   string // what the page says; empty if it asks for consent
	}{
		{"as clients send it", builtbybittest.Options{}, nil, ""},
		{"scopes as they stand in the site", builtbybittest.Options{}, change("scope", "Members Resources/Buyer"), ""},
		{"no state", builtbybittest.Options{}, change("state", ""), ""},
		{"PKCE, which is not known", builtbybittest.Options{}, change("code_challenge", "x", "code_challenge_method", "plain"), ""},
		{"an unknown parameter", builtbybittest.Options{}, change("locale", "en"), ""},
		{"the redirect URL that is registered", builtbybittest.Options{RedirectURL: loopback}, change("redirect_uri", loopback), ""},
		{"another port of it, if that is allowed", builtbybittest.Options{RedirectURL: loopback, AnyLoopbackPort: true}, change("redirect_uri", "http://127.0.0.1:9/callback"), ""},

		{"no client id", builtbybittest.Options{}, change("client_id", ""), "builtbybittest: client_id is missing"},
		{"another client id", builtbybittest.Options{}, change("client_id", "other-client"), "builtbybittest: client_id is not that of the client"},
		{"no redirect URL", builtbybittest.Options{}, change("redirect_uri", ""), "builtbybittest: redirect_uri is missing"},
		{"a redirect URL that is not registered", builtbybittest.Options{}, change("redirect_uri", registered+"/"), "builtbybittest: redirect_uri is not the registered one"},
		{"another port of this machine", builtbybittest.Options{RedirectURL: loopback}, change("redirect_uri", "http://127.0.0.1:9/callback"), "builtbybittest: redirect_uri is not the registered one"},
		{"no response type", builtbybittest.Options{}, change("response_type", ""), "builtbybittest: response_type is missing"},
		{"another response type", builtbybittest.Options{}, change("response_type", "token"), "builtbybittest: response_type is not code"},
		{"no scope", builtbybittest.Options{}, change("scope", ""), "must request at least one scope"},
		{"no scope but spaces", builtbybittest.Options{}, change("scope", "  "), "must request at least one scope"},
		{"a scope with a line break", builtbybittest.Options{}, change("scope", "members.self\nother"), "builtbybittest: scope has a character that no scope has (RFC 6749 section 3.3)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, _ := start(t, c.opts)
			v := visitor.New(t, nil)
			at := authorizeURL(fake, c.change...)
			p := v.Open(at)
			to, err := fake.Allow(at)
			if c.want == "" {
				if p = v.Press(p, "example-member-2"); p.Status != 200 || !strings.Contains(p.Body, `value="allow"`) || err != nil {
					t.Errorf("%d %s\n%s\n%v", p.Status, p.Left, p.Body, err)
				}
				return
			}
			if p.Status != 400 || p.Left != "" || !strings.Contains(p.Body, ">"+c.want+"</p>") {
				t.Errorf("%d %s\n%s", p.Status, p.Left, p.Body)
			}
			if to != "" || err == nil || err.Error() != "builtbybittest: authorize: "+strings.TrimPrefix(c.want, "builtbybittest: ") {
				t.Errorf("%s %v", to, err)
			}
			if to, err := fake.Deny(at); to != "" || err == nil {
				t.Errorf("deny: %s %v", to, err)
			}
		})
	}
}

func TestTheMemberIsSentBackAsRFC6749Has(t *testing.T) {
	for _, c := range []struct {
		name, decision, state, redirect, want string
	}{
		{"allowed", "allow", "a b", registered, registered + "?code=example-code-1&state=a+b"},
		{"denied", "deny", "a b", registered, registered + "?error=access_denied&state=a+b"},
		{"allowed without a state", "allow", "", registered, registered + "?code=example-code-1"},
		{"denied with a query of the client's own", "deny", "x", registered + "?a=1", registered + "?a=1&error=access_denied&state=x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, _ := start(t, builtbybittest.Options{RedirectURL: c.redirect})
			at := authorizeURL(fake, "redirect_uri", c.redirect, "state", c.state)
			v := visitor.New(t, nil)
			if p := v.Press(v.Press(v.Open(at), "example-member"), c.decision); p.Status != 303 || p.Left != c.want {
				t.Errorf("%d %s", p.Status, p.Left)
			}
			fake, _ = start(t, builtbybittest.Options{RedirectURL: c.redirect})
			at = authorizeURL(fake, "redirect_uri", c.redirect, "state", c.state)
			decide := fake.Allow
			if c.decision == "deny" {
				decide = fake.Deny
			}
			if to, err := decide(at); to != c.want || err != nil {
				t.Errorf("without a browser: %s %v", to, err)
			}
		})
	}
}

// take exchanges the code of a callback URL.
func take(t *testing.T, bbb *builtbybit.Client, callbackURL string) *grantway.Token {
	t.Helper()
	u, err := url.Parse(callbackURL)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := bbb.Exchange(t.Context(), grantway.AuthorizationCode{Code: grantway.NewSecret(u.Query().Get("code"))})
	if err != nil {
		t.Fatalf("%s: %v", callbackURL, err)
	}
	return tok
}

func TestTheTokenHasTheScopesGranted(t *testing.T) {
	fake, bbb := start(t, builtbybittest.Options{})
	to, err := fake.Allow(authorizeURL(fake, "scope", "Resources/Buyer members.self Resources/Buyer"))
	if err != nil {
		t.Fatal(err)
	}
	if tok := take(t, bbb, to); !slices.Equal(tok.Scopes, []string{"Resources/Buyer", "members.self"}) {
		t.Errorf("%q", tok.Scopes)
	}
}

func TestTheCodeIsBoundToTheRedirectURL(t *testing.T) {
	fake, _ := start(t, builtbybittest.Options{})
	to, err := fake.Allow(authorizeURL(fake))
	if err != nil {
		t.Fatal(err)
	}
	code := strings.TrimSuffix(strings.TrimPrefix(to, registered+"?code="), "&state=example-state")
	for _, c := range []struct {
		redirect string
		status   int
	}{{"https://example.com/other", 400}, {registered, 200}} {
		form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {c.redirect}}
		if r := faketest.SendForm(t, "POST", fake.URL()+"/oauth2/token", form.Encode(), basic("example-client", "example/secret")); r.Status != c.status {
			t.Errorf("%s: %d %s", c.redirect, r.Status, r.Body)
		}
	}
}

func TestAMemberIsAlwaysAskedUnlessTheOptionSaysOtherwise(t *testing.T) {
	nothing := func(*builtbybittest.Server, *grantway.Token) {}
	for _, c := range []struct {
		name, scope string
		skip        bool
		since       func(*builtbybittest.Server, *grantway.Token)
		asked       bool
	}{
		{"by default", "a", false, nothing, true},
		{"the same scopes", "b a", true, nothing, false},
		{"fewer", "b", true, nothing, false},
		{"one more", "a b c", true, nothing, true},
		{"the access token was revoked", "a", true, func(fake *builtbybittest.Server, tok *grantway.Token) { fake.RevokeToken(tok.AccessToken) }, false},
		{"the refresh token was revoked", "a", true, func(fake *builtbybittest.Server, tok *grantway.Token) { fake.RevokeToken(tok.RefreshToken) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, bbb := start(t, builtbybittest.Options{SkipGranted: c.skip})
			v := visitor.New(t, nil)
			p := v.Press(v.Press(v.Open(authorizeURL(fake, "scope", "a b")), "example-member-2"), "allow")
			c.since(fake, take(t, bbb, p.Left))
			p = v.Open(authorizeURL(fake, "scope", c.scope))
			if asked := p.Status == 200; asked != c.asked || asked == strings.Contains(p.Left, "code=") {
				t.Errorf("%d %s", p.Status, p.Left)
			}
			// The other member has granted nothing.
			if _, err := fake.Deny(authorizeURL(fake, "scope", c.scope)); err != nil {
				t.Errorf("the other member: %v", err)
			}
		})
	}
	t.Run("a spent refresh token came again and ended all", func(t *testing.T) {
		fake, bbb := start(t, builtbybittest.Options{SkipGranted: true, Reuse: builtbybittest.Reuse{After: builtbybittest.RevokeFamily}})
		to, err := fake.Allow(authorizeURL(fake))
		if err != nil {
			t.Fatal(err)
		}
		tok := take(t, bbb, to)
		for range 2 {
			_, _ = bbb.Refresh(t.Context(), tok)
		}
		if _, err := fake.Deny(authorizeURL(fake)); err != nil {
			t.Errorf("the member is not asked: %v", err)
		}
	})
}

func TestTheConsentPageSaysWhoAsksForWhat(t *testing.T) {
	fake, _ := start(t, builtbybittest.Options{ProjectName: "Plugins & More", Members: []string{"one", "two"}})
	v := visitor.New(t, nil)
	p := v.Press(v.Open(authorizeURL(fake, "scope", "members.self <i>")), "two")
	for _, want := range []string{
		"Plugins &amp; More", "<strong>two</strong>", "<code>members.self</code>", "<code>&lt;i&gt;</code>", "<strong>example.com</strong>",
		"It is not BuiltByBit, nobody is charged, and nothing leaves this machine",
	} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("no %s in\n%s", want, p.Body)
		}
	}
}

func TestThePageIsAnOperationLikeTheOthers(t *testing.T) {
	fake, _ := start(t, builtbybittest.Options{})
	if err := fake.Arm("authorize", faults.Status(503, "text/plain", "down"), 1); err != nil {
		t.Fatal(err)
	}
	v := visitor.New(t, nil)
	if p := v.Open(authorizeURL(fake)); p.Status != 503 {
		t.Errorf("%d", p.Status)
	}
	v.Press(v.Open(authorizeURL(fake)), "example-member")
	want := "[GET /account/external/authorize GET /account/external/authorize POST /account/external/authorize/builtbybittest/login GET /account/external/authorize]"
	if got := fmt.Sprint(fake.Requests()); got != want {
		t.Error(got)
	}
}

func TestOptionsThatNoPageCanHaveAreRefused(t *testing.T) {
	for _, opts := range []builtbybittest.Options{
		{RedirectURL: "/callback"}, {RedirectURL: "https://example.com/#x"}, {Members: []string{"a", "a"}}, {Members: []string{""}},
	} {
		if _, err := builtbybittest.Start(opts); err == nil || !strings.HasPrefix(err.Error(), "builtbybittest: ") {
			t.Errorf("%+v: %v", opts, err)
		}
	}
}
