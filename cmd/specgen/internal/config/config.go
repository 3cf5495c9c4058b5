// Package config reads api/specgen.yaml, which says what becomes of each spec.
//
// It refuses whatever it does not know, with the line: a misspelled key that is
// passed over in silence is found out much later. Options are an allow-list, for
// the generator has some that take code or paths.
package config

import (
	"fmt"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

const (
	// Path is where the config is kept, relative to the project root.
	Path = "api/specgen.yaml"
	// Output is the one folder that specgen writes to.
	Output = "gen"
)

// Config is the content of the config file.
type Config struct {
	Clients []Client
}

// Client says which spec becomes which package.
type Client struct {
	Spec    string // path of the spec, below the project root
	Package string // name of the Go package
	Dir     string // folder of the Go package, below gen/
	Options Options

	// Line and Col are where the entry begins, for findings about it.
	Line, Col int
}

// Options are the generator options that may be chosen.
type Options struct {
	// NameNormalizer is how names of the spec become Go names.
	NameNormalizer string
	// ServerURLs says whether the spec's servers become constants.
	ServerURLs bool
	// LocalRefs says whether the spec may refer to components of files in its
	// own folder.
	LocalRefs bool
	// Fake says whether there is a package with the routes and the rules of the
	// spec, for the provider's fake.
	Fake bool
}

// FakePackage is the name of the package for the fake, which is in a folder of
// that name in the client's.
func (c Client) FakePackage() string { return strings.TrimSuffix(c.Package, "api") + "fake" }

// Dirs are the folders that the client's packages are in.
func (c Client) Dirs() []string {
	if !c.Options.Fake {
		return []string{c.Dir}
	}
	return []string{c.Dir, c.Dir + "/" + c.FakePackage()}
}

// normalizers are the ways of naming that are allowed.
var normalizers = []string{"ToCamelCaseWithInitialisms", "ToCamelCase"}

// Parse reads a config. The findings say what to change in it.
func Parse(data []byte) (Config, []finding.Finding) {
	root, findings := spec.ParseYAML(Path, data)
	for i, f := range findings {
		if f.Rule == "SPEC-EMPTY" { // which speaks of OpenAPI
			findings[i].Rule, findings[i].Message = "CFG-MISSING", "there is nothing in it: write `version: 1` and list the clients; `specgen help` shows how"
		}
	}
	if len(findings) > 0 {
		return Config{}, findings
	}
	r := reader{}
	c := r.config(root)
	finding.Sort(r.findings)
	return c, r.findings
}

type reader struct{ findings []finding.Finding }

func (r *reader) add(at *yaml.Node, rule, format string, args ...any) {
	r.findings = append(r.findings, finding.Finding{
		File: Path, Line: at.Line, Col: at.Column, Rule: rule, Message: fmt.Sprintf(format, args...),
	})
}

func (r *reader) config(root *yaml.Node) Config {
	r.keys(root, "version", "clients")
	if version := spec.Get(root, "version"); version == nil {
		r.add(root, "CFG-MISSING", "no version: write `version: 1`")
	} else if version.Value != "1" {
		r.add(version, "CFG-VALUE", "version %q is not known: write `version: 1`", version.Value)
	}
	clients := spec.Get(root, "clients")
	if clients == nil || clients.Kind != yaml.SequenceNode || len(clients.Content) == 0 {
		at := root
		if clients != nil {
			at = clients
		}
		r.add(at, "CFG-MISSING", "no clients: list at least one with `spec`, `package` and `dir`")
		return Config{}
	}
	var c Config
	for _, n := range clients.Content {
		c.Clients = append(c.Clients, r.client(n))
	}
	r.unique(clients, "spec", "two packages of one spec drift apart")
	r.unique(clients, "dir", "two specs cannot share a folder")
	return c
}

func (r *reader) client(n *yaml.Node) Client {
	c := Client{Line: n.Line, Col: n.Column, Options: Options{NameNormalizer: normalizers[0], ServerURLs: true}}
	if n.Kind != yaml.MappingNode {
		r.add(n, "CFG-VALUE", "not a mapping: write `spec`, `package` and `dir`")
		return c
	}
	r.keys(n, "spec", "package", "dir", "options")
	c.Spec = r.text(n, "spec", func(s string) string {
		switch {
		case !isLocal(s) || path.Ext(s) != ".yaml" && path.Ext(s) != ".yml":
			return "a .yaml file below the project root, such as api/acme.yaml"
		}
		return ""
	})
	c.Package = r.text(n, "package", func(s string) string {
		if !token.IsIdentifier(s) || s != strings.ToLower(s) || strings.Contains(s, "_") {
			return "a Go package name in lower case, such as acmeapi"
		}
		return ""
	})
	c.Dir = r.text(n, "dir", func(s string) string {
		switch {
		case !isLocal(s) || !strings.HasPrefix(s, Output+"/"):
			return "a folder below " + Output + "/, such as " + Output + "/acmeapi"
		case c.Package != "" && path.Base(s) != c.Package:
			return "a folder named as its package, " + strconv.Quote(c.Package)
		}
		return ""
	})
	if options := spec.Get(n, "options"); options != nil {
		r.options(options, &c.Options)
	}
	return c
}

func (r *reader) options(n *yaml.Node, o *Options) {
	if n.Kind != yaml.MappingNode {
		r.add(n, "CFG-VALUE", "options is not a mapping")
		return
	}
	r.keys(n, "name-normalizer", "server-urls", "local-refs", "fake")
	if v := spec.Get(n, "name-normalizer"); v != nil {
		if !slices.Contains(normalizers, v.Value) {
			r.add(v, "CFG-VALUE", "name-normalizer is %q and has to be one of: %s", v.Value, strings.Join(normalizers, ", "))
		}
		o.NameNormalizer = v.Value
	}
	r.flag(n, "server-urls", &o.ServerURLs)
	r.flag(n, "local-refs", &o.LocalRefs)
	r.flag(n, "fake", &o.Fake)
}

func (r *reader) flag(n *yaml.Node, key string, into *bool) {
	if v := spec.Get(n, key); v != nil {
		if v.Tag != "!!bool" {
			r.add(v, "CFG-VALUE", "%s is %q and has to be true or false", key, v.Value)
		}
		*into = v.Value == "true"
	}
}

// keys refuses keys that are not in the list.
func (r *reader) keys(n *yaml.Node, known ...string) {
	for key := range spec.Pairs(n) {
		if !slices.Contains(known, key.Value) {
			r.add(key, "CFG-KEY", "unknown key %q: known here are %s", key.Value, strings.Join(known, ", "))
		}
	}
}

// text reads a required value; wrong says what it has to be, or nothing when it
// is right.
func (r *reader) text(n *yaml.Node, key string, wrong func(string) string) string {
	v := spec.Get(n, key)
	if v == nil {
		r.add(n, "CFG-MISSING", "no %s: it names %s", key, wrong(""))
		return ""
	}
	if want := wrong(spec.Text(v)); want != "" {
		r.add(v, "CFG-VALUE", "%s is %q and has to be %s", key, spec.Text(v), want)
	}
	return spec.Text(v)
}

// unique refuses a value that two clients share.
func (r *reader) unique(clients *yaml.Node, key, why string) {
	seen := map[string]int{}
	for _, n := range clients.Content {
		v := spec.Get(n, key)
		if v == nil {
			continue
		}
		if line, dup := seen[v.Value]; dup {
			r.add(v, "CFG-DUPLICATE", "%s %q is already at line %d: %s", key, v.Value, line, why)
		}
		seen[v.Value] = v.Line
	}
}

// isLocal tells whether a slash-separated path is clean and stays below the
// project root.
func isLocal(p string) bool {
	return p != "" && p == path.Clean(p) && !path.IsAbs(p) && p != ".." && !strings.HasPrefix(p, "../") &&
		!strings.ContainsAny(p, "\\:")
}
