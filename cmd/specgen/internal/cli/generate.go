package cli

import (
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/grantway/grantway/cmd/specgen/internal/compile"
	"github.com/grantway/grantway/cmd/specgen/internal/config"
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
	if findings, err := compiled(root, in.Config, changes, want); err != nil || len(findings) > 0 {
		return findings, err
	}
	if err := tree.Write(root, changes, have, want); err != nil {
		return nil, err
	}
	for _, c := range changes {
		fmt.Fprintf(stdout, "%s %s\n", c.Verb, c.Path)
	}
	return tree.Orphans(foreign), nil
}

// compiled has the toolchain look at the packages that change. A fault is blamed
// on the spec, which is where it can be mended.
func compiled(root string, c config.Config, changes []tree.Change, want map[string][]byte) ([]finding.Finding, error) {
	var dirs []string
	specs := map[string]string{}
	for _, client := range c.Clients {
		specs[client.Dir] = client.Spec
		if slices.ContainsFunc(changes, func(c tree.Change) bool { return path.Dir(c.Path) == client.Dir }) {
			dirs = append(dirs, client.Dir)
		}
	}
	if len(dirs) == 0 {
		return nil, nil
	}
	faults, err := compile.Check(root, dirs, changes, want)
	var out []finding.Finding
	for _, f := range faults {
		out = append(out, finding.Finding{File: specs[path.Dir(f.Path)], Line: 1, Col: 1, Rule: "GEN-BROKEN", Message: fmt.Sprintf(
			"no client can be made of this: %s:%d:%d: %s; rename or reword what it comes from", f.Path, f.Line, f.Col, f.Message)})
	}
	return out, err
}
