package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestDecoder_DoesNotPrint(t *testing.T) {
	const marker = "example-secret"
	d := NewDecoder([]byte(`{"a":"`+marker+`"}`), arrival, nil)
	for _, v := range []any{d, &d, struct{ D Decoder }{d}} {
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
	if text := string(d.s.b); !strings.Contains(text, marker) {
		t.Error("inverse: there is nothing to print")
	}
}
