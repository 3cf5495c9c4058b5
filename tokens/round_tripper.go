package tokens

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/address"
)

// Transport returns an http.RoundTripper that puts the current token on each
// request, in the form the provider wants, and sends it through base (nil:
// http.DefaultTransport). It refuses requests to any origin but the
// provider's, which is compared as RFC 6454 says and not as typed. After a 401
// it refreshes once and sends the request once more, if its body can be sent again
// (none, or GetBody).
func (s *Source) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	origin, _ := url.Parse(s.rules.Origin) // which NewSource has tried
	return &authorizingTransport{source: s, origin: origin, base: base}
}

type authorizingTransport struct {
	source *Source
	origin *url.URL // the provider's
	base   http.RoundTripper
}

// RoundTrip keeps to the manners of http.RoundTripper: the request is not
// changed, and its body is closed whatever happens.
func (t *authorizingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	s := t.source
	if r.URL == nil || (r.URL.Scheme != t.origin.Scheme || r.URL.Host != t.origin.Host) && !address.SameOrigin(r.URL, t.origin) {
		closeBody(r)
		return nil, s.fail(grantway.KindNotSent, "the request is to another origin than the provider's", nil)
	}
	p, err := s.token(r.Context())
	if err != nil {
		closeBody(r)
		return nil, err
	}
	resp, err := t.base.RoundTrip(authorized(r, p.authorization(s.rules.Scheme)))
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !aboutToken(resp.Header) {
		return resp, err
	}
	s.Invalidate(p.token.AccessToken)
	if r.Body != nil && r.Body != http.NoBody && r.GetBody == nil {
		return resp, nil
	}
	next, err := s.token(r.Context())
	if err != nil || next.token.AccessToken.Equal(p.token.AccessToken) {
		return resp, nil // the 401 says it as well as anything
	}
	again := authorized(r, next.authorization(s.rules.Scheme))
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return resp, nil
		}
		again.Body = body
	}
	// What is left of the first answer is read, so that its connection can be
	// used again, but not if it is long.
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
	_ = resp.Body.Close()
	return t.base.RoundTrip(again)
}

// authorized copies the request and, of its header, only the map: a transport
// may not change either, and has no business in the values.
func authorized(r *http.Request, authorization []string) *http.Request {
	c := *r
	c.Header = make(http.Header, len(r.Header)+1)
	maps.Copy(c.Header, r.Header)
	c.Header["Authorization"] = authorization
	return &c
}

// aboutToken reports whether a 401 may be cured by another token: not if a
// Bearer challenge gives another reason than invalid_token (RFC 6750 section
// 3.1). Most providers send no challenge at all.
func aboutToken(h http.Header) bool {
	for _, challenge := range h.Values("WWW-Authenticate") {
		_, rest, ok := strings.Cut(strings.ToLower(challenge), "error=")
		if !ok {
			continue
		}
		rest = strings.TrimPrefix(rest, `"`)
		code := strings.TrimRight(rest[:min(len(rest), len("invalid_token"))], `", `)
		if strings.Contains(strings.ToLower(challenge), "bearer") && code != "invalid_token" {
			return false
		}
	}
	return true
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}
