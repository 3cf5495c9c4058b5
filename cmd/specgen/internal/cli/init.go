package cli

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
	"github.com/grantway/grantway/cmd/specgen/internal/starter"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// runInit writes the starter of a provider with its generated client, all files
// or none, and prints a line for each and what to do next.
func runInit(c *call) ([]finding.Finding, error) {
	if c.auth == "" {
		c.auth = starter.Default
	}
	name := c.args[0]
	quirk, err := starter.FindQuirk(c.auth)
	if err != nil {
		return nil, err
	}
	if err := starter.CheckName(name); err != nil {
		return nil, err
	}
	generator, err := c.identity()
	if err != nil {
		return nil, err
	}
	_, have, want, findings, err := c.make(generator)
	if err != nil || len(findings) > 0 {
		return findings, err
	}
	if len(tree.Drift(have, want)) > 0 {
		return nil, fmt.Errorf("%s/ is not what the specs say, and what init writes would be mixed with that: run `specgen generate` first", config.Output)
	}
	in, err := c.load()
	if err != nil {
		return nil, err
	}
	in.Generator = generator

	root, err := os.OpenRoot(c.root)
	if err != nil {
		return nil, err
	}
	defer root.Close() //nolint:errcheck // nothing is written through it
	made, err := starter.Make(starter.Checkout{Root: root.FS(), In: in}, name, quirk)
	if err != nil {
		return nil, err
	}
	want, findings, err = project.Build(made.In)
	if err != nil || len(findings) > 0 {
		return nil, errors.Join(err, broken(findings))
	}
	changes, _ := tree.Plan(have, want)
	if findings, err = compiled(c.root, made.In.Config, changes, want); err != nil || len(findings) > 0 {
		return nil, errors.Join(err, broken(findings))
	}
	err = interruptible(func(before func(string) error) error {
		return made.Write(c.root, before, func() error { return tree.WriteSteps(c.root, changes, have, want, before) })
	}, c.process.Step)
	if err != nil {
		return nil, err
	}
	for _, place := range slices.Sorted(maps.Keys(made.New)) {
		c.out.event(event{"created", place})
	}
	for _, place := range slices.Sorted(maps.Keys(made.Changed)) {
		c.out.event(event{"changed", place})
	}
	for _, change := range changes {
		c.out.event(event{change.Verb, change.Path})
	}
	if c.out.format == finding.Text {
		c.out.print(strings.NewReplacer("NAME", name, "TITLE", made.Title).Replace(nextSteps))
	}
	return nil, nil
}

// broken is a starter that is wrong: a fault of specgen, not of its user.
func broken(findings []finding.Finding) error {
	if len(findings) == 0 {
		return nil
	}
	return fmt.Errorf("the starter of this specgen does not pass its own rules, and nothing was written: %s", findings[0])
}

const nextSteps = `
Next:

  1. make test                   passes now, and tells later what is missing
  2. api/NAME.yaml               do what each comment that begins with "Replace:" asks
  3. api/SOURCES.md              under TITLE, say where each fact is known from;
                                 make todo lists what is left of both
  4. make generate lint check    until there is no finding
  5. NAME/                       operations.go is what the spec says, errors.go reads the
                                 errors, source.go says when to refresh; the requests to
                                 the byte are in testdata/pairs.json
  6. NAME/NAMEtest/              the fake: refuse what TITLE refuses
  7. internal/scorecard/NAME_test.go, conformance/internal/calls/NAME.go and
     conformance/spec/NAME_test.go
                                 the same operations, for the checks over all providers
  8. README.md, CHANGELOG.md     a column in "What differs", and a line
  9. make ci
`
