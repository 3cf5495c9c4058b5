package webdriver

import (
	"context"
	"encoding/json"
	"path/filepath"
)

func chromium() Engine {
	return Engine{Name: "chromium", window: "tab",
		programs: []program{
			{[]string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}, []string{"chromium", "fonts-dejavu-core"}},
			{[]string{"chromedriver"}, []string{"chromium-driver"}},
		},
		open: func(ctx context.Context, s *session) error {
			base, err := s.startDriver(ctx, s.paths["chromedriver"], nil, "--port=")
			if err != nil {
				return err
			}
			s.wire, err = dial(ctx, base, params{"acceptInsecureCerts": true, "goog:chromeOptions": params{
				"binary": s.paths["chromium"],
				"args": []string{"--headless=new",
					"--no-sandbox", // as root, which containers are
					"--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--hide-scrollbars",
					// silence
					"--disable-background-networking", "--disable-client-side-phishing-detection", "--disable-component-update",
					"--disable-default-apps", "--disable-domain-reliability", "--disable-extensions", "--disable-sync",
					"--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider",
					"--metrics-recording-only", "--no-default-browser-check", "--no-first-run", "--no-pings",
					"--user-data-dir=" + filepath.Join(s.dir, "profile"),
					"--proxy-server=http://" + s.proxy.address(), "--proxy-bypass-list=<-loopback>", "about:blank"},
			}})
			s.eyes = chromiumEyes{s}
			return err
		},
		empty: func(ctx context.Context, s *session) error {
			for _, method := range []string{"Network.clearBrowserCookies", "Network.clearBrowserCache"} {
				if _, err := (chromiumEyes{s}).devTools(ctx, method, params{}); err != nil {
					return err
				}
			}
			return nil
		}}
}

// chromiumEyes look by DevTools, which can make a window narrower than any
// window, and a phone's.
type chromiumEyes struct{ s *session }

func (e chromiumEyes) devTools(ctx context.Context, method string, p params) (json.RawMessage, error) {
	return e.s.wire.do(ctx, devTools, params{"cmd": method, "params": p})
}

func (e chromiumEyes) resize(ctx context.Context, size size) error {
	_, err := e.devTools(ctx, "Emulation.setDeviceMetricsOverride", params{
		"width": size.width, "height": size.height, "deviceScaleFactor": 1, "mobile": size.name == "phone"})
	return err
}

func (e chromiumEyes) recolor(ctx context.Context, scheme string) error {
	_, err := e.devTools(ctx, "Emulation.setEmulatedMedia", params{
		"features": []params{{"name": "prefers-color-scheme", "value": scheme}}})
	return err
}

func (e chromiumEyes) picture(ctx context.Context) ([]byte, error) {
	raw, err := e.devTools(ctx, "Page.captureScreenshot", params{"format": "png", "captureBeyondViewport": true})
	if err != nil {
		return nil, err
	}
	var shot struct{ Data []byte }
	err = json.Unmarshal(raw, &shot)
	return shot.Data, err
}

func (e chromiumEyes) rest(ctx context.Context) error {
	_, err := e.devTools(ctx, "Emulation.clearDeviceMetricsOverride", params{})
	return err
}
