package tree

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// Drift says where gen/ is not what specgen would write, one finding per file. A
// seal that is broken while everything is as it should be is none: the next
// generate mends it.
func Drift(have, want map[string][]byte) []finding.Finding {
	if old, ok := have[ManifestPath]; ok {
		have = maps.Clone(have)
		have[ManifestPath] = resealed(old, want[ManifestPath])
	}
	changes, foreign := Plan(have, want)
	written, wanted := ParseManifest(have[ManifestPath]), ParseManifest(want[ManifestPath])
	var out []finding.Finding
	for _, c := range changes {
		f := finding.Finding{File: c.Path, Line: 1, Col: 1}
		switch c.Verb {
		case "created":
			f.Rule, f.Message = "GEN-MISSING", "the file is not there: run specgen generate"
		case "removed":
			f.Rule, f.Message = "GEN-ORPHAN", "no entry of "+config.Path+" makes this file any more: run specgen generate, which removes it"
		default:
			f.Line, f.Col = firstDifference(have[c.Path], want[c.Path])
			f.Rule, f.Message = changed(c.Path, have[c.Path], written, wanted)
		}
		out = append(out, f)
	}
	out = append(out, Orphans(foreign)...)
	finding.Sort(out)
	return out
}

// changed tells why a file is not as it should be. The manifest on disk knows
// what specgen wrote and from what, so an edit by hand and a spec that moved on
// can be told apart.
func changed(name string, have []byte, written, wanted Manifest) (rule, message string) {
	if name != ManifestPath && written[name] != spec.Sum(have) {
		return "GEN-CHANGED", "edited by hand: change the spec instead, and run specgen generate, which overwrites this"
	}
	var moved []string
	for input, hash := range wanted {
		if !strings.HasPrefix(input, config.Output+"/") && written[input] != hash {
			moved = append(moved, input)
		}
	}
	slices.Sort(moved)
	switch {
	case len(moved) > 0:
		return "GEN-STALE", strings.Join(moved, ", ") + " changed since: run specgen generate"
	case name == ManifestPath:
		return "GEN-CHANGED", "not what specgen would write: run specgen generate"
	}
	return "GEN-STALE", "this specgen writes it differently: run specgen generate"
}

// Orphans reports files below gen/ that specgen did not write. It never deletes
// them: somebody else did write them.
func Orphans(names []string) []finding.Finding {
	var out []finding.Finding
	for _, name := range names {
		message := "specgen did not write this file: move it out of " + config.Output + "/ or remove it"
		if strings.HasPrefix(path.Base(name), ".specgen-") {
			message = "left over from a run that was interrupted: remove it"
		}
		out = append(out, finding.Finding{File: name, Line: 1, Col: 1, Rule: "GEN-ORPHAN", Message: message})
	}
	return out
}

// firstDifference is the line and column at which two texts part.
func firstDifference(a, b []byte) (line, col int) {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	same := a[:n]
	return 1 + bytes.Count(same, []byte("\n")), n - bytes.LastIndexByte(same, '\n')
}
