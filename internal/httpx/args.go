package httpx

import (
	"strings"

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
