package lint

import (
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// check parses and lints a text.
func check(t *testing.T, text string) []finding.Finding {
	t.Helper()
	doc, findings, err := spec.Parse(spectest.Name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if doc == nil {
		return findings
	}
	findings, err = Check(doc, []byte(spectest.Sources))
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// failing is a spec with one fault: pairs of old and new text, with the mark
// where the finding has to be.
type failing struct {
	name  string
	rule  string
	edit  []string
	words []string
}

func testFailing(t *testing.T, cases []failing) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text, line, col := spectest.Marked(t, spectest.Edit(t, c.edit...))
			spectest.Want(t, check(t, text), c.rule, line, col, c.words...)
		})
	}
}

// passing is a spec that looks like a fault and is none.
type passing struct {
	name string
	edit []string
}

func testPassing(t *testing.T, cases []passing) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range check(t, spectest.Edit(t, c.edit...)) {
				t.Error(f)
			}
		})
	}
}

func TestACorrectSpecHasNoFindings(t *testing.T) {
	testPassing(t, []passing{{"as it is", nil}})
}

func TestEachRuleIsThereOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
	}
}

func TestFindingsComeInTheOrderOfTheFile(t *testing.T) {
	text := spectest.Edit(t, "      x-retry: safe\n", "", "      operationId: getToken\n", "", "url: https", "url: http")
	got := check(t, text)
	if len(got) != 3 {
		t.Fatalf("got %v, want three", got)
	}
	for i, rule := range []string{"SERVER-HTTPS", "OP-ID", "OP-RETRY"} {
		if got[i].Rule != rule {
			t.Errorf("finding %d is %s, want %s", i, got[i], rule)
		}
	}
}
