package webdriver

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

func firefox() Engine {
	return Engine{Name: "firefox", window: "tab",
		programs: []program{{[]string{"firefox-esr", "firefox"}, []string{"firefox-esr", "fonts-dejavu-core"}}},
		open: func(ctx context.Context, s *session) error {
			profile := filepath.Join(s.dir, "profile")
			if err := os.Mkdir(profile, 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(settings(s.proxy.address())), 0o600); err != nil {
				return err
			}
			// Its own page is a page to our commands too: that is how the size and
			// the scheme of a tab are set.
			c, err := s.start(s.paths["firefox-esr"], []string{"--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile},
				[]string{"MOZ_REMOTE_SETTINGS_DEVTOOLS=1"}) // else a release does not heed the setting of that server
			if err != nil {
				return err
			}
			return c.wait(ctx, "it listens", func() error {
				port, err := os.ReadFile(filepath.Join(profile, "MarionetteActivePort"))
				if err != nil {
					return err
				}
				m, err := dialMarionette(ctx, net.JoinHostPort("127.0.0.1", strings.TrimSpace(string(port))))
				if err != nil {
					return err
				}
				s.wire, s.eyes = m, firefoxEyes{s}
				_, err = m.do(ctx, command{name: "WebDriver:NewSession"}, params{"acceptInsecureCerts": true})
				return err
			})
		},
		empty: func(ctx context.Context, s *session) error {
			return firefoxEyes{s}.inBrowser(ctx, `Services.cookies.removeAll(); Services.cache2.clear();`)
		}}
}

// settings are a profile's, beside those that Firefox has for automation by
// itself: our proxy, for loopback addresses too, and nobody else to call.
func settings(proxy string) string {
	host, port, _ := net.SplitHostPort(proxy)
	const nobody = "data:,"
	var b strings.Builder
	for _, s := range []struct{ name, value string }{
		{"marionette.port", "0"},
		{"network.proxy.type", "1"},
		{"network.proxy.http", quoted(host)},
		{"network.proxy.http_port", port},
		{"network.proxy.ssl", quoted(host)},
		{"network.proxy.ssl_port", port},
		{"network.proxy.no_proxies_on", quoted("")},
		{"network.proxy.allow_hijacking_localhost", "true"},
		{"services.settings.server", quoted(nobody)},
		{"browser.region.network.url", quoted("")},
		{"browser.safebrowsing.downloads.enabled", "false"},
		{"browser.search.update", "false"},
		{"browser.shell.checkDefaultBrowser", "false"},
		{"browser.startup.page", "0"},
		{"app.update.disabledForTesting", "true"},
		{"app.normandy.enabled", "false"},
		{"datareporting.policy.dataSubmissionEnabled", "false"},
		{"dom.push.connection.enabled", "false"},
		{"extensions.getAddons.cache.enabled", "false"},
		{"extensions.systemAddon.update.enabled", "false"},
		{"extensions.update.enabled", "false"},
		{"media.gmp-manager.updateEnabled", "false"},
		{"network.captive-portal-service.enabled", "false"},
		{"network.connectivity-service.enabled", "false"},
		{"ui.useOverlayScrollbars", "1"}, // a bar would take width from the page, as it does on no phone
		{"toolkit.telemetry.server", quoted(nobody)},
	} {
		fmt.Fprintf(&b, "user_pref(%q, %s);\n", s.name, s.value)
	}
	return b.String()
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// firefoxEyes change the frame that a page is in, as Firefox's BiDi does: its
// window has a least width that no phone has.
type firefoxEyes struct{ s *session }

// inBrowser runs a script in the browser's own window, where a page's frame is
// gBrowser.selectedBrowser.
func (e firefoxEyes) inBrowser(ctx context.Context, script string, args ...any) error {
	if _, err := e.s.wire.do(ctx, setContext, params{"value": "chrome"}); err != nil {
		return err
	}
	_, err := e.s.wire.do(ctx, execute, params{"script": script, "args": append([]any{}, args...)})
	if _, again := e.s.wire.do(ctx, setContext, params{"value": "content"}); err == nil {
		err = again
	}
	return err
}

func (e firefoxEyes) resize(ctx context.Context, size size) error {
	err := e.inBrowser(ctx, `const style = gBrowser.selectedBrowser.style;
for (const limit of ["", "min-", "max-"]) {
  style.setProperty(limit + "width", arguments[0] + "px");
  style.setProperty(limit + "height", arguments[1] + "px");
}`, size.width, size.height)
	// The page, which is in another process, hears of it later.
	for there := false; err == nil && !there; {
		if err = e.s.script(ctx, "return innerWidth === arguments[0] && innerHeight === arguments[1]", &there, size.width, size.height); err == nil {
			err = pause(ctx)
		}
	}
	return err
}

func (e firefoxEyes) recolor(ctx context.Context, scheme string) error {
	return e.inBrowser(ctx, `gBrowser.selectedBrowser.browsingContext.prefersColorSchemeOverride = arguments[0];`, scheme)
}

func (e firefoxEyes) picture(ctx context.Context) ([]byte, error) {
	raw, err := e.s.wire.do(ctx, screenshot, params{"full": true})
	if err != nil {
		return nil, err
	}
	var png []byte
	err = json.Unmarshal(raw, &png)
	return png, err
}

func (e firefoxEyes) rest(ctx context.Context) error {
	return e.inBrowser(ctx, `gBrowser.selectedBrowser.removeAttribute("style");`)
}
