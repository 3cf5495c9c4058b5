package login

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// minSecret is how long a code or state has to be for its text to be looked for
// in headers: a shorter one may be part of anything.
const minSecret = 8

// addressWords are the words in the names of headers that hold an address of
// the request: Referer, X-Forwarded-Uri, X-Original-URL, X-Rewrite-URL,
// X-Envoy-Original-Path, X-Forwarded-Query and so on. Each proxy has its own.
var addressWords = []string{"referer", "referrer", "uri", "url", "path", "redirect", "location", "target"}

// queryWords are those of headers that hold a query alone.
var queryWords = []string{"query", "querystring", "args", "search"}

// withoutCode is r for the app's own functions: code and state are nowhere in
// it that an app, or what it calls, could log. A browser that goes away ends
// nothing.
func withoutCode(r *http.Request) *http.Request {
	secrets := secretsOf(r.URL.RawQuery)
	r = r.Clone(context.WithoutCancel(r.Context()))
	r.URL.RawQuery, r.URL.ForceQuery, r.URL.Fragment, r.URL.RawFragment = "", false, "", ""
	r.RequestURI = r.URL.EscapedPath()
	r.Form, r.PostForm, r.MultipartForm, r.Trailer = nil, nil, nil, nil
	for name, values := range r.Header {
		words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' })
		isIn := func(list []string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
		}
		var kept []string
		for _, value := range values {
			if name == "Cookie" {
				value = withoutCookies(value, secrets)
			}
			if isIn(addressWords) {
				value, _, _ = strings.Cut(value, "?")
			}
			if !isIn(queryWords) && !tells(value, secrets) {
				kept = append(kept, value)
			}
		}
		if kept == nil {
			delete(r.Header, name)
		} else {
			r.Header[name] = kept
		}
	}
	return r
}

// secretsOf are the codes and states of a query, as they are and as they are
// written.
func secretsOf(rawQuery string) (secrets []string) {
	for _, pair := range strings.FieldsFunc(rawQuery, func(r rune) bool { return r == '&' || r == ';' }) {
		name, written, _ := strings.Cut(pair, "=")
		if decoded := lenientUnescape(name); decoded != "code" && decoded != "state" {
			continue
		}
		secrets = append(secrets, written, lenientUnescape(written))
		if value, err := url.QueryUnescape(written); err == nil {
			secrets = append(secrets, value)
		}
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return len(s) < minSecret })
}

// tells reports whether value holds one of secrets, however often it was
// escaped on its way.
func tells(value string, secrets []string) bool {
	for range 4 {
		if slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(value, s) }) {
			return true
		}
		decoded := lenientUnescape(value)
		if decoded == value {
			return false
		}
		value = decoded
	}
	return false
}

// withoutCookies is a Cookie header without the cookies that tell a secret. The
// others are the user's session.
func withoutCookies(header string, secrets []string) string {
	cookies := strings.Split(header, ";")
	cookies = slices.DeleteFunc(cookies, func(c string) bool { return tells(c, secrets) })
	return strings.TrimSpace(strings.Join(cookies, ";"))
}

// lenientUnescape decodes what is percent-encoded and leaves the rest.
func lenientUnescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := url.PathUnescape(s[i : i+3]); err == nil {
				b.WriteString(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
