package generate

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// Shapes reads from a spec what its calls and types, and a fake of them, look like.
func Shapes(doc *spec.Document, c config.Client) (*shape.Package, error) {
	if err := prepareEnums(doc.T); err != nil {
		return nil, err
	}
	p, err := shape.Of(doc.T, operations(doc), shape.Normalizer(c.Options.NameNormalizer))
	var f *shape.Fault
	if errors.As(err, &f) {
		return nil, &Error{doc.Finding(place(doc, f.Path), "GEN-CALL", "%s", f.Message)}
	}
	return p, err
}

// place is the node at the end of a path, or the last one on the way that there
// is.
func place(doc *spec.Document, path []string) *yaml.Node {
	at, n := doc.Root, doc.Root
	for _, key := range path {
		if k := spec.Key(n, key); k != nil {
			at = k
		}
		next := spec.Get(n, key)
		if ref, ok := strings.CutPrefix(spec.Text(spec.Get(next, "$ref")), "#/"); ok {
			next = doc.Exact(strings.Split(ref, "/")...)
		}
		if next == nil {
			break
		}
		n = next
	}
	return at
}
