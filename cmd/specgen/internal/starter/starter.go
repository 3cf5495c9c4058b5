// Package starter makes what a new provider begins with: the entry of its spec, its
// page of sources, and, through package wrapper, everything that a finished spec says.
// Without a spec it makes a first one.
//
// It makes files, and writes them all or none. It overwrites nothing, and knows
// nothing of the provider: a spec that it makes says so, and asks to be replaced.
package starter

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/generate"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/wrapper"
)

//go:embed templates
var templates embed.FS

// data is what the template of a spec is filled with.
type data struct {
	Choice
	Name string // of the package
}

// Title is the provider's name for people, until somebody knows better.
func (d data) Title() string { return strings.ToUpper(d.Name[:1]) + d.Name[1:] }

// Command is how the spec was asked for.
func (d data) Command() string { return d.command(d.Name) }

// Files are the new files, by path below the project root.
type Files map[string][]byte

// Checkout is what the starter has to know of the project that it is written
// into.
type Checkout struct {
	// Root is the project.
	Root fs.FS
	// In are the inputs of specgen there.
	In project.Inputs
}

// Made is a starter, not yet written.
type Made struct {
	// Name is that of the provider's package.
	Name string
	// New are the files that must not be there yet.
	New Files
	// Changed are the config and the sources, with what is added to them.
	Changed Files
	// In are the inputs of specgen with the starter among them.
	In project.Inputs

	root   fs.FS
	module string
}

// Make makes the spec of a provider of which nothing is known but how its auth is
// like, and its entries. It reads, and writes nothing.
func Make(c Checkout, name string, choice Choice) (Made, error) {
	made, err := begin(c, name)
	if err != nil {
		return Made{}, err
	}
	if _, err := fs.Stat(c.Root, specOf(name)); !errors.Is(err, fs.ErrNotExist) {
		return Made{}, fmt.Errorf("%s is already there: run `specgen init --from %s`, or take another name", specOf(name), specOf(name))
	}
	file, err := render("NAME.yaml.tmpl", data{choice, name})
	if err != nil {
		return Made{}, err
	}
	made.New[specOf(name)] = file
	return made, made.enter(file)
}

// From makes the entries of a spec that is there, which is named after the provider.
func From(c Checkout, file string) (Made, error) {
	if !fs.ValidPath(file) || path.Dir(file) != "api" || path.Ext(file) != ".yaml" {
		return Made{}, fmt.Errorf("%q is not a spec of this project: --from takes api/NAME.yaml, NAME being that of the provider's package", file)
	}
	made, err := begin(c, strings.TrimSuffix(path.Base(file), ".yaml"))
	if err != nil {
		return Made{}, err
	}
	content, err := fs.ReadFile(c.Root, file)
	if err != nil {
		return Made{}, fmt.Errorf("%s: %w", file, cause(err))
	}
	return made, made.enter(content)
}

func specOf(name string) string { return "api/" + name + ".yaml" }

func begin(c Checkout, name string) (Made, error) {
	if err := CheckName(name); err != nil {
		return Made{}, err
	}
	module, err := modulePath(c.Root)
	if err != nil {
		return Made{}, err
	}
	if _, err := fs.Stat(c.Root, name); !errors.Is(err, fs.ErrNotExist) {
		return Made{}, fmt.Errorf("%s is already there: take another name, or remove it", name)
	}
	return Made{Name: name, New: Files{}, Changed: Files{}, In: c.In, root: c.Root, module: module}, nil
}

// Client is the entry of the config.
func (m *Made) Client() config.Client {
	i := slices.IndexFunc(m.In.Config.Clients, func(c config.Client) bool { return c.Spec == specOf(m.Name) })
	return m.In.Config.Clients[i]
}

// Wrap adds what is written from the spec: the wrapper, the fake, the fixtures, the
// checks. generated is what gen/ is to be.
func (m *Made) Wrap(generated map[string][]byte) error {
	doc, findings, err := spec.Parse(specOf(m.Name), m.In.Specs[specOf(m.Name)])
	if err != nil || doc == nil {
		return errors.Join(err, fmt.Errorf("%s: %v", specOf(m.Name), findings))
	}
	shapes, err := generate.Shapes(doc, m.Client())
	if err != nil {
		return err
	}
	p, err := wrapper.Read(m.Name, m.module, doc, shapes)
	if err != nil {
		return err
	}
	mine := map[string][]byte{}
	for name, file := range generated {
		if path.Dir(name) == m.Client().Dir {
			mine[name] = file
		}
	}
	files, err := p.Files(mine)
	if err != nil {
		return err
	}
	for _, place := range slices.Sorted(maps.Keys(files)) {
		if _, err := fs.Stat(m.root, place); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is already there: take another name, or remove it", place)
		}
		if path.Ext(place) == ".go" {
			if err := taken(m.Name, m.module+"/"+m.Name, files[place], besides(m.root, place)...); err != nil {
				return err
			}
		}
		m.New[place] = files[place]
	}
	return nil
}

// besides are the Go files in the folder of a new one.
func besides(root fs.FS, place string) (files [][]byte) {
	names, _ := fs.Glob(root, path.Dir(place)+"/*.go") // the pattern is a good one
	for _, name := range names {
		if file, err := fs.ReadFile(root, name); err == nil {
			files = append(files, file)
		}
	}
	return files
}

// render fills one template.
func render(name string, with any) ([]byte, error) {
	t, err := template.New(name).ParseFS(templates, "templates/"+name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, with)
	return b.Bytes(), err
}

// enter puts the entry of a spec and its page of sources to the inputs, unless they
// are there. What is there keeps every byte.
func (m *Made) enter(file []byte) error {
	name := m.Name
	if !slices.ContainsFunc(m.In.Config.Clients, func(c config.Client) bool { return c.Spec == specOf(name) }) {
		if _, err := fs.Stat(m.root, "gen/"+name+"api"); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("gen/%sapi is already there: take another name, or remove it", name)
		}
		if err := m.entry(); err != nil {
			return err
		}
	}
	if c := m.Client(); c.Package != name+"api" {
		return fmt.Errorf("the entry of %s in %s has to make a package %sapi", specOf(name), config.Path, name)
	}
	if !m.Client().Options.Fake {
		return fmt.Errorf("the entry of %s in %s needs `fake: true` among its options: the fake stands on what is made by it", specOf(name), config.Path)
	}
	specs := maps.Clone(m.In.Specs)
	specs[specOf(name)] = file
	m.In.Specs = specs
	section, err := m.section(file)
	if err != nil || section == nil {
		return err
	}
	if m.In.Sources == nil {
		m.In.Sources = []byte("# Sources\n")
	}
	m.In.Sources = appended(m.In.Sources, section)
	m.Changed[project.SourcesPath] = m.In.Sources
	return nil
}

// entry puts the client to the config. It is put there as text, so that comments
// stay; whether it is one of the list now is for the parser to say.
func (m *Made) entry() error {
	before := m.In.Config.Clients
	text := fmt.Sprintf("\n- spec: %s\n  package: %[2]sapi\n  dir: gen/%[2]sapi\n  options:\n    fake: true\n", specOf(m.Name), m.Name)
	m.In.ConfigFile = appended(m.In.ConfigFile, indent([]byte(text), before[len(before)-1].Col-len("- ")-1))
	m.Changed[config.Path] = m.In.ConfigFile
	parsed, findings := config.Parse(m.In.ConfigFile)
	if n := len(parsed.Clients); len(findings) > 0 || n != len(before)+1 || parsed.Clients[n-1].Package != m.Name+"api" {
		return fmt.Errorf("%s does not end with its list of clients, so that an entry cannot be put there: move the list to the end", config.Path)
	}
	m.In.Config = parsed
	return nil
}

// anchor is where a fact of the spec is known from.
var anchor = regexp.MustCompile(`SOURCES\.md#([a-z0-9_-]+)`)

// section are the headings of the page of sources that the spec points to and that
// are not there, with rows to fill; nil if none is missing.
func (m *Made) section(file []byte) ([]byte, error) {
	type part struct{ Heading string }
	var missing []part
	have := strings.ToLower(string(m.In.Sources))
	for _, found := range anchor.FindAllSubmatch(file, -1) {
		heading := strings.ReplaceAll(string(found[1]), "-", " ")
		there := regexp.MustCompile(`(?m)^#+ ` + regexp.QuoteMeta(heading) + `\s*$`).MatchString(strings.ReplaceAll(have, ":", ""))
		if !there && !slices.Contains(missing, part{heading}) {
			missing = append(missing, part{heading})
		}
	}
	if missing == nil {
		return nil, nil
	}
	return render("SOURCES.section.tmpl", map[string]any{"Title": data{Name: m.Name}.Title(), "Parts": missing})
}

// appended is a text with another behind it, after a line break.
func appended(text, more []byte) []byte {
	return append(append(bytes.TrimRight(text, "\n"), '\n'), more...)
}

// indent puts spaces before each line that has anything on it.
func indent(text []byte, n int) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		if len(bytes.TrimSpace(line)) > 0 {
			b.Write(bytes.Repeat([]byte(" "), max(n, 0)))
		}
		b.Write(line)
	}
	return b.Bytes()
}

var moduleLine = regexp.MustCompile(`(?m)^module[ \t]+"?([^\s"]+)"?`)

// parents are folders without which a wrapper does not build.
var parents = []string{"provider", "authcode", "tokens", "internal/wiretest", "internal/fakeauth", "faults", "internal/scorecard", "conformance/internal/calls"}

// modulePath reads go.mod, and makes sure that this is a checkout of Grantway.
func modulePath(root fs.FS) (string, error) {
	mod, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		return "", errors.New("there is no go.mod: -C has to be the root of a checkout of Grantway")
	}
	m := moduleLine.FindSubmatch(mod)
	if m == nil {
		return "", errors.New("go.mod names no module")
	}
	for _, dir := range parents {
		if info, err := fs.Stat(root, dir); err != nil || !info.IsDir() {
			return "", fmt.Errorf("there is no %s: a wrapper is written into a checkout of Grantway, on whose packages it stands", dir)
		}
	}
	return string(m[1]), nil
}
