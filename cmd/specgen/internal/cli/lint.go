package cli

import (
	"io"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
)

// runLint reports on the specs alone.
func runLint(_ string, in project.Inputs, _ io.Writer) ([]finding.Finding, error) {
	return project.Lint(in)
}
