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
	"os"
	"path"

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
	// Beside reads a file by its path below the folder of a spec, for the specs
	// that may refer to such. They are inputs too; which there are is known only
	// when the spec is read. Nil is as if there were none.
	Beside func(spec, name string, limit int64) ([]byte, error)

	// Generator is by which specgen is known; see package self.
	Generator string
	// Generators are the versions that the header of each file names. They are
	// part of what Generator stands for.
	Generators string
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
	in, findings, err := LoadFrom(func(rel string, limit int64) ([]byte, error) { return tree.ReadBelow(root, rel, limit) })
	in.Beside = func(spec, name string, limit int64) ([]byte, error) { return beside(dir, spec, name, limit) }
	return in, findings, err
}

// beside reads a file of the folder of a spec, which no symbolic link leads out
// of.
func beside(dir, spec, name string, limit int64) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close() //nolint:errcheck // nothing was written
	folder, err := root.OpenRoot(path.Dir(spec))
	if err != nil {
		return nil, err
	}
	defer folder.Close() //nolint:errcheck // nothing was written
	return tree.ReadBelow(folder, name, limit)
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
	in.Beside = func(spec, name string, limit int64) ([]byte, error) {
		return read(path.Join(path.Dir(spec), name), limit)
	}
	return in, nil, err
}

// parse reads a spec, and the files beside it if the config says that it may
// refer to them.
func (in Inputs) parse(c config.Client) (*spec.Document, []finding.Finding, error) {
	var reader spec.Reader
	if c.Options.LocalRefs && in.Beside != nil {
		reader = func(name string, limit int64) ([]byte, error) { return in.Beside(c.Spec, name, limit) }
	}
	return spec.ParseBeside(reader, c.Spec, in.Specs[c.Spec])
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
// that name wrote gen/. It parses nothing; whatever is in doubt counts as
// changed, and is for Build to explain.
func Unchanged(dir, generator string) bool {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return false
	}
	defer root.Close() //nolint:errcheck // nothing was written
	data, err := tree.ReadBelow(root, tree.ManifestPath, tree.MaxFile)
	if err != nil {
		return false
	}
	sources, err := tree.ReadBelow(root, SourcesPath, spec.MaxBytes)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	m := tree.ParseManifest(data)
	return m[config.Path] != "" && tree.Sound(data, unlisted(generator, sources)...) && tree.Untouched(root, m)
}

// unlisted is what gen/ depends on and the manifest does not list.
func unlisted(generator string, sources []byte) []string {
	return []string{generator, spec.Sum(sources)}
}
