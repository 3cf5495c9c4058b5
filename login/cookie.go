package login

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/grantway/grantway/internal/address"
)

// cookieKind is the name and the protection of a sign-in's cookie. What follows
// the prefix is the Auth's ID: each tab has a cookie of its own.
type cookieKind struct {
	prefix string
	secure bool
}

var (
	// hostCookie is taken by a browser only from this host, with Secure and for
	// the whole of it, so that no other host of the domain can plant one.
	hostCookie = cookieKind{"__Host-grantway-", true}
	// loopbackCookie is for http on a loopback host, where WebKit keeps no
	// Secure cookie, and so none with that prefix.
	loopbackCookie = cookieKind{"grantway-", false}
)

// cookieFor is the kind for a sign-in that comes back to redirectURL; NewWeb
// says why nothing else decides.
func cookieFor(redirectURL string) cookieKind {
	u, err := url.Parse(redirectURL)
	if err == nil && u.Scheme == "http" && (address.IsLoopback(u.Hostname()) || strings.EqualFold(u.Hostname(), "localhost")) {
		return loopbackCookie
	}
	return hostCookie
}

// cookieOf is the cookie that r has of the sign-in id, nil if there is none or
// if it comes twice. The caller compares its kind with the sealed redirect URL:
// the name of a loopbackCookie is one that another host of a domain can plant.
func cookieOf(r *http.Request, id string) (cookieKind, *http.Cookie) {
	for _, kind := range []cookieKind{hostCookie, loopbackCookie} {
		switch cookies := r.CookiesNamed(kind.prefix + id); len(cookies) {
		case 0:
		case 1:
			return kind, cookies[0]
		default:
			return kind, nil
		}
	}
	return hostCookie, nil
}

func (k cookieKind) set(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: k.secure, SameSite: http.SameSiteLaxMode})
}
