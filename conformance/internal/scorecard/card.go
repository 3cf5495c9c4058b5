package scorecard

import (
	"fmt"
	"slices"
	"strings"
)

// Missing stands where a test that ran should have said something.
const Missing = "missing"

// NotYet stands for a check that no test is about, and a peer that no test
// measured.
const NotYet = "–"

// Measured is what a check says of one peer.
type Measured struct {
	Verdict Verdict
	What    string
}

// Row is one check with what its tests said.
type Row struct {
	Check
	// Result is pass, fail, skip or NotYet.
	Result  string
	Figures []string
	Peers   map[string]Measured
}

// Figure is one line: all figures, Missing, or nothing for a check not yet
// there.
func (r Row) Figure() string {
	if len(r.Figures) > 0 {
		return strings.Join(r.Figures, "; ")
	}
	if r.Result == NotYet {
		return ""
	}
	return Missing
}

// Peer is the verdict on a peer, or NotYet.
func (r Row) Peer(name string) string {
	if m, ok := r.Peers[name]; ok {
		return string(m.Verdict)
	}
	return NotYet
}

// Card is the scorecard.
type Card struct {
	Rows     []Row
	Versions map[string]string // of the peers
	// Faults are why the exit status is 1: tests that failed, packages that
	// did not build, modules in which nothing ran.
	Faults []string
}

// Make fills the scorecard from the runs of all modules.
func Make(checks []Check, runs []Run) Card {
	card := Card{Versions: map[string]string{}}
	at := map[int]int{}
	for i, c := range checks {
		at[c.Number] = i
		card.Rows = append(card.Rows, Row{Check: c, Result: NotYet, Peers: map[string]Measured{}})
	}
	for _, run := range runs {
		ran := 0
		for _, t := range run.Tests {
			n, peers, ok := t.number()
			if !ok {
				continue
			}
			ran++
			if t.Outcome == Failed {
				card.Faults = append(card.Faults, fmt.Sprintf("%s: %s failed", t.Package, t.Name))
				card.Faults = append(card.Faults, t.complaints()...)
			}
			card.readVersions(t)
			i, known := at[n]
			if !known {
				if !peers || n != 0 { // TestPeers000 says who is measured
					card.Faults = append(card.Faults, fmt.Sprintf("%s: %s is about no check", t.Package, t.Name))
				}
				continue
			}
			card.Rows[i].add(t, peers)
		}
		card.Faults = append(card.Faults, run.Trouble...)
		if ran == 0 {
			card.Faults = append(card.Faults, fmt.Sprintf("module %s: no test of a check ran", run.Module))
		}
	}
	return card
}

func (c *Card) readVersions(t Test) {
	for _, line := range t.Output {
		if m := versionLine.FindStringSubmatch(line); m != nil {
			c.Versions[m[1]] = m[2]
		}
	}
}

// worst first: a check is as good as the worst of its tests.
var order = []string{string(Failed), string(Skipped), string(Passed), NotYet}

func (r *Row) add(t Test, peers bool) {
	// That ours passes beside its peers is not yet the check, but that it does
	// not is.
	if !peers || t.Outcome == Failed {
		if slices.Index(order, string(t.Outcome)) < slices.Index(order, r.Result) {
			r.Result = string(t.Outcome)
		}
	}
	for _, line := range t.Output {
		if m := figureLine.FindStringSubmatch(line); m != nil {
			r.Figures = append(r.Figures, m[1])
		}
		if m := peerLine.FindStringSubmatch(line); m != nil {
			r.Peers[m[1]] = Measured{Verdict(m[2]), m[3]}
		}
	}
}

// complaints are the lines of a failed test worth showing.
func (t Test) complaints() []string {
	var lines []string
	for _, line := range t.Output {
		s := strings.TrimSpace(line)
		if s == "" || strings.HasPrefix(s, "=== ") || figureLine.MatchString(line) || peerLine.MatchString(line) {
			continue
		}
		lines = append(lines, "  "+s)
		if len(lines) == 20 {
			return append(lines, "  …")
		}
	}
	return lines
}

// Count is how many checks of a tier pass, and how many have a test.
func (c Card) Count(tier Tier) (passed, tested, all int) {
	for _, r := range c.Rows {
		if r.Tier != tier {
			continue
		}
		all++
		if r.Result != NotYet {
			tested++
		}
		if r.Result == string(Passed) {
			passed++
		}
	}
	return passed, tested, all
}

// CountPeer is how many of the checks that measured a peer it passes, wholly
// and in part.
func (c Card) CountPeer(name string) (passed, partial, all int) {
	for _, r := range c.Rows {
		m, ok := r.Peers[name]
		if !ok {
			continue
		}
		all++
		switch m.Verdict {
		case Pass:
			passed++
		case Partial:
			partial++
		}
	}
	return passed, partial, all
}
