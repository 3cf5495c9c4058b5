package fakeauth

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// spoil carries the operation out and sends what change makes of its answer.
func spoil(change func(Answer) Answer) func(*exchange) {
	return func(x *exchange) {
		if a, ok := x.answer(); ok {
			change(a).write(x.w)
		}
	}
}

func (a Answer) withBody(body string) Answer {
	a.Body = []byte(body)
	return a
}

func replaced(body string) func(*exchange) {
	return spoil(func(a Answer) Answer { return a.withBody(body) })
}

// slowBody takes over as soon as the headers are out.
func slowBody(x *exchange) {
	a, ok := x.answer()
	if !ok {
		return
	}
	raw(headersOnly, func(c net.Conn) {
		for i := range a.Body {
			select {
			case <-time.After(time.Second):
			case <-x.fake.taken.Closed():
				return
			}
			if _, err := c.Write(a.Body[i : i+1]); err != nil {
				return
			}
		}
	})(x)
}

func truncated(x *exchange) {
	spoil(func(a Answer) Answer {
		if len(a.Body) > 1 {
			a.Body = a.Body[:1+x.fake.randomBelow(len(a.Body)-1)]
		}
		return a
	})(x)
}

const hugeLength = 256 << 20

func hugeBody(x *exchange) {
	a, ok := x.answer()
	if !ok {
		return
	}
	a = a.WithHeader("Content-Length", "268435456")
	a.writeHead(x.w)
	spaces := bytes.Repeat([]byte(" "), 32<<10)
	for left := hugeLength - len(a.Body); left > 0; left -= len(spaces) {
		if _, err := x.w.Write(spaces[:min(left, len(spaces))]); err != nil {
			return
		}
	}
	_, _ = x.w.Write(a.Body)
}

func endlessBody(x *exchange) {
	a, ok := x.answer()
	if !ok {
		return
	}
	a.writeHead(x.w)
	spaces := bytes.Repeat([]byte(" "), 32<<10)
	for {
		if _, err := x.w.Write(spaces); err != nil {
			return
		}
	}
}

// brotli wraps the body as one stored block (RFC 7932 section 9), of which the
// standard library has no writer.
func brotli(a Answer) Answer {
	const longest = 1 << 16
	if len(a.Body) == 0 || len(a.Body) > longest {
		a = a.withBody("{}")
	}
	// From the lowest bit: window 16 (1 bit), not the last (1), four nibbles of
	// length (2), length less 1 (16), stored (1).
	var header [4]byte
	binary.LittleEndian.PutUint32(header[:], uint32(len(a.Body)-1)<<4|1<<20)
	const last = 0x03 // an empty block, the last
	a.Body = slices.Concat(header[:3], a.Body, []byte{last})
	return a.WithHeader("Content-Encoding", "br")
}

func wrongCharset(a Answer) Answer {
	mediaType, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	return a.WithHeader("Content-Type", mediaType+"; charset=iso-8859-1")
}

func byteOrderMark(a Answer) Answer { return a.withBody("\xef\xbb\xbf" + string(a.Body)) }

func utf16Body(a Answer) Answer {
	var b []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + string(a.Body))) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	a.Body = b
	return a
}

func captivePortal(x *exchange) {
	if x.swallow() {
		answer(http.StatusOK, "text/html; charset=utf-8", []byte(portal)).write(x.w)
	}
}

const portal = "<!doctype html><title>Sign in to the network</title><form action=http://example.com/><button>Accept</button></form>"

// members are the names and values of a body that is an object, in order.
func (a Answer) members() (names []string, object Object) {
	object, err := ParseObject(a.Body)
	if err != nil {
		return nil, nil
	}
	return slices.Sorted(maps.Keys(object)), object
}

func duplicateKeys(a Answer) Answer {
	names, object := a.members()
	var b strings.Builder
	for _, name := range names {
		first := string(object[name])
		if strings.HasPrefix(first, `"`) {
			first = `"example-first"`
		}
		key, _ := json.Marshal(name)
		b.WriteString("," + string(key) + ":" + first + "," + string(key) + ":" + string(object[name]))
	}
	return a.withBody("{" + strings.TrimPrefix(b.String(), ",") + "}")
}

func caseVariantKeys(a Answer) Answer {
	names, object := a.members()
	var real, variants strings.Builder
	for _, name := range names {
		key, _ := json.Marshal(name)
		upper, _ := json.Marshal(strings.ToUpper(name))
		real.WriteString("," + string(key) + ":" + string(object[name]))
		variants.WriteString("," + string(upper) + `:"example-variant"`)
	}
	return a.withBody("{" + strings.TrimPrefix(real.String()+variants.String(), ",") + "}")
}

func deepNesting(a Answer) Answer {
	const depth = 100_000
	rest := "}"
	if names, _ := a.members(); len(names) > 0 {
		_, after, _ := strings.Cut(string(a.Body), "{")
		rest = "," + after
	}
	return a.withBody(`{"deep":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + rest)
}

func trailingBytes(a Answer) Answer { return a.withBody(string(a.Body) + ` {"x":1} garbage`) }

// expiryPast knows the names under which the three providers say when a token
// ends.
func expiryPast(x *exchange) {
	spoil(func(a Answer) Answer {
		_, object := a.members()
		at, _ := json.Marshal(x.fake.Now().Add(-time.Hour).Format(time.RFC3339))
		for name, past := range map[string]string{"expires_at": string(at), "expires_in": "-3600", "expiresIn": `"-3600"`} {
			if _, ok := object[name]; ok {
				object[name] = json.RawMessage(past)
			}
		}
		if body, err := json.Marshal(object); err == nil && object != nil {
			a.Body = body
		}
		return a
	})(x)
}
