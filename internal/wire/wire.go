// Package wire decodes what a provider sent: strict JSON, bounded, in one
// pass and without reflection. A Decoder goes through it.
//
// encoding/json takes the last of two equal names, matches names whatever
// their case, and turns invalid UTF-8 into U+FFFD: each lets an answer say one
// thing to this client and another to whoever checked it before. This decoder
// refuses all of that, bytes after the document and more than 32 levels. It
// ignores names it does not know, as RFC 6749 section 5.1 asks.
//
// Its errors name what was wrong and where, and echo nothing of the input.
package wire

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

const (
	maxDepth = 32  // no documented answer is deeper than 4
	maxNames = 256 // of one object; the largest documented one has 12
)

// Error says what was wrong with a body, never what was in it.
type Error struct {
	// Field is the known name at which it was found, if it was at one.
	Field string
	// Reason is in our own words.
	Reason string
	// Offset is in bytes from the start of the document.
	Offset int
}

// Error gives the field, the reason and the offset.
func (e *Error) Error() string {
	s := e.Reason
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	return s + " (at byte " + strconv.Itoa(e.Offset) + ")"
}

type scanner struct {
	b    []byte
	i    int
	drop bool // the string under way is not kept
}

func (s *scanner) fail(reason string) error { return &Error{Reason: reason, Offset: s.i} }

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// literal reads a number, true, false or null.
func (s *scanner) literal() error {
	if c := s.b[s.i]; c == '-' || c >= '0' && c <= '9' {
		return s.number()
	}
	for _, lit := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(s.b[s.i:], []byte(lit)) {
			s.i += len(lit)
			return nil
		}
	}
	return s.fail("expected a value")
}

func (s *scanner) digits() bool {
	from := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i > from
}

func (s *scanner) number() error {
	if s.b[s.i] == '-' {
		s.i++
	}
	zero := s.i < len(s.b) && s.b[s.i] == '0'
	from := s.i
	if !s.digits() || zero && s.i > from+1 {
		return s.fail("not a JSON number")
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		if !s.digits() {
			return s.fail("not a JSON number")
		}
	}
	if s.i < len(s.b) && (s.b[s.i] == 'e' || s.b[s.i] == 'E') {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		if !s.digits() {
			return s.fail("not a JSON number")
		}
	}
	return nil
}

// str reads a string and returns its value, a part of the input unless the
// string has escapes.
func (s *scanner) str() ([]byte, error) {
	s.i++ // '"'
	from := s.i
	for {
		s.i += plainRun(s.b[s.i:])
		if s.i == len(s.b) {
			return nil, s.fail("unexpected end")
		}
		switch c := s.b[s.i]; {
		case c == '"':
			v := s.b[from:s.i]
			s.i++
			return v, nil
		case c == '\\':
			return s.escaped(from)
		case c < ' ':
			return nil, s.fail("control character in a string")
		default:
			r, n := utf8.DecodeRune(s.b[s.i:])
			if r == utf8.RuneError && n == 1 {
				return nil, s.fail("invalid UTF-8")
			}
			s.i += n
		}
	}
}

// plainRun is how many bytes at the start of b stand for themselves in a string.
// It looks at eight at a time while there is nothing else among them.
func plainRun(b []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, backslash := w^(ones*'"'), w^(ones*'\\') // a byte of which is zero where w has one
		if (w|(w-ones*' ')&^w|(quote-ones)&^quote|(backslash-ones)&^backslash)&highs != 0 {
			break
		}
	}
	for i < len(b) && plain[b[i]] {
		i++
	}
	return i
}

// plain are the bytes of a JSON string that stand for themselves: ASCII from
// the space on, less the quote and the backslash. A token is made of them.
var plain = [256]bool{
	' ': true, '!': true, '#': true, '$': true, '%': true, '&': true, '\'': true, '(': true, ')': true, '*': true,
	'+': true, ',': true, '-': true, '.': true, '/': true, '0': true, '1': true, '2': true, '3': true, '4': true,
	'5': true, '6': true, '7': true, '8': true, '9': true, ':': true, ';': true, '<': true, '=': true, '>': true,
	'?': true, '@': true, 'A': true, 'B': true, 'C': true, 'D': true, 'E': true, 'F': true, 'G': true, 'H': true,
	'I': true, 'J': true, 'K': true, 'L': true, 'M': true, 'N': true, 'O': true, 'P': true, 'Q': true, 'R': true,
	'S': true, 'T': true, 'U': true, 'V': true, 'W': true, 'X': true, 'Y': true, 'Z': true, '[': true, ']': true,
	'^': true, '_': true, '`': true, 'a': true, 'b': true, 'c': true, 'd': true, 'e': true, 'f': true, 'g': true,
	'h': true, 'i': true, 'j': true, 'k': true, 'l': true, 'm': true, 'n': true, 'o': true, 'p': true, 'q': true,
	'r': true, 's': true, 't': true, 'u': true, 'v': true, 'w': true, 'x': true, 'y': true, 'z': true, '{': true,
	'|': true, '}': true, '~': true, 0x7f: true,
}

// rest is how long the value of the string that began at from is at most, so
// that the buffer for it is made once.
func (s *scanner) rest(from int) int {
	n := s.i - from
	for i := s.i; i < len(s.b); i, n = i+1, n+1 {
		switch s.b[i] {
		case '\\':
			if i++; i < len(s.b) && s.b[i] == 'u' {
				i, n = i+4, n+2 // six bytes that stand for three at most
			}
		case '"':
			return n
		}
	}
	return 0 // it does not end, which is an error soon
}

// escaped goes on with str from the first escape.
func (s *scanner) escaped(from int) ([]byte, error) {
	var out []byte
	if !s.drop {
		out = append(make([]byte, 0, s.rest(from)), s.b[from:s.i]...)
	}
	for s.i < len(s.b) {
		c := s.b[s.i]
		switch {
		case c == '"':
			s.i++
			return out, nil
		case c < ' ':
			return nil, s.fail("control character in a string")
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return nil, err
			}
			if !s.drop {
				out = utf8.AppendRune(out, r)
			}
		case c < utf8.RuneSelf:
			if !s.drop {
				out = append(out, c)
			}
			s.i++
		default:
			r, n := utf8.DecodeRune(s.b[s.i:])
			if r == utf8.RuneError && n == 1 {
				return nil, s.fail("invalid UTF-8")
			}
			if !s.drop {
				out = append(out, s.b[s.i:s.i+n]...)
			}
			s.i += n
		}
	}
	return nil, s.fail("unexpected end")
}

func (s *scanner) escape() (rune, error) {
	if s.i+1 >= len(s.b) {
		return 0, s.fail("unexpected end")
	}
	c := s.b[s.i+1]
	if c == 'u' {
		return s.unicode()
	}
	const short, meaning = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	k := bytes.IndexByte([]byte(short), c)
	if k < 0 {
		return 0, s.fail("unknown escape")
	}
	s.i += 2
	return rune(meaning[k]), nil
}

// unicode reads \uXXXX, or two of them that make a surrogate pair. Half a
// pair stands for no character and is refused.
func (s *scanner) unicode() (rune, error) {
	hi, ok := s.hex4()
	if !ok {
		return 0, s.fail("not a \\u escape")
	}
	switch {
	case hi >= 0xDC00 && hi < 0xE000:
		return 0, s.fail("half a surrogate pair")
	case hi < 0xD800 || hi >= 0xE000:
		return hi, nil
	}
	lo, ok := s.hex4()
	if !ok || lo < 0xDC00 || lo >= 0xE000 {
		return 0, s.fail("half a surrogate pair")
	}
	return (hi-0xD800)<<10 + (lo - 0xDC00) + 0x10000, nil
}

func (s *scanner) hex4() (rune, bool) {
	if s.i+6 > len(s.b) || s.b[s.i] != '\\' || s.b[s.i+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range s.b[s.i+2 : s.i+6] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	s.i += 6
	return r, true
}
