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

// runInit writes a provider with its generated client, all files or none, and prints
// a line for each and what to do next: from a spec that is there, or from a first one
// that it makes.
func runInit(c *call) ([]finding.Finding, error) {
	generator, err := c.identity()
	if err != nil {
		return nil, err
	}
	prepare, err := c.preparation()
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
	made, err := prepare(starter.Checkout{Root: root.FS(), In: in})
	if err != nil {
		return nil, err
	}
	want, findings, err = project.Build(made.In)
	if err != nil || len(findings) > 0 {
		return c.spoiled(findings, err)
	}
	if err := made.Wrap(want); err != nil {
		return nil, err
	}
	changes, _ := tree.Plan(have, want)
	if findings, err = compiled(c.root, made.In.Config, changes, want); err != nil || len(findings) > 0 {
		return c.spoiled(findings, err)
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
		c.out.print(strings.ReplaceAll(nextSteps, "NAME", made.Name))
	}
	return nil, nil
}

// preparation says what is to be made, by the arguments.
func (c *call) preparation() (func(starter.Checkout) (starter.Made, error), error) {
	chosen := c.choice != starter.Choice{}
	switch {
	case c.from != "" && (len(c.args) > 0 || chosen):
		return nil, errors.New("init: --from takes all from the spec: give neither a NAME nor a choice with it")
	case c.from != "":
		return func(in starter.Checkout) (starter.Made, error) { return starter.From(in, c.from) }, nil
	case len(c.args) == 0:
		return nil, errors.New("init: no NAME, and no --from")
	}
	choice, err := c.choice.Complete()
	if err != nil {
		return nil, err
	}
	name := c.args[0]
	if err := starter.CheckName(name); err != nil {
		return nil, err
	}
	return func(in starter.Checkout) (starter.Made, error) { return starter.Make(in, name, choice) }, nil
}

// spoiled are the findings about a spec: its writer's, if somebody else wrote it.
func (c *call) spoiled(findings []finding.Finding, err error) ([]finding.Finding, error) {
	if c.from != "" {
		return findings, err
	}
	return nil, errors.Join(err, broken(findings))
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

  1. make test              passes now, and tells later what is missing
  2. make todo              lists what is left: comments of api/NAME.yaml that begin with
                            "Replace:", facts of api/SOURCES.md without a source, and
                            comments of the drafts that begin with "Draft:"
  3. make generate lint check   after each change of the spec
  4. NAME/                  flows.go, errors.go and source.go are drafts: which grants go
                            together, what a refusal means, when to refresh
  5. NAME/NAMEtest/state.go   what the fake remembers, drafted too
  6. go test ./NAME -run TestWire -update   brings the fixtures up to date; read the
                            difference
  7. make ci

docs/add-a-provider.md has the whole way.
`
