package spec

import (
	"bufio"
	"strings"
	"testing"
)

func TestInvisibleCharacters(t *testing.T) {
	for _, text := range []string{
		"a\u202eb", "a\u2066b", "a\u200bb", "a\u200db", "a\ufeffb", "a\u00adb", "a\u2028b", "a\u2029b", "a\x00b", "a\x1bb", "a\x7fb", "a\u0085b",
		"a\rb", "a\vb", "a\fb", "a\u115fb", "a\u3164b", "a\uffa0b", "a\u034fb", "a\u180eb", "a\ufe0fb", "a\U000e0041b", "a\U000e0101b", "a\ufffeb",
	} {
		if r, found := invisible(text); !found || !strings.ContainsRune(text, r) {
			t.Errorf("%+q: nothing found", text)
		}
	}
	for _, text := range []string{"", "plain text\n\twith lines", "Zürich, 東京, Москва, عربي, עברית", "a warning ⚠\ufe0f and a check ✔\ufe0f", "é as e\u0301", "non\u00a0breaking"} {
		if r, found := invisible(text); found {
			t.Errorf("%+q: found %U", text, r)
		}
	}
}

func TestComment(t *testing.T) {
	for in, want := range map[string]string{
		"Plain.":                        "Plain.",
		"+" + "build ignore":            `\+build ignore`,
		"One.\n \t+" + "build x\nThree": "One.\n \t\\+build x\nThree",
		"go:" + "generate rm":           `\go:generate rm`,
		"//go:" + "embed x":             `\//go:embed x`,
		"#cgo" + " LDFLAGS: x":          `\#cgo LDFLAGS: x`,
		"a */ b":                        `a *\/ b`,
		"see +build, go:generate":       "see +build, go:generate",
		"https://example.com\n// note":  "https://example.com\n// note",
		"+building blocks, #cgoes":      "+building blocks, #cgoes",
	} {
		if got := Comment(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if again := Comment(Comment(in)); again != Comment(in) {
			t.Errorf("%q: a second time gives %q", in, again)
		}
	}
}

// obeys tells whether a tool would obey a line of a comment, by rules of its
// own: the ones in text.go are what is tested.
func obeys(line string) bool {
	line = strings.TrimLeft(line, " \t")
	word, _, _ := strings.Cut(line, " ")
	return word == "+build" || word == "#cgo" || strings.HasPrefix(line, "go:") && len(line) > 3 && line[3] >= 'a' && line[3] <= 'z'
}

func FuzzComment(f *testing.F) {
	for _, text := range []string{"", "a", "+build x", "\n\n go:embed", "*/ /* */", "\\*/", "//line x:1", "*\\/", "a\r\n+build b", "#cgo x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Comment(text)
		if strings.Contains(got, "*/") {
			t.Errorf("%q ends a comment", got)
		}
		if strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q has other lines than %q", got, text)
		}
		if strings.ReplaceAll(got, `\`, "") != strings.ReplaceAll(text, `\`, "") {
			t.Errorf("%q is not %q but for backslashes", got, text)
		}
		for lines := bufio.NewScanner(strings.NewReader(got)); lines.Scan(); {
			if obeys(lines.Text()) {
				t.Errorf("the line %q would be obeyed", lines.Text())
			}
		}
	})
}
