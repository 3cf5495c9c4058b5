package scorecard

import "testing"

func TestTheChecksAreNumberedInOrderAndTheFirstEightyAreThere(t *testing.T) {
	gates, targets, last := 0, 0, 0
	titles := map[string]bool{}
	for i, c := range Checks {
		if c.Number <= last || i < 80 && c.Number != i+1 {
			t.Errorf("check %d stands at %d, behind %d", c.Number, i+1, last)
		}
		last = c.Number
		if c.Title == "" || titles[c.Title] {
			t.Errorf("check %d: title %q is empty or there twice", c.Number, c.Title)
		}
		titles[c.Title] = true
		switch {
		case c.Tier != Gate && c.Tier != Target:
			t.Errorf("check %d has tier %q", c.Number, c.Tier)
		case i >= 80:
		case c.Tier == Gate:
			gates++
		default:
			targets++
		}
	}
	if gates != 71 || targets != 9 {
		t.Errorf("%d gates and %d targets, want 71 and 9 of the first eighty", gates, targets)
	}
}
