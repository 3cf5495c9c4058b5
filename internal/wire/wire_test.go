package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestObjectRefuses(t *testing.T) {
	for _, tt := range []struct{ name, doc, want string }{
		{"an empty body", ``, "unexpected end (at byte 0)"},
		{"null", `null`, "the document is not a JSON object (at byte 0)"},
		{"an array", `[]`, "the document is not a JSON object (at byte 0)"},
		{"a string", `"a"`, "the document is not a JSON object (at byte 0)"},
		{"a byte order mark", "\ufeff{}", "the document is not a JSON object (at byte 0)"},
		{"UTF-16", "{\x00}\x00", "expected a name (at byte 1)"},
		{"two documents", `{}{}`, "bytes after the document (at byte 2)"},
		{"bytes after the document", `{"a":1} garbage`, "bytes after the document (at byte 8)"},
		{"a truncated document", `{"token":"ab`, "unexpected end (at byte 12)"},
		{"a known name twice", `{"token":"a","token":"b"}`, "token: duplicate name (at byte 20)"},
		{"a known name twice, once escaped", `{"token":"a","tok\u0065n":"b"}`, "token: duplicate name (at byte 25)"},
		{"an unknown name twice", `{"x":1,"x":2}`, "duplicate name (at byte 10)"},
		{"an unknown name twice further down", `{"x":[{"y":1,"y":2}]}`, "duplicate name (at byte 16)"},
		{"a known name in capitals", `{"token":"a","TOKEN":"b"}`, "token: name in the wrong case (at byte 20)"},
		{"only a known name in capitals", `{"TOKEN":"b"}`, "token: name in the wrong case (at byte 8)"},
		{"a number for a string", `{"text":123}`, "text: not a string (at byte 8)"},
		{"an object for a string", `{"text":{}}`, "text: not a string (at byte 8)"},
		{"a number for a string that may be missing", `{"hint":1}`, "hint: not a string (at byte 8)"},
		{"a string for a boolean", `{"flag":"true"}`, "flag: not a boolean (at byte 8)"},
		{"a string for a list", `{"list":"a"}`, "list: not an array (at byte 8)"},
		{"a number in a list of strings", `{"list":["a",1]}`, "list: not a string (at byte 8)"},
		{"a boolean for a lifetime", `{"life":true}`, "life: neither a number nor a string (at byte 8)"},
		{"a number for a moment", `{"when":1}`, "when: not a string (at byte 8)"},
		{"invalid UTF-8", "{\"text\":\"\xff\xfe\"}", "invalid UTF-8 (at byte 9)"},
		{"invalid UTF-8 behind an escape", "{\"text\":\"\\n\xff\"}", "invalid UTF-8 (at byte 11)"},
		{"half a surrogate pair", `{"text":"\ud800"}`, "half a surrogate pair (at byte 15)"},
		{"the other half alone", `{"text":"\udc00"}`, "half a surrogate pair (at byte 15)"},
		{"a raw line break in a string", "{\"text\":\"a\nb\"}", "control character in a string (at byte 10)"},
		{"an unknown escape", `{"text":"\q"}`, "unknown escape (at byte 9)"},
		{"a leading zero", `{"x":01}`, "not a JSON number (at byte 7)"},
		{"a number without digits", `{"x":-}`, "not a JSON number (at byte 6)"},
		{"a comma too many", `{"x":1,}`, "expected a name (at byte 7)"},
		{"no colon", `{"x" 1}`, "expected a colon (at byte 5)"},
		{"a bare word", `{"x":nope}`, "expected a value (at byte 5)"},
		{"too deep an object", strings.Repeat(`{"x":`, 40) + "1" + strings.Repeat("}", 40), "nested too deeply (at byte 160)"},
		{"five million arrays", `{"x":` + strings.Repeat("[", 5_000_000), "nested too deeply (at byte 36)"},
		{"a token with a line break", `{"token":"a\r\nX-Evil: 1"}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a token with a space", `{"token":"a b"}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a token with a NUL", `{"token":"a\u0000b"}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a token that is not ASCII", `{"token":"é"}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a token of padding only", `{"token":"=="}`, "token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a refresh token with a tab", `{"refresh":"a\tb"}`, "refresh: characters that a refresh token cannot have (RFC 6749 appendix A.17) (at byte 11)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Object([]byte(tt.doc), new(all).fields())
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

// all has a destination of every type.
type all struct {
	token   Credential
	refresh Visible
	text    string
	hint    *string
	flag    bool
	maybe   *bool
	count   int64
	list    []string
	life    Lifetime
	when    Timestamp
}

func (a *all) fields() []Field {
	return []Field{
		{"token", &a.token}, {"refresh", &a.refresh}, {"text", &a.text}, {"hint", &a.hint}, {"flag", &a.flag}, {"maybe", &a.maybe},
		{"count", &a.count}, {"list", &a.list}, {"life", &a.life}, {"when", &a.when},
	}
}

func TestObjectDecodes(t *testing.T) {
	var a all
	err := Object([]byte(` { "token" : "abc+/~._-==", "refresh":"r:e|f", "text":"\u00e9\ud83d\ude00\n\"", "hint":"", "flag":true,
		"maybe":false, "count":-12, "list":["a","b"], "life":"3600", "when":"2006-01-02T15:04:05+01:00",
		"unknown":{"Text":[1,-0.5e+3,true,null,{"TEXT":"x"}]} } `), a.fields())
	if err != nil {
		t.Fatal(err)
	}
	if a.token != "abc+/~._-==" || a.refresh != "r:e|f" || a.text != "é😀\n\"" || a.hint == nil || *a.hint != "" || !a.flag ||
		a.maybe == nil || *a.maybe || a.count != -12 || len(a.list) != 2 || a.list[1] != "b" {
		t.Errorf("got %+v", a)
	}
	now := time.Unix(1000, 0)
	if at, ok := a.life.After(now); !ok || at.Unix() != 4600 {
		t.Errorf("lifetime ends at %v, %v", at, ok)
	}
	if want := time.Date(2006, 1, 2, 14, 4, 5, 0, time.UTC); !a.when.At.Equal(want) || !a.when.Present || a.when.Empty {
		t.Errorf("moment %+v, want %v", a.when, want)
	}
}

func TestNullLeavesTheDestination(t *testing.T) {
	a := all{token: "was", text: "was", flag: true}
	doc := `{"token":null,"refresh":null,"text":null,"hint":null,"flag":null,"maybe":null,"count":null,"list":null,"life":null,"when":null}`
	if err := Object([]byte(doc), a.fields()); err != nil {
		t.Fatal(err)
	}
	if a.token != "was" || a.text != "was" || a.hint != nil || !a.flag || a.maybe != nil || a.list != nil || a.when.Present {
		t.Errorf("got %+v", a)
	}
}

func TestEachAndNestedObject(t *testing.T) {
	var codes []string
	doc := `{"errors":[ {"code":"A"} , {"code":"B","more":[1]} ]}`
	err := Object([]byte(doc), []Field{{"errors", func(v Value) error {
		return v.Each(func(v Value) error {
			var code string
			err := v.Object([]Field{{"code", &code}})
			codes = append(codes, code)
			return err
		})
	}}})
	if err != nil || strings.Join(codes, ",") != "A,B" {
		t.Errorf("got %v, %v", codes, err)
	}
	err = Object([]byte(`{"errors":{"code":7}}`), []Field{{"errors", func(v Value) error {
		var code string
		return v.Object([]Field{{"code", &code}})
	}}})
	if err == nil || err.Error() != "errors.code: not a string (at byte 18)" {
		t.Errorf("got %v", err)
	}
}

func TestTooManyNamesAreRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("{")
	for i := range maxNames + 1 {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(`"` + strings.Repeat("x", i+1) + `":0`)
	}
	b.WriteString("}")
	if err := Object([]byte(b.String()), nil); err == nil || !strings.Contains(err.Error(), "too many names") {
		t.Errorf("got %v", err)
	}
}

func TestErrorsEchoNothing(t *testing.T) {
	const canary = "canary"
	for _, doc := range []string{
		`{"canary":1,"canary":2}`, `{"token":"canary canary"}`, `{"canary":canary}`, `canary`, `{"text":["canary"]}`, `{} canary`,
	} {
		if err := Object([]byte(doc), new(all).fields()); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestTheQuickLookAtCaseMissesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: every code point at every place")
	}
	const known = "skip_k"
	for r := range rune(utf8.MaxRune + 1) {
		for i := range len(known) {
			name := known[:i] + string(r) + known[i+1:]
			if strings.EqualFold(name, known) && !mayFold([]byte(name), known) {
				t.Errorf("%q folds to %q", name, known)
			}
		}
	}
	if mayFold([]byte("token"), "scope") || mayFold([]byte("tok"), "token") || mayFold(nil, "") {
		t.Error("the look tells nothing apart")
	}
}

func TestEightBytesAtATimeAreAsPlainAsOneByOne(t *testing.T) {
	for at := range 24 {
		for c := range 256 {
			text := []byte(strings.Repeat("a", 24))
			text[at] = byte(c)
			want := 24
			if !plain[c] {
				want = at
			}
			if got := plainRun(text); got != want {
				t.Fatalf("%q: %d, want %d", text, got, want)
			}
		}
	}
}

func TestIsBearer(t *testing.T) {
	for typ, want := range map[string]bool{"": true, "bearer": true, "Bearer": true, "bEaReR": true, "mac": false, "DPoP": false, "bearer ": false} {
		if got := IsBearer(typ); got != want {
			t.Errorf("IsBearer(%q) = %v", typ, got)
		}
	}
}

// FuzzObject holds the decoder against encoding/json: whatever this one takes,
// that one takes too and reads the same from it, and no input panics.
func FuzzObject(f *testing.F) {
	for _, seed := range bodies {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var a all
		if err := Object(doc, a.fields()); err != nil {
			if len(err.Error()) > 200 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		var m map[string]any
		dec := json.NewDecoder(bytes.NewReader(doc))
		dec.UseNumber() // JSON has no largest number
		if err := dec.Decode(&m); err != nil {
			t.Fatalf("encoding/json refuses it: %v", err)
		}
		if s, ok := m["text"].(string); ok && s != a.text {
			t.Fatalf("text: %q, encoding/json reads %q", a.text, s)
		}
		if s, ok := m["token"].(string); ok && s != string(a.token) {
			t.Fatalf("token: %q, encoding/json reads %q", a.token, s)
		}
		if b, ok := m["flag"].(bool); ok && b != a.flag {
			t.Fatalf("flag: %v, encoding/json reads %v", a.flag, b)
		}
		if a.token != "" && !IsToken68(string(a.token)) {
			t.Fatalf("token %q cannot stand in a header", a.token)
		}
	})
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
