package project

import (
	"maps"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/generate"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// Build makes the files of gen/. With findings there are no files: a spec that
// is wrong somewhere makes nothing. The specs are taken one after the other, for
// the generator keeps its state in package variables.
func Build(in Inputs) (files map[string][]byte, findings []finding.Finding, err error) {
	files = map[string][]byte{}
	for _, c := range in.Config.Clients {
		doc, found, err := spec.Parse(c.Spec, in.Specs[c.Spec])
		findings = append(findings, found...)
		if err != nil {
			return nil, nil, err
		}
		if doc == nil {
			continue
		}
		made, err := generate.Package(doc, c)
		if err != nil {
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

func manifest(in Inputs, files map[string][]byte) []byte {
	inputs := maps.Clone(in.Specs)
	inputs[config.Path] = in.ConfigFile
	return tree.NewManifest(inputs, files).Bytes()
}
