package fakeauth

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// checkRedirect says what is wrong with a redirect URL as a registered one
// (RFC 6749 section 3.1.2); empty if nothing is.
func checkRedirect(registered string) string {
	u, err := url.Parse(registered)
	if err != nil || u.Scheme == "" || strings.Contains(registered, "#") {
		return "is not an absolute URL without a fragment"
	}
	return ""
}

// SameRedirect reports whether given is the registered redirect URL, to the
// byte. With anyLoopbackPort the port may be another one if the host is an IP
// literal of the loopback network (RFC 8252 section 7.3).
func SameRedirect(registered, given string, anyLoopbackPort bool) bool {
	if given == registered || !anyLoopbackPort {
		return given == registered
	}
	r, err := url.Parse(registered)
	if err != nil || !net.ParseIP(r.Hostname()).IsLoopback() {
		return false
	}
	g, err := url.Parse(given)
	// Put in place of the other, the host is all that may differ.
	return err == nil && g.Hostname() == r.Hostname() &&
		strings.Replace(registered, "//"+r.Host, "//"+g.Host, 1) == given
}

// back is the redirect URL with the parameters behind those that it has.
func back(redirect string, parameters url.Values) string {
	switch {
	case !strings.Contains(redirect, "?"):
		redirect += "?"
	case !strings.HasSuffix(redirect, "?"):
		redirect += "&"
	}
	return redirect + parameters.Encode()
}

// Scopes reads a list of scopes: separated by spaces, each once, of the
// characters that RFC 6749 section 3.3 has. ok is false if there is another
// character.
func Scopes(list string) (scopes []string, ok bool) {
	for scope := range strings.SplitSeq(list, " ") {
		if scope != "" && !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	other := func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }
	return scopes, !strings.ContainsFunc(list, other)
}
