package scorecard

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// thin leaves out four of five cases under the race detector, which makes them
// slow and has nothing to find in them.
func thin(i int) bool { return raceEnabled && i%5 != 0 }

// payload tries to leave the place that it is put into.
type payload struct{ name, text string }

// payloads are put together here: no line of this file is one.
func payloads() []payload {
	declare := "func " + marker + "() {}"
	variable := "var " + marker + " int"
	return []payload{
		{"a new line", "x\n" + declare + "\n"},
		{"a line end of another kind", "x\r" + declare + "\r"},
		{"the end of a comment", "x *" + "/ " + declare + " /" + "*"},
		{"the end of a string", `x"` + "\n" + declare + "\n" + `const y = "`},
		{"the end of a raw string", "x`\n" + variable + "\nconst y = `"},
		{"the end of a block", "x }\n" + variable + "\ntype y struct {"},
		{"a directive", "x\n//" + "go:" + "build " + marker + "\n// +" + "build " + marker + "\n"},
	}
}

func TestCheck055_OneSinkInjection(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: every sink with every payload")
	}
	if len(sinks) < 45 || len(payloads()) != 7 {
		t.Fatalf("%d sinks and %d payloads, want at least 45 and 7", len(sinks), len(payloads()))
	}
	refused, text, faults := 0, 0, 0
	var ways []string
	for n, s := range sinks {
		if files, findings := guarded(t, filled(t, "Harmless", s)); s.text && len(files) == 0 {
			t.Errorf("%s: harmless text is refused: %v", s.name, findings)
		}
		for i, p := range payloads() {
			if thin(n + i) {
				continue
			}
			input := filled(t, p.text, s)
			files, findings := guarded(t, input)
			for name, src := range files {
				if how := live(string(src)); how != "" {
					t.Errorf("%s in %s: %s became %s", p.name, s.name, name, how)
				}
			}
			if len(findings) > 0 {
				refused++
			} else {
				text++
			}
			// The inverse: without specgen some of the same become code.
			if src, err := bare(input); err == nil {
				if how := live(src); how != "" {
					faults++
					if way := s.name + ": " + how; !slices.Contains(ways, way) {
						ways = append(ways, way)
					}
				}
			}
		}
	}
	if faults == 0 {
		t.Error("the generator alone shows no fault on any of these: the payloads test nothing")
	}
	t.Logf("without specgen: %s", strings.Join(ways, "; "))
	t.Logf("figure: %d sinks x %d payloads: %d refused, %d made as text, 0 live; without specgen %d live or broken",
		len(sinks), len(payloads()), refused, text, faults)
}

// spans are payloads in two parts: the first opens what the second closes.
func spans() [][2]string {
	declare := "func " + marker + "() {}"
	return [][2]string{
		{"x /" + "*", "*" + "/ " + declare + " /" + "*"},
		{"x `", "` + x\n" + declare + "\nconst y = `"},
		{"x\n/" + "*", "\n*" + "/\n" + declare + "\n/" + "*"},
		{"x \"", "\"\n" + declare + "\n//"},
		{"x\\", "\n" + declare},
	}
}

func TestCheck056_PairwiseInjection(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: every pair of sinks")
	}
	// Text that is refused in one place never meets text in another, so the
	// pairs are of free text that reaches the code.
	var text []sink
	for _, s := range sinks {
		if s.text && reaches(t, s) {
			text = append(text, s)
		}
	}
	if len(text) < 10 {
		t.Fatalf("only %d sinks reach the code", len(text))
	}
	pairs, made := 0, 0
	for i, a := range text {
		for j, b := range text {
			if i == j || clash(a, b) {
				continue
			}
			for k, span := range spans() {
				if thin(i + j + k) {
					continue
				}
				pairs++
				files, _ := guarded(t, filledPair(t, a, span[0], b, span[1]))
				for name, src := range files {
					if how := live(string(src)); how != "" {
						t.Errorf("%s and %s: %s became %s", a.name, b.name, name, how)
					}
				}
				if len(files) > 0 {
					made++
				}
			}
		}
	}
	// The inverse: a generator that writes text into block comments, as some do,
	// and the same pairs.
	broken := 0
	for _, span := range spans() {
		src := fmt.Sprintf("package x\n\n/* %s */\ntype A int\n\n/* %s */\ntype B int\n", span[0], span[1])
		if live(src) != "" {
			broken++
		}
	}
	if broken == 0 {
		t.Error("the pairs do not break a generator that writes block comments: they test nothing")
	}
	t.Logf("figure: %d pairs of %d sinks, %d made as text, 0 live; in block comments %d of %d spans are live or broken",
		pairs, len(text), made, broken, len(spans()))
}

// reaches tells whether text of a sink is found in what is made.
func reaches(t *testing.T, s sink) bool {
	t.Helper()
	files, _ := guarded(t, filled(t, "Harmless"+marker, s))
	for _, src := range files {
		if strings.Contains(string(src), "Harmless"+marker) {
			return true
		}
	}
	return false
}

// clash tells whether two sinks change the same place.
func clash(a, b sink) bool {
	for i := 0; i < len(a.edit); i += 2 {
		for j := 0; j < len(b.edit); j += 2 {
			if a.edit[i] == b.edit[j] || strings.Contains(a.edit[i], b.edit[j]) || strings.Contains(b.edit[j], a.edit[i]) {
				return true
			}
		}
	}
	return false
}

func filledPair(t *testing.T, a sink, x string, b sink, y string) string {
	t.Helper()
	var pairs sink
	for _, part := range []struct {
		sink
		text string
	}{{a, x}, {b, y}} {
		for i := 0; i < len(part.edit); i += 2 {
			pairs.edit = append(pairs.edit, part.edit[i], strings.ReplaceAll(part.edit[i+1], "§", quoted(part.text)))
		}
	}
	return filled(t, "", pairs)
}
