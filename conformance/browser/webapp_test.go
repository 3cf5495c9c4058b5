package browser_test

import (
	"bufio"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/webdriver"
)

// The buttons of the consent pages.
const (
	allow = `button[value="allow"]`
	deny  = `button[value="deny"]`
)

// provider is what the app calls it, and what people do.
type provider struct {
	name, title string
	user        string // who logs in at the fake
	skips       bool   // whether the page is skipped for who has agreed before
}

var providers = []provider{
	{"square", "Square", "EXAMPLE-MERCHANT", true},
	{"builtbybit", "BuiltByBit", "example-member", false},
}

func (p provider) user1() string   { return `button[value="` + p.user + `"]` }
func (p provider) section() string { return "#" + p.name }
func (p provider) connect() string { return `a[href="/connect/` + p.name + `"]` }

// buildApp builds examples/webapp.
func buildApp(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "webapp")
	build := exec.Command("go", "build", "-o", program, "./examples/webapp")
	build.Dir = repo.Root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build ./examples/webapp: %v\n%s", err, out)
	}
	return program
}

// startApp runs program as make demo-web does, and returns its URL.
func startApp(t *testing.T, program string) string {
	t.Helper()
	cmd := exec.Command(program, "-addr", "127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	app := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	if app == "" {
		t.Fatalf("the app says %q", line)
	}
	return app
}

// callbackOf is the address of the latest callback that the tab has followed.
func callbackOf(t *testing.T, tab *webdriver.Tab, app string) *url.URL {
	t.Helper()
	for _, address := range slices.Backward(tab.Requested()) {
		if u, err := url.Parse(address); err == nil && strings.HasPrefix(address, app+"/callback/") {
			return u
		}
	}
	t.Fatalf("no callback among %q", tab.Requested())
	return nil
}

// staysHere fails if the tab's pages asked anybody but this machine.
func staysHere(t *testing.T, tab *webdriver.Tab) {
	t.Helper()
	for _, address := range append(tab.Resources(), tab.URL()) {
		if u, err := url.Parse(address); err != nil || u.Hostname() != "127.0.0.1" {
			t.Errorf("a page asked for %s", address)
		}
	}
}

func webAppSignsIn(t *testing.T, browser *webdriver.Browser, program string) {
	app := startApp(t, program)
	for _, p := range providers {
		t.Run(p.name, func(t *testing.T) {
			tab := browser.User(t)
			connects(t, tab, app, p)
			goesBack(t, tab, app, p)
			staysHere(t, tab)
		})
	}
}

// connects is what a user of the app does who begins with nothing, and leaves it
// connected.
func connects(t *testing.T, tab *webdriver.Tab, app string, p provider) {
	t.Helper()
	tab.Goto(app)
	tab.Shows("Connected accounts", "Connect "+p.title)
	tab.Shot(p.name + "-1-app")

	t.Log("deny")
	tab.Click(p.connect())
	tab.Shows("Log in")
	tab.Shot(p.name + "-2-log-in")
	tab.Click(p.user1())
	tab.Shows("Allow access for Webapp?")
	tab.Shot(p.name + "-3-consent")
	tab.Click(deny)
	tab.Shows(p.title+" was not connected: access was not granted", "Connect "+p.title)
	tab.Shot(p.name + "-4-denied")

	t.Log("allow")
	tab.Goto(app + "/connect/" + p.name)
	tab.Click(allow)
	tab.Shows("Refresh now", "Disconnect")
	tab.Shot(p.name + "-5-connected")
	if got := tab.URL(); got != app+"/" {
		t.Errorf("the address is %s", got)
	}
	callback := callbackOf(t, tab, app)
	noCookies(t, tab)

	t.Log("reload of the callback")
	tab.Goto(callback.String()) // L4: it is done already, and the app shows so
	tab.Shows("Connected accounts", "Disconnect")
	tab.Goto(callback.String())
	tab.Shows("Connected accounts", "Disconnect")
	if got := tab.URL(); got != app+"/" {
		t.Errorf("the address is %s", got)
	}
	tab.Shot(p.name + "-6-reloaded-callback")

	t.Log("already granted")
	tab.Goto(app + "/connect/" + p.name)
	if !p.skips {
		tab.Shows("Allow access for Webapp?") // not known to be skipped: asked again
		tab.Click(allow)
	}
	tab.Shows("Disconnect")
	if got := tab.URL(); got != app+"/" {
		t.Errorf("the address is %s", got)
	}
	if again := callbackOf(t, tab, app); again.RawQuery == callback.RawQuery {
		t.Error("it was the same callback")
	}

	t.Log("refresh")
	tab.Click(p.section() + " form[action^='/refresh'] button")
	tab.Shows("Disconnect")
}

// goesBack is what the back button leads to after a sign-in.
func goesBack(t *testing.T, tab *webdriver.Tab, app string, p provider) {
	t.Helper()
	again := func() {
		tab.Goto(app)
		tab.Click(p.section() + " form[action^='/disconnect'] button")
		tab.Shows("Connect " + p.title)
		tab.Goto(app + "/connect/" + p.name)
		tab.Shows("Allow access for Webapp?") // the authorization has ended, so that it is asked for
		tab.Click(allow)
		tab.Shows("Disconnect")
	}

	t.Log("the back button")
	again()
	tab.Back()
	// A browser that keeps the page shows it as it was. One that fetches it is
	// sent on at once, with a state that is spent, where the page is skipped.
	if strings.Contains(tab.Text(), "Allow access for Webapp?") {
		tab.Click(allow)
	}
	if text := tab.Text(); !strings.Contains(text, "Connected accounts") && !strings.Contains(text, "this page was used before") {
		t.Errorf("back, and allowed once more:\n%s", text)
	}
	tab.Shot(p.name + "-7-back-and-allowed")
	tab.Goto(app)
	tab.Shows("Disconnect")

	t.Log("the back button, and the page fetched again")
	again()
	tab.Back()
	if strings.Contains(tab.Text(), "Allow access for Webapp?") {
		tab.Reload()
	}
	if !p.skips {
		tab.Shows("Allow access for Webapp?")
		tab.Click(allow)
	}
	tab.Shows("Connected accounts", "Disconnect") // done already, and the app shows so
	tab.Goto(app)
	tab.Shows("Disconnect")
}

// The app has one user: what fails must leave it as it was.
func webAppRefuses(t *testing.T, browser *webdriver.Browser, program string) {
	app := startApp(t, program)
	for _, p := range providers {
		// agreed is a user who has begun, logged in, and could allow.
		agreed := func(t *testing.T) *webdriver.Tab {
			tab := browser.User(t)
			tab.Goto(app + "/connect/" + p.name)
			tab.Click(p.user1())
			tab.Shows("Allow access for Webapp?")
			return tab
		}
		t.Run(p.name+": a wrong state", func(t *testing.T) {
			tab := agreed(t)
			tab.Goto(app + "/callback/" + p.name + "?code=example-code&state=junk")
			tab.Shows("this sign-in is over", "Connect "+p.title)
			tab.Shot(p.name + "-8-wrong-state")
			if got := tab.Text(); strings.Contains(got, "junk") || strings.Contains(got, "example-code") {
				t.Errorf("the page shows the request: %s", got)
			}
		})
		t.Run(p.name+": a callback in a browser that did not begin it", func(t *testing.T) {
			tab := agreed(t)
			tab.Click(deny)
			stranger := browser.User(t)
			stranger.Goto(callbackOf(t, tab, app).String())
			stranger.Shows("this sign-in is over")
			stranger.Shot(p.name + "-9-other-browser")
		})
		if browser.OnlyLooks {
			continue
		}
		t.Run(p.name+": the cookie", func(t *testing.T) {
			tab := agreed(t)
			cookies := signIns(tab)
			if len(cookies) != 1 {
				t.Fatalf("%d cookies", len(cookies))
			}
			c := cookies[0]
			// L14: without Secure, or WebKit would not have it.
			if !strings.HasPrefix(c.Name, "grantway-") || !c.HTTPOnly || c.Secure || c.SameSite != "Lax" || c.Path != "/" || c.Domain != "127.0.0.1" {
				t.Errorf("%+v", c)
			}
		})
		t.Run(p.name+": a second tab does not disturb the first", func(t *testing.T) {
			first := agreed(t)
			second := first.Another()
			second.Goto(app + "/connect/" + p.name)
			second.Shows("Allow access for Webapp?")
			second.Click(allow)
			second.Shows("Disconnect")
			first.Click(allow)
			first.Shows("Disconnect")
			if a, b := callbackOf(t, first, app), callbackOf(t, second, app); a.Query().Get("state") == b.Query().Get("state") {
				t.Error("the tabs have one state")
			}
			noCookies(t, first)
			first.Click(p.section() + " form[action^='/disconnect'] button")
			first.Shows("Connect " + p.title)
		})
		// The last one: Square's page is skipped from now on.
		t.Run(p.name+": a cookie that is missing", func(t *testing.T) {
			tab := agreed(t)
			cookies := signIns(tab)
			if len(cookies) != 1 {
				t.Fatalf("%d cookies", len(cookies))
			}
			tab.Forget(cookies[0])
			tab.Click(allow)
			tab.Shows("this sign-in is over", "Connect "+p.title)
		})
	}
}

func noCookies(t *testing.T, tab *webdriver.Tab) {
	t.Helper()
	for _, c := range signIns(tab) {
		t.Errorf("the cookie %s is left", c.Name)
	}
}

// signIns are the cookies of sign-ins that are under way. A cookie knows no port,
// so that the fakes' are there too. What says that a sign-in is over begins with
// a dot, and stays for ten minutes.
func signIns(tab *webdriver.Tab) (cookies []webdriver.Cookie) {
	for _, c := range tab.Cookies() {
		if strings.Contains(c.Name, "grantway-") && !strings.HasPrefix(c.Value, ".") {
			cookies = append(cookies, c)
		}
	}
	return cookies
}
