package finding

import (
	"slices"
	"testing"
)

func TestStringReadsFileLineColumnRuleMessage(t *testing.T) {
	f := Finding{File: "api/square.yaml", Line: 41, Col: 7, Rule: "OP-ID", Message: "no operationId: give it one"}
	want := "api/square.yaml:41:7: OP-ID no operationId: give it one"
	if got := f.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// A position that nobody knows still has to be one that an editor can open.
	if got := (Finding{File: "a.yaml", Rule: "R", Message: "m"}).String(); got != "a.yaml:1:1: R m" {
		t.Errorf("unknown position: got %q", got)
	}
}

func TestSortIsTotal(t *testing.T) {
	want := []Finding{
		{File: "a", Line: 1, Col: 1, Rule: "A"},
		{File: "a", Line: 1, Col: 1, Rule: "B", Message: "x"},
		{File: "a", Line: 1, Col: 1, Rule: "B", Message: "y"},
		{File: "a", Line: 1, Col: 2, Rule: "A"},
		{File: "a", Line: 2, Col: 1, Rule: "A"},
		{File: "b", Line: 1, Col: 1, Rule: "A"},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
