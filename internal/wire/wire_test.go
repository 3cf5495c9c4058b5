package wire

import (
	"strings"
	"testing"
)

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
