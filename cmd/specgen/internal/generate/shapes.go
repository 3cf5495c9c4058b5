package generate

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// Shapes reads from a spec what its calls and types look like in Go.
func Shapes(doc *spec.Document, c config.Client) (*shape.Package, error) {
	p, _, err := shapes(doc, c)
	return p, err
}

// shapes reads what calls, and a fake of them, look like. security is what an
// operation wants, by its id.
func shapes(doc *spec.Document, c config.Client) (p *shape.Package, security map[string]string, err error) {
	var list []shape.Call
	security = map[string]string{}
	for _, op := range operations(doc) {
		list = append(list, shape.Call{ID: op.id, Method: op.method, Path: op.path})
		security[op.id] = op.security
	}
	if err := prepareEnums(doc.T); err != nil {
		return nil, nil, err
	}
	p, err = shape.Of(doc.T, list, shape.Normalizer(c.Options.NameNormalizer))
	var f *shape.Fault
	if errors.As(err, &f) {
		return nil, nil, &Error{doc.Finding(place(doc, f.Path), "GEN-CALL", "%s", f.Message)}
	}
	return p, security, err
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
