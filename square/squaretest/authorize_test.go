package squaretest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/internal/fakeauth/visitor"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

const (
	registered = "https://example.com/callback"
	loopback   = "http://127.0.0.1:8080/callback"
)

// authorizeURL is a request of the application with these parameters changed.
func authorizeURL(fake *squaretest.Server, changes ...string) string {
	return faketest.URL(fake.AuthorizeURL(), url.Values{"client_id": {"example-application"}, "redirect_uri": {registered}, "scope": {"ITEMS_READ"}, "state": {"example-state"}}, changes...)
}

func TestAnAuthorizationRequestIsTakenOrRefusedOnThePage(t *testing.T) {
	change := func(changes ...string) []string { return changes }
	production, sandbox := squaretest.Options{}, squaretest.Options{Environment: square.Sandbox, ApplicationID: "example-application"}
	for _, c := range []struct {
		name   string
		opts   squaretest.Options
		change []string
		want   string // what the page says; empty if it asks for consent
	}{
		{"as documented", production, nil, ""},
		{"with the parameters that clients send without trouble", production, change("response_type", "code", "code_challenge", challenge, "code_challenge_method", "S256"), ""},
		{"an unknown parameter", production, change("sscope", "ORDERS_READ"), ""},
		{"a locale that Square has", production, change("locale", "ja-JP"), ""},
		{"a locale that it has not", production, change("locale", "de-DE"), ""},
		{"no state", production, change("state", ""), ""},
		{"no scope, for there is a default", production, change("scope", ""), ""},
		{"no redirect URL, for one is registered", production, change("redirect_uri", ""), ""},
		{"the longest state", production, change("state", strings.Repeat("ä", 2048)), ""},
		{"a redirect URL of this machine, if it is the registered one", squaretest.Options{RedirectURL: loopback}, change("redirect_uri", loopback), ""},
		{"another port of it, if that is allowed", squaretest.Options{RedirectURL: loopback, AnyLoopbackPort: true}, change("redirect_uri", "http://127.0.0.1:9/callback"), ""},
		{"an application of the sandbox there", squaretest.Options{Environment: square.Sandbox}, change("client_id", "sandbox-example-application"), ""},

		{"no client id", production, change("client_id", ""), "client_id is missing"},
		{"another client id", production, change("client_id", "other-application"), "client_id is not that of the application in this environment"},
		{"the application in the other environment", squaretest.Options{ApplicationID: "sandbox-example"}, change("client_id", "sandbox-example"), "client_id is not that of the application in this environment"},
		{"a redirect URL that is not registered", production, change("redirect_uri", "https://example.com/other"), "redirect_uri is not the registered one"},
		{"one that is not https either, in production", production, change("redirect_uri", loopback), "redirect_uri is not the registered one; in production it has to begin with https://"},
		{"one that is not https either, in the sandbox", sandbox, change("redirect_uri", loopback), "redirect_uri is not the registered one"},
		{"another port of this machine", squaretest.Options{RedirectURL: loopback, Environment: square.Sandbox, ApplicationID: "example-application"}, change("redirect_uri", "http://127.0.0.1:9/callback"), "redirect_uri is not the registered one"},
		{"a response type that Square has not", production, change("response_type", "token"), "response_type is not code"},
		{"a scope list with commas and quotes", production, change("scope", `"ITEMS_READ","ORDERS_READ"`), "scope has a character that no scope has (RFC 6749 section 3.3)"},
		{"a state that is too long", production, change("state", strings.Repeat("ä", 2049)), "state is longer than 2048 characters"},
		{"a challenge that is the verifier", production, change("code_challenge", "plain", "code_challenge_method", "plain"), "code_challenge_method is not S256"},
		{"a method without a challenge", production, change("code_challenge_method", "s256"), "code_challenge_method is not S256"},
		{"a challenge that is too short", production, change("code_challenge", challenge[1:]), "code_challenge is not 43 characters of base64url, the S256 of a verifier"},
		{"a challenge that is padded", production, change("code_challenge", challenge+"="), "code_challenge is not 43 characters of base64url, the S256 of a verifier"},
		{"a challenge in the other base64", production, change("code_challenge", strings.Replace(challenge, "-", "+", 1)), "code_challenge is not 43 characters of base64url, the S256 of a verifier"},
		{"a challenge that is no hash to the bit", production, change("code_challenge", challenge[:42]+"R"), "code_challenge is not 43 characters of base64url, the S256 of a verifier"},
		{"a challenge with a line break in it", production, change("code_challenge", challenge[:42]+"\n"+challenge[42:]), "code_challenge is not 43 characters of base64url, the S256 of a verifier"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, _ := start(t, c.opts)
			v := visitor.New(t, nil)
			at := authorizeURL(fake, c.change...)
			p := v.Open(at)
			to, err := fake.Allow(at)
			if c.want == "" {
				if p = v.Press(p, "EXAMPLE-MERCHANT-2"); p.Status != 200 || !strings.Contains(p.Body, `value="allow"`) || err != nil {
					t.Errorf("%d %s\n%s\n%v", p.Status, p.Left, p.Body, err)
				}
				return
			}
			if p.Status != 400 || p.Left != "" || !strings.Contains(p.Body, ">squaretest: "+c.want+"</p>") {
				t.Errorf("%d %s\n%s", p.Status, p.Left, p.Body)
			}
			if to != "" || err == nil || err.Error() != "squaretest: authorize: "+c.want {
				t.Errorf("%s %v", to, err)
			}
			if to, err := fake.Deny(at); to != "" || err == nil {
				t.Errorf("deny: %s %v", to, err)
			}
		})
	}
}

func TestTheSellerIsSentBackWithWhatSquareDocuments(t *testing.T) {
	const cb = registered + "?"
	for _, c := range []struct {
		name, decision string
		change         []string
		want           string
	}{
		{"allowed", "allow", nil, cb + "code=example-code-1&response_type=code&state=example-state"},
		{"denied", "deny", nil, cb + "error=access_denied&error_description=user_denied&state=example-state"},
		{"allowed without a state", "allow", []string{"state", ""}, cb + "code=example-code-1&response_type=code"},
		{"denied without a redirect URL", "deny", []string{"redirect_uri", ""}, cb + "error=access_denied&error_description=user_denied&state=example-state"},
		{"a state with markup", "allow", []string{"state", `"><b>&a=b`}, cb + "code=example-code-1&response_type=code&state=%22%3E%3Cb%3E%26a%3Db"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, _ := start(t, squaretest.Options{})
			v := visitor.New(t, nil)
			if p := v.Press(v.Press(v.Open(authorizeURL(fake, c.change...)), "EXAMPLE-MERCHANT"), c.decision); p.Status != 303 || p.Left != c.want {
				t.Errorf("%d %s", p.Status, p.Left)
			}
			fake, _ = start(t, squaretest.Options{})
			decide := fake.Allow
			if c.decision == "deny" {
				decide = fake.Deny
			}
			if to, err := decide(authorizeURL(fake, c.change...)); to != c.want || err != nil {
				t.Errorf("without a browser: %s %v", to, err)
			}
		})
	}
}

// codeOf is the code in a callback URL.
func codeOf(t *testing.T, callbackURL string, err error) grantway.Secret {
	t.Helper()
	u, parseErr := url.Parse(callbackURL)
	if err != nil || parseErr != nil || u.Query().Get("code") == "" {
		t.Fatalf("%s %v %v", callbackURL, err, parseErr)
	}
	return grantway.NewSecret(u.Query().Get("code"))
}

func TestTheCodeIsBoundToTheRequest(t *testing.T) {
	exchange := func(t *testing.T, fake *squaretest.Server, sq *square.Client, code grantway.AuthorizationCode, change ...string) (*grantway.Token, error) {
		t.Helper()
		to, err := fake.Allow(authorizeURL(fake, change...))
		code.Code = codeOf(t, to, err)
		return sq.Exchange(t.Context(), code)
	}
	for _, c := range []struct {
		name   string
		code   grantway.AuthorizationCode
		change []string
		taken  bool
	}{
		{"the code flow", grantway.AuthorizationCode{RedirectURL: registered}, nil, true},
		{"the code flow with a verifier", grantway.AuthorizationCode{RedirectURL: registered, Verifier: grantway.NewSecret(verifier)}, nil, false},
		{"the PKCE flow", grantway.AuthorizationCode{RedirectURL: registered, Verifier: grantway.NewSecret(verifier)}, []string{"code_challenge", challenge}, true},
		{"the PKCE flow without a verifier", grantway.AuthorizationCode{RedirectURL: registered}, []string{"code_challenge", challenge}, false},
		{"the PKCE flow with another verifier", grantway.AuthorizationCode{RedirectURL: registered, Verifier: grantway.NewSecret("x" + verifier)}, []string{"code_challenge", challenge}, false},
		{"another redirect URL", grantway.AuthorizationCode{RedirectURL: "https://example.com/other"}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, sq := start(t, squaretest.Options{})
			_, err := exchange(t, fake, sq, c.code, c.change...)
			if (err == nil) != c.taken || err != nil && !errors.Is(err, grantway.ErrReauthorize) {
				t.Errorf("%v", err)
			}
		})
	}

	fake, sq := start(t, squaretest.Options{Sellers: []string{"merchant-one", "merchant-two"}})
	tok, err := exchange(t, fake, sq, grantway.AuthorizationCode{RedirectURL: registered}, "scope", "ORDERS_READ ITEMS_READ ORDERS_READ")
	if err != nil || tok.Extra[square.ExtraMerchantID] != "merchant-one" {
		t.Fatalf("%v %v", tok, err)
	}
	status, err := sq.TokenStatus(t.Context(), tok)
	if err != nil || strings.Join(status.Scopes, " ") != "ORDERS_READ ITEMS_READ" {
		t.Errorf("%v %v", status, err)
	}
	v := visitor.New(t, nil)
	p := v.Press(v.Press(v.Open(authorizeURL(fake, "scope", "")), "merchant-two"), "allow")
	tok, err = sq.Exchange(t.Context(), grantway.AuthorizationCode{RedirectURL: registered, Code: codeOf(t, p.Left, nil)})
	if err != nil || tok.Extra[square.ExtraMerchantID] != "merchant-two" {
		t.Fatalf("%v %v", tok, err)
	}
	status, err = sq.TokenStatus(t.Context(), tok)
	if err != nil || strings.Join(status.Scopes, " ") != "MERCHANT_PROFILE_READ PAYMENTS_READ SETTLEMENTS_READ BANK_ACCOUNTS_READ" {
		t.Errorf("%v %v", status, err)
	}
}

func TestTheExchangeRepeatsTheRedirectURLIfTheRequestHadOne(t *testing.T) {
	for _, c := range []struct {
		name, asked, sent string
		status            int
	}{
		{"in both", registered, `"redirect_uri":"` + registered + `",`, 200},
		{"in neither", "", "", 200},
		{"in the request only", registered, "", 400},
		{"in the exchange only, the registered one", "", `"redirect_uri":"` + registered + `",`, 200},
		{"in the exchange only, another one", "", `"redirect_uri":"https://example.com/other",`, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, _ := start(t, squaretest.Options{})
			to, err := fake.Allow(authorizeURL(fake, "redirect_uri", c.asked))
			code := codeOf(t, to, err).Reveal()
			body := strings.NewReplacer(`"code":"CODE"`, c.sent+`"code":"`+code+`"`).Replace(byCode)
			if r := faketest.SendJSON(t, "POST", fake.URL()+tokenURL, body); r.Status != c.status {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
}

func TestASellerIsNotAskedForWhatIsGranted(t *testing.T) {
	const first = "EXAMPLE-MERCHANT"
	nothing := func(*testing.T, *squaretest.Server, *square.Client) {}
	grant := func(scopes ...string) func(*testing.T, *squaretest.Server, *square.Client) {
		return func(_ *testing.T, fake *squaretest.Server, _ *square.Client) {
			fake.IssueCode(squaretest.Grant{Scopes: scopes})
		}
	}
	for _, c := range []struct {
		name  string
		scope string
		since func(*testing.T, *squaretest.Server, *square.Client)
		asked bool
	}{
		{"the same scopes", "ITEMS_READ ORDERS_READ", nothing, false},
		{"the same in another order", "ORDERS_READ ITEMS_READ", nothing, false},
		{"fewer", "ORDERS_READ", nothing, false},
		{"one more", "ITEMS_READ ORDERS_READ PAYMENTS_READ", nothing, true},
		{"one more that was granted apart", "ITEMS_READ ORDERS_READ PAYMENTS_READ", grant("PAYMENTS_READ"), false},
		{"the default", "", nothing, true},
		{"the default, granted as such", "", grant(), false},
		{"the same after the seller disconnected", "ITEMS_READ", func(_ *testing.T, fake *squaretest.Server, _ *square.Client) { fake.RevokeMerchant(first) }, true},
		{"the same after another seller did", "ITEMS_READ", func(_ *testing.T, fake *squaretest.Server, _ *square.Client) { fake.RevokeMerchant(first + "-2") }, false},
		{"the same after the application revoked", "ITEMS_READ", func(t *testing.T, _ *squaretest.Server, sq *square.Client) {
			if err := sq.RevokeMerchant(t.Context(), first); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"the same after a denial", "ITEMS_READ", func(t *testing.T, fake *squaretest.Server, _ *square.Client) {
			if _, err := fake.Deny(authorizeURL(fake, "scope", "VENDOR_READ")); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, sq := start(t, squaretest.Options{})
			v := visitor.New(t, nil)
			p := v.Press(v.Press(v.Open(authorizeURL(fake, "scope", "ITEMS_READ ORDERS_READ")), first), "allow")
			codeOf(t, p.Left, nil)
			c.since(t, fake, sq)
			p = v.Open(authorizeURL(fake, "scope", c.scope))
			if asked := p.Status == 200; asked != c.asked || asked == strings.Contains(p.Left, "code=") {
				t.Errorf("%d %s", p.Status, p.Left)
			}
			if _, err := fake.Deny(authorizeURL(fake, "scope", c.scope)); (err == nil) != c.asked {
				t.Errorf("deny: %v", err)
			}
		})
	}
	t.Run("another seller is", func(t *testing.T) {
		fake, _ := start(t, squaretest.Options{})
		fake.IssueCode(squaretest.Grant{Scopes: []string{"ITEMS_READ"}})
		v := visitor.New(t, nil)
		if p := v.Press(v.Open(authorizeURL(fake)), first+"-2"); p.Status != 200 {
			t.Errorf("%d %s", p.Status, p.Left)
		}
	})
}

func TestSessionFalseForcesALoginInProduction(t *testing.T) {
	for _, c := range []struct {
		name, session string
		environment   square.Environment
		forced        bool
	}{
		{"false", "false", square.Production, true},
		{"False, as the documentation writes it", "False", square.Production, true},
		{"true", "true", square.Production, false},
		{"left out", "", square.Production, false},
		{"something else", "no", square.Production, false},
		{"false in the sandbox", "false", square.Sandbox, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, _ := start(t, squaretest.Options{Environment: c.environment, ApplicationID: "example-application"})
			v := visitor.New(t, nil)
			v.Press(v.Open(authorizeURL(fake)), "EXAMPLE-MERCHANT")
			p := v.Open(authorizeURL(fake, "session", c.session))
			if forced := strings.Contains(p.Body, `name="user"`); forced != c.forced {
				t.Fatalf("%d\n%s", p.Status, p.Body)
			}
			if c.forced {
				p = v.Press(p, "EXAMPLE-MERCHANT-2")
			}
			if p = v.Press(p, "allow"); p.Status != 303 {
				t.Errorf("%d\n%s", p.Status, p.Body)
			}
		})
	}
}

func TestTheConsentPageSaysWhoAsksForWhat(t *testing.T) {
	fake, _ := start(t, squaretest.Options{ApplicationName: `Cakes & "Tarts"`, RedirectURL: loopback})
	v := visitor.New(t, nil)
	at := authorizeURL(fake, "redirect_uri", loopback, "scope", "ITEMS_WRITE VENDOR_READ <script>", "locale", "fr-CA")
	p := v.Press(v.Open(at), "EXAMPLE-MERCHANT")
	for _, want := range []string{
		"Cakes &amp; &#34;Tarts&#34;", "<strong>EXAMPLE-MERCHANT</strong>", "Not you? Switch",
		"<span>Change the product catalog</span> <code>ITEMS_WRITE</code>", "<li><code>VENDOR_READ</code>", "<code>&lt;script&gt;</code>",
		"<strong>127.0.0.1:8080</strong>", "Locale asked for: fr-CA", "It is not Square, nobody is charged, and nothing leaves this machine",
	} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("no %s in\n%s", want, p.Body)
		}
	}
	if p = v.Open(authorizeURL(fake, "redirect_uri", loopback, "locale", "<b>")); strings.Contains(p.Body, "Locale") {
		t.Errorf("a locale that Square has not:\n%s", p.Body)
	}
}

func TestThePageWorksInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pipe := faults.Pipe()
		fake, _ := start(t, squaretest.Options{Listener: pipe})
		transport := pipe.Transport()
		defer transport.CloseIdleConnections()
		v := visitor.New(t, transport)
		p := v.Press(v.Press(v.Open(authorizeURL(fake)), "EXAMPLE-MERCHANT"), "allow")
		codeOf(t, p.Left, nil)
		to, err := fake.Allow(authorizeURL(fake))
		code := codeOf(t, to, err)
		time.Sleep(squaretest.CodeLifetime)
		sq, err := square.New(fake.Config())
		if err != nil {
			t.Fatal(err)
		}
		if _, err = sq.Exchange(t.Context(), grantway.AuthorizationCode{Code: code, RedirectURL: registered}); !errors.Is(err, grantway.ErrReauthorize) {
			t.Errorf("an expired code: %v", err)
		}
	})
}

func TestThePageIsAnOperationLikeTheOthers(t *testing.T) {
	fake, _ := start(t, squaretest.Options{})
	if err := fake.Arm("authorize", faults.Status(503, "text/plain", "down"), 1); err != nil {
		t.Fatal(err)
	}
	v := visitor.New(t, nil)
	if p := v.Open(authorizeURL(fake)); p.Status != 503 {
		t.Errorf("%d", p.Status)
	}
	v.Press(v.Open(authorizeURL(fake)), "EXAMPLE-MERCHANT")
	want := "[GET /oauth2/authorize GET /oauth2/authorize POST /oauth2/authorize/squaretest/login GET /oauth2/authorize]"
	if got := fmt.Sprint(fake.Requests()); got != want {
		t.Error(got)
	}
	r := faketest.SendJSON(t, http.MethodPost, fake.AuthorizeURL(), "")
	if r.Status != 405 || r.Header.Get("Allow") != "GET" {
		t.Errorf("%d %v", r.Status, r.Header)
	}
}

func TestOptionsThatNoPageCanHaveAreRefused(t *testing.T) {
	for _, opts := range []squaretest.Options{
		{RedirectURL: "/callback"}, {RedirectURL: "https://example.com/#x"}, {Sellers: []string{"a", "a"}}, {Sellers: []string{""}},
	} {
		if _, err := squaretest.Start(opts); err == nil || !strings.HasPrefix(err.Error(), "squaretest: ") {
			t.Errorf("%+v: %v", opts, err)
		}
	}
}
