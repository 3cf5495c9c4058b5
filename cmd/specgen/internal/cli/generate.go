package cli

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/grantway/grantway/cmd/specgen/internal/compile"
	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// runGenerate brings gen/ up to date and prints a line for each file that it
// changed, and for each spec that had nothing to change.
func runGenerate(c *call) ([]finding.Finding, error) {
	generator, err := c.identity()
	if err != nil {
		return nil, err
	}
	if !c.full && project.Unchanged(c.root, generator) {
		in, err := c.load()
		c.upToDate(in.Config, nil)
		return nil, err
	}
	in, have, want, findings, err := c.make(generator)
	if err != nil || len(findings) > 0 {
		return findings, err
	}
	changes, foreign := tree.Plan(have, want)
	findings, err = compiled(c.root, in.Config, changes, want)
	noModule := errors.Is(err, compile.ErrNoModule)
	if err != nil && !noModule || len(findings) > 0 {
		return findings, err
	}
	err = interruptible(func(before func(string) error) error {
		return tree.WriteSteps(c.root, changes, have, want, before)
	}, c.process.Step)
	if err != nil {
		return nil, err
	}
	for _, change := range changes {
		c.out.event(event{change.Verb, change.Path})
	}
	c.upToDate(in.Config, changes)
	if noModule && slices.ContainsFunc(changes, func(c tree.Change) bool { return c.Verb == "created" }) {
		c.out.note("no go.mod here, so nothing was compiled; in a module the packages need `go get " + compile.Needs + "`")
	}
	return tree.Orphans(foreign), nil
}

// upToDate names the specs whose packages are not among the changes.
func (c *call) upToDate(project config.Config, changes []tree.Change) {
	for _, client := range project.Clients {
		if !touches(changes, client.Dirs()...) {
			c.out.event(event{"up to date", client.Spec})
		}
	}
}

// touches tells whether a change is in one of the folders.
func touches(changes []tree.Change, dirs ...string) bool {
	return slices.ContainsFunc(changes, func(c tree.Change) bool { return slices.Contains(dirs, path.Dir(c.Path)) })
}

// compiled has the toolchain look at the packages that change. A fault is blamed
// on the spec, which is where it can be mended.
func compiled(root string, c config.Config, changes []tree.Change, want map[string][]byte) ([]finding.Finding, error) {
	var dirs []string
	specs := map[string]string{}
	for _, client := range c.Clients {
		for _, dir := range client.Dirs() {
			specs[dir] = client.Spec
			if touches(changes, dir) {
				dirs = append(dirs, dir)
			}
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
