package project

import (
	"errors"
	"maps"
	"sync"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/gate"
	"github.com/grantway/grantway/cmd/specgen/internal/generate"
	"github.com/grantway/grantway/cmd/specgen/internal/lint"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/todo"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// Build makes the files of gen/, by their path below the project root. With
// findings there are no files: a project that is wrong somewhere makes nothing.
func Build(in Inputs) (map[string][]byte, []finding.Finding, error) {
	results := each(in, func(c config.Client) result {
		if files := in.reusable(c); files != nil {
			return result{files: files}
		}
		return in.make(c)
	})
	findings, err := collect(results)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	files := map[string][]byte{}
	var local []spec.LocalFile
	for _, r := range results {
		maps.Copy(files, r.files)
		local = append(local, r.local...)
	}
	files[tree.ManifestPath] = manifest(in, local, files)
	return files, nil, nil
}

// Lint reports what is wrong with the specs, and makes nothing.
func Lint(in Inputs) ([]finding.Finding, error) {
	return collect(each(in, func(c config.Client) result {
		_, r := in.read(c)
		return r
	}))
}

// Todo reports what a starter left for somebody to replace. A spec that cannot be
// read is reported as Lint does.
func Todo(in Inputs) ([]finding.Finding, error) {
	findings, err := collect(each(in, func(c config.Client) result {
		doc, findings, err := in.parse(c)
		if err != nil || len(findings) > 0 {
			return result{findings: findings, err: err}
		}
		return result{findings: append(todo.Comments(c.Spec, in.Specs[c.Spec]), todo.Hosts(doc)...)}
	}))
	findings = append(findings, todo.Sources(SourcesPath, in.Sources)...)
	finding.Sort(findings)
	return findings, err
}

// result is what became of one spec.
type result struct {
	files    map[string][]byte
	local    []spec.LocalFile // what the spec referred to
	findings []finding.Finding
	err      error
}

// each handles the specs side by side, for all but the generator itself can be
// done at once. The results are in the order of the config.
func each(in Inputs, handle func(config.Client) result) []result {
	results := make([]result, len(in.Config.Clients))
	var all sync.WaitGroup
	for i, c := range in.Config.Clients {
		all.Go(func() {
			if in.Watch != nil {
				defer in.Watch(c.Spec)()
			}
			results[i] = handle(c)
		})
	}
	all.Wait()
	return results
}

// collect puts the findings of all specs together, so that one run tells all
// there is to fix. What stopped specgen itself is the error of the first spec
// that has one.
func collect(results []result) (findings []finding.Finding, err error) {
	for _, r := range results {
		if r.err != nil {
			return nil, r.err
		}
		findings = append(findings, r.findings...)
	}
	finding.Sort(findings)
	return findings, nil
}

// reusable returns the files of a package that were made of the same spec, with
// the same config, by the same specgen, and are as they were written. A spec that
// may refer to other files is read to know which.
func (in Inputs) reusable(c config.Client) map[string][]byte {
	if c.Options.LocalRefs {
		return nil
	}
	written := in.Have[tree.ManifestPath]
	if !tree.Sound(written, unlisted(in.Generator, in.Sources)...) {
		return nil
	}
	m := tree.ParseManifest(written)
	if m[config.Path] != spec.Sum(in.ConfigFile) || m[c.Spec] != spec.Sum(in.Specs[c.Spec]) {
		return nil
	}
	files := map[string][]byte{}
	for _, dir := range c.Dirs() {
		list := m.Package(dir, in.Have)
		if list == nil {
			return nil
		}
		maps.Copy(files, list)
	}
	return files
}

// read parses and lints a spec.
func (in Inputs) read(c config.Client) (*spec.Document, result) {
	doc, findings, err := in.parse(c)
	if err != nil || doc == nil {
		return nil, result{findings: findings, err: err}
	}
	findings, err = lint.Check(doc, in.Sources)
	return doc, result{findings: findings, err: err}
}

// make makes one package of a spec that has no findings, and sends it through
// the gate.
func (in Inputs) make(c config.Client) (r result) {
	defer spec.Recover(c.Spec, &r.err)
	doc, r := in.read(c)
	if r.err != nil || len(r.findings) > 0 {
		return r
	}
	made, err := packages(doc, c, in.Generators)
	var broken *generate.Error
	switch {
	case errors.As(err, &broken):
		return result{findings: []finding.Finding{broken.Finding}}
	case err != nil:
		return result{err: err}
	}
	return result{files: made, local: doc.Local}
}

// packages makes the client and, if the config wants one, the package for a fake.
// Each goes through the gate by itself.
func packages(doc *spec.Document, c config.Client, generators string) (map[string][]byte, error) {
	client, fake, err := generate.Package(doc, c, generators)
	if err != nil {
		return nil, err
	}
	fault := gate.Check(client)
	if fault == nil && fake != nil {
		fault = gate.CheckFake(fake)
	}
	if fault != nil {
		return nil, generate.Broken(doc, c, fault.Error(), fault.Name)
	}
	maps.Copy(client, fake)
	return client, nil
}

func manifest(in Inputs, local []spec.LocalFile, files map[string][]byte) []byte {
	inputs := maps.Clone(in.Specs)
	inputs[config.Path] = in.ConfigFile
	m := tree.NewManifest(inputs, files)
	for _, f := range local {
		m[f.Path] = f.SHA256
	}
	return m.Sealed(unlisted(in.Generator, in.Sources)...)
}
