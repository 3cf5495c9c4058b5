// Package address holds the rules for the addresses that a client may be given:
// where credentials are sent, where a browser is sent, and where it comes back.
//
// Each function answers with what is wrong and shows nothing of the address,
// which may have a credential in it. It calls nothing and resolves no name.
package address

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Base parses an address that paths are put behind: https, or http on a
// loopback IP literal; no user info, query or fragment. Its host comes back in
// lower case and without a port that the scheme implies, for tokens are stored
// under the address.
func Base(raw string) (*url.URL, string) {
	u, reason := Page(raw)
	if reason == "" && (u.RawQuery != "" || u.ForceQuery) {
		return nil, "has a query"
	}
	if reason != "" {
		return nil, reason
	}
	u.Host = strings.ToLower(u.Host)
	if u.Port() != "" && port(u) == port(&url.URL{Scheme: u.Scheme}) {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u, ""
}

// Page parses an address that a browser is sent to: Base with a query allowed
// (RFC 6749 section 3.1).
func Page(raw string) (*url.URL, string) {
	u, reason := parse(raw)
	switch {
	case reason != "":
		return nil, reason
	case u.Scheme == "https":
		return u, ""
	case u.Scheme != "http":
		return nil, "is not an https URL"
	case !IsLoopback(u.Hostname()):
		return nil, "is http on something else than a loopback IP address; use https"
	}
	return u, ""
}

// Redirect parses an address that the browser comes back to: https, or http on
// this machine, where the name localhost is allowed because providers register
// it so and because what comes back is no credential of the client. No user
// info and no fragment (RFC 6749 section 3.1.2).
func Redirect(raw string) (*url.URL, string) {
	u, reason := parse(raw)
	switch {
	case reason != "":
		return nil, reason
	case u.Scheme == "https":
		return u, ""
	case u.Scheme != "http":
		return nil, "is neither https nor http on this machine"
	}
	// The host counts as a browser takes it: it may be in capitals.
	if host := sentHostname(u.Hostname()); !IsLoopback(host) && host != "localhost" {
		return nil, "is http on another machine; use https"
	}
	return u, ""
}

// IsLoopback reports whether host is a loopback IP literal. A name such as
// localhost may resolve to anything; a literal cannot.
func IsLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// SameOrigin reports whether two addresses are of one origin (RFC 6454 section
// 5): of one scheme, host and port, however each was typed.
func SameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && sameHost(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

// sameHost compares names without their case and IP addresses as such. A name
// that ends with a dot is another one.
func sameHost(a, b string) bool {
	if strings.EqualFold(a, b) {
		return a != ""
	}
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	return errX == nil && errY == nil && x == y
}

// port is the one that is called, in one spelling.
func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		if n, err := strconv.ParseUint(p, 10, 16); err == nil {
			return strconv.FormatUint(n, 10)
		}
		return p
	}
	switch strings.ToLower(u.Scheme) {
	case "https":
		return "443"
	case "http":
		return "80"
	}
	return ""
}

func parse(raw string) (*url.URL, string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, "is not a URL"
	case u.User != nil:
		return nil, "has user info; credentials do not belong into a URL"
	case strings.Contains(raw, "#"):
		return nil, "has a fragment"
	case u.Hostname() == "" || u.Opaque != "":
		return nil, "has no host"
	}
	u.Host = strings.TrimSuffix(u.Host, ":") // an empty port, which net/http drops
	if again, err := url.Parse(u.String()); err != nil || again.Host != u.Host || strings.Contains(u.Host, "%") {
		return nil, "has a host that cannot be called"
	}
	return u, ""
}
