// Package peers_test measures other people's clients on checks of the
// scorecard, with the function that measures ours. It asserts that ours passes,
// and that a careless client fails, without which the check would measure
// nothing; what the others do it only logs, for the scorecard to print.
//
// It refuses to time anything: deadlines are measured in virtual time, memory
// in bytes allocated.
package peers_test

import (
	"fmt"
	"testing"

	"github.com/grantway/grantway/conformance/internal/peer"
	"github.com/grantway/grantway/conformance/internal/scorecard"
)

// A check measures one peer. It returns what it measured, or an error that says
// in a few words what the peer did wrong.
type check func(t *testing.T, p peer.Peer) (figure string, err error)

// compare puts every contestant to the check.
func compare(t *testing.T, check check) {
	t.Helper()
	compareAs(t, peer.Example, check)
}

// compareCells is compare for a check of many cells, which a peer's client of
// each provider goes through. what they are is said in the figure.
func compareCells(t *testing.T, what string, check func(provider string, c peer.Client, cells *tally)) {
	t.Helper()
	compare(t, func(_ *testing.T, p peer.Peer) (string, error) {
		var cells tally
		_ = each(p, func(provider string, c peer.Client) error {
			check(provider, c, &cells)
			return nil
		})
		return cells.result(what)
	})
}

// compareAs is compare with credentials of the check's own.
func compareAs(t *testing.T, c peer.Credentials, check check) {
	t.Helper()
	for _, p := range peer.All(c) {
		switch figure, err := check(t, p); p.Role {
		case peer.Ours:
			if err != nil {
				t.Errorf("%s: %v", p.Name, err)
			}
		case peer.Careless:
			if err == nil {
				t.Errorf("inverse: %s passes: %s", p.Name, figure)
			}
		default:
			v, what := verdict(t, p, check, figure, err)
			t.Log(scorecard.PeerLine(p.Name, v, what))
		}
	}
}

// verdict turns what a check said of a measured peer into one of three words: a
// peer that passes only because it has been told something passes in part.
func verdict(t *testing.T, p peer.Peer, check check, figure string, err error) (scorecard.Verdict, string) {
	if err != nil {
		return scorecard.Fail, err.Error()
	}
	if p.AsItComes != nil {
		if _, err := check(t, *p.AsItComes); err != nil {
			return scorecard.Partial, err.Error() + "; passes with " + p.Setting
		}
	}
	return scorecard.Pass, figure
}

// each puts the clients of both providers to a check.
func each(p peer.Peer, check func(provider string, c peer.Client) error) error {
	if err := check("BuiltByBit", p.BuiltByBit); err != nil {
		return err
	}
	return check("Square", p.Square)
}

// tally counts the cells of a check and keeps the first that is wrong.
type tally struct {
	cells, wrong int
	first        string
}

func (c *tally) note(cell string, err error) {
	c.cells++
	if err == nil {
		return
	}
	if c.wrong++; c.wrong == 1 {
		c.first = fmt.Sprintf("%s: %v", cell, err)
	}
}

// result is what a check returns.
func (c *tally) result(what string) (string, error) {
	if c.wrong > 0 {
		return "", fmt.Errorf("%d of %d %s, first %s", c.wrong, c.cells, what, c.first)
	}
	return fmt.Sprintf("%d %s", c.cells, what), nil
}
