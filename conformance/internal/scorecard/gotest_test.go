package scorecard

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
)

// A module of its own, run for good: what the canned streams stand for.
func TestGoTestRunsTheTestsOfTheChecksAndNoOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: it compiles tests and runs them")
	}
	dir := gocmd.Write(t, map[string]string{
		"good/go.mod":         "module example.com/good\n\ngo 1.25.0\n",
		"good/a_test.go":      "package good\n\nimport \"testing\"\n\nfunc TestCheck001_A(t *testing.T) { t.Log(\"figure: 7 calls\") }\nfunc TestOther(t *testing.T) { t.Error(\"it ran\") }\n",
		"broken/go.mod":       "module example.com/broken\n\ngo 1.25.0\n",
		"broken/a_test.go":    "package broken\n\nimport \"testing\"\n\nfunc TestCheck002_A(t *testing.T) { undefined() }\n",
		"failing/go.mod":      "module example.com/failing\n\ngo 1.25.0\n",
		"failing/a_test.go":   "package failing\n\nimport \"testing\"\n\nfunc TestCheck003_A(t *testing.T) { t.Log(\"figure: 1\"); t.Error(\"it broke\") }\n",
		"panicking/go.mod":    "module example.com/panicking\n\ngo 1.25.0\n",
		"panicking/a_test.go": "package panicking\n\nimport \"testing\"\n\nfunc TestCheck002_A(t *testing.T) { panic(\"boom\") }\n",
	})
	faults := map[string]string{}
	for _, module := range []string{"good", "broken", "failing", "panicking", "absent"} {
		run, err := GoTest(t.Context(), dir, module)
		if err != nil {
			faults[module] = err.Error()
			continue
		}
		c := Make(three, []Run{run})
		faults[module] = strings.Join(c.Faults, "\n")
		if module == "good" && (c.Rows[0].Result != "pass" || c.Rows[0].Figure() != "7 calls") {
			t.Errorf("%s: %+v", filepath.Join(dir, module), c.Rows[0])
		}
	}
	for module, want := range map[string]string{"broken": "undefined", "failing": "it broke", "panicking": "boom", "absent": "absent"} {
		if !strings.Contains(faults[module], want) {
			t.Errorf("%s: faults %q, want %q in them", module, faults[module], want)
		}
	}
	if faults["good"] != "" {
		t.Errorf("good: faults %q", faults["good"])
	}
}
