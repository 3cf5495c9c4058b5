package cli

import (
	"io"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// runCheck makes everything in memory, compares, and writes nothing.
func runCheck(root string, in project.Inputs, _ io.Writer) ([]finding.Finding, error) {
	want, findings, err := project.Build(in)
	if err != nil || len(findings) > 0 {
		return findings, err
	}
	have, err := tree.Read(root)
	if err != nil {
		return nil, err
	}
	return tree.Drift(have, want), nil
}
