package tree

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// ManifestPath is where the list of generated files is kept.
const ManifestPath = config.Output + "/MANIFEST"

const manifestHead = `# What specgen wrote, and from what. Written by specgen; do not edit.
# sha256  path
`

// Manifest lists specs and generated files with their hashes. It is written
// last, so that it never speaks of files that are not there, and it is how
// specgen knows later which files are its own.
type Manifest map[string]string // path to hash

// NewManifest lists the given files.
func NewManifest(specs, files map[string][]byte) Manifest {
	m := Manifest{}
	for _, group := range []map[string][]byte{specs, files} {
		for name, content := range group {
			m[name] = spec.Sum(content)
		}
	}
	return m
}

// Bytes is the manifest as a file, in the form that sha256sum -c reads once the
// comments are left out.
func (m Manifest) Bytes() []byte {
	var b bytes.Buffer
	b.WriteString(manifestHead)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&b, "%s  %s\n", m[name], name)
	}
	return b.Bytes()
}

// ParseManifest reads a manifest. It takes what it can and passes over the rest:
// a damaged manifest makes specgen know fewer files, which is the safe side.
func ParseManifest(data []byte) Manifest {
	m := Manifest{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if ok && len(sum) == 64 && !strings.HasPrefix(sum, "#") {
			m[name] = sum
		}
	}
	return m
}
