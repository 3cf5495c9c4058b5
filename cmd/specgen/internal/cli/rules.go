package cli

import (
	"fmt"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/rule"
)

// runRules lists the rules, a line each.
func runRules(c *call) ([]finding.Finding, error) {
	for _, r := range rule.All() {
		c.out.print(fmt.Sprintf("%-*s %s\n", widestRule, r.ID, r.Title))
	}
	return nil, nil
}

const widestRule = 26

// runExplain prints the page of one rule.
func runExplain(c *call) ([]finding.Finding, error) {
	r, ok := rule.Find(strings.ToUpper(c.args[0]))
	if !ok {
		hint := "`specgen rules` lists them"
		if near := rule.Near(c.args[0]); len(near) > 0 {
			hint = "did you mean " + strings.Join(near, " or ") + "? " + hint
		}
		return nil, fmt.Errorf("there is no rule %q: %s", c.args[0], hint)
	}
	c.out.print(r.Page)
	return nil, nil
}
