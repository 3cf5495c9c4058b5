package cli

import (
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// runCheck makes in memory whatever hashes cannot vouch for, compares, and
// writes nothing.
func runCheck(c *call) ([]finding.Finding, error) {
	generator, err := c.identity()
	if err != nil {
		return nil, err
	}
	if !c.full && project.Unchanged(c.root, generator) {
		return nil, nil
	}
	_, have, want, findings, err := c.make(generator)
	if err != nil || len(findings) > 0 {
		return findings, err
	}
	return tree.Drift(have, want), nil
}

// make returns what gen/ holds and what it should hold.
func (c *call) make(generator string) (in project.Inputs, have, want map[string][]byte, findings []finding.Finding, err error) {
	if in, err = c.load(); err != nil {
		return in, nil, nil, nil, err
	}
	if have, err = tree.Read(c.root); err != nil {
		return in, nil, nil, nil, err
	}
	in.Generator = generator
	if !c.full {
		in.Have = have
	}
	want, findings, err = project.Build(in)
	return in, have, want, findings, err
}
