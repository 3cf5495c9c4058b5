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

// Load reads the inputs of the project at dir. Findings are about the config; an
// error is a file that cannot be read.
func Load(dir string) (Inputs, []finding.Finding, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Inputs{}, nil, fmt.Errorf("%s: %w (is -C the project root?)", config.Path, short(err))
	}
	defer root.Close() //nolint:errcheck // nothing was written
	return LoadFrom(func(rel string, limit int64) ([]byte, error) { return tree.ReadBelow(root, rel, limit) })
}

// LoadFrom is Load by way of read, which returns a file by its path below the
// project root, at most limit bytes and one more.
func LoadFrom(read func(rel string, limit int64) ([]byte, error)) (in Inputs, findings []finding.Finding, err error) {
	file := func(rel string) ([]byte, error) {
		data, err := read(rel, spec.MaxBytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rel, short(err))
		}
		return data, nil
	}
	if in.ConfigFile, err = file(config.Path); err != nil {
		return in, nil, fmt.Errorf("%w (is -C the project root?)", err)
	}
	if in.Config, findings = config.Parse(in.ConfigFile); len(findings) > 0 {
		return in, findings, nil
	}
	in.Specs = map[string][]byte{}
	for _, c := range in.Config.Clients {
		if in.Specs[c.Spec], err = file(c.Spec); err != nil {
			return in, nil, fmt.Errorf("%s:%d:%d: %w", config.Path, c.Line, c.Col, err)
		}
	}
	in.Sources, err = file(SourcesPath)
	if errors.Is(err, fs.ErrNotExist) {
		in.Sources, err = nil, nil
	}
	return in, nil, err
}

// short keeps the path out of an error: a message that names a folder of the
// machine is of no use to the next reader.
func short(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
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
