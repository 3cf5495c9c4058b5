// Package project puts the parts together: it reads the inputs of a project, and
// makes of them the files that gen/ should hold.
//
// Reading (Load) and making (Build) are kept apart. Build is pure: the same
// inputs give the same bytes, and a test needs no disk.
package project

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// SourcesPath is the page that x-source points into.
const SourcesPath = "api/SOURCES.md"

// Inputs is everything that the result depends on.
type Inputs struct {
	Config     config.Config
	ConfigFile []byte
	Specs      map[string][]byte // by path below the project root
	Sources    []byte            // api/SOURCES.md; nil if there is none

	// Generator is by which specgen is known; see package self.
	Generator string
	// Have is what gen/ holds. A package in it that a specgen of the same name
	// made of the same inputs is taken as it is. The result is the same without.
	Have map[string][]byte
	// Watch is told when a spec is begun, and when it is done. The result does
	// not depend on it; nil is fine.
	Watch func(spec string) (done func())
}

// Load reads the inputs of the project at root. Findings are about the config;
// an error is a file that cannot be read.
func Load(root string) (Inputs, []finding.Finding, error) {
	var in Inputs
	var err error
	if in.ConfigFile, err = read(root, config.Path); err != nil {
		return in, nil, fmt.Errorf("%w (is -C the project root?)", err)
	}
	var findings []finding.Finding
	if in.Config, findings = config.Parse(in.ConfigFile); len(findings) > 0 {
		return in, findings, nil
	}
	in.Specs = map[string][]byte{}
	for _, c := range in.Config.Clients {
		if in.Specs[c.Spec], err = read(root, c.Spec); err != nil {
			return in, nil, fmt.Errorf("%s:%d:%d: %w", config.Path, c.Line, c.Col, err)
		}
	}
	in.Sources, err = read(root, SourcesPath)
	if errors.Is(err, fs.ErrNotExist) {
		in.Sources, err = nil, nil
	}
	return in, nil, err
}

// Unchanged tells, by hashes alone, whether nothing changed since the specgen of
// that name wrote gen/, and of which specs. It parses nothing; whatever is in
// doubt counts as changed, and is for Build to explain.
func Unchanged(dir, generator string) (specs []string, unchanged bool) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, false
	}
	defer root.Close() //nolint:errcheck // nothing was written
	data, err := tree.ReadBelow(root, tree.ManifestPath, tree.MaxFile)
	if err != nil {
		return nil, false
	}
	sources, err := tree.ReadBelow(root, SourcesPath, spec.MaxBytes)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	m := tree.ParseManifest(data)
	if m[config.Path] == "" || !tree.Sound(data, beside(generator, sources)...) || !tree.Untouched(root, m) {
		return nil, false
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if name != config.Path && !strings.HasPrefix(name, config.Output+"/") {
			specs = append(specs, name)
		}
	}
	return specs, true
}

// beside is what gen/ depends on and the manifest does not list.
func beside(generator string, sources []byte) []string {
	return []string{generator, spec.Sum(sources)}
}

// read keeps the path in an error short: a message that names a folder of the
// machine is of no use to the next reader.
func read(root, rel string) ([]byte, error) {
	data, err := tree.ReadInput(root, rel, spec.MaxBytes)
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return nil, fmt.Errorf("%s: %w", rel, pathErr.Err)
	}
	return data, err
}
