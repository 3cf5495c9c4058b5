// Package chromium drives a real Chromium for the tests of what a person sees.
// It installs Debian's package where there is none and it may (so one package of
// tests uses it: two would install at once), and refuses the
// browser every address but loopback.
package chromium

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/grantway/grantway/conformance/internal/repo"
)

// patience bounds a step whose outcome is a page that never comes: it decides
// when to give up, and no test depends on how long anything takes.
const patience = 30 * time.Second

var (
	once sync.Once
	path string
	// unready is why there is no browser here; empty if there is one.
	unready string
)

// find is the path of a Chromium.
func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// install makes sure that there is one.
func install() {
	if path = find(); path != "" {
		return
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		unready = "no Chromium on PATH, and this user cannot install one: apt-get install chromium"
		return
	}
	for _, args := range [][]string{{"update", "-qq"}, {"install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"}} {
		cmd := exec.Command(apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			unready = fmt.Sprintf("no Chromium on PATH, and apt-get %s: %v\n%s", args[0], err, out)
			return
		}
	}
	if path = find(); path == "" {
		unready = "no Chromium on PATH, not even after apt-get install chromium"
	}
}

// Start runs a browser until the test ends, which is skipped, or fails in CI,
// where there is none.
func Start(t *testing.T) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: a browser is started")
	}
	once.Do(install)
	if unready != "" {
		repo.SkipOrFail(t, "%s", unready)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // as root, which containers are
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
	)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return &Browser{ctx}
}

// Browser is a running Chromium.
type Browser struct{ ctx context.Context }

// User is a profile of its own, with its first tab.
func (b *Browser) User(t *testing.T) *Tab {
	t.Helper()
	return newTab(t, b.ctx, chromedp.WithNewBrowserContext())
}

// Tab is one tab. Its methods end the test when they cannot do what they say.
type Tab struct {
	t   *testing.T
	ctx context.Context

	mu        sync.Mutex
	requested []string
}

func newTab(t *testing.T, parent context.Context, options ...chromedp.ContextOption) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	t.Cleanup(cancel)
	tab := &Tab{t: t, ctx: ctx}
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok {
			tab.mu.Lock()
			tab.requested = append(tab.requested, e.Request.URL)
			tab.mu.Unlock()
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	}
	if err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return tab
}

// Another is a second tab of the same user.
func (tab *Tab) Another() *Tab { return newTab(tab.t, tab.ctx) }

// within runs do, which has to come to its end.
func (tab *Tab) within(what string, do func(ctx context.Context) error) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := do(ctx); err != nil {
		tab.t.Fatalf("%s: %v; the last address was %q", what, err, tab.last())
	}
}

func (tab *Tab) last() string {
	requested := tab.Requested()
	if len(requested) == 0 {
		return ""
	}
	return requested[len(requested)-1]
}

// Requested is every address that the tab has asked for.
func (tab *Tab) Requested() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.requested...)
}

// Goto opens an address and waits until the page is there.
func (tab *Tab) Goto(address string) {
	tab.t.Helper()
	tab.within("open "+address, func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.Navigate(address))
	})
}

// Click presses what the CSS selector finds, and waits for the page that comes.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.within("click "+selector, func(ctx context.Context) error {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
		return err
	})
}

// Back is the back button.
func (tab *Tab) Back() {
	tab.t.Helper()
	tab.within("back", func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.NavigateBack()) })
}

// Reload is the reload button.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.within("reload", func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Reload()) })
}

// Text is what the page shows.
func (tab *Tab) Text() (text string) {
	tab.t.Helper()
	tab.within("read the page", func(ctx context.Context) (err error) {
		text, err = chromedp.Run(ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
		return err
	})
	return text
}

// Shows fails unless the page shows all of words.
func (tab *Tab) Shows(words ...string) {
	tab.t.Helper()
	text := tab.Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			tab.t.Fatalf("%q is not on the page at %s:\n%s", w, tab.URL(), text)
		}
	}
}

// URL is the address that the tab shows.
func (tab *Tab) URL() (address string) {
	tab.t.Helper()
	tab.within("read the address", func(ctx context.Context) (err error) {
		address, err = chromedp.Run(ctx, chromedp.Location())
		return err
	})
	return address
}

// Cookies are those that the browser would send to address.
func (tab *Tab) Cookies(address string) (cookies []*network.Cookie) {
	tab.t.Helper()
	tab.within("read the cookies", func(ctx context.Context) error {
		result, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{address}})
		cookies = result.Cookies
		return err
	})
	return cookies
}

// Forget deletes one of those cookies.
func (tab *Tab) Forget(c *network.Cookie) {
	tab.t.Helper()
	tab.within("delete a cookie", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: c.Name, Domain: c.Domain, Path: c.Path})
		return err
	})
}

// sizes are a phone and a desktop, in CSS pixels.
var sizes = []struct {
	name          string
	width, height int64
}{{"phone", 390, 844}, {"desktop", 1280, 800}}

// Shot looks at the page on a phone and on a desktop, in light and in dark: it
// fails if anything is wider than the screen or hard to read, and keeps a
// picture of each in the folder artifacts.
func (tab *Tab) Shot(name string) {
	tab.t.Helper()
	dir := filepath.Join(repo.Root(tab.t), "artifacts")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		tab.t.Fatal(err)
	}
	for _, size := range sizes {
		for _, scheme := range []string{"light", "dark"} {
			var picture []byte
			tab.ColorScheme(scheme)
			tab.within("look at "+name, func(ctx context.Context) error {
				if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
					Width: size.width, Height: size.height, DeviceScaleFactor: 1, Mobile: size.name == "phone"}); err != nil {
					return err
				}
				var err error
				picture, err = chromedp.Run(ctx, chromedp.FullScreenshot(100))
				return err
			})
			for _, c := range tab.Complaints() {
				tab.t.Errorf("%s, %s, %s: %s", name, size.name, scheme, c)
			}
			file := filepath.Join(dir, strings.Join([]string{name, size.name, scheme}, "-")+".png")
			if err := os.WriteFile(file, picture, 0o644); err != nil {
				tab.t.Fatal(err)
			}
		}
	}
	tab.within("end of looking", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.ClearDeviceMetricsOverride, struct{}{})
		return err
	})
}

// ColorScheme is light or dark, as the user has set it.
func (tab *Tab) ColorScheme(scheme string) {
	tab.t.Helper()
	tab.within("make it "+scheme, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
}

// Complaints is what is wrong with how the page looks now.
func (tab *Tab) Complaints() (complaints []string) {
	tab.t.Helper()
	tab.within("look for faults", func(ctx context.Context) (err error) {
		complaints, err = chromedp.Run(ctx, chromedp.Evaluate[[]string](complaintsJS))
		return err
	})
	return complaints
}

// complaintsJS lists what is wrong with how a page looks: wider than the
// screen, cut off, or text with less contrast than WCAG 2.2 asks for (4.5:1,
// 3:1 for large text).
const complaintsJS = `(() => {
  const out = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) out.push("it is " + wide + " pixels wide on a screen of " + innerWidth);
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 255] : [255, 255, 255, 255]; };
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim()).map((n) => n.data.trim()).join(" ");
    const box = e.getBoundingClientRect();
    if (!own || !box.width || e.closest("style, script")) continue;
    if (box.right > innerWidth + 1 || box.left < -1 || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline") out.push("cut off: " + own.slice(0, 40));
    const s = getComputedStyle(e), a = light(rgba(s.color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(s.fontSize) >= 24 || parseFloat(s.fontSize) >= 18.66 && s.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5)) out.push("hard to read (" + ratio.toFixed(1) + ":1): " + own.slice(0, 40));
  }
  return out;
})()`
