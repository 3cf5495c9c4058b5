package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
)

// arrival is when a document of these tests came in.
var arrival = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// probe has a member for every reader, once lenient and once strict, and reads them
// as generated code does. What could be read is in got, by its path.
type probe struct {
	d   Decoder
	got map[string]string
}

func read(doc string) (*probe, error) {
	p := &probe{d: NewDecoder([]byte(doc), arrival, nil), got: map[string]string{}}
	if p.d.Open() {
		p.members("")
	}
	return p, p.d.Err()
}

// readers are how a probe reads a value, by the name of its member. Each has a
// strict twin, whose name begins with "must_".
var readers = map[string]func(*Decoder) (any, bool){
	"text":    func(d *Decoder) (any, bool) { return keep(d.Text()) },
	"flag":    func(d *Decoder) (any, bool) { return keep(d.Bool()) },
	"small":   func(d *Decoder) (any, bool) { return keep(d.Int32()) },
	"count":   func(d *Decoder) (any, bool) { return keep(d.Int64()) },
	"single":  func(d *Decoder) (any, bool) { return keep(d.Float32()) },
	"double":  func(d *Decoder) (any, bool) { return keep(d.Float64()) },
	"time":    func(d *Decoder) (any, bool) { return keep(d.Time()) },
	"stamp":   func(d *Decoder) (any, bool) { return keep(d.Timestamp()) },
	"never":   func(d *Decoder) (any, bool) { return keep(d.TimestampOrNever()) },
	"life":    func(d *Decoder) (any, bool) { return keep(d.Lifetime()) },
	"secret":  func(d *Decoder) (any, bool) { return reveal(d.Secret()) },
	"token":   func(d *Decoder) (any, bool) { return reveal(d.Token68()) },
	"refresh": func(d *Decoder) (any, bool) { return reveal(d.Visible()) },
	"raw":     func(d *Decoder) (any, bool) { return reveal(d.Raw()) },
}

func keep[T any](v T, ok bool) (any, bool) { return v, ok }

func reveal(s grantway.Secret, ok bool) (any, bool) { return s.Reveal(), ok }

// probeNames are all that a probe knows.
var probeNames = func() []string {
	var names []string
	for name := range readers {
		names = append(names, name, "must_"+name)
	}
	for _, name := range []string{"object", "list", "objects", "lists"} {
		names = append(names, name, "must_"+name)
	}
	slices.Sort(names)
	return append(names, "id", "nothing")
}()

func (p *probe) members(path string) (missing string) {
	d := &p.d
	missing = "id"
	for d.Next() {
		name := string(d.Name())
		plain, strict := strings.CutPrefix(name, "must_")
		if strict && slices.Contains(probeNames, plain) {
			d.Strict()
		}
		switch {
		case readers[plain] != nil:
			p.scalar(path+name, readers[plain])
		case name == "id":
			p.scalar(path+name, readers["text"])
			missing = ""
		case name == "nothing":
			if d.Null() {
				p.got[path+name] = "null"
			}
		case plain == "object":
			if d.Open() {
				if m := p.members(path + name + "."); d.Close(m) {
					p.got[path+name] = "object"
				}
			}
		case plain == "list":
			p.list(path+name, func() { p.scalar("", readers["text"]) })
		case plain == "objects":
			p.list(path+name, func() {
				if d.Open() {
					d.Close(p.members(path + name + "."))
				}
			})
		case plain == "lists":
			p.list(path+name, func() { p.list("", func() { p.scalar("", readers["count"]) }) })
		default:
			d.Unknown(probeNames...)
		}
	}
	return missing
}

func (p *probe) scalar(path string, read func(*Decoder) (any, bool)) {
	if v, ok := read(&p.d); ok {
		p.got[path] += fmt.Sprint(v, ";")
	}
}

func (p *probe) list(path string, element func()) {
	d := &p.d
	if !d.OpenList() {
		return
	}
	n := 0
	for ; d.Element(); n++ {
		element()
	}
	if d.Close("") {
		p.got[path] += fmt.Sprint("list of ", n, ";")
	}
}

func TestDecoder_ReadsWhatIsThere(t *testing.T) {
	for _, tt := range []struct{ name, doc, path, want string }{
		{"a text", `{"text":"\u00e9\ud83d\ude00\n\""}`, "text", "é😀\n\";"},
		{"an empty text", `{"text":""}`, "text", ";"},
		{"a strict text", `{"must_text":"a"}`, "must_text", "a;"},
		{"true", `{"flag":true}`, "flag", "true;"},
		{"false", `{"flag":false}`, "flag", "false;"},
		{"the largest of 32 bits", `{"small":2147483647}`, "small", "2147483647;"},
		{"the least of 64 bits", `{"count":-9223372036854775808}`, "count", "-9223372036854775808;"},
		{"a number of single precision", `{"single":0.1}`, "single", "0.1;"},
		{"a number of double precision", `{"double":-1.5e-3}`, "double", "-0.0015;"},
		{"a moment", `{"time":"2006-01-02T17:04:05+02:00"}`, "time", "2006-01-02 15:04:05 +0000 UTC;"},
		{"a moment in lower case", `{"time":"2006-01-02t15:04:05z"}`, "time", "2006-01-02 15:04:05 +0000 UTC;"},
		{"a leap second", `{"time":"2016-12-31T23:59:60Z"}`, "time", "2016-12-31 23:59:59 +0000 UTC;"},
		{"a leap second elsewhere, in lower case", `{"stamp":"2016-12-31t18:59:60.5-05:00"}`, "stamp", "2016-12-31T23:59:59Z;"},
		{"a timestamp", `{"stamp":"2006-01-02T15:04:05Z"}`, "stamp", "2006-01-02T15:04:05Z;"},
		{"a timestamp with a space", `{"stamp":"2006-01-02 15:04:05Z"}`, "stamp", "2006-01-02T15:04:05Z;"},
		{"a timestamp without a colon in its zone", `{"stamp":"2006-01-02T17:04:05+0200"}`, "stamp", "2006-01-02T15:04:05Z;"},
		{"a timestamp that says nothing", `{"stamp":""}`, "stamp", ""},
		{"a timestamp that may be never", `{"never":"2006-01-02T15:04:05Z"}`, "never", "2006-01-02T15:04:05Z;"},
		{"never, by an empty text", `{"never":""}`, "never", "never;"},
		{"never, by null", `{"never":null}`, "never", "never;"},
		{"never, by null, strictly", `{"must_never":null}`, "must_never", "never;"},
		{"a lifetime", `{"life":3600}`, "life", "2026-01-01T01:00:00Z;"},
		{"a lifetime in a text", `{"life":" 3600 "}`, "life", "2026-01-01T01:00:00Z;"},
		{"a lifetime with an exponent", `{"life":3.6e3}`, "life", "2026-01-01T01:00:00Z;"},
		{"a lifetime with a fraction", `{"life":3600.9}`, "life", "2026-01-01T01:00:00Z;"},
		{"a lifetime that is over", `{"life":-5}`, "life", "2025-12-31T23:59:55Z;"},
		{"the longest lifetime", `{"life":3153600000}`, "life", "2125-12-08T00:00:00Z;"},
		{"a lifetime that is over since long ago", `{"life":-99999999999999}`, "life", "1926-01-26T00:00:00Z;"},
		{"a lifetime of zero", `{"life":0}`, "life", ""},
		{"a lifetime of zero in a text", `{"life":"0"}`, "life", ""},
		{"a timestamp with a fraction", `{"stamp":"2006-01-02T15:04:05.5Z"}`, "stamp", "2006-01-02T15:04:05Z;"},
		{"a lifetime of nothing", `{"life":""}`, "life", ""},
		{"any text for a secret", `{"secret":"a b é"}`, "secret", "a b é;"},
		{"an empty secret", `{"secret":""}`, "secret", ""},
		{"a null for a secret", `{"secret":null}`, "secret", ""},
		{"a token", `{"token":"abc+/~._-=="}`, "token", "abc+/~._-==;"},
		{"an empty token", `{"token":""}`, "token", ""},
		{"a null for a token", `{"token":null}`, "token", ""},
		{"a refresh token", `{"refresh":"r:e|f"}`, "refresh", "r:e|f;"},
		{"an empty refresh token", `{"refresh":""}`, "refresh", ""},
		{"a union", `{"raw": {"a" : [1, "b"]} }`, "raw", `{"a" : [1, "b"]};`},
		{"a union that is null", `{"raw":null}`, "raw", ""},
		{"a text behind much that is unknown", `{"x":{"Text":[1,-0.5e+3,true,null,{"TEXT":"x"}],"y":{"Text":{}}},"text":"a"}`, "text", "a;"},
		{"a null", `{"nothing":null}`, "nothing", "null"},
		{"another value for a null", `{"nothing":"null"}`, "nothing", ""},
		{"a null for a strict text", `{"must_text":null}`, "must_text", ""},
		{"an object", `{"object":{"id":"a","text":"b"}}`, "object", "object"},
		{"a member of an object", `{"object":{"id":"a","text":"b"}}`, "object.text", "b;"},
		{"a null for an object", `{"object":null}`, "object", ""},
		{"a strict object", `{"must_object":{"id":"a"}}`, "must_object", "object"},
		{"a list", `{"list":["a","b"]}`, "list", "list of 2;"},
		{"an empty list", `{"list":[ ]}`, "list", "list of 0;"},
		{"a null for a list", `{"list":null}`, "list", ""},
		{"a list of objects", `{"objects":[{"id":"a"} , {"id":"b","list":["x"]}]}`, "objects", "list of 2;"},
		{"a list of lists", `{"lists":[[1,2],[],[3]]}`, "lists", "list of 3;"},
		{"more than 256 elements", `{"list":[` + strings.Repeat(`"a",`, 999) + `"a"]}`, "list", "list of 1000;"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := read(tt.doc)
			if got := p.got[tt.path]; err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
			if n := p.d.Notes(); len(n) > 0 && tt.want != "" {
				t.Errorf("noted %v", n)
			}
		})
	}
}

// TestDecoder_NotesWhatItCannotRead: each of these members is unknown and the rest of
// its document kept. With must_ before its name it is an error.
func TestDecoder_NotesWhatItCannotRead(t *testing.T) {
	for _, tt := range []struct{ name, member, value, reason string }{
		{"a number for a text", "text", `123`, "not a string"},
		{"an object for a text", "text", `{"text":[{}]}`, "not a string"},
		{"a text for a boolean", "flag", `"false"`, "not a boolean"},
		{"a number for a boolean", "flag", `0`, "not a boolean"},
		{"a text for a number", "count", `"12"`, "not a number"},
		{"a fraction for a whole number", "count", `1.0`, "not a whole number, or too large"},
		{"an exponent for a whole number", "count", `1e3`, "not a whole number, or too large"},
		{"more than 64 bits", "count", `9223372036854775808`, "not a whole number, or too large"},
		{"more than 32 bits", "small", `2147483648`, "not a whole number, or too large"},
		{"more than single precision", "single", `1e39`, "a number that is too large"},
		{"more than double precision", "double", `1e309`, "a number that is too large"},
		{"a text for a float", "double", `"1"`, "not a number"},
		{"a number for a moment", "time", `1767225600`, "not a string"},
		{"no moment", "time", `"tomorrow"`, "not a moment as RFC 3339 writes it"},
		{"an empty moment", "time", `""`, "not a moment as RFC 3339 writes it"},
		{"a moment with a space", "time", `"2006-01-02 15:04:05Z"`, "not a moment as RFC 3339 writes it"},
		{"second 60 within a month", "time", `"2016-12-30T23:59:60Z"`, "not a moment as RFC 3339 writes it"},
		{"second 60 within a day", "time", `"2016-12-31T22:59:60Z"`, "not a moment as RFC 3339 writes it"},
		{"second 60 that ends a month somewhere", "time", `"2016-12-31T23:59:60-05:00"`, "not a moment as RFC 3339 writes it"},
		{"second 61", "time", `"2016-12-31T23:59:61Z"`, "not a moment as RFC 3339 writes it"},
		{"a fraction of a hundred digits", "time", `"2016-12-31T23:59:59.` + strings.Repeat("1", 100) + `Z"`, "not a moment as RFC 3339 writes it"},
		{"a number for a timestamp", "stamp", `1767225600`, "not a string"},
		{"no timestamp", "stamp", `"soon"`, "not a moment as RFC 3339 writes it"},
		{"the year 0", "stamp", `"0000-01-02T15:04:05Z"`, "not a moment as RFC 3339 writes it"},
		{"a number where never may stand", "never", `0`, "not a string"},
		{"no timestamp where never may stand", "never", `"never"`, "not a moment as RFC 3339 writes it"},
		{"a boolean for a lifetime", "life", `true`, "neither a number nor a string"},
		{"a word for a lifetime", "life", `"soon"`, "not a number of seconds, or more than 100 years"},
		{"no number for a lifetime", "life", `"NaN"`, "not a number of seconds, or more than 100 years"},
		{"a lifetime in hexadecimal", "life", `"0x1_0p0"`, "not a number of seconds, or more than 100 years"},
		{"an infinite lifetime", "life", `"Inf"`, "not a number of seconds, or more than 100 years"},
		{"a lifetime of more than a hundred years", "life", `3153600001`, "not a number of seconds, or more than 100 years"},
		{"a lifetime that no float holds", "life", `1e400`, "not a number of seconds, or more than 100 years"},
		{"a text for an object", "object", `"a"`, "not an object"},
		{"an array for an object", "object", `[{"id":"a"}]`, "not an object"},
		{"an object for a list", "list", `{"0":"a"}`, "not an array"},
		{"a text for a list", "list", `"a"`, "not an array"},
		{"a number in a list", "list", `["a",1,"b"]`, "not a string"},
		{"a null in a list", "list", `["a",null]`, "not a string"},
		{"an object without its required member in a list", "objects", `[{"id":"a"},{"text":"b"}]`, "is missing"},
		{"a text in a list of lists", "lists", `[[1],["a"]]`, "not a number"},
		{"no list in a list of lists", "lists", `[[1],2]`, "not an array"},
		{"a text of more than 8 KiB", "text", `"` + strings.Repeat("a", 8<<10+1) + `"`, "longer than 8 KiB"},
		{"a union of more than 16 KiB", "raw", `[` + strings.Repeat("1", 16<<10) + `]`, "longer than 16 KiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := read(`{"token":"abc","` + tt.member + `":` + tt.value + `,"id":"x"}`)
			if err != nil || p.got["token"] != "abc;" || p.got["id"] != "x;" {
				t.Fatalf("the rest is not kept: %v, %v", p.got, err)
			}
			if got, read := p.got[tt.member]; read {
				t.Errorf("it is read as %q", got)
			}
			if got := p.d.Notes(); !slices.Contains(got, tt.member) {
				t.Errorf("noted %q", got)
			}
			_, err = read(`{"must_` + tt.member + `":` + tt.value + `}`)
			var we *Error
			if !errors.As(err, &we) || we.Reason != tt.reason || !strings.HasPrefix(we.Field, "must_"+tt.member) {
				t.Errorf("strictly: %v, want %s", err, tt.reason)
			}
		})
	}
}

func TestDecoder_AnObjectWithoutARequiredMemberIsUnknown(t *testing.T) {
	p, err := read(`{"text":"a","object":{"text":"b","object":{"id":"c"}},"flag":true}`)
	if err != nil || p.got["object"] != "" || p.got["text"] != "a;" || p.got["flag"] != "true;" {
		t.Errorf("%v, %v", p.got, err)
	}
	if got := p.d.Notes(); !slices.Equal(got, []string{"object.id"}) {
		t.Errorf("noted %q", got)
	}
	_, err = read(`{"text":"a","must_object":{"text":"b"},"flag":true}`)
	if err == nil || err.Error() != "must_object.id: is missing (at byte 38)" {
		t.Errorf("strictly: %v", err)
	}
}

// TestDecoder_SecretsAreStrict: nobody shall store or send what cannot be one.
func TestDecoder_SecretsAreStrict(t *testing.T) {
	for _, tt := range []struct{ name, doc, want string }{
		{"a number for a secret", `{"secret":1}`, "secret: not a string (at byte 10)"},
		{"a number for a token", `{"token":1}`, "token: not a string (at byte 9)"},
		{"an object for a refresh token", `{"refresh":{}}`, "refresh: not a string (at byte 11)"},
		{"a token with a line break", `{"token":"a\r\nX-Evil: 1"}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a token with a space", `{"token":"a b"}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a token with a NUL", `{"token":"a\u0000b"}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a token that is not ASCII", `{"token":"é"}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a token of padding only", `{"token":"=="}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a refresh token with a tab", `{"refresh":"a\tb"}`, "refresh: characters that a refresh token cannot have (RFC 6749 appendix A.17) (at byte 11)"},
		{"a token further down", `{"object":{"id":"a","token":" "}}`, "object.token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 28)"},
		{"a token in a list of objects", `{"objects":[{"id":"a","token":7}]}`, "objects.token: not a string (at byte 30)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := read(tt.doc); err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestDecoder_RefusesTheDocument(t *testing.T) {
	deep := func(n int, open, end string) string {
		return `{"x":` + strings.Repeat(open, n) + strings.Repeat(end, n) + `}`
	}
	for _, tt := range []struct{ name, doc, want string }{
		{"an empty body", ``, "unexpected end (at byte 0)"},
		{"null", `null`, "the document is not a JSON object (at byte 0)"},
		{"an array", ` []`, "the document is not a JSON object (at byte 1)"},
		{"a page", `<html></html>`, "the document is not a JSON object (at byte 0)"},
		{"a byte order mark and nothing", "\ufeff", "unexpected end (at byte 3)"},
		{"two byte order marks", "\ufeff\ufeff{}", "the document is not a JSON object (at byte 3)"},
		{"UTF-16", "{\x00}\x00", "expected a name (at byte 1)"},
		{"two documents", `{}{}`, "bytes after the document (at byte 2)"},
		{"bytes after the document", `{"a":1} garbage`, "bytes after the document (at byte 8)"},
		{"no end of the object", `{`, "unexpected end (at byte 1)"},
		{"no end of a known text", `{"token":"ab`, "unexpected end (at byte 12)"},
		{"no known value", `{"text":`, "unexpected end (at byte 8)"},
		{"no unknown value", `{"x":`, "unexpected end (at byte 5)"},
		{"no end of a list", `{"list":["a"`, "unexpected end (at byte 12)"},
		{"no end after a value", `{"text":"a"`, "unexpected end (at byte 11)"},
		{"a known name twice", `{"token":"a","token":"b"}`, "token: duplicate name (at byte 20)"},
		{"a known name twice, once escaped", `{"token":"a","tok\u0065n":"b"}`, "token: duplicate name (at byte 25)"},
		{"a known name twice, first as null", `{"text":null,"text":"b"}`, "text: duplicate name (at byte 19)"},
		{"a known name twice further down", `{"object":{"id":"a","id":"b"}}`, "object.id: duplicate name (at byte 24)"},
		{"a known name twice with others between", `{"token":"a","x":{"y":1},"z":[],"token":"b"}`, "token: duplicate name (at byte 39)"},
		{"an unknown name twice", `{"x":1,"x":2}`, "duplicate name (at byte 10)"},
		{"an unknown name twice further down", `{"x":[{"y":1,"y":2}]}`, "duplicate name (at byte 16)"},
		{"a name twice after many", `{` + many(255) + `,"xxxxxxxxxxxxxxxxxxxx":1}`, "duplicate name (at byte 33938)"},
		{"a name twice in a second object", `{"object":{"id":"a","x":1},"must_object":{"id":"b","x":1,"x":2}}`, "duplicate name (at byte 60)"},
		{"a known name in capitals", `{"token":"a","TOKEN":"b"}`, "token: name in the wrong case (at byte 21)"},
		{"only a known name in capitals", `{"TOKEN":"b"}`, "token: name in the wrong case (at byte 9)"},
		{"a known name in capitals further down", `{"object":{"ID":"b"}}`, "object.id: name in the wrong case (at byte 16)"},
		{"a known name with a letter that folds", `{"to\u212aen":"b"}`, "token: name in the wrong case (at byte 14)"},
		{"invalid UTF-8", "{\"text\":\"\xff\xfe\"}", "invalid UTF-8 (at byte 9)"},
		{"invalid UTF-8 in what is unknown", "{\"x\":[\"\xff\"]}", "invalid UTF-8 (at byte 7)"},
		{"invalid UTF-8 behind an escape", "{\"text\":\"\\n\xff\"}", "invalid UTF-8 (at byte 11)"},
		{"half a surrogate pair", `{"text":"\ud800"}`, "half a surrogate pair (at byte 15)"},
		{"the other half alone", `{"text":"\udc00"}`, "half a surrogate pair (at byte 15)"},
		{"an unknown escape", `{"text":"\q"}`, "unknown escape (at byte 9)"},
		{"an escape without its digits", `{"text":"\u00"}`, "not a \\u escape (at byte 9)"},
		{"a raw line break in a string", "{\"text\":\"a\nb\"}", "control character in a string (at byte 10)"},
		{"a leading zero", `{"count":01}`, "not a JSON number (at byte 11)"},
		{"a number without digits", `{"count":-}`, "not a JSON number (at byte 10)"},
		{"an unknown number without digits behind its point", `{"x":1.}`, "not a JSON number (at byte 7)"},
		{"a comma too many", `{"text":"a",}`, "expected a name (at byte 12)"},
		{"a comma too few", `{"text":"a" "flag":true}`, "expected a comma or the end of the object (at byte 12)"},
		{"a comma first", `{,"text":"a"}`, "expected a name (at byte 1)"},
		{"a comma too many in a list", `{"list":["a",]}`, "expected a value (at byte 13)"},
		{"a comma too few in a list", `{"list":["a" "b"]}`, "expected a comma or the end of the array (at byte 13)"},
		{"a list that ends as an object", `{"list":["a"}}`, "expected a comma or the end of the array (at byte 12)"},
		{"an object that ends as a list", `{"object":{"id":"a"]}`, "expected a comma or the end of the object (at byte 19)"},
		{"no colon", `{"text" "a"}`, "expected a colon (at byte 8)"},
		{"a bare word", `{"text":nope}`, "expected a value (at byte 8)"},
		{"a word that begins as true", `{"flag":tru}`, "expected a value (at byte 8)"},
		{"a word that begins with null", `{"text":nullo}`, "expected a comma or the end of the object (at byte 12)"},
		{"33 objects that are unknown", deep(32, `{"x":`, ``) + strings.Repeat("}", 32), "nested too deeply (at byte 160)"},
		{"33 arrays that are unknown", deep(32, `[`, `]`), "nested too deeply (at byte 36)"},
		{"33 objects that are known", strings.Repeat(`{"object":`, 33), "nested too deeply (at byte 320)"},
		{"five million arrays", `{"x":` + strings.Repeat("[", 5_000_000), "nested too deeply (at byte 36)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(tt.doc)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			var we *Error
			if !errors.As(err, &we) {
				t.Errorf("a %T, want an *Error", err)
			}
		})
	}
}

// many are n members of different names, of which the last has n letters.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"%s":0`, strings.Repeat("x", i+1))
	}
	return b.String()
}

func TestDecoder_TakesWhatIsJustWithinItsBounds(t *testing.T) {
	for _, tt := range []struct{ name, fits, over, want string }{
		{"256 names", `{` + many(256) + `}`, `{` + many(257) + `}`, "too many names in one object"},
		{"32 objects", strings.Repeat(`{"object":`, 31) + `{}` + strings.Repeat(`}`, 31), strings.Repeat(`{"object":`, 32) + `{}` + strings.Repeat(`}`, 32), "nested too deeply"},
		{"31 arrays in an object that is unknown", `{"x":` + strings.Repeat(`[`, 31) + strings.Repeat(`]`, 31) + `}`, `{"x":` + strings.Repeat(`[`, 32) + strings.Repeat(`]`, 32) + `}`, "nested too deeply"},
		{"a secret of 16 KiB", secret(strings.Repeat("a", 16<<10)), secret(strings.Repeat("a", 16<<10+1)), "secret: longer than 16 KiB"},
		{"a secret of < that is six bytes each", secret(strings.Repeat("<", 2730) + "aaaa"), secret(strings.Repeat("<", 2730) + "aaaaa"), "secret: longer than 16 KiB"},
		{"a secret of quotes that are two bytes each", secret(strings.Repeat(`\"`, 8<<10)), secret(strings.Repeat(`\"`, 8<<10) + "a"), "secret: longer than 16 KiB"},
		{"a secret of escaped letters that are one byte each", secret(strings.Repeat(`\u0061`, 16<<10)), secret(strings.Repeat(`\u0061`, 16<<10+1)), "secret: longer than 16 KiB"},
		{"a token of 16 KiB", `{"token":"` + strings.Repeat("a", 16<<10) + `"}`, `{"token":"` + strings.Repeat("a", 16<<10+1) + `"}`, "token: longer than 16 KiB"},
		{"a strict text of 8 KiB", `{"must_text":"` + strings.Repeat("a", 8<<10) + `"}`, `{"must_text":"` + strings.Repeat("a", 8<<10+1) + `"}`, "must_text: longer than 8 KiB"},
		{"a strict list of 16 KiB", `{"must_list":[` + strings.Repeat(`"`+strings.Repeat("a", 16)+`",`, 1<<10) + `""]}`, `{"must_list":[` + strings.Repeat(`"`+strings.Repeat("a", 16)+`",`, 1<<10) + `"a"]}`, "must_list: a list of more than 16 KiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if p, err := read(tt.fits); err != nil {
				t.Errorf("refused: %v, noted %v", err, p.d.Notes())
			}
			if _, err := read(tt.over); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("one more: %v", err)
			}
		})
	}
}

func secret(text string) string { return `{"secret":"` + text + `"}` }

func TestDecoder_ALongListIsUnknownAndNoted(t *testing.T) {
	list := func(last string) string {
		return `{"list":[` + strings.Repeat(`"`+strings.Repeat("a", 16)+`",`, 1<<10) + `"` + last + `"],"flag":true}`
	}
	p, err := read(list(""))
	if err != nil || p.got["list"] != "list of 1025;" || len(p.d.Notes()) > 0 {
		t.Errorf("16 KiB: %d bytes, %v, noted %v", len(p.got["list"]), err, p.d.Notes())
	}
	p, err = read(list("a"))
	if err != nil || p.got["list"] != "" || p.got["flag"] != "true;" || !slices.Equal(p.d.Notes(), []string{"list"}) {
		t.Errorf("one byte more: %v, %v, noted %v", p.got, err, p.d.Notes())
	}
}

// TestJSONSizeIsWhatEncodingJSONWrites, for each character and for them all.
func TestJSONSizeIsWhatEncodingJSONWrites(t *testing.T) {
	var all []rune
	for r := range rune(0x3000) {
		all = append(all, r)
	}
	all = append(all, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10ffff)
	for _, r := range all {
		if want, err := json.Marshal(string(r)); err != nil || jsonSize([]byte(string(r))) != len(want)-2 {
			t.Errorf("%U: %d bytes, encoding/json writes %s (%v)", r, jsonSize([]byte(string(r))), want, err)
		}
	}
	if want, err := json.Marshal(string(all)); err != nil || jsonSize([]byte(string(all))) != len(want)-2 {
		t.Errorf("all of them: %d bytes, want %d (%v)", jsonSize([]byte(string(all))), len(want)-2, err)
	}
}

func TestDecoder_NotesAreFewAndNamesOfTheSpec(t *testing.T) {
	doc := "\ufeff" + `{"text":1,"flag":"canary","count":[],"single":"canary","time":7,"stamp":7,"never":7,"life":[],"object":"canary","objects":[{"id":"a","text":1},{"id":"a","text":2}],"canary":{"text":1}}`
	p, err := read(doc)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{NoteByteOrderMark, "text", "flag", "count", "single", "time", "stamp", "never"}; !slices.Equal(p.d.Notes(), want) {
		t.Errorf("noted %q, want %q", p.d.Notes(), want)
	}
	p, err = read(`{"objects":[{"id":"a","text":1},{"id":"b","text":2}]}`)
	if err != nil || !slices.Equal(p.d.Notes(), []string{"objects.text"}) || p.got["objects"] != "list of 2;" {
		t.Errorf("noted %q, %v, %v", p.d.Notes(), p.got, err)
	}
}

func TestDecoder_ErrorsEchoNothing(t *testing.T) {
	const canary = "canary"
	for _, doc := range []string{
		`{"canary":1,"canary":2}`, `{"token":"canary canary"}`, `{"canary":canary}`, `canary`, `{"must_text":["canary"]}`, `{} canary`,
		`{"canary":{"canary":1,"canary":2}}`, `{"must_list":["canary",1]}`, `{"must_life":"canary"}`, `{"must_time":"canary"}`, `{"must_count":"canary"}`,
	} {
		if _, err := read(doc); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestDecoder_DoesNothingAfterAnError(t *testing.T) {
	d := NewDecoder([]byte(`{"a":{"b":[nope]},"c":"d"}`), arrival, nil)
	if !d.Open() || !d.Next() || !d.Open() || !d.Next() || !d.OpenList() || !d.Element() {
		t.Fatal("it does not begin")
	}
	if _, ok := d.Text(); ok || d.Err() == nil {
		t.Fatal("no error")
	}
	first := d.Err()
	for name, read := range readers {
		if _, ok := read(&d); ok {
			t.Errorf("%s reads", name)
		}
	}
	if d.Next() || d.Element() || d.Open() || d.OpenList() || d.Null() || d.Close("") || d.Close("b") || d.Strict().Open() {
		t.Error("it goes on")
	}
	d.Skip()
	d.Unknown("a")
	if !errors.Is(d.Err(), first) || len(d.Notes()) > 0 {
		t.Errorf("%v, noted %v", d.Err(), d.Notes())
	}
}

// TestDecoder_WhatNobodyReadsIsPassedOver and must be well-formed all the same.
func TestDecoder_WhatNobodyReadsIsPassedOver(t *testing.T) {
	steps := map[string]func(*Decoder){
		"nothing at all":          func(*Decoder) {},
		"only the document":       func(d *Decoder) { d.Open() },
		"one name":                func(d *Decoder) { d.Open(); d.Next() },
		"one member of an object": func(d *Decoder) { d.Open(); d.Next(); d.Open(); d.Next(); d.Text() },
		"one element": func(d *Decoder) {
			d.Open()
			d.Next()
			d.Next()
			d.OpenList()
			d.Element()
			d.Int64()
		},
		"an element of an object": func(d *Decoder) { d.Open(); d.Next(); d.Open(); d.Element(); d.Close("") },
		"a member of a list": func(d *Decoder) {
			d.Open()
			d.Next()
			d.Next()
			d.OpenList()
			d.Next()
			d.Close("")
		},
		"names only": func(d *Decoder) {
			d.Open()
			for d.Next() {
				d.Name()
			}
		},
		"more closed than opened": func(d *Decoder) {
			d.Open()
			d.Close("")
			d.Close("")
			d.Next()
			d.Element()
			d.Text()
			d.Null()
		},
		"more opened than there": func(d *Decoder) { d.Open(); d.Open(); d.OpenList(); d.Open() },
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			d := NewDecoder([]byte(`{"a":{"b":"c","d":1},"e":[1,2,[3]],"f":null} `), arrival, nil)
			if step(&d); d.Err() != nil {
				t.Error(d.Err())
			}
			d = NewDecoder([]byte(`{"a":{"b":"c","d":1},"e":[1,2,[3]],"f":nul} `), arrival, nil)
			if step(&d); d.Err() == nil {
				t.Error("inverse: nul is a value")
			}
		})
	}
}

func TestDecoder_WithoutAnArrivalALifetimeIsUnknown(t *testing.T) {
	d := NewDecoder([]byte(`{"life":3600}`), time.Time{}, nil)
	d.Open()
	d.Next()
	if at, ok := d.Lifetime(); ok || at.Known() || d.Err() != nil || len(d.Notes()) > 0 {
		t.Errorf("%v, %v, %v", at, ok, d.Err())
	}
}

// FuzzDecoder holds the decoder against encoding/json, which takes whatever this one
// takes and reads the same from it. What it takes with names that are known it takes
// without, and no input panics.
func FuzzDecoder(f *testing.F) {
	for _, seed := range bodies {
		f.Add([]byte(seed))
	}
	for _, seed := range []string{
		`{"object":{"id":"a","list":["b",1]},"objects":[{"id":"c"},{}],"lists":[[1],[],[null]],"raw":[{}],"never":null}`,
		`{"must_object":{},"must_list":[1],"must_text":1}`, `{"double":1e-400,"single":3.5,"small":-0,"count":1E2}`, `{"time":"2016-12-31t23:59:60z"}`,
		"\ufeff" + `{"text":"a"}`, strings.Repeat(`{"object":`, 33), `{"x":[[[{"y":[]}]]]}`, `{"text":"a","text":"b"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		unmarked := bytes.TrimPrefix(doc, []byte("\ufeff"))
		blind := NewDecoder(doc, arrival, nil)
		if blind.Err() == nil && !json.Valid(unmarked) {
			t.Fatal("nothing known: encoding/json refuses it")
		}
		p, err := read(string(doc))
		if err != nil {
			if len(err.Error()) > 400 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		if blind.Err() != nil {
			t.Fatalf("with names known it takes what it refuses without: %v", blind.Err())
		}
		var m map[string]any
		dec := json.NewDecoder(bytes.NewReader(unmarked))
		dec.UseNumber() // JSON has no largest number
		if err := dec.Decode(&m); err != nil {
			t.Fatalf("encoding/json refuses it: %v", err)
		}
		compare(t, p, m)
	})
}

// compare fails if a scalar of p is another one in m.
func compare(t *testing.T, p *probe, m map[string]any) {
	t.Helper()
	for _, name := range []string{"text", "flag", "secret", "token", "refresh", "must_text"} {
		got, read := p.got[name]
		want := fmt.Sprint(m[name], ";")
		noted := slices.Contains(p.d.Notes(), name)
		switch v := m[name].(type) {
		case string:
			if v == "" && strings.Contains("secret token refresh", name) {
				continue
			}
		case bool:
		default:
			want = ""
		}
		if got != want && !noted || noted && read {
			t.Fatalf("%s: %q, noted %v; encoding/json reads %q", name, got, noted, want)
		}
	}
	if s := strings.TrimSuffix(p.got["token"], ";"); s != "" && !IsToken68(s) {
		t.Fatalf("token %q cannot stand in a header", s)
	}
	for _, name := range []string{"small", "count"} {
		if n, ok := m[name].(json.Number); ok && p.got[name] != "" {
			if want, err := n.Int64(); err != nil || p.got[name] != fmt.Sprint(want, ";") {
				t.Fatalf("%s: %q, encoding/json reads %v", name, p.got[name], n)
			}
		}
	}
}

// A megabyte of the shortest elements must not become a hundred in memory.
func TestDecoder_TheElementsOfAllListsAreBounded(t *testing.T) {
	read := func(doc string, strict bool) (n int, kept bool, err error) {
		d := NewDecoder([]byte(doc), time.Time{}, nil)
		if d.Open() {
			for d.Next() {
				if strict {
					d.Strict()
				}
				if d.OpenList() {
					for d.Element() {
						n++
					}
					kept = d.Close("")
				}
			}
		}
		return n, kept, d.Err()
	}
	list := func(n int) string { return "[" + strings.Repeat("1,", n-1) + "1]" }
	if n, kept, err := read(`{"a":`+list(maxElements)+`}`, false); n != maxElements || !kept || err != nil {
		t.Errorf("as many as may be: %d, %v, %v", n, kept, err)
	}
	if n, kept, err := read(`{"a":`+list(maxElements+1)+`}`, false); n != maxElements || kept || err != nil {
		t.Errorf("one more: %d, %v, %v", n, kept, err)
	}
	if _, _, err := read(`{"a":`+list(maxElements)+`,"b":[1]}`, true); err == nil {
		t.Error("one more in another list, which is strict: no error")
	}
	if _, _, err := read(`{"a":`+list(maxElements + 1)[:maxElements]+`}`, false); err == nil {
		t.Error("inverse: the rest of a long list is not looked at")
	}
}

// bodies are the seeds: what providers send, and what section 6.3 of the
// reliability measurements found clients to stumble over.
var bodies = []string{
	`{"token":"abc","refresh":"def","text":"x","flag":true,"list":["a"],"life":3600,"when":"2006-01-02T15:04:05Z"}`,
	`{"error":"invalid_grant"}`, `{"errors":[{"category":"A","code":"B"}]}`, `{}`, `null`, `[]`, `{"token":123}`,
	`{"life":"3600"}`, `{"life":3600.0}`, `{"life":3.6e3}`, `{"life":""}`, `{"life":-5}`, `{"life":99999999999999}`,
	`{"life":-99999999999999}`, `{"life":0}`, `{"token":"a\r\nb"}`, `{"token":"a","token":"b"}`, `{"TOKEN":"a"}`,
	`{"token":"a"} garbage`, "{\"text\":\"\xff\xfe\"}", `{"text":"\ud83d\ude00"}`, `{"text":"\ud83d"}`, "\ufeff{}",
	`{"result":"error","error":{"code":"InvalidWithHint","message":"m"}}`, `{"ok":false,"error":{"code":404}}`,
	`{"code":16,"message":"unauthenticated","details":[]}`, `<html></html>`,
}
