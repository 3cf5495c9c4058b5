package finding

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func write(t *testing.T, f Format, p Palette, list ...Finding) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, f, p, list); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var awkward = Finding{File: "api/a,b:c%\n.yaml", Line: 3, Col: 4, Rule: "OP-ID", Message: "100%: \"x\",\r\ny <z>"}

func TestTextIsOneLineForEachFinding(t *testing.T) {
	two := write(t, Text, Plain, Finding{"a.yaml", 1, 2, "R-A", "m"}, awkward)
	want := "a.yaml:1:2: R-A m\n" + `api/a,b:c%\n.yaml:3:4: OP-ID 100%: "x",\r\ny <z>` + "\n"
	if two != want {
		t.Errorf("got %q, want %q", two, want)
	}
}

func TestNoTextReachesTheTerminalAsACommand(t *testing.T) {
	f := Finding{"gen/\x1b[2J.go", 1, 1, "R", "a\x07b\u202ec\u009bd\u00a0é"}
	got := write(t, Text, Plain, f)
	if want := `gen/\x1b[2J.go:1:1: R a\ab\u202ec\u009bd` + "\u00a0é\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := strings.Count(write(t, Text, Coloured, f), "\x1b"); n != 4 {
		t.Errorf("%d escapes, want our own four", n)
	}
}

func TestColoursChangeNoWord(t *testing.T) {
	f := Finding{"a.yaml", 1, 2, "R-A", "two words"}
	got := write(t, Text, Coloured, f)
	if !strings.Contains(got, "\x1b[") {
		t.Errorf("no colour in %q", got)
	}
	for _, code := range []string{"\x1b[1m", "\x1b[31m", "\x1b[0m"} {
		got = strings.ReplaceAll(got, code, "")
	}
	if got != write(t, Text, Plain, f) {
		t.Errorf("without its colours it reads %q", got)
	}
	for _, format := range []Format{JSON, GitHub} {
		if got := write(t, format, Coloured, f); strings.Contains(got, "\x1b") {
			t.Errorf("%s has colours: %q", format, got)
		}
	}
}

func TestJSONIsOneObjectALine(t *testing.T) {
	got := write(t, JSON, Plain, awkward, Finding{File: "b", Rule: "R", Message: "m"})
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "<z>") || lines[1] != `{"file":"b","line":1,"col":1,"rule":"R","message":"m"}` {
		t.Fatalf("got %q", lines)
	}
	var back Finding
	if err := json.Unmarshal([]byte(lines[0]), &back); err != nil || back != awkward {
		t.Errorf("got %+v, %v; want %+v", back, err, awkward)
	}
}

func TestGitHubEscapesWhatWouldEndTheCommand(t *testing.T) {
	got := write(t, GitHub, Plain, awkward)
	want := "::error file=api/a%2Cb%3Ac%25%0A.yaml,line=3,col=4,title=OP-ID::100%25: \"x\",%0D%0Ay <z>\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestParseFormat(t *testing.T) {
	for _, f := range Formats {
		if got, err := ParseFormat(string(f)); got != f || err != nil {
			t.Errorf("%s: got %s, %v", f, got, err)
		}
	}
	for _, name := range []string{"", "TEXT", "xml"} {
		if _, err := ParseFormat(name); err == nil {
			t.Errorf("%q passes", name)
		}
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAnOutputThatTakesNothingIsAnError(t *testing.T) {
	for _, f := range Formats {
		if err := Write(full{}, f, Plain, []Finding{awkward}); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v", f, err)
		}
	}
}
