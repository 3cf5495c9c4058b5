package scorecard

import "testing"

// What a test logs must be what the reader finds.
func TestLinesAreReadAsTheyAreWritten(t *testing.T) {
	logged := func(line string) string { return "    some_test.go:12: " + line }
	if m := peerLine.FindStringSubmatch(logged(PeerLine("x/oauth2", Fail, "sent:\n  twice"))); m == nil || m[1] != "x/oauth2" || m[2] != "fail" || m[3] != "sent: twice" {
		t.Errorf("peer: %q", m)
	}
	if m := versionLine.FindStringSubmatch(logged(VersionLine("oapi-codegen", "v1.2.3"))); m == nil || m[1] != "oapi-codegen" || m[2] != "v1.2.3" {
		t.Errorf("version: %q", m)
	}
	if m := figureLine.FindStringSubmatch(logged("figure: 12 calls, 12 requests")); m == nil || m[1] != "12 calls, 12 requests" {
		t.Errorf("figure: %q", m)
	}
}

func TestOtherLinesAreNotTakenForThem(t *testing.T) {
	for _, line := range []string{
		"figure: 12 calls",                                 // printed, not logged by a test
		"    some_test.go:12: the figure: 12 calls",        // within a sentence
		"    some_test.go:12: figure:",                     // with nothing in it
		"    some_test.go:12: peer x/oauth2: good: 3",      // no such verdict
		"    some_test.go:12: peer x/oauth2: fail",         // without a reason
		"    some_test.go:12: peer x/oauth2 is not v0.1.0", // no version
	} {
		if figureLine.MatchString(line) || peerLine.MatchString(line) || versionLine.MatchString(line) {
			t.Errorf("%q is taken for a line of the scorecard", line)
		}
	}
}
