package scorecard

import (
	"strings"
	"testing"
)

// three checks are enough for most tests.
var three = []Check{{1, Gate, "one"}, {2, Gate, "two"}, {3, Target, "three"}}

func card(t *testing.T, text string) Card {
	t.Helper()
	return Make(three, []Run{read(t, text)})
}

func TestACheckShowsWhatItsTestsSaid(t *testing.T) {
	var s stream
	s.test("TestCheck001_A", "pass", "figure: 12 calls").test("TestCheck001_B", "pass", "figure: 3 more", "peer x/oauth2: fail: sent it twice")
	s.test("TestPeers001_C", "pass", "peer oapi-codegen: partial: only if told", "peer x/oauth2 is v0.36.0")
	c := card(t, s.String())
	row := c.Rows[0]
	if row.Result != "pass" || row.Figure() != "12 calls; 3 more" || row.Peer("x/oauth2") != "fail" || row.Peer("oapi-codegen") != "partial" {
		t.Errorf("got %+v", row)
	}
	if row.Peers["x/oauth2"].What != "sent it twice" || c.Versions["x/oauth2"] != "v0.36.0" {
		t.Errorf("got %+v, %v", row.Peers, c.Versions)
	}
	if len(c.Faults) > 0 {
		t.Errorf("faults: %q", c.Faults)
	}
	if other := c.Rows[1]; other.Result != NotYet || other.Figure() != "" || other.Peer("x/oauth2") != NotYet {
		t.Errorf("a check without a test: %+v", other)
	}
}

func TestResultsOfACheck(t *testing.T) {
	for _, tt := range []struct {
		name         string
		stream       *stream
		result       string
		figure       string
		fault        bool
		passed, none int // gates
	}{
		{"one of two tests fails", (&stream{}).test("TestCheck001_A", "pass", "figure: 1").test("TestCheck001_B", "fail", "it broke"), "fail", "1", true, 0, 1},
		{"the failure comes first", (&stream{}).test("TestCheck001_A", "fail").test("TestCheck001_B", "pass", "figure: 1"), "fail", "1", true, 0, 1},
		{"no figure", (&stream{}).test("TestCheck001_A", "pass"), "pass", Missing, false, 1, 1},
		{"skipped", (&stream{}).test("TestCheck001_A", "skip"), "skip", Missing, false, 0, 1},
		{"only peers are measured", (&stream{}).test("TestPeers001_A", "pass", "peer x/oauth2: fail: x"), NotYet, "", false, 0, 2},
		{"ours fails beside its peers", (&stream{}).test("TestCheck001_A", "pass", "figure: 1").test("TestPeers001_A", "fail"), "fail", "1", true, 0, 1},
		{"a subtest fails", (&stream{}).event("run", "TestCheck001_A", "").event("run", "TestCheck001_A/x", "").event("fail", "TestCheck001_A/x", "").event("fail", "TestCheck001_A", ""), "fail", Missing, true, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := card(t, tt.stream.String())
			row := c.Rows[0]
			if row.Result != tt.result || row.Figure() != tt.figure || (len(c.Faults) > 0) != tt.fault {
				t.Errorf("got %q, %q, faults %q", row.Result, row.Figure(), c.Faults)
			}
			passed, tested, all := c.Count(Gate)
			if passed != tt.passed || all-tested != tt.none || all != 2 {
				t.Errorf("%d of %d gates pass, %d have no test", passed, all, all-tested)
			}
		})
	}
}

func TestAFailureSaysWhatTheTestSaid(t *testing.T) {
	c := card(t, (&stream{}).test("TestCheck001_A", "fail", "figure: 3", "the second server saw 2 connections").String())
	text := strings.Join(c.Faults, "\n")
	if !strings.Contains(text, "example.com/p: TestCheck001_A failed") || !strings.Contains(text, "saw 2 connections") {
		t.Errorf("got %q", text)
	}
}

func TestAModuleWithoutATestIsAFault(t *testing.T) {
	for name, text := range map[string]string{
		"nothing ran":      (&stream{}).event("skip", "", "").String(),
		"other tests ran":  (&stream{}).test("TestOther", "pass").event("pass", "", "").String(),
		"it did not build": `{"ImportPath":"example.com/p","Action":"build-fail"}`,
	} {
		if c := card(t, text); len(c.Faults) == 0 {
			t.Errorf("%s: no fault", name)
		}
	}
	// And with one it is none.
	if c := card(t, (&stream{}).test("TestCheck001_A", "pass", "figure: 1").String()); len(c.Faults) != 0 {
		t.Errorf("faults: %q", c.Faults)
	}
}

func TestATestOfNoCheckIsAFault(t *testing.T) {
	if c := card(t, (&stream{}).test("TestCheck099_A", "pass").String()); len(c.Faults) != 1 {
		t.Errorf("faults: %q", c.Faults)
	}
	if c := card(t, (&stream{}).test("TestPeers000_A", "pass").String()); len(c.Faults) != 0 {
		t.Errorf("faults: %q", c.Faults)
	}
}
