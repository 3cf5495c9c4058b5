package webdriver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// command is one of WebDriver's (https://www.w3.org/TR/webdriver2/#endpoints),
// as a driver takes it over HTTP, and under its name in Firefox's own protocol.
type command struct{ method, path, name string }

var (
	navigate      = command{"POST", "/url", "WebDriver:Navigate"}
	currentURL    = command{"GET", "/url", "WebDriver:GetCurrentURL"}
	back          = command{"POST", "/back", "WebDriver:Back"}
	refresh       = command{"POST", "/refresh", "WebDriver:Refresh"}
	findElement   = command{"POST", "/element", "WebDriver:FindElement"}
	click         = command{"POST", "/element/{id}/click", "WebDriver:ElementClick"}
	execute       = command{"POST", "/execute/sync", "WebDriver:ExecuteScript"}
	getCookies    = command{"GET", "/cookie", "WebDriver:GetCookies"}
	deleteCookie  = command{"DELETE", "/cookie/{name}", "WebDriver:DeleteCookie"}
	getWindow     = command{"GET", "/window", "WebDriver:GetWindowHandle"}
	getWindows    = command{"GET", "/window/handles", "WebDriver:GetWindowHandles"}
	closeWindow   = command{"DELETE", "/window", "WebDriver:CloseWindow"}
	newWindow     = command{"POST", "/window/new", "WebDriver:NewWindow"}
	switchWindow  = command{"POST", "/window", "WebDriver:SwitchToWindow"}
	getWindowRect = command{"GET", "/window/rect", "WebDriver:GetWindowRect"}
	setWindowRect = command{"POST", "/window/rect", "WebDriver:SetWindowRect"}
	screenshot    = command{"GET", "/screenshot", "WebDriver:TakeScreenshot"}
	quit          = command{"DELETE", "", "Marionette:Quit"}

	// chrome://, not the browser of that name: what Firefox itself is made of.
	setContext = command{name: "Marionette:SetContext"}
	// DevTools, which only Chromium's driver hands on.
	devTools = command{method: "POST", path: "/goog/cdp/execute"}
)

// params are a command's parameters.
type params map[string]any

// wire takes commands to a browser.
type wire interface {
	do(ctx context.Context, c command, p params) (json.RawMessage, error)
	close() error
}

// overHTTP is a session of a driver.
type overHTTP struct{ session string } // its URL

// dial asks the driver at base for a session.
func dial(ctx context.Context, base string, capabilities params) (*overHTTP, error) {
	var answer struct {
		SessionID string `json:"sessionId"`
	}
	raw, err := (&overHTTP{base}).do(ctx, command{method: "POST", path: "/session"},
		params{"capabilities": params{"alwaysMatch": capabilities}})
	if err == nil {
		err = json.Unmarshal(raw, &answer)
	}
	return &overHTTP{base + "/session/" + answer.SessionID}, err
}

// direct is a client that asks no proxy for the way.
var direct = &http.Client{Transport: &http.Transport{}}

func (h *overHTTP) do(ctx context.Context, c command, p params) (json.RawMessage, error) {
	path := c.path
	for _, name := range []string{"id", "name"} {
		if value, ok := p[name].(string); ok {
			path = strings.Replace(path, "{"+name+"}", url.PathEscape(value), 1)
		}
	}
	var body io.Reader
	if c.method == http.MethodPost {
		if p == nil {
			p = params{}
		}
		b, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, c.method, h.session+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := direct.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, fmt.Errorf("%s %s: status %d, %w", c.method, path, resp.StatusCode, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, refused(c.method+" "+path, answer.Value)
	}
	return answer.Value, nil
}

func (h *overHTTP) close() error { return nil }

// refused is the error in a driver's answer.
func refused(what string, answer json.RawMessage) error {
	var e struct{ Error, Message string }
	if err := json.Unmarshal(answer, &e); err != nil {
		return fmt.Errorf("%s: %s", what, answer)
	}
	return fmt.Errorf("%s: %s: %s", what, e.Error, e.Message)
}
