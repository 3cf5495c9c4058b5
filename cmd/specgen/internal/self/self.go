// Package self tells which specgen this is: for people, by versions, and for
// the manifest, by a hash of everything that decides what specgen writes.
//
// It asks neither the disk nor git; what it needs is in the program.
package self

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"runtime/debug"
	"strings"
)

// The modules whose versions decide most.
var generators = []string{"github.com/oapi-codegen/oapi-codegen/v2", "github.com/getkin/kin-openapi"}

// Version is a few lines for a person or a bug report.
func Version(info *debug.BuildInfo) string {
	var b strings.Builder
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	fmt.Fprintf(&b, "specgen %s\n", version)
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if commit := settings["vcs.revision"]; commit != "" {
		state := ""
		if settings["vcs.modified"] == "true" {
			state = ", with changes"
		}
		fmt.Fprintf(&b, "commit %s of %s%s\n", commit, settings["vcs.time"], state)
	}
	for _, g := range named(info) {
		fmt.Fprintln(&b, g)
	}
	fmt.Fprintln(&b, info.GoVersion)
	return b.String()
}

// Generators are the versions that decide most, for the header of a generated
// file. They are those of this build, so the header is true of it.
func Generators(info *debug.BuildInfo) string { return strings.Join(named(info), ", ") }

func named(info *debug.BuildInfo) []string {
	var out []string
	for _, name := range generators {
		out = append(out, path.Base(strings.TrimSuffix(name, "/v2"))+" "+dependency(info, name))
	}
	return out
}

func dependency(info *debug.BuildInfo, name string) string {
	for _, m := range info.Deps {
		if m.Path == name {
			if m.Replace != nil {
				return m.Replace.Version + " (replaced)"
			}
			return m.Version
		}
	}
	return "(not in this build)"
}

// Identity is a hash of specgen's own source, without tests, and of the
// versions of all modules that it is built from. A version alone would not do:
// a specgen that is run from a checkout has none. The version of Go is left out,
// so that two people with different ones do not undo each other's manifest.
func Identity(source fs.FS, info *debug.BuildInfo) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := fs.ReadFile(source, name)
		fmt.Fprintf(h, "%s %d\n%s", name, len(data), data)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("specgen's own source: %w", err)
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		fmt.Fprintf(h, "%s %s %s\n", m.Path, m.Version, m.Sum)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
