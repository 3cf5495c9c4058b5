package generate

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/emit"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// calls makes a package with a method for each operation.
func calls(doc *spec.Document, c config.Client, generators string) (files map[string][]byte, err error) {
	defer spec.Recover(doc.Name, &err)
	p, security, err := shapes(doc, c)
	if err != nil {
		return nil, err
	}
	models, err := models(doc, c, p)
	if err != nil {
		return nil, err
	}
	path := func(name string) string { return c.Dir + "/" + name }
	var sources []source
	for _, f := range []struct{ name, src string }{
		{ModelsFile, models},
		{CallsFile, emit.Calls(c.Package, title(doc), p)},
		{DecodeFile, emit.Decoders(c.Package, p)},
		{OperationsFile, emit.Operations(c.Package, title(doc), doc.Name, doc.SHA256, p, func(id string) string { return security[id] })},
	} {
		if f.src == "" {
			continue
		}
		s, err := parseSource(path(f.name), f.src)
		if err != nil {
			return nil, Broken(doc, c, err.Error(), "")
		}
		sources = append(sources, s)
	}
	return tidyAll(doc, c, generators, sources)
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
	p, err = shape.Of(doc.T, list, shape.Normalizer(c.Options.NameNormalizer))
	var f *shape.Fault
	if errors.As(err, &f) {
		return nil, nil, &Error{doc.Finding(place(doc, f.Path), "GEN-CALL", "%s", f.Message)}
	}
	return p, security, err
}

// Fake makes the files of the package for a fake, by their path below the project
// root; none if the config wants none. It is to be called before Package, which
// uses the document up.
func Fake(doc *spec.Document, c config.Client, generators string) (files map[string][]byte, err error) {
	if !c.Options.Fake {
		return nil, nil
	}
	defer spec.Recover(doc.Name, &err)
	p, _, err := shapes(doc, c)
	if err != nil {
		return nil, err
	}
	name := c.FakePackage()
	s, err := parseSource(c.Dir+"/"+name+"/"+RoutesFile, emit.Routes(name, title(doc), doc.Name, p))
	if err != nil {
		return nil, Broken(doc, c, err.Error(), "")
	}
	return tidyAll(doc, c, generators, []source{s})
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
