package scorecard

import "testing"

func TestTheChecksAreNumberedInOrderAndEightyOfThem(t *testing.T) {
	gates, targets := 0, 0
	titles := map[string]bool{}
	for i, c := range Checks {
		if c.Number != i+1 {
			t.Errorf("check %d stands at %d", c.Number, i+1)
		}
		if c.Title == "" || titles[c.Title] {
			t.Errorf("check %d: title %q is empty or there twice", c.Number, c.Title)
		}
		titles[c.Title] = true
		switch c.Tier {
		case Gate:
			gates++
		case Target:
			targets++
		default:
			t.Errorf("check %d has tier %q", c.Number, c.Tier)
		}
	}
	if gates != 71 || targets != 9 {
		t.Errorf("%d gates and %d targets, want 71 and 9", gates, targets)
	}
}
