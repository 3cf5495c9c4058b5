package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/past"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
)

// runBreaking reports what the specs take away since another state of the
// project.
func runBreaking(c *call) ([]finding.Finding, error) {
	if c.against == "" {
		return nil, errors.New("breaking: no --against: name a git ref, such as main, or a folder with the older project")
	}
	now, err := c.load()
	if err != nil {
		return nil, err
	}
	read, err := past.At(c.root, c.against)
	if err != nil {
		return nil, err
	}
	old, findings, err := project.LoadFrom(read)
	switch {
	case errors.Is(err, fs.ErrNotExist) && old.ConfigFile == nil:
		fmt.Fprintf(c.out.stderr, "specgen: there was no project at %q yet: nothing can break\n", c.against)
		return nil, nil
	case err == nil && len(findings) > 0:
		err = errors.New(findings[0].String())
	}
	if err != nil {
		return nil, fmt.Errorf("at %q: %w", c.against, err)
	}
	return project.Breaking(old, now)
}
