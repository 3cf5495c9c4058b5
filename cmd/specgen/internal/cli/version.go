package cli

import (
	"errors"
	"runtime/debug"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/self"
)

func runVersion(c *call) ([]finding.Finding, error) {
	info, err := c.build()
	if err != nil {
		return nil, err
	}
	c.out.print(self.Version(info))
	return nil, nil
}

func (c *call) build() (*debug.BuildInfo, error) {
	info, ok := c.process.Build()
	if !ok {
		return nil, errors.New("this specgen was built without module information: build it with the go command")
	}
	return info, nil
}

// identity is by which specgen the manifest is written.
func (c *call) identity() (string, error) {
	info, err := c.build()
	if err != nil {
		return "", err
	}
	return self.Identity(c.process.Source, info)
}
