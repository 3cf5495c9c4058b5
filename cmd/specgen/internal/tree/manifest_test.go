package tree

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

func TestManifestComesBack(t *testing.T) {
	m := NewManifest(map[string][]byte{"api/a.yaml": []byte("a")}, map[string][]byte{"gen/a/x.go": []byte("x")})
	text := string(m.Bytes())
	if !strings.Contains(text, spec.Sum([]byte("x"))+"  gen/a/x.go\n") {
		t.Errorf("got %s", text)
	}
	back := ParseManifest(append(m.Bytes(), "junk\n\x00  y\n"...))
	if len(back) != 2 || back["gen/a/x.go"] != m["gen/a/x.go"] || back["api/a.yaml"] != m["api/a.yaml"] {
		t.Errorf("got %v, want %v", back, m)
	}
}
