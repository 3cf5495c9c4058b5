package login

import (
	"net/http"
	"slices"
	"strings"
)

// purposes are the headers in which a browser, or a library in a page, says
// that it asks ahead of the user: Sec-Purpose of the Fetch standard, and those
// that older browsers and libraries send instead.
var purposes = []string{"Sec-Purpose", "X-Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"}

// isSpeculative reports whether nobody has asked for r yet: it is a prefetch, a
// prerendering or a preview. A code that such a request spends is lost to the
// navigation that follows.
func isSpeculative(h http.Header) bool {
	for _, name := range purposes {
		for _, value := range h.Values(name) {
			for _, word := range strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r < 'a' || r > 'z' }) {
				if slices.Contains([]string{"prefetch", "prerender", "preview"}, word) {
					return true
				}
			}
		}
	}
	return false
}

// varyByPurpose says that the answer depends on who asks ahead.
func varyByPurpose(h http.Header) { h.Add("Vary", strings.Join(purposes, ", ")) }

// comeBack answers a speculative request, and spends nothing. Browsers drop
// what they fetched ahead with such a status, and ask again once it is meant.
func comeBack(w http.ResponseWriter, name string) {
	w.Header().Set("Retry-After", "1")
	page{Status: http.StatusServiceUnavailable, Title: "Not yet", Text: "Open this page to go on with the sign-in to " + name + "."}.write(w)
}
