package cli

import (
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
)

// runLint reports on the specs alone.
func runLint(c *call) ([]finding.Finding, error) {
	in, err := c.load()
	if err != nil {
		return nil, err
	}
	return project.Lint(in)
}

// runTodo reports on what is still as `specgen init` wrote it.
func runTodo(c *call) ([]finding.Finding, error) {
	in, err := c.load()
	if err != nil {
		return nil, err
	}
	findings, err := project.Todo(in)
	if err != nil {
		return nil, err
	}
	drafts, err := project.Drafts(c.root, in.Config)
	findings = append(findings, drafts...)
	finding.Sort(findings)
	return findings, err
}
