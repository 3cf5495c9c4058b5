package login_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/login"
)

// spellings are redirect URLs as people register them, and where a browser goes
// for each: on the web, and on this machine.
var spellings = []struct{ name, web, webSent, local, localSent string }{
	{"as it is sent", "https://app.example/cb", "https://app.example/cb", "http://127.0.0.1:8788/cb", "http://127.0.0.1:8788/cb"},
	{"the scheme's own port", "https://app.example:443/cb", "https://app.example/cb", "http://127.0.0.1:80/cb", "http://127.0.0.1/cb"},
	{"the same with a zero before it", "https://app.example:0443/cb", "https://app.example/cb", "http://127.0.0.1:080/cb", "http://127.0.0.1/cb"},
	{"another port with a zero before it", "https://app.example:08443/cb", "https://app.example:8443/cb", "http://127.0.0.1:08788/cb", "http://127.0.0.1:8788/cb"},
	{"the port of the other scheme", "https://app.example:80/cb", "https://app.example:80/cb", "http://127.0.0.1:443/cb", "http://127.0.0.1:443/cb"},
	{"a host in capitals", "https://App.Example/cb", "https://app.example/cb", "http://LocalHost:8788/cb", "http://localhost:8788/cb"},
	{"a scheme in capitals", "HTTPS://app.example/cb", "https://app.example/cb", "HTTP://127.0.0.1:8788/cb", "http://127.0.0.1:8788/cb"},
	{"no path", "https://app.example", "https://app.example/", "http://127.0.0.1:8788", "http://127.0.0.1:8788/"},
	{"no path, and the scheme's own port", "https://app.example:443", "https://app.example/", "http://127.0.0.1:80", "http://127.0.0.1/"},
	{"a path of one slash", "https://app.example/", "https://app.example/", "http://127.0.0.1:8788/", "http://127.0.0.1:8788/"},
	{"a slash at the end", "https://app.example/cb/", "https://app.example/cb/", "http://127.0.0.1:8788/cb/", "http://127.0.0.1:8788/cb/"},
	{"a path with capitals", "https://app.example/Cb", "https://app.example/Cb", "http://127.0.0.1:8788/Cb", "http://127.0.0.1:8788/Cb"},
	{"hexadecimal digits in lower case", "https://app.example/%c3%a9", "https://app.example/%C3%A9", "http://127.0.0.1:8788/%c3%a9", "http://127.0.0.1:8788/%C3%A9"},
	{"the same in capitals, sent in lower case", "https://app.example/%C3%A9", "https://app.example/%c3%a9", "http://127.0.0.1:8788/%C3%A9", "http://127.0.0.1:8788/%c3%a9"},
	{"a letter that is not ASCII", "https://app.example/é(b)", "https://app.example/%C3%A9(b)", "http://127.0.0.1:8788/é(b)", "http://127.0.0.1:8788/%C3%A9(b)"},
	{"a space", "https://app.example/a b", "https://app.example/a%20b", "http://127.0.0.1:8788/a b", "http://127.0.0.1:8788/a%20b"},
	{"a slash that is encoded", "https://app.example/a%2fb", "https://app.example/a%2Fb", "http://127.0.0.1:8788/a%2fb", "http://127.0.0.1:8788/a%2Fb"},
	{"dot segments", "https://app.example/a/.././cb", "https://app.example/cb", "http://127.0.0.1:8788/a/.././cb", "http://127.0.0.1:8788/cb"},
	{"dot segments that are encoded", "https://app.example/a/%2e%2E/cb", "https://app.example/cb", "http://127.0.0.1:8788/a/%2e%2E/cb", "http://127.0.0.1:8788/cb"},
	{"a query of its own", "https://app.example:443/cb?tenant=1", "https://app.example/cb?tenant=1", "http://127.0.0.1:80/cb?tenant=1", "http://127.0.0.1/cb?tenant=1"},
	{"a name that is not ASCII, or a short address", "https://Bücher.example/cb", "https://xn--bcher-kva.example/cb", "http://127.1:8788/cb", "http://127.0.0.1:8788/cb"},
	{"the same encoded, or as one number", "https://b%C3%BCcher.example/cb", "https://xn--bcher-kva.example/cb", "http://2130706433:8788/cb", "http://127.0.0.1:8788/cb"},
	{"Punycode in capitals, or octal", "https://XN--BCHER-KVA.example/cb", "https://xn--bcher-kva.example/cb", "http://0177.0.0.1:8788/cb", "http://127.0.0.1:8788/cb"},
	{"IPv6 in its long form", "https://[2001:DB8:0:0:0:0:0:1]/cb", "https://[2001:db8::1]/cb", "http://[0:0:0:0:0:0:0:1]:8788/cb", "http://[::1]:8788/cb"},
}

// elsewhere are addresses that a browser does not go to for these.
var elsewhere = []struct{ web, webSent, local, localSent string }{
	{"https://app.example/cb", "https://app.example:444/cb", "http://127.0.0.1:8788/cb", "http://127.0.0.1:8789/cb"},
	{"https://app.example:80/cb", "https://app.example/cb", "http://127.0.0.1:443/cb", "http://127.0.0.1/cb"},
	{"https://app.example/cb", "https://app.example./cb", "http://localhost:8788/cb", "http://127.0.0.1:8788/cb"},
	{"https://app.example/cb", "https://app.example/CB", "http://127.0.0.1:8788/cb", "http://127.0.0.1:8788/CB"},
	{"https://app.example/cb", "https://app.example/%63b", "http://127.0.0.1:8788/cb", "http://127.0.0.1:8788/%63b"},
	{"https://app.example", "https://app.example/evil/", "http://127.0.0.1:8788", "http://127.0.0.1:8788/evil/"},
}

// comesBack is a way to sign in whose browser comes back to sent. It reports
// whether that worked.
type comesBack func(t *testing.T, redirect, sent string) bool

// answerAt is the answer of the fake, at the address that the browser goes to.
func answerAt(t *testing.T, p provider, authorizeURL, redirect, sent string) string {
	t.Helper()
	u, err := url.Parse(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Query().Get("redirect_uri"); got != redirect {
		t.Errorf("the provider gets %q for %q", got, redirect)
	}
	callback, err := p.allow(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	return sent + strings.TrimPrefix(callback, redirect)
}

func webComesBack(t *testing.T, redirect, sent string) bool {
	p := newSquare(t, redirect)
	saved := 0
	web, err := login.NewWeb(login.WebConfig{Client: p.client, Sealer: sealer(t),
		Begin: func(*http.Request) (*authcode.Request, error) { return p.begin(redirect) },
		Save:  func(*http.Request, *grantway.Token) error { saved++; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	started := httptest.NewRecorder()
	web.Start.ServeHTTP(started, httptest.NewRequest(http.MethodGet, "https://app.example/start", nil))
	r := httptest.NewRequest(http.MethodGet, answerAt(t, p, started.Header().Get("Location"), redirect, sent), nil)
	for _, c := range started.Result().Cookies() {
		r.AddCookie(c)
	}
	web.Callback.ServeHTTP(httptest.NewRecorder(), r)
	return saved == 1 && p.exchanges() == 1
}

func fixedComesBack(t *testing.T, redirect, sent string) bool {
	p := newSquare(t, redirect)
	at := login.ListenElsewhere(t)
	r := run(t, p, func(c *login.Config) { fixed(c, redirect) })
	to, err := url.Parse(answerAt(t, p, r.address, redirect, sent))
	if err != nil {
		t.Fatal(err)
	}
	answer := send(t, <-at, "GET "+to.RequestURI()+" HTTP/1.1\r\nHost: "+to.Host+"\r\n\r\n")
	if answer.status != http.StatusOK {
		r.cancel()
	}
	o := <-r.ended
	return o.err == nil && o.token != nil && p.exchanges() == 1
}

func pasteComesBack(t *testing.T, redirect, sent string) bool {
	p := newSquare(t, redirect)
	s := paste(t, p, func(c *login.Config) { c.RedirectURL = redirect })
	s.types(t, answerAt(t, p, <-s.url, redirect, sent))
	_ = s.in.Close()
	o := <-s.ended
	return o.err == nil && o.token != nil && p.exchanges() == 1
}

// naiveComesBack compares the addresses as they were typed.
func naiveComesBack(_ *testing.T, redirect, sent string) bool {
	want, err1 := url.Parse(redirect)
	got, err2 := url.Parse(sent)
	return err1 == nil && err2 == nil && want.Scheme == got.Scheme && want.Host == got.Host && want.EscapedPath() == got.EscapedPath()
}

// TestCheck089_RedirectAddressesAreComparedAsBrowsersSendThem: L1, L2 and L13.
// A spelling of the registered address leads back to the sign-in, another
// address does not, and the provider gets what is registered to the byte.
func TestCheck089_RedirectAddressesAreComparedAsBrowsersSendThem(t *testing.T) {
	taken := map[string]int{}
	for _, mode := range []struct {
		name  string
		local bool
		comes comesBack
	}{{"web", false, webComesBack}, {"Fixed", true, fixedComesBack}, {"Paste", false, pasteComesBack}} {
		for _, s := range spellings {
			redirect, sent := s.web, s.webSent
			if mode.local {
				redirect, sent = s.local, s.localSent
			}
			t.Run(mode.name+": L1, L2: "+s.name, func(t *testing.T) {
				if !mode.comes(t, redirect, sent) {
					t.Errorf("%s is not where the browser comes back for %s", sent, redirect)
				} else {
					taken[mode.name]++
				}
			})
			if naiveComesBack(t, redirect, sent) {
				taken["naive "+mode.name]++
			}
		}
		// The inverse: the same does not take what is elsewhere.
		for i, e := range elsewhere {
			redirect, sent := e.web, e.webSent
			if mode.local {
				redirect, sent = e.local, e.localSent
			}
			if mode.name == "web" && i < 3 {
				continue // the app's own server has looked at the host
			}
			t.Run(mode.name+": elsewhere: "+sent, func(t *testing.T) {
				if mode.comes(t, redirect, sent) {
					t.Errorf("%s is taken for %s", sent, redirect)
				}
			})
		}
	}
	for _, mode := range []string{"web", "Fixed", "Paste"} {
		if taken[mode] != len(spellings) || taken["naive "+mode] > 12 {
			t.Errorf("%s: %d of %d; inverse: compared as typed %d", mode, taken[mode], len(spellings), taken["naive "+mode])
		}
	}
	t.Logf("figure: %d spellings x web, Fixed, Paste: all taken (compared as typed: %d, %d, %d); %d other addresses refused",
		len(spellings), taken["naive web"], taken["naive Fixed"], taken["naive Paste"], len(elsewhere))
}

// L2: the terminal shows what the browser will show.
func TestPasteShowsTheAddressAsABrowserDoes(t *testing.T) {
	p := newSquare(t, "https://App.Example:443/cb")
	s := paste(t, p, func(c *login.Config) { c.RedirectURL = "https://App.Example:443/cb" })
	<-s.url
	s.types(t, "https://other.example/cb")
	_ = s.in.Close()
	<-s.ended
	if n := strings.Count(s.out.String(), "https://app.example/cb"); n != 2 {
		t.Errorf("the address is shown %d times: %s", n, s.out)
	}
}
