package project

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/todo"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// Drafts reports the Go that init drafted below dir and nobody has judged: in the
// folder that is named after a spec, and in that of its fake.
func Drafts(dir string, cfg config.Config) (findings []finding.Finding, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, short(err)
	}
	defer root.Close() //nolint:errcheck // nothing was written
	for _, c := range cfg.Clients {
		name := strings.TrimSuffix(path.Base(c.Spec), path.Ext(c.Spec))
		for _, pattern := range []string{name + "/*.go", name + "/" + name + "test/*.go"} {
			files, err := fs.Glob(root.FS(), pattern)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.Spec, err)
			}
			for _, file := range files {
				if info, err := root.Stat(file); err == nil && info.IsDir() {
					continue
				}
				src, err := tree.ReadBelow(root, file, spec.MaxBytes)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", file, short(err))
				}
				findings = append(findings, todo.Drafts(file, src)...)
			}
		}
	}
	return findings, nil
}
