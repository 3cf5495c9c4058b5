package httpx

import (
	"crypto/tls"
	"net/http"
	"time"
)

const (
	// A connection of HTTP/2 that nobody uses is closed before most of what
	// lies between forgets it, and one that has been silent is tried with a
	// PING: nothing else tells a connection that was lost without a word.
	idleLimit   = 30 * time.Second
	pingAfter   = 10 * time.Second
	pingLimit   = 5 * time.Second
	tlsSessions = 16 // that one client resumes: of one host, as a rule
)

// NewTransport takes over the caller's transport; hc may be nil. A
// *http.Transport is cloned to bound headers and to decide what becomes of a
// connection. One of HTTP/2 is kept, for there the server says by number which
// requests it took. One of HTTP/1.1 is used once, because the loss of a reused
// one cannot be told from a lost answer, and resumes its TLS session; it ends
// with its call: bound says so. Any other RoundTripper is used as it is. reason
// says what is wrong with hc, or is empty.
func NewTransport(hc *http.Client) (rt http.RoundTripper, bound bool, reason string) {
	rt = http.DefaultTransport
	if hc != nil && hc.Transport != nil {
		rt = hc.Transport
	}
	theirs, ok := rt.(*http.Transport)
	if !ok {
		return rt, false, ""
	}
	if theirs == nil {
		return nil, false, "has a transport that is nil"
	}
	t := theirs.Clone()
	if speaksHTTP2(theirs) && t.Protocols == nil {
		t.ForceAttemptHTTP2 = true // which a clone with a dialer of its own else does not
	}
	t.MaxIdleConnsPerHost = -1 // of HTTP/1.1; those of HTTP/2 are not counted
	if t.MaxResponseHeaderBytes <= 0 || t.MaxResponseHeaderBytes > MaxHeader {
		t.MaxResponseHeaderBytes = MaxHeader
	}
	if t.IdleConnTimeout <= 0 || t.IdleConnTimeout > idleLimit {
		t.IdleConnTimeout = idleLimit
	}
	if t.HTTP2 == nil {
		t.HTTP2 = &http.HTTP2Config{}
	}
	if t.HTTP2.SendPingTimeout == 0 {
		t.HTTP2.SendPingTimeout = pingAfter
	}
	if t.HTTP2.PingTimeout == 0 {
		t.HTTP2.PingTimeout = pingLimit
	}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{}
	}
	if t.TLSClientConfig.ClientSessionCache == nil {
		t.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(tlsSessions)
	}
	bindDials(t)
	watchProxy(t)
	return t, true, ""
}

// speaksHTTP2 reports whether t, which has been cloned, speaks HTTP/2: the
// first Clone of a transport settles its protocols.
func speaksHTTP2(t *http.Transport) bool {
	if t.Protocols != nil {
		return t.Protocols.HTTP2()
	}
	return t.TLSNextProto["h2"] != nil
}
