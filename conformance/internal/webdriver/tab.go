package webdriver

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// patience bounds a step whose outcome is a page that never comes: it decides
// when to give up, and no test depends on how long anything takes.
const patience = 30 * time.Second

// Tab is one tab. Its methods end the test when they cannot do what they say.
type Tab struct {
	t      *testing.T
	s      *session
	window string

	requested []string // guarded by the session's mu
	resources []string
}

// Another is a second tab of the same user.
func (tab *Tab) Another() *Tab {
	tab.t.Helper()
	another := &Tab{t: tab.t, s: tab.s}
	tab.within("open a tab", func(ctx context.Context) (err error) {
		another.window, err = tab.s.open(ctx)
		return err
	})
	return another
}

// within runs do, which has to come to its end.
func (tab *Tab) within(what string, do func(ctx context.Context) error) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := tab.s.turn(ctx, tab)
	if err == nil {
		err = do(ctx)
	}
	if err != nil {
		tab.t.Fatalf("%s: %s: %v; the last address was %q", tab.s.engine.Name, what, err, tab.last())
	}
}

func (tab *Tab) last() string {
	requested := tab.Requested()
	if len(requested) == 0 {
		return ""
	}
	return requested[len(requested)-1]
}

// Requested is every address on this machine that was asked for while the tab was
// in use; of https, the host alone.
func (tab *Tab) Requested() []string {
	tab.s.mu.Lock()
	defer tab.s.mu.Unlock()
	return append([]string(nil), tab.requested...)
}

// leave does what brings another page, and waits until that is there. The old
// one is told by a mark that only it has: the address may be the same, and a
// page that comes out of the browser's memory has the marks of former times.
func (tab *Tab) leave(what string, do func(ctx context.Context) error) {
	tab.t.Helper()
	mark := time.Now().String()
	tab.within(what, func(ctx context.Context) error {
		if err := tab.look(ctx, mark); err != nil {
			return err
		}
		if err := do(ctx); err != nil {
			return err
		}
		for {
			var there bool
			err := tab.s.script(ctx, "return document.readyState === 'complete' && window.beforeLeaving !== arguments[0]", &there, mark)
			if err == nil && there {
				return nil
			}
			if pause(ctx) != nil {
				return errors.Join(errors.New("no other page came"), err)
			}
		}
	})
}

// look marks the page, and keeps what it has loaded.
func (tab *Tab) look(ctx context.Context, mark string) error {
	var loaded []string
	err := tab.s.script(ctx, "window.beforeLeaving = arguments[0]; return performance.getEntriesByType('resource').map((e) => e.name)", &loaded, mark)
	tab.resources = append(tab.resources, loaded...)
	return err
}

// Resources is every address that the tab's pages have loaded something from, or
// tried to, by their own account. The proxy could not tell: browsers call their
// makers too.
func (tab *Tab) Resources() []string {
	tab.t.Helper()
	tab.within("read what was loaded", func(ctx context.Context) error { return tab.look(ctx, "") })
	return tab.resources
}

// Goto opens an address and waits until the page is there.
func (tab *Tab) Goto(address string) {
	tab.t.Helper()
	tab.leave("open "+address, func(ctx context.Context) error {
		return tab.s.do(ctx, navigate, params{"url": address}, nil)
	})
}

// Click presses what the CSS selector finds, and waits for the page that comes.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.leave("click "+selector, func(ctx context.Context) error {
		var found map[string]string // under a name that says that it is an element
		if err := tab.s.do(ctx, findElement, params{"using": "css selector", "value": selector}, &found); err != nil {
			return err
		}
		for _, id := range found {
			return tab.s.do(ctx, click, params{"id": id}, nil)
		}
		return errors.New("the driver names no element")
	})
}

// Back is the back button.
func (tab *Tab) Back() {
	tab.t.Helper()
	tab.leave("back", func(ctx context.Context) error { return tab.s.do(ctx, back, nil, nil) })
}

// Reload is the reload button.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.leave("reload", func(ctx context.Context) error { return tab.s.do(ctx, refresh, nil, nil) })
}

// Text is what the page shows.
func (tab *Tab) Text() (text string) {
	tab.t.Helper()
	tab.within("read the page", func(ctx context.Context) error {
		return tab.s.script(ctx, "return document.body ? document.body.innerText : ''", &text)
	})
	return text
}

// Shows fails unless the page shows all of words.
func (tab *Tab) Shows(words ...string) {
	tab.t.Helper()
	text := tab.Text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			tab.t.Fatalf("%s: %q is not on the page at %s:\n%s", tab.s.engine.Name, w, tab.URL(), text)
		}
	}
}

// URL is the address that the tab shows.
func (tab *Tab) URL() (address string) {
	tab.t.Helper()
	tab.within("read the address", func(ctx context.Context) error { return tab.s.do(ctx, currentURL, nil, &address) })
	return address
}

// Cookie is one as the browser keeps it.
type Cookie struct {
	Name, Value, Path, Domain, SameSite string
	Secure, HTTPOnly                    bool
}

// Cookies are those that the browser has for the host of the page.
func (tab *Tab) Cookies() (cookies []Cookie) {
	tab.t.Helper()
	tab.within("read the cookies", func(ctx context.Context) error { return tab.s.do(ctx, getCookies, nil, &cookies) })
	return cookies
}

// Forget deletes one of those cookies.
func (tab *Tab) Forget(c Cookie) {
	tab.t.Helper()
	tab.within("delete a cookie", func(ctx context.Context) error {
		return tab.s.do(ctx, deleteCookie, params{"name": c.Name}, nil)
	})
}
