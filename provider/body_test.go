package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
)

// written is what write puts into an empty Body.
func written(write func(*Body)) string {
	var b Body
	write(&b)
	return string(b.Bytes())
}

// runeClasses has a text for each way in which a character can be written: all below
// U+3000, the ends of what UTF-8 can say, and bytes that are no UTF-8.
func runeClasses() []string {
	texts := []string{"", "\xff", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xffb\u2028c<\xfe", "\u2028\u2029", "\ufeff", "\ufffd", "\ud7ff\ue000", "\U00010000\U0010ffff"}
	all := ""
	for r := range rune(0x3000) {
		texts = append(texts, string(r))
		all += string(r)
	}
	return append(texts, all)
}

func TestBody_WritesTextsAsEncodingJSONDoes(t *testing.T) {
	for _, text := range runeClasses() {
		want, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := written(func(b *Body) { b.Text(text) }); got != string(want) {
			t.Fatalf("%+q is %s, want %s", text, got, want)
		}
		if got := written(func(b *Body) { b.Secret(grantway.NewSecret(text)) }); got != string(want) {
			t.Fatalf("the secret %+q is %s, want %s", text, got, want)
		}
		want, err = json.Marshal(map[string]int{text: 1})
		if err != nil {
			t.Fatal(err)
		}
		if got := written(func(b *Body) { b.Object(); b.Name(text); b.Int(1); b.EndObject() }); got != string(want) {
			t.Fatalf("the name %+q is %s, want %s", text, got, want)
		}
	}
}

func TestBody_WritesPairsAsURLValuesDo(t *testing.T) {
	for _, text := range runeClasses() {
		want := url.Values{text: {text}}.Encode()
		if got := written(func(b *Body) { b.Pair(text, text) }); got != want {
			t.Fatalf("%+q is %s, want %s", text, got, want)
		}
	}
	want := url.Values{"a": {"1", "2"}, "b": {""}}.Encode()
	if got := written(func(b *Body) { b.Pair("a", "1"); b.Pair("a", "2"); b.Pair("b", "") }); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestBody_WritesNumbersAsEncodingJSONDoes(t *testing.T) {
	for _, n := range []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1.5, 1e-6, 9.99e-7, 1e-7, 1e-9, 1e-10, -1e-9, 1e20, 1e21, 1e22, -1e21, 123456789.125,
		1e100, 1e-100, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Pi, math.MaxInt64} {
		if got, want := written(func(b *Body) { b.Float(n) }), marshalled(t, n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if single := float32(n); !math.IsInf(float64(single), 0) {
			if got, want := written(func(b *Body) { b.Float32(single) }), marshalled(t, single); got != want {
				t.Errorf("of single precision: %s, want %s", got, want)
			}
		}
	}
	for _, n := range []int64{0, 1, -1, 42, math.MaxInt64, math.MinInt64} {
		if got, want := written(func(b *Body) { b.Int(n) }), marshalled(t, n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for _, n := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := written(func(b *Body) { b.Float(n) }); got != "null" {
			t.Errorf("%v is %s", n, got)
		}
	}
}

func marshalled(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBody_WritesMomentsAsEncodingJSONDoes(t *testing.T) {
	for _, at := range []time.Time{{}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(2026, 1, 2, 3, 4, 5, 600_000, time.FixedZone("", -5*3600-1800)), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)} {
		if got, want := written(func(b *Body) { b.Time(at) }), marshalled(t, at); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := written(func(b *Body) { b.Time(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)) }); got != "null" {
		t.Errorf("the year 10000 is %s", got)
	}
}

func TestBody_WritesOnlyJSONRaw(t *testing.T) {
	for text, want := range map[string]string{
		`{"a" : [1, "<"]}`: `{"a":[1,"\u003c"]}`, ` 12 `: `12`, `"a"`: `"a"`, `null`: `null`, ``: `null`,
		`1,"admin":true`: `null`, `{`: `null`, `nope`: `null`, `{}{}`: `null`,
	} {
		if got := written(func(b *Body) { b.Raw(grantway.NewSecret(text)) }); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestBody_PutsTheCommas(t *testing.T) {
	got := written(func(b *Body) {
		b.Object()
		b.Name("a{[:")
		b.Text("b{[:")
		b.Name("c")
		b.Array()
		b.Int(1)
		b.Bool(true)
		b.Null()
		b.Array()
		b.EndArray()
		b.Object()
		b.EndObject()
		b.Object()
		b.Name("d")
		b.Float(1.5)
		b.Name("e")
		b.Bool(false)
		b.EndObject()
		b.Text("x[")
		b.Text("y")
		b.EndArray()
		b.Name("f")
		b.Object()
		b.EndObject()
		b.Name("g")
		b.Raw(grantway.NewSecret(`[1]`))
		b.Name("h")
		b.Null()
		b.EndObject()
	})
	const want = `{"a{[:":"b{[:","c":[1,true,null,[],{},{"d":1.5,"e":false},"x[","y"],"f":{},"g":[1],"h":null}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !json.Valid([]byte(got)) {
		t.Error("encoding/json does not take it")
	}
}

func TestBody_TheFirstWriteMakesRoom(t *testing.T) {
	n := testing.AllocsPerRun(100, func() {
		var b Body
		b.Object()
		b.Name("grant_type")
		b.Text("refresh_token")
		b.Name("refresh_token")
		b.Secret(grantway.Secret{})
		b.EndObject()
		if len(b.Bytes()) > firstBody {
			t.Error("the test writes too much")
		}
	})
	if n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestBody_DoesNotPrint(t *testing.T) {
	const marker = "example-secret"
	var body Body
	body.Text(marker)
	for _, v := range []any{body, &body, struct{ B Body }{body}} {
		var out bytes.Buffer
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", v)
		out.WriteString(marshalled(t, v))
		if text := out.String(); strings.Contains(text, marker) || strings.Contains(text, fmt.Sprintf("%x", marker)) {
			t.Errorf("%T prints %s", v, text)
		}
	}
	if !strings.Contains(string(body.Bytes()), marker) {
		t.Error("inverse: there is nothing to print")
	}
	if body.String() != "Body{16 bytes}" {
		t.Error(body.String())
	}
}

// FuzzBody: any text is written as encoding/json and net/url write it.
func FuzzBody(f *testing.F) {
	for _, text := range []string{"", "a", "<&>\"\\", "\x00\x1f\x7f", "\u2028\u2029\ufffd", "\xff\xed\xa0\x80", "é😀"} {
		f.Add(text, 1.5)
	}
	f.Fuzz(func(t *testing.T, text string, n float64) {
		if got, want := written(func(b *Body) { b.Text(text) }), marshalled(t, text); got != want {
			t.Errorf("%+q is %s, want %s", text, got, want)
		}
		if got, want := written(func(b *Body) { b.Pair(text, text) }), (url.Values{text: {text}}).Encode(); got != want {
			t.Errorf("%+q is %s, want %s", text, got, want)
		}
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return
		}
		if got, want := written(func(b *Body) { b.Float(n) }), marshalled(t, n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if single := float32(n); !math.IsInf(float64(single), 0) {
			if got, want := written(func(b *Body) { b.Float32(single) }), marshalled(t, single); got != want {
				t.Errorf("of single precision: %s, want %s", got, want)
			}
		}
	})
}
