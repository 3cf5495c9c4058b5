package wire

import (
	"strconv"
	"strings"
	"time"

	"github.com/grantway/grantway"
)

// The bounds of what is kept, in bytes as encoding/json writes a text, without the
// quotes: a store takes a record of 64 KiB (tokens.Entry), in which each "<" is six.
const (
	maxSecret = 16 << 10
	maxText   = 8 << 10
	maxTexts  = 16 << 10 // of one list together
)

// The readers of scalars return false for null, for what is not what they ask for,
// and after an error.

// Text reads a string.
func (d *Decoder) Text() (string, bool) {
	v, _, ok := d.text(maxText)
	return string(v), ok
}

// Secret reads a credential. One that is no string is an error, and an empty one
// not there.
func (d *Decoder) Secret() (grantway.Secret, bool) { return d.secret(nil, "") }

// Token68 reads an access token as RFC 6750 section 2.1 allows it in a header. Any
// other is an error, and an empty one not there.
func (d *Decoder) Token68() (grantway.Secret, bool) {
	return d.secret(IsToken68, "characters that an access token cannot have (RFC 6750 section 2.1)")
}

// Visible reads a credential of visible ASCII without spaces, what RFC 6749
// appendix A.17 allows in a refresh token less the space. Any other is an error,
// and an empty one not there.
func (d *Decoder) Visible() (grantway.Secret, bool) {
	return d.secret(isVisible, "characters that a refresh token cannot have (RFC 6749 appendix A.17)")
}

func (d *Decoder) secret(is func(string) bool, otherwise string) (grantway.Secret, bool) {
	from := d.s.i
	v, _, ok := d.Strict().text(maxSecret)
	if !ok || len(v) == 0 {
		return grantway.Secret{}, false
	}
	s := string(v)
	if is != nil && !is(s) {
		d.bad(true, from, otherwise)
		return grantway.Secret{}, false
	}
	return grantway.NewSecret(s), true
}

// Raw reads any value but null and returns its JSON text. It may hold credentials.
func (d *Decoder) Raw() (grantway.Secret, bool) {
	strict, ok := d.take()
	if !ok {
		return grantway.Secret{}, false
	}
	from := d.s.i
	if d.s.b[from] == 'n' {
		d.wrongType(strict, "null in a list")
		return grantway.Secret{}, false
	}
	if !d.skip() {
		return grantway.Secret{}, false
	}
	raw := d.s.b[from:d.s.i]
	if jsonSize(raw) > maxSecret {
		d.bad(strict, from, "longer than 16 KiB")
		return grantway.Secret{}, false
	}
	return grantway.NewSecret(string(raw)), true
}

// Null consumes a null and says whether there was one.
func (d *Decoder) Null() bool {
	if !d.pending || d.s.i >= len(d.s.b) || d.s.b[d.s.i] != 'n' {
		return false
	}
	d.take()
	return d.skip()
}

// Bool reads true or false.
func (d *Decoder) Bool() (value, ok bool) {
	strict, ok := d.take()
	if !ok {
		return false, false
	}
	c := d.s.b[d.s.i]
	if c != 't' && c != 'f' {
		d.wrongType(strict, "not a boolean")
		return false, false
	}
	ok = d.skip()
	return ok && c == 't', ok
}

// Int32 reads a whole number.
func (d *Decoder) Int32() (int32, bool) {
	n, ok := d.integer(32)
	return int32(n), ok
}

// Int64 reads a whole number.
func (d *Decoder) Int64() (int64, bool) { return d.integer(64) }

func (d *Decoder) integer(bits int) (int64, bool) {
	from := d.s.i
	raw, strict, ok := d.number("not a number")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(raw), 10, bits)
	if err != nil {
		d.bad(strict, from, "not a whole number, or too large")
		return 0, false
	}
	return n, true
}

// Float32 reads a number.
func (d *Decoder) Float32() (float32, bool) {
	n, ok := d.float(32)
	return float32(n), ok
}

// Float64 reads a number.
func (d *Decoder) Float64() (float64, bool) { return d.float(64) }

func (d *Decoder) float(bits int) (float64, bool) {
	from := d.s.i
	raw, strict, ok := d.number("not a number")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseFloat(string(raw), bits)
	if err != nil {
		d.bad(strict, from, "a number that is too large")
		return 0, false
	}
	return n, true
}

// Time reads a moment as RFC 3339 has it: readMoment says what it makes of lower
// case and of leap seconds.
func (d *Decoder) Time() (time.Time, bool) {
	from := d.s.i
	v, strict, ok := d.text(maxText)
	if !ok {
		return time.Time{}, false
	}
	return d.moment(v, timestampLayouts[:1], strict, from)
}

// Timestamp reads when something expires: a moment in RFC 3339 or near it. An empty
// text says nothing.
func (d *Decoder) Timestamp() (grantway.Expiry, bool) {
	from := d.s.i
	v, strict, ok := d.text(maxText)
	if !ok || len(v) == 0 {
		return grantway.Expiry{}, false
	}
	at, ok := d.moment(v, timestampLayouts[:], strict, from)
	return grantway.ExpiresAt(at), ok
}

// TimestampOrNever is Timestamp where null and an empty text mean never.
func (d *Decoder) TimestampOrNever() (grantway.Expiry, bool) {
	if d.Null() {
		return grantway.NeverExpires(), true
	}
	from := d.s.i
	v, strict, ok := d.text(maxText)
	switch {
	case !ok:
		return grantway.Expiry{}, false
	case len(v) == 0:
		return grantway.NeverExpires(), true
	}
	at, ok := d.moment(v, timestampLayouts[:], strict, from)
	return grantway.ExpiresAt(at), ok
}

// moment reads text, which began at from, as a moment in one of layouts.
func (d *Decoder) moment(text []byte, layouts []string, strict bool, from int) (time.Time, bool) {
	at, ok := readMoment(text, layouts)
	if !ok {
		d.bad(strict, from, "not a moment as RFC 3339 writes it")
	}
	return at, ok
}

// Lifetime reads for how many seconds from its arrival something is good, a
// number or a string. Zero and an empty text say nothing. Nor does one that is
// unreadable: what bought the token is spent by now, and the token must not be lost
// over this.
func (d *Decoder) Lifetime() (grantway.Expiry, bool) {
	from := d.s.i
	var v []byte
	var strict, ok bool
	if from < len(d.s.b) && d.s.b[from] == '"' {
		v, strict, ok = d.text(maxText)
	} else {
		v, strict, ok = d.number("neither a number nor a string")
	}
	if !ok {
		return grantway.Expiry{}, false
	}
	n, ok := readSeconds(string(v))
	if !ok {
		d.bad(strict, from, "not a number of seconds, or more than 100 years")
	}
	if n == 0 || d.at.IsZero() {
		return grantway.Expiry{}, false
	}
	return grantway.ExpiresAt(d.at.Add(time.Duration(n) * time.Second)), true
}

// text reads a string of at most bound bytes. What it returns is of the document
// or new.
func (d *Decoder) text(bound int) (v []byte, strict, ok bool) {
	strict, ok = d.take()
	if !ok {
		return nil, false, false
	}
	from := d.s.i
	if d.s.b[from] != '"' {
		d.wrongType(strict, "not a string")
		return nil, false, false
	}
	v, err := d.s.str()
	if err != nil {
		return nil, false, d.fail(err)
	}
	f := &d.frames[d.depth-1]
	if len(v) <= bound/longestEscape && !f.list {
		return v, strict, true // nearly all
	}
	n := jsonSize(v)
	if n > bound {
		d.bad(strict, from, "longer than "+strconv.Itoa(bound>>10)+" KiB")
		return nil, false, false
	}
	if f.list {
		if f.size = min(f.size+int32(n), maxTexts+1); f.size > maxTexts {
			d.bad(strict, from, "a list of more than 16 KiB")
			return nil, false, false
		}
	}
	return v, strict, true
}

// number reads the text of a number.
func (d *Decoder) number(otherwise string) (raw []byte, strict, ok bool) {
	strict, ok = d.take()
	if !ok {
		return nil, false, false
	}
	from := d.s.i
	if c := d.s.b[from]; c != '-' && (c < '0' || c > '9') {
		d.wrongType(strict, otherwise)
		return nil, false, false
	}
	if err := d.s.number(); err != nil {
		return nil, false, d.fail(err)
	}
	return d.s.b[from:d.s.i], strict, true
}

const longestEscape = len(`\u003c`)

// jsonSize is how many bytes encoding/json writes for a text, without the quotes.
func jsonSize(text []byte) int {
	n := len(text)
	for i, c := range text {
		switch {
		case c == '"', c == '\\', c == '\b', c == '\f', c == '\n', c == '\r', c == '\t':
			n++
		case c < ' ', c == '<', c == '>', c == '&':
			n += longestEscape - 1
		case c == 0xe2 && i+2 < len(text) && text[i+1] == 0x80 && text[i+2]|1 == 0xa9: // U+2028 and U+2029
			n += longestEscape - 3
		}
	}
	return n
}

// IsToken68 reports whether s may stand in an Authorization header as a bearer
// token (RFC 6750 section 2.1).
func IsToken68(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := 0; i < len(s); i++ {
		c := s[i]
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/'
		if !ok {
			return false
		}
	}
	return s != ""
}

// isVisible reports whether s is visible ASCII without spaces; the empty
// string is.
func isVisible(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
