package provider

import (
	"strings"
	"unicode/utf8"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wire"
)

// BadText returns what is wrong with an identifier or another string that is not
// secret, in words for InvalidArgument, or "". It never shows the value, and
// neither do the other Bad functions, which return the like.
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

// BadSecret returns what is wrong with a credential: what BadText finds, or that
// an authentication scheme stands before it, which is the provider package's to
// write.
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

// BadAccessToken returns what is wrong with a token that is to stand in an
// Authorization header: what BadSecret finds, or a character that RFC 6750
// section 2.1 does not allow there.
func BadAccessToken(s grantway.Secret) string {
	if reason := BadSecret(s); reason != "" {
		return reason
	}
	if !wire.IsToken68(s.Reveal()) {
		return "has characters that an access token cannot have"
	}
	return ""
}

// BadScheme returns what is wrong with the name of an authentication scheme: it
// is letters, digits and "-" (RFC 9110 section 11.1, less what nobody uses).
func BadScheme(s string) string {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return "is not the name of an authentication scheme"
		}
	}
	return ""
}
