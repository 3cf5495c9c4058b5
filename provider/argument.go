package provider

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
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

// BadJSON returns what is wrong with the text of a JSON value.
func BadJSON(s grantway.Secret) string {
	if !s.IsZero() && !json.Valid([]byte(s.Reveal())) {
		return "is not JSON"
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

// BadString returns what is wrong with a string by its schema: it is not UTF-8, is
// shorter than least characters or longer than most, or does not match the pattern.
// A most below 0 is none, and so is an empty pattern.
func BadString(s string, least, most int, pattern string) string {
	if !utf8.ValidString(s) {
		return "is not valid UTF-8" // it would be sent as something else
	}
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0 && least > 0:
		return "is empty"
	case n < least:
		return "is shorter than " + characters(least)
	case most >= 0 && n > most:
		return "is longer than " + characters(most)
	case pattern != "" && !patterns.match(pattern, s):
		return "does not match the pattern of the spec"
	}
	return ""
}

// BadMultiple returns what is wrong with a number that has to be a multiple of
// another, both as decimal text: 0.7 is one of 0.1, which floating point denies.
func BadMultiple(number, step string) string {
	n, isNumber := new(big.Rat).SetString(number)
	of, isStep := new(big.Rat).SetString(step)
	if !isNumber || !isStep || of.Sign() == 0 || !n.Quo(n, of).IsInt() {
		return "is no multiple of " + step
	}
	return ""
}

func characters(n int) string {
	if n == 1 {
		return "1 character"
	}
	return strconv.Itoa(n) + " characters"
}

// BadPathValue returns what is wrong with the value of a path's parameter: it is
// empty, or what a server could take for something else than a value. A slash is
// escaped, and no fault.
func BadPathValue(s string) string {
	switch {
	case s == "":
		return "is empty"
	case s == ".", s == "..":
		return "is a step in a path"
	case !utf8.ValidString(s):
		return "is not valid UTF-8"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "has a control character, such as a line break"
	}
	return ""
}

// patterns are those of all specs, each compiled once.
var patterns patternCache

// maxPatterns is more than any spec has. Whoever goes beyond has them compiled
// again.
const maxPatterns = 256

type patternCache struct {
	mu       sync.RWMutex
	compiled map[string]*regexp.Regexp // nil for one that Go has not
}

// match reports whether s matches pattern. Nothing matches one that Go cannot
// compile: the rules for specs refuse it.
func (c *patternCache) match(pattern, s string) bool {
	c.mu.RLock()
	re, ok := c.compiled[pattern]
	c.mu.RUnlock()
	if !ok {
		re, _ = regexp.Compile(pattern) // nil with its error
		c.mu.Lock()
		if c.compiled == nil || len(c.compiled) >= maxPatterns {
			c.compiled = make(map[string]*regexp.Regexp)
		}
		c.compiled[pattern] = re
		c.mu.Unlock()
	}
	return re != nil && re.MatchString(s)
}
