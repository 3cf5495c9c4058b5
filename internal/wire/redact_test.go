package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestWhatWasDecodedDoesNotPrint(t *testing.T) {
	const marker = "example-secret"
	var value Value
	if err := Object([]byte(`{"a":"`+marker+`"}`), []Field{{Name: "a", Into: func(v Value) error { value = v; return nil }}}); err != nil {
		t.Fatal(err)
	}
	if s, err := value.String(); s != marker || err != nil {
		t.Fatalf("inverse: the value is not what was read: %v", err)
	}
	for _, v := range []any{Credential(marker), Visible(marker), value} {
		var b bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&b, nil)).Info("m", "v", v)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "v", v)
		raw, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		b.Write(raw)
		if text := b.String(); strings.Contains(text, marker) || strings.Contains(text, fmt.Sprintf("%x", marker)) {
			t.Errorf("%T prints:\n%s", v, text)
		}
	}
}
