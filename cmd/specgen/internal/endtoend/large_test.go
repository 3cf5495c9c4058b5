package endtoend

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// base is a file of testdata/base.
func base(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/base", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// specOf runs specgen on a spec that a test made, and returns what it printed.
func specOf(t *testing.T, text string, commands ...string) string {
	t.Helper()
	s := newSession(t, t.TempDir())
	if err := os.WriteFile(filepath.Join(s.root, "api/acme.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := s.replay("$ " + strings.Join(commands, "\n$ ") + "\n")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// manyLines is a correct spec of at least so many lines: schemas that refer to
// one another, with a hundred properties each that are described at some length.
func manyLines(t *testing.T, lines int) string {
	t.Helper()
	const each, perSchema = 10, 100 // lines of a property, properties
	schemas := lines/each/perSchema + 1
	var more strings.Builder
	for n := range schemas {
		fmt.Fprintf(&more, "    More%d:\n      type: object\n      properties:\n", n)
		for i := range perSchema {
			fmt.Fprintf(&more, "        p%d:\n          type: string\n          description: |\n%s", i, strings.Repeat("            Text.\n", each-3))
		}
		if n+1 < schemas {
			fmt.Fprintf(&more, "        next:\n          $ref: '#/components/schemas/More%d'\n", n+1)
		}
	}
	const property, last = "        token_type:\n          type: string\n", "    Error:\n      type: object\n"
	text := base(t, "api/acme.yaml")
	text = strings.Replace(text, property, property+"        more:\n          $ref: '#/components/schemas/More0'\n", 1)
	return strings.Replace(text, last, more.String()+last, 1)
}

func TestAFileOfAHundredThousandLinesIsDone(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a hundred thousand lines")
	}
	text := manyLines(t, 100_000)
	if n := strings.Count(text, "\n"); n < 100_000 {
		t.Fatalf("the spec has %d lines", n)
	}
	got := specOf(t, text, "specgen generate", "specgen check", "specgen lint")
	if !strings.Contains(got, "\ncreated gen/MANIFEST\n! specgen: no go.mod") || !strings.HasSuffix(got, "\n$ specgen check\n$ specgen lint\n") {
		t.Errorf("got %s", got)
	}
	// A fault on its last line is found there.
	broken := strings.TrimSuffix(text, "\n") + "\n      x-go-type: os.File\n"
	at := fmt.Sprintf("api/acme.yaml:%d:7: X-GO ", strings.Count(broken, "\n"))
	if got := specOf(t, broken, "specgen lint"); !strings.Contains(got, at) {
		t.Errorf("got %s, want a line that begins with %s", got, at)
	}
}

func TestAFileThatIsTooLargeIsRefused(t *testing.T) {
	text := base(t, "api/acme.yaml")
	text += strings.Repeat("# more\n", (4<<20)/7)
	got := specOf(t, text, "specgen generate", "ls api")
	if !strings.Contains(got, "\napi/acme.yaml:1:1: SPEC-SIZE ") || !strings.Contains(got, "[exit 1]") || strings.Contains(got, "created") {
		t.Errorf("got %s", got)
	}
}

func TestAFileThatIsTooDeepIsRefused(t *testing.T) {
	const levels = 100
	deep := "        token_type:\n"
	for i := range levels {
		deep += strings.Repeat(" ", 10+2*i) + "items:\n"
	}
	deep += strings.Repeat(" ", 10+2*levels) + "type: string\n"
	text := strings.Replace(base(t, "api/acme.yaml"), "        token_type:\n          type: string\n", deep, 1)
	got := specOf(t, text, "specgen generate")
	if !strings.Contains(got, ": SPEC-DEPTH ") || !strings.Contains(got, "[exit 1]") {
		t.Errorf("got %s", got)
	}
}
