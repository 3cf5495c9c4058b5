package cli

import (
	"fmt"
	"io"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// runGenerate brings gen/ up to date and prints a line for each file that it
// changed.
func runGenerate(root string, in project.Inputs, stdout io.Writer) ([]finding.Finding, error) {
	want, findings, err := project.Build(in)
	if err != nil || len(findings) > 0 {
		return findings, err
	}
	have, err := tree.Read(root)
	if err != nil {
		return nil, err
	}
	changes, foreign := tree.Plan(have, want)
	if err := tree.Write(root, changes, have, want); err != nil {
		return nil, err
	}
	for _, c := range changes {
		fmt.Fprintf(stdout, "%s %s\n", c.Verb, c.Path)
	}
	_ = foreign
	return nil, nil
}

func runCheck(root string, in project.Inputs, stdout io.Writer) ([]finding.Finding, error) {
	return nil, nil
}

func runLint(root string, in project.Inputs, stdout io.Writer) ([]finding.Finding, error) {
	return nil, nil
}

const help = ""
