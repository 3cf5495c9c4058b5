package httpx

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"

	"github.com/grantway/grantway"
)

// proxyRefusal is a proxy's answer to CONNECT that is no 200.
type proxyRefusal struct{ status int }

func (e *proxyRefusal) Error() string { return "status " + strconv.Itoa(e.status) }

var (
	// errProxySetting replaces what a Proxy function returns: the text of such
	// an error quotes the setting, which may have a password in it.
	errProxySetting = &transportError{text: "the address of the proxy cannot be read"}
	errProxyJudged  = &transportError{text: "refused by the transport's own OnProxyConnectResponse"}
)

// watchProxy notes the proxy that a call goes through and what it said, of
// which net/http keeps the text of the status line alone, and that is the
// proxy's.
func watchProxy(t *http.Transport) {
	if choose := t.Proxy; choose != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) {
			u, err := choose(r)
			if err != nil {
				return nil, errProxySetting
			}
			if out, ok := r.Context().Value(callKey{}).(*Outgoing); ok && u != nil {
				out.watch.goesThrough(u)
			}
			return u, nil
		}
	}
	judge := t.OnProxyConnectResponse
	t.OnProxyConnectResponse = func(ctx context.Context, proxy *url.URL, req *http.Request, resp *http.Response) error {
		if judge != nil && judge(ctx, proxy, req, resp) != nil {
			return errProxyJudged
		}
		if resp.StatusCode != http.StatusOK {
			return &proxyRefusal{resp.StatusCode}
		}
		if out, ok := ctx.Value(callKey{}).(*Outgoing); ok {
			out.watch.tunnelled()
		}
		return nil
	}
}

// goesThrough notes the proxy of the call, without its user info.
func (w *watch) goesThrough(proxy *url.URL) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.proxy = (&url.URL{Host: proxy.Host}).Host
}

// tunnelled notes that the proxy did its part.
func (w *watch) tunnelled() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tunnel = true
}

// proxyFailure says what a call that was not sent owes to its proxy; false if
// it has none.
func (w *watch) proxyFailure(ctx context.Context, err error) (Failure, bool) {
	if errors.Is(err, errProxySetting) {
		return Failure{Kind: grantway.KindInvalid, Reason: errProxySetting.text}, true
	}
	w.mu.Lock()
	proxy, tunnel := w.proxy, w.tunnel
	w.mu.Unlock()
	if proxy == "" || w.connected.Load() {
		return Failure{}, false
	}
	var (
		refusal *proxyRefusal
		op      *net.OpError
	)
	whose := "the proxy " + proxy + ": "
	if tunnel || ctx.Err() != nil {
		whose = "through the proxy " + proxy + ": "
	}
	switch {
	case errors.As(err, &refusal):
		return refusedByProxy(whose+refusal.Error(), forGood(refusal.status)), true
	case errors.Is(err, errProxyJudged):
		return refusedByProxy(whose+errProxyJudged.text, true), true
	case errors.As(err, &op) && op.Op == "socks connect" && ctx.Err() == nil:
		if text, final, ok := socksWords(op.Err); ok {
			return refusedByProxy(whose+text, final), true
		}
	}
	cause := harmless(ctx, err)
	if errors.Is(cause, context.Canceled) {
		return Failure{Kind: grantway.KindNotSent, Cause: cause}, true
	}
	text := cause.Error()
	if errors.Is(cause, errFailed) && !tunnel {
		text = "its answer cannot be read"
	}
	return Failure{Kind: grantway.KindNotSent, Cause: &transportError{text: whose + text, err: cause}}, true
}

// refusedByProxy is about the client's configuration if the same request will be
// refused again.
func refusedByProxy(text string, again bool) Failure {
	if again {
		return Failure{Kind: grantway.KindInvalid, Reason: text}
	}
	return Failure{Kind: grantway.KindNotSent, Cause: &transportError{text: text}}
}

// forGood reports whether a proxy that answers CONNECT with the status will do
// so again: it wants credentials or forbids the host. 408 and 429 ask to wait,
// and 5xx is about what lies behind it.
func forGood(status int) bool {
	return status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests
}

// socksWords reads the errors of net/http's own client of SOCKS5, which have no
// type and none of the proxy's words. final is true for what needs another
// configuration.
func socksWords(err error) (text string, final, ok bool) {
	if err == nil {
		return "", false, false
	}
	switch text = err.Error(); text {
	case "no acceptable authentication methods", "username/password authentication failed",
		"invalid username/password":
		return "SOCKS: " + text, true, true
	case "unknown error connection not allowed by ruleset", "unknown error command not supported",
		"unknown error address type not supported":
		return "SOCKS: " + text[len("unknown error "):], true, true
	case "unknown error general SOCKS server failure", "unknown error network unreachable", "unknown error host unreachable",
		"unknown error connection refused", "unknown error TTL expired":
		return "SOCKS: " + text[len("unknown error "):], false, true
	}
	return "", false, false
}
