package provider

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/grantway/grantway"
)

// firstBody is room for nearly any body that buys or revokes a token.
const firstBody = 256

// Body is the body of a request while it is written: JSON, to the byte as
// encoding/json writes it, or the pairs of a form, as url.Values.Encode writes
// them. It puts the commas. The zero value is empty.
type Body struct{ b []byte }

// Bytes is what has been written.
func (b Body) Bytes() []byte { return b.b }

// grow makes room at the first write.
func (b *Body) grow() {
	if b.b == nil {
		b.b = make([]byte, 0, firstBody)
	}
}

// next puts the comma before a name or a value, if one stood before it.
func (b *Body) next() {
	b.grow()
	if n := len(b.b); n > 0 {
		switch b.b[n-1] {
		case '{', '[', ':':
		default:
			b.b = append(b.b, ',')
		}
	}
}

func (b *Body) literal(s string) {
	b.next()
	b.b = append(b.b, s...)
}

// Object begins an object.
func (b *Body) Object() { b.literal("{") }

// EndObject ends it.
func (b *Body) EndObject() { b.b = append(b.b, '}') }

// Array begins an array.
func (b *Body) Array() { b.literal("[") }

// EndArray ends it.
func (b *Body) EndArray() { b.b = append(b.b, ']') }

// Name writes the name of a member. Its value comes next.
func (b *Body) Name(name string) {
	b.Text(name)
	b.b = append(b.b, ':')
}

// Text writes a string.
func (b *Body) Text(s string) {
	b.next()
	b.b = appendQuoted(b.b, s)
}

// Secret writes a credential as a string.
func (b *Body) Secret(s grantway.Secret) { b.Text(s.Reveal()) }

// Null writes null.
func (b *Body) Null() { b.literal("null") }

// Bool writes true or false.
func (b *Body) Bool(v bool) {
	b.next()
	b.b = strconv.AppendBool(b.b, v)
}

// Int writes a whole number.
func (b *Body) Int(n int64) {
	b.next()
	b.b = strconv.AppendInt(b.b, n, 10)
}

// Float writes a number; null for what JSON has no number for.
func (b *Body) Float(n float64) { b.float(n, 64) }

// Float32 writes a number of single precision with its own, shorter digits.
func (b *Body) Float32(n float32) { b.float(float64(n), 32) }

func (b *Body) float(n float64, bits int) {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		b.Null()
		return
	}
	b.next()
	format, small, large := byte('f'), 1e-6, 1e21
	if bits == 32 {
		small, large = float64(float32(small)), float64(float32(large))
	}
	if abs := math.Abs(n); abs != 0 && (abs < small || abs >= large) {
		format = 'e'
	}
	b.b = strconv.AppendFloat(b.b, n, format, -1, bits)
	// As ECMAScript does: e-9 and not e-09.
	if end := len(b.b); format == 'e' && string(b.b[end-4:end-1]) == "e-0" {
		b.b = append(b.b[:end-2], b.b[end-1])
	}
}

// Time writes a moment as RFC 3339 has it; null for one that it cannot write.
func (b *Body) Time(t time.Time) {
	text, err := t.MarshalJSON()
	if err != nil {
		b.Null()
		return
	}
	b.literal(string(text))
}

// Raw writes a value that is JSON already; null for what is not.
func (b *Body) Raw(s grantway.Secret) {
	text, err := json.Marshal(json.RawMessage(s.Reveal()))
	if err != nil {
		b.Null()
		return
	}
	b.literal(string(text))
}

// Pair writes one pair of a form.
func (b *Body) Pair(name, value string) {
	b.grow()
	if len(b.b) > 0 {
		b.b = append(b.b, '&')
	}
	b.b = append(b.b, url.QueryEscape(name)...)
	b.b = append(b.b, '=')
	b.b = append(b.b, url.QueryEscape(value)...)
}

// String tells the size and nothing of what was written.
func (b Body) String() string { return fmt.Sprintf("Body{%d bytes}", len(b.b)) }

// Format writes String for every verb: a Body may hold credentials.
func (b Body) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(b.String())) }

// LogValue is String for log/slog.
func (b Body) LogValue() slog.Value { return slog.StringValue(b.String()) }

// MarshalText is String for every encoder that asks for text.
func (b Body) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// appendQuoted writes s as encoding/json does: what HTML or JavaScript could
// misread is escaped, and what is not UTF-8 replaced.
func appendQuoted(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && n == 1:
				b = append(append(b, s[from:i]...), `\ufffd`...)
				from = i + n
			case r == '\u2028', r == '\u2029':
				b = append(append(b, s[from:i]...), `\u202`...)
				b = append(b, hex[r&0xf])
				from = i + n
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
			i++
			continue
		}
		b = append(append(b, s[from:i]...), '\\')
		switch c {
		case '"', '\\':
			b = append(b, c)
		case '\b':
			b = append(b, 'b')
		case '\f':
			b = append(b, 'f')
		case '\n':
			b = append(b, 'n')
		case '\r':
			b = append(b, 'r')
		case '\t':
			b = append(b, 't')
		default:
			b = append(b, 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
		i++
		from = i
	}
	return append(append(b, s[from:]...), '"')
}
