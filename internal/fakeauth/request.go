package fakeauth

import (
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Request is one request as it arrived. Header and Body hold whatever
// credentials it carried; printed or logged, a Request shows its method and
// path only.
type Request struct {
	Method string
	// Path is as it stood in the request line, still escaped.
	Path string
	// RawQuery is what followed the "?", without it.
	RawQuery string
	// Header is a copy; net/http keeps Host out of it.
	Header http.Header
	// Body is the whole body, at most 1 MiB.
	Body []byte
	// At is when it arrived, by the fake's clock.
	At time.Time
}

// Authorization is the whole header. Two of them come as one value that no
// check accepts.
func (r Request) Authorization() string {
	return strings.Join(r.Header.Values("Authorization"), "\x00")
}

// size is what it takes to remember r, in bytes, roughly.
func (r Request) size() int {
	n := len(r.Path) + len(r.RawQuery) + len(r.Body)
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}

// String is method and path, never the query, a header or the body.
func (r Request) String() string { return r.Method + " " + r.Path }

// Format writes String for every verb.
func (r Request) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(r.String())) }

// LogValue shows String under log/slog.
func (r Request) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalJSON writes String, so that a debug dump shows no more.
func (r Request) MarshalJSON() ([]byte, error) {
	return []byte(strconv.QuoteToASCII(r.String())), nil
}
