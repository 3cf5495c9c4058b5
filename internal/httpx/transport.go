package httpx

import "net/http"

// NewTransport takes over the caller's transport; hc may be nil. A
// *http.Transport is cloned to bound headers, to use a connection once (the
// loss of a reused one cannot be told from a lost answer) and to end it with
// the call: bound says so. Any other RoundTripper is used as it is. reason says
// what is wrong with hc, or is empty.
func NewTransport(hc *http.Client) (rt http.RoundTripper, bound bool, reason string) {
	rt = http.DefaultTransport
	if hc != nil && hc.Transport != nil {
		rt = hc.Transport
	}
	t, ok := rt.(*http.Transport)
	if !ok {
		return rt, false, ""
	}
	if t == nil {
		return nil, false, "has a transport that is nil"
	}
	t = t.Clone()
	t.DisableKeepAlives = true
	if t.MaxResponseHeaderBytes <= 0 || t.MaxResponseHeaderBytes > MaxHeader {
		t.MaxResponseHeaderBytes = MaxHeader
	}
	bindDials(t)
	return t, true, ""
}
