package scorecard

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// orders are lines that a tool would obey if they stood in a comment as they
// are.
func orders() []string {
	return []string{
		"//" + "go:build ignore", "//" + "go:generate true", "//" + "go:embed x", "//" + "go:linkname a b", "//" + "go:noinline", "//" + "go:cgo_import_dynamic a",
		"// +" + "build ignore", "//+" + "build ignore", "//" + "line x.go:1", "//" + "export A", "//" + "nolint:all", "//" + "lint:ignore U1000 x",
		"#" + "cgo LDFLAGS: -lx", "import \"" + "C\"", "/" + "*line x.go:1:1*" + "/",
	}
}

// ways puts an order into text: as it is, without its slashes, after other text,
// indented, and twice.
func ways(order string) []string {
	plain := strings.TrimLeft(order, "/ ")
	return []string{order, plain, "Text.\n" + order, "Text.\n\n\t " + plain + "\n", plain + "\n" + plain}
}

func TestCheck057_NoDirectivesFromText(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: hundreds of specs are generated")
	}
	specs, made, faults := 0, 0, 0
	for i, order := range orders() {
		for j, way := range ways(order) {
			if thin(i + j) {
				continue
			}
			// All sinks of free text at once: a directive is one wherever it stands.
			input := everywhere(t, way)
			specs++
			files, findings := guarded(t, input)
			if len(files) == 0 {
				t.Errorf("%q is refused, and is harmless once it is cleaned: %v", way, findings)
				continue
			}
			made++
			for name, src := range files {
				for _, d := range scan(t, name, string(src)) {
					t.Errorf("%q: %s holds the directive %q", way, name, d)
				}
			}
			if src, err := bare(input); err == nil {
				faults += min(1, len(scan(t, "bare", src)))
			}
		}
	}
	if faults == 0 {
		t.Error("the generator alone writes no directive either: the orders test nothing")
	}
	t.Logf("figure: %d specs with %d kinds of directive in all text, %d made, 0 directives; without specgen %d of them hold one",
		specs, len(orders()), made, faults)
}

// everywhere puts text into all descriptions of one spec.
func everywhere(t *testing.T, text string) string {
	t.Helper()
	var all sink
	for _, s := range sinks {
		switch {
		case !s.text, len(s.edit) != 2, clash(all, s), !strings.Contains(s.name, "description") && !strings.Contains(s.name, "summary") && !strings.Contains(s.name, "reason"):
			continue
		}
		all.edit = append(all.edit, s.edit...)
	}
	if len(all.edit) < 2*8 {
		t.Fatalf("only %d places", len(all.edit)/2)
	}
	return filled(t, text, all)
}

func scan(t *testing.T, name, src string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments)
	if err != nil {
		return []string{"does not parse"}
	}
	return directives(file)
}

// unseen are characters that a reader does not see, by what they do.
var unseen = map[string]string{
	"right-to-left override":       "\u202e",
	"left-to-right override":       "\u202d",
	"right-to-left embedding":      "\u202b",
	"pop directional formatting":   "\u202c",
	"left-to-right isolate":        "\u2066",
	"right-to-left isolate":        "\u2067",
	"first strong isolate":         "\u2068",
	"pop directional isolate":      "\u2069",
	"right-to-left mark":           "\u200f",
	"arabic letter mark":           "\u061c",
	"zero-width space":             "\u200b",
	"zero-width joiner":            "\u200d",
	"zero-width non-joiner":        "\u200c",
	"word joiner":                  "\u2060",
	"byte order mark":              "\ufeff",
	"soft hyphen":                  "\u00ad",
	"hangul filler":                "\u3164",
	"variation selector":           "\ufe0f",
	"tag letter":                   "\U000e0041",
	"line separator":               "\u2028",
	"paragraph separator":          "\u2029",
	"next line":                    "\u0085",
	"carriage return":              "\r",
	"backspace":                    "\b",
	"escape":                       "\x1b",
	"delete":                       "\x7f",
	"null":                         "\x00",
	"interlinear annotation":       "\ufff9",
	"mongolian vowel separator":    "\u180e",
	"combining grapheme joiner":    "\u034f",
	"the sample of Trojan Source":  "a \u202e } \u2066if admin\u2069 \u2066 begin",
	"the stretched string of them": "user\u202e \u2066// check\u2069 \u2066",
}

func TestCheck065_TrojanSource(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: hundreds of specs are generated")
	}
	samples, faults := 0, 0
	for name, text := range unseen {
		text = "plain" + text + "text"
		for i, s := range sinks {
			if thin(i) {
				continue
			}
			if !s.text && s.name != "name of a property" && s.name != "path" && s.name != "operationId" {
				continue
			}
			samples++
			input := filled(t, text, s)
			files, findings := guarded(t, input)
			if len(files) > 0 || findings[0].Rule != "TEXT-CONTROL" {
				t.Errorf("%s in %s: got %d files and %v, want TEXT-CONTROL", name, s.name, len(files), findings)
			}
		}
		// The inverse: the generator alone copies it into the code.
		src, err := bare(filled(t, text, find(t, "description of a property")))
		if err == nil && strings.Contains(src, text) {
			faults++
		}
	}
	if faults == 0 {
		t.Error("the generator alone copies none of these: the samples test nothing")
	}
	// What people write is let through.
	for _, text := range []string{"Zürich", "東京", "שלום", "مرحبا", "a warning ⚠\ufe0f", "é", "a\ttab", "two\nlines"} {
		if files, findings := guarded(t, filled(t, text, find(t, "description of a property"))); len(files) == 0 {
			t.Errorf("%q is refused: %v", text, findings)
		}
	}
	t.Logf("figure: %d samples of %d characters, all refused with their place; without specgen %d of %d are in the code",
		samples, len(unseen), faults, len(unseen))
}

func find(t *testing.T, name string) sink {
	t.Helper()
	for _, s := range sinks {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("no sink %q", name)
	return sink{}
}
