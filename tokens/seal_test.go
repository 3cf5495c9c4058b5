package tokens

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// exampleKey is no key anybody uses: it says so.
func exampleKey(t testing.TB, id string, last byte) SealKey {
	t.Helper()
	k, err := NewSealKey(id, append([]byte("example-seal-key-of-thirty-one-"), last))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func exampleSealer(t testing.TB, current SealKey, previous ...SealKey) *Sealer {
	t.Helper()
	s, err := NewSealer(current, previous...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const exampleClear = "example-secret"

// exampleSealed is exampleClear as the first release sealed it with the key
// "one" for generation 7 of "entry". It must open for ever.
const exampleSealed = "9367777301036f6e651ef5de86682986a1eef368ef0abbf515ca91e4cdd9cce8f169a74d6d5aec15ab672338a6f7574bff3412"

func mustSeal(t testing.TB, s *Sealer, key string, generation uint64, clear string) []byte {
	t.Helper()
	sealed, err := s.Seal(key, generation, []byte(clear))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestWhatIsSealedOpensInItsPlaceOnly(t *testing.T) {
	s := exampleSealer(t, exampleKey(t, "one", '1'))
	for _, clear := range []string{"", "x", exampleClear, strings.Repeat("\x00", 60<<10)} {
		got, err := s.Open("entry", 7, mustSeal(t, s, "entry", 7, clear))
		if err != nil || string(got) != clear {
			t.Errorf("%d bytes: %d came back, %v", len(clear), len(got), err)
		}
	}
	sealed := mustSeal(t, s, "entry", 7, exampleClear)
	if bytes.Contains(sealed, []byte(exampleClear)) || !IsSealed(sealed) {
		t.Error("it is not sealed")
	}
	if bytes.Equal(sealed, mustSeal(t, s, "entry", 7, exampleClear)) {
		t.Error("two seals of the same are equal: the nonce is not random")
	}
	for name, place := range map[string]struct {
		key        string
		generation uint64
	}{
		"another entry":                  {"entrz", 7},
		"a key that goes on":             {"entry7", 7},
		"no key":                         {"", 7},
		"a later generation":             {"entry", 8},
		"an earlier generation":          {"entry", 6},
		"generation 0":                   {"entry", 0},
		"a generation of the same bytes": {"entry", 7 << 56},
		"a key with the generation's bytes before it": {"\x00\x00\x00\x00\x00\x00\x00\x07entry", 7},
	} {
		got, err := s.Open(place.key, place.generation, sealed)
		if !errors.Is(err, ErrSealBroken) || got != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryChangeOfSealedDataIsFoundOut(t *testing.T) {
	s := exampleSealer(t, exampleKey(t, "one", '1'))
	sealed := mustSeal(t, s, "entry", 7, exampleClear)
	typed := []error{ErrNotSealed, ErrSealBroken, ErrSealKey, ErrSealVersion}
	check := func(what string, data []byte) {
		t.Helper()
		got, err := s.Open("entry", 7, data)
		if err == nil || got != nil {
			t.Fatalf("%s: it opened", what)
		}
		for _, want := range typed {
			if errors.Is(err, want) {
				return
			}
		}
		t.Errorf("%s: the error %v is not typed", what, err)
	}
	for n := range len(sealed) {
		check(fmt.Sprintf("cut to %d bytes", n), sealed[:n])
		if _, err := s.Open("entry", 7, sealed[:n]); n > 0 && !errors.Is(err, ErrSealBroken) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
		for bit := range 8 {
			flipped := bytes.Clone(sealed)
			flipped[n] ^= 1 << bit
			check(fmt.Sprintf("bit %d of byte %d flipped", bit, n), flipped)
		}
	}
	check("a byte more", append(bytes.Clone(sealed), 0))
	// The inverse: unchanged it opens.
	if got, err := s.Open("entry", 7, sealed); err != nil || string(got) != exampleClear {
		t.Errorf("unchanged: %v", err)
	}
}

func TestSealedAndClearAreNotTakenForEachOther(t *testing.T) {
	s := exampleSealer(t, exampleKey(t, "one", '1'))
	for _, clear := range []string{"", "{}", `{"access_token":"example-secret"}`, "gws", "\x00", "null"} {
		if _, err := s.Open("entry", 1, []byte(clear)); !errors.Is(err, ErrNotSealed) {
			t.Errorf("Open of the clear data %q: %v", clear, err)
		}
		if IsSealed([]byte(clear)) {
			t.Errorf("IsSealed(%q)", clear)
		}
	}
	newer := mustSeal(t, s, "entry", 1, exampleClear)
	newer[len(sealMagic)] = sealVersion + 1
	if _, err := s.Open("entry", 1, newer); !errors.Is(err, ErrSealVersion) {
		t.Errorf("a newer format: %v", err)
	}
}

func TestSealKeysRotate(t *testing.T) {
	one, two := exampleKey(t, "one", '1'), exampleKey(t, "two", '2')
	before, after := exampleSealer(t, one), exampleSealer(t, two, one)
	old := mustSeal(t, before, "entry", 1, exampleClear)
	got, err := after.Open("entry", 1, old)
	if err != nil || string(got) != exampleClear {
		t.Fatalf("what the previous key sealed: %v", err)
	}
	sealed := mustSeal(t, after, "entry", 2, string(got))
	if _, err := exampleSealer(t, two).Open("entry", 2, sealed); err != nil {
		t.Errorf("the next write is not sealed with the current key: %v", err)
	}
	if _, err := before.Open("entry", 2, sealed); !errors.Is(err, ErrSealKey) {
		t.Errorf("a key that was not given: %v", err)
	}
	wrong := exampleSealer(t, exampleKey(t, "one", '9'))
	if _, err := wrong.Open("entry", 1, old); !errors.Is(err, ErrSealBroken) {
		t.Errorf("other bytes under the same id: %v", err)
	}
}

func TestTheFormatOfTheFirstReleaseOpens(t *testing.T) {
	sealed, err := hex.DecodeString(exampleSealed)
	if err != nil {
		t.Fatal(err)
	}
	got, err := exampleSealer(t, exampleKey(t, "one", '1')).Open("entry", 7, sealed)
	if err != nil || string(got) != exampleClear {
		t.Errorf("Open: %v", err)
	}
}

func TestSealKeysThatAreNoneAreRefused(t *testing.T) {
	good := []byte("example-seal-key-of-thirty-two-b")
	for name, c := range map[string]struct {
		id  string
		key []byte
	}{
		"no bytes":       {"one", nil},
		"16 bytes":       {"one", good[:16]},
		"31 bytes":       {"one", good[:31]},
		"33 bytes":       {"one", append(bytes.Clone(good), 'x')},
		"hex of a key":   {"one", []byte(hex.EncodeToString(good))},
		"never filled":   {"one", make([]byte, 32)},
		"no id":          {"", good},
		"a long id":      {strings.Repeat("i", 65), good},
		"an id with NUL": {"a\x00", good},
	} {
		if _, err := NewSealKey(c.id, c.key); err == nil || strings.Contains(err.Error(), "example-seal") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewSealKey(strings.Repeat("i", 64), good); err != nil {
		t.Errorf("a good key: %v", err)
	}
	one := exampleKey(t, "one", '1')
	for name, keys := range map[string][]SealKey{
		"an empty current key":  {{}},
		"an empty previous key": {one, {}},
		"one id twice":          {one, exampleKey(t, "one", '2')},
	} {
		if s, err := NewSealer(keys[0], keys[1:]...); err == nil || s != nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, s := range []*Sealer{nil, {}} {
		if _, err := s.Seal("entry", 1, nil); err == nil {
			t.Error("a Sealer without keys sealed")
		}
		if _, err := s.Open("entry", 1, nil); err == nil {
			t.Error("a Sealer without keys opened")
		}
	}
}

func TestSealedDataFitIntoAnEntry(t *testing.T) {
	s := exampleSealer(t, exampleKey(t, strings.Repeat("i", 64), '1'))
	room := maxStoreData - len(sealMagic) - 2 - 64 - sealOverhead
	sealed := mustSeal(t, s, "entry", 1, strings.Repeat("x", room))
	if err := CheckSwap(0, Entry{Key: "entry", Generation: 1, Data: sealed}); err != nil {
		t.Errorf("the most that Seal takes: %v", err)
	}
	if _, err := s.Seal("entry", 1, make([]byte, room+1)); !errors.Is(err, ErrInvalidEntry) {
		t.Errorf("a byte more: %v", err)
	}
}

func TestSealKeysDoNotPrint(t *testing.T) {
	k := exampleKey(t, "marker-id", '1')
	s := exampleSealer(t, k)
	type user struct {
		Key    SealKey
		Sealer *Sealer
		k      SealKey
		s      *Sealer
	}
	var log bytes.Buffer
	for _, v := range []any{k, &k, s, *s, user{k, s, k, s}, []SealKey{k}, map[string]*Sealer{"s": s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&log, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&log, nil)).Info("", "v", v)
		if b, err := json.Marshal(v); err == nil {
			log.Write(b)
		}
	}
	// Expanded keys begin with the key itself, as bytes or as words.
	for _, leak := range []string{"example-seal-key", "6578616d706c65", "6578616D706C65", "101 120 97 109", "marker-id"} {
		if strings.Contains(log.String(), leak) {
			t.Errorf("printed: %s", leak)
		}
	}
	// The inverse: a key in the open does print.
	if out := fmt.Sprintf("%s", struct{ key []byte }{[]byte("example-seal-key")}); !strings.Contains(out, "example-seal-key") {
		t.Errorf("the marker does not print: %s", out)
	}
}

func FuzzSealerOpen(f *testing.F) {
	s := exampleSealer(f, exampleKey(f, "one", '1'), exampleKey(f, "two", '2'))
	// Not sealed anew here: each process of the fuzzer would have another.
	genuine, err := hex.DecodeString(exampleSealed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("entry", uint64(7), genuine)
	f.Add("entry", uint64(8), genuine)
	f.Add("entry", uint64(7), genuine[:20])
	f.Add("", uint64(0), []byte(sealMagic))
	f.Add("entry", uint64(7), []byte(sealMagic+"\x01\x03two"))
	f.Add("entry", uint64(7), []byte(sealMagic+"\x02\xff"))
	f.Add("entry", uint64(7), []byte("{}"))
	f.Fuzz(func(t *testing.T, key string, generation uint64, data []byte) {
		clear, err := s.Open(key, generation, data)
		if err == nil {
			// Nobody forges a tag by chance: only the genuine seal opens.
			if key != "entry" || generation != 7 || !bytes.Equal(data, genuine) || string(clear) != exampleClear {
				t.Errorf("something else opened")
			}
			return
		}
		if clear != nil {
			t.Error("data beside an error")
		}
		for _, want := range []error{ErrNotSealed, ErrSealKey, ErrSealBroken, ErrSealVersion} {
			if errors.Is(err, want) {
				return
			}
		}
		t.Errorf("the error %v is not typed", err)
	})
}
