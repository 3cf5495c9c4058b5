package project

import (
	"errors"
	"maps"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/gate"
	"github.com/grantway/grantway/cmd/specgen/internal/generate"
	"github.com/grantway/grantway/cmd/specgen/internal/lint"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// Build makes the files of gen/, by their path below the project root. With
// findings there are no files: a project that is wrong somewhere makes nothing.
//
// The specs are taken one after the other, for the generator keeps its state in
// package variables; two Builds must not run at a time either.
func Build(in Inputs) (map[string][]byte, []finding.Finding, error) {
	docs, findings, err := load(in)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	files := map[string][]byte{}
	for i, c := range in.Config.Clients {
		made, err := build(docs[i], c)
		var broken *generate.Error
		switch {
		case errors.As(err, &broken):
			findings = append(findings, broken.Finding)
		case err != nil:
			return nil, nil, err
		}
		maps.Copy(files, made)
	}
	if len(findings) > 0 {
		finding.Sort(findings)
		return nil, findings, nil
	}
	files[tree.ManifestPath] = manifest(in, files)
	return files, nil, nil
}

// Lint reports what is wrong with the specs, and makes nothing.
func Lint(in Inputs) ([]finding.Finding, error) {
	_, findings, err := load(in)
	return findings, err
}

// load parses and lints every spec, so that one run tells all there is to fix.
func load(in Inputs) ([]*spec.Document, []finding.Finding, error) {
	var docs []*spec.Document
	var findings []finding.Finding
	for _, c := range in.Config.Clients {
		doc, found, err := spec.Parse(c.Spec, in.Specs[c.Spec])
		if err != nil {
			return nil, nil, err
		}
		if doc != nil {
			found, err = lint.Check(doc, in.Sources)
			if err != nil {
				return nil, nil, err
			}
		}
		docs = append(docs, doc)
		findings = append(findings, found...)
	}
	finding.Sort(findings)
	return docs, findings, nil
}

// build makes one package and sends it through the gate.
func build(doc *spec.Document, c config.Client) (map[string][]byte, error) {
	made, err := generate.Package(doc, c)
	if err != nil {
		return nil, err
	}
	if fault := gate.Check(made); fault != nil {
		return nil, generate.Broken(doc, c, fault.Error(), fault.Name)
	}
	return made, nil
}

func manifest(in Inputs, files map[string][]byte) []byte {
	inputs := maps.Clone(in.Specs)
	inputs[config.Path] = in.ConfigFile
	return tree.NewManifest(inputs, files).Bytes()
}
