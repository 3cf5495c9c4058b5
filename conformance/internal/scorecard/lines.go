package scorecard

import (
	"fmt"
	"regexp"
	"strings"
)

// The log lines of a test that the scorecard reads:
//
//	figure: 495 redirects, 0 connections at the second server
//	peer x/oauth2: fail: the second server got the secret
//	peer x/oauth2 is v0.36.0
//
// The verdict on a peer is pass, partial (it passes with a setting that is not
// its default) or fail.
var (
	figureLine  = regexp.MustCompile(`^\s*\S+\.go:\d+: figure: (.+)$`)
	peerLine    = regexp.MustCompile(`^\s*\S+\.go:\d+: peer (\S+): (pass|partial|fail): (.+)$`)
	versionLine = regexp.MustCompile(`^\s*\S+\.go:\d+: peer (\S+) is (\S+)$`)
	testName    = regexp.MustCompile(`^Test(Check|Peers)(\d{3})_`)
)

// TestPattern is what go test -run is given.
const TestPattern = `^Test(Check|Peers)[0-9]{3}_`

// Verdict is what a check says of a peer.
type Verdict string

const (
	Pass    Verdict = "pass"
	Partial Verdict = "partial"
	Fail    Verdict = "fail"
)

// PeerLine is a log line about a peer.
func PeerLine(name string, v Verdict, what string) string {
	return fmt.Sprintf("peer %s: %s: %s", name, v, strings.Join(strings.Fields(what), " "))
}

// VersionLine is a log line that tells which version of a peer is measured.
func VersionLine(name, version string) string { return fmt.Sprintf("peer %s is %s", name, version) }
