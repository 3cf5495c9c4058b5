package provider

import (
	"strings"
	"unicode/utf8"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wire"
)

// The functions below say what is wrong with an argument, or "" if nothing
// is. They never show the value.

// BadText checks an identifier or another string that is not secret.
func BadText(s string) string {
	switch {
	case s == "":
		return "is empty"
	case strings.TrimSpace(s) != s:
		return "begins or ends with white space"
	case !utf8.ValidString(s):
		return "is not valid UTF-8" // encoding/json would send something else
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return "has a control character, such as a line break"
		}
	}
	return ""
}

// BadSecret checks a credential of the client: an identifier's rules, and that
// no authentication scheme has been put before it, which is the wrapper's job.
func BadSecret(s grantway.Secret) string {
	v := s.Reveal()
	if reason := BadText(v); reason != "" {
		return reason
	}
	scheme, _, ok := strings.Cut(v, " ")
	if !ok {
		return ""
	}
	for _, known := range [...]string{"Client", "Bearer", "Basic", "Token"} {
		if strings.EqualFold(scheme, known) {
			return "already begins with the scheme " + known + "; give the credential alone"
		}
	}
	return ""
}

// BadAccessToken checks what is to stand in an Authorization header.
func BadAccessToken(s grantway.Secret) string {
	if reason := BadSecret(s); reason != "" {
		return reason
	}
	if !wire.IsToken68(s.Reveal()) {
		return "has characters that an access token cannot have"
	}
	return ""
}

// BadScheme checks the name of an authentication scheme (RFC 9110 section
// 11.1, less what nobody uses in one).
func BadScheme(s string) string {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return "is not the name of an authentication scheme"
		}
	}
	return ""
}
