package webdriver

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
)

// webkit is WebKitGTK in its MiniBrowser, which its driver starts. GTK asks for
// the scheme once.
func webkit(scheme string) Engine {
	theme := map[string]string{"light": "Adwaita", "dark": "Adwaita:dark"}[scheme]
	return Engine{Name: "webkit", scheme: scheme, OnlyLooks: scheme == "dark",
		window: "window", // a tab that was in the background is never painted for a screenshot
		programs: []program{
			{[]string{"WebKitWebDriver"}, []string{"webkit2gtk-driver", "fonts-dejavu-core"}},
			{[]string{"Xvfb"}, []string{"xvfb"}},
		},
		open: func(ctx context.Context, s *session) error {
			display, err := s.display(ctx, s.paths["Xvfb"])
			if err != nil {
				return err
			}
			// The toolbar is what keeps the window from being as narrow as a phone.
			gtk := filepath.Join(s.dir, ".config", "gtk-3.0")
			if err := os.MkdirAll(gtk, 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(gtk, "gtk.css"), []byte("* { min-width: 0; padding: 0; margin: 0; font-size: 8px }"), 0o600); err != nil {
				return err
			}
			base, err := s.startDriver(ctx, s.paths["WebKitWebDriver"],
				[]string{"DISPLAY=" + display, "GTK_THEME=" + theme, "GDK_BACKEND=x11", "LIBGL_ALWAYS_SOFTWARE=1", "NO_AT_BRIDGE=1", "GSETTINGS_BACKEND=memory"}, "--port=")
			if err != nil {
				return err
			}
			// By the capability for a proxy, that for https would be spoken to in TLS.
			s.wire, err = dial(ctx, base, params{"acceptInsecureCerts": true, "webkitgtk:browserOptions": params{
				"args": []string{"--automation", "--proxy=http://" + s.proxy.address()}}})
			s.eyes = &webkitEyes{s: s}
			return err
		}}
}

// webkitEyes look at the window as it is.
type webkitEyes struct {
	s   *session
	bar int // how much higher the window is than the page, in pixels
}

// resize makes the page as wide as size says and high enough to be seen whole: a
// picture shows no more than the window does.
func (e *webkitEyes) resize(ctx context.Context, size size) error {
	if e.bar == 0 {
		var window struct{ Height int }
		if err := e.s.do(ctx, getWindowRect, nil, &window); err != nil {
			return err
		}
		var page int
		if err := e.s.script(ctx, "return innerHeight", &page); err != nil {
			return err
		}
		e.bar = window.Height - page
	}
	if err := e.fit(ctx, size.width, size.height); err != nil {
		return err
	}
	var whole int
	if err := e.s.script(ctx, "return document.documentElement.scrollHeight", &whole); err != nil || whole <= size.height {
		return err
	}
	return e.fit(ctx, size.width, whole)
}

// fit makes the page width by height, and waits until it is: GTK resizes when it
// comes to it.
func (e *webkitEyes) fit(ctx context.Context, width, height int) error {
	err := e.s.do(ctx, setWindowRect, params{"x": 0, "y": 0, "width": width, "height": height + e.bar}, nil)
	for there := false; err == nil && !there; {
		if err = e.s.script(ctx, "return innerWidth === arguments[0] && innerHeight === arguments[1]", &there, width, height); err == nil {
			err = pause(ctx)
		}
	}
	return err
}

func (e *webkitEyes) recolor(context.Context, string) error { return nil }

func (e *webkitEyes) picture(ctx context.Context) ([]byte, error) {
	raw, err := e.s.wire.do(ctx, screenshot, nil)
	if err != nil {
		return nil, err
	}
	var png []byte
	err = json.Unmarshal(raw, &png)
	return png, err
}

func (e *webkitEyes) rest(ctx context.Context) error {
	_, err := e.s.wire.do(ctx, setWindowRect, params{"x": 0, "y": 0, "width": 1024, "height": 768})
	return err
}
