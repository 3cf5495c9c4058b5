// Package starter makes what a new provider begins with: a spec, its sources, a
// wrapper with a fake and tests, and the provider's part of the project's own
// checks.
//
// It makes files, and writes them all or none. It overwrites nothing, and knows
// nothing of the provider: what it writes says so, and asks to be replaced.
package starter

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"text/template"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
)

//go:embed templates
var templates embed.FS

// data is what the templates are filled with.
type data struct {
	Quirk
	Name   string // of the package
	Module string // path of the root module
}

// Title is the provider's name for people, until somebody knows better.
func (d data) Title() string { return strings.ToUpper(d.Name[:1]) + d.Name[1:] }

// Auth is the name of the quirk; data has a Name of its own.
func (d data) Auth() string { return d.Quirk.Name }

// Fact is the quirk as a fact to be proved.
func (d data) Fact() string {
	if d.Code {
		return "Client authentication: " + d.Short
	}
	return "Credential: " + d.Short
}

// ClientSays is the quirk in the comment of the package.
func (d data) ClientSays() string {
	if d.Key() {
		return fmt.Sprintf("The key goes out in a JSON body, and the token %s. There is no refresh token: to refresh is to exchange the key again.", d.AsWhat())
	}
	if !d.HasSecret() {
		return "The client is a public one: its id goes out in the form, and PKCE stands for a secret."
	}
	return fmt.Sprintf("Client authentication is %s. What spends a code or a token is sent once, whatever happens.", d.Short)
}

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
	// Title is the provider's name for people, as far as it can be guessed.
	Title string
	// New are the files that must not be there yet.
	New Files
	// Changed are the config and the sources, with what is added to them.
	Changed Files
	// In are the inputs of specgen with the starter among them.
	In project.Inputs
}

// parts of the starter that are not files of their own.
const (
	entryTemplate   = "templates/shared/api/specgen.entry.tmpl"
	sectionTemplate = "templates/shared/api/SOURCES.section.tmpl"
)

// Make makes the starter of a provider and checks that it fits. It reads, and
// writes nothing.
func Make(c Checkout, name string, q Quirk) (Made, error) {
	if err := CheckName(name); err != nil {
		return Made{}, err
	}
	module, err := modulePath(c.Root)
	if err != nil {
		return Made{}, err
	}
	d := data{Quirk: q, Name: name, Module: module}
	for _, dir := range []string{name, "gen/" + name + "api"} {
		if _, err := fs.Stat(c.Root, dir); !errors.Is(err, fs.ErrNotExist) {
			return Made{}, fmt.Errorf("%s is already there: take another name, or remove it", dir)
		}
	}
	made := Made{Title: d.Title(), New: Files{}, Changed: Files{}, In: c.In}
	if err := d.files(c.Root, made.New); err != nil {
		return Made{}, err
	}
	if err := made.add(d, c.In); err != nil {
		return Made{}, err
	}
	return made, nil
}

// files renders the templates of the quirk, and holds each against what is
// there.
func (d data) files(root fs.FS, files Files) error {
	set := "key"
	if d.Code {
		set = "code"
	}
	for _, dir := range []string{"templates/shared", "templates/" + set} {
		err := fs.WalkDir(templates, dir, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || name == entryTemplate || name == sectionTemplate {
				return err
			}
			place := strings.TrimSuffix(strings.ReplaceAll(strings.TrimPrefix(name, dir+"/"), "NAME", d.Name), ".tmpl")
			if _, err := fs.Stat(root, place); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s is already there: take another name, or remove it", place)
			}
			content, err := d.render(name)
			if err != nil {
				return err
			}
			if path.Ext(place) == ".go" {
				if err := taken(d.Name, d.Module+"/"+d.Name, content, besides(root, place)...); err != nil {
					return err
				}
			}
			files[place] = content
			return nil
		})
		if err != nil {
			return err
		}
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

// render fills one template. Go comes out formatted.
func (d data) render(name string) ([]byte, error) {
	t, err := template.New(path.Base(name)).Funcs(template.FuncMap{"json": asJSON, "wrap": wrap}).ParseFS(templates, name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, d); err != nil {
		return nil, err
	}
	if !strings.HasSuffix(name, ".go.tmpl") {
		return b.Bytes(), nil
	}
	file, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return file, nil
}

// asJSON writes a text as JSON does, without the escapes that are for HTML.
func asJSON(text string) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(text)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// wrap breaks a text into comment lines.
func wrap(width int, before, text string) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(before)+len(line)+1+len(word) > width {
			lines, line = append(lines, before+line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(lines, before+line), "\n")
}

// add puts the starter's entry, spec and section to the inputs. What is there
// keeps every byte.
func (m *Made) add(d data, in project.Inputs) error {
	entry, err := d.render(entryTemplate)
	if err != nil {
		return err
	}
	section, err := d.render(sectionTemplate)
	if err != nil {
		return err
	}
	if in.Sources == nil {
		in.Sources = []byte("# Sources\n")
	}
	last := in.Config.Clients[len(in.Config.Clients)-1]
	m.In.ConfigFile = appended(in.ConfigFile, indent(entry, last.Col-len("- ")-1))
	m.In.Sources = appended(in.Sources, section)
	m.Changed[config.Path], m.Changed[project.SourcesPath] = m.In.ConfigFile, m.In.Sources

	// The entry is put there as text, so that comments stay. Whether it is one
	// of the list now is for the parser to say.
	parsed, findings := config.Parse(m.In.ConfigFile)
	if n := len(parsed.Clients); len(findings) > 0 || n != len(in.Config.Clients)+1 || parsed.Clients[n-1].Package != d.Name+"api" {
		return fmt.Errorf("%s does not end with its list of clients, so that an entry cannot be put there: move the list to the end", config.Path)
	}
	m.In.Config = parsed
	specs := map[string][]byte{}
	for _, c := range parsed.Clients {
		specs[c.Spec] = in.Specs[c.Spec]
	}
	specs["api/"+d.Name+".yaml"] = m.New["api/"+d.Name+".yaml"]
	m.In.Specs = specs
	return nil
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
