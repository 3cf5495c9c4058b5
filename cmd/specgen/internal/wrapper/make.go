package wrapper

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"text/template"

	"github.com/grantway/grantway/cmd/specgen/internal/generate"
	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

//go:embed templates
var templates embed.FS

// place is a template and the file that it becomes, with NAME in place of the
// provider's.
type place struct{ template, file string }

// Files makes the files of a provider, by their paths below the project root.
// generated are those of its package in gen/.
func (p *Provider) Files(generated map[string][]byte) (map[string][]byte, error) {
	if err := p.readGenerated(generated); err != nil {
		return nil, err
	}
	places := []place{
		{"client.go", "NAME/client.go"}, {"errors.go", "NAME/errors.go"}, {"flows.go", "NAME/flows.go"},
		{"wire_test.go", "NAME/wire_test.go"}, {"fuzz_test.go", "NAME/fuzz_test.go"},
		{"server.go", "NAME/NAMEtest/server.go"}, {"state.go", "NAME/NAMEtest/state.go"},
		{"server_test.go", "NAME/NAMEtest/server_test.go"},
		{"example_test.go", "NAME/example_test.go"}, {"fake_example_test.go", "NAME/NAMEtest/example_test.go"},
		{"scorecard_test.go", "internal/scorecard/NAME_test.go"},
		{"calls.go", "conformance/internal/calls/NAME.go"}, {"spec_test.go", "conformance/spec/NAME_test.go"},
	}
	if p.Page != nil {
		places = append(places, place{"authorize.go", "NAME/authorize.go"})
	}
	if p.Issues() {
		places = append(places, place{"source.go", "NAME/source.go"})
	}
	out := map[string][]byte{}
	for _, at := range places {
		src, err := p.render(at.template)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at.template, err)
		}
		out[strings.ReplaceAll(at.file, "NAME", p.Name)] = src
	}
	pairs, err := p.Pairs()
	if err != nil {
		return nil, err
	}
	out[p.Name+"/testdata/pairs.json"], err = fixtures(pairs)
	return out, err
}

// Root imports the package of the root module, which need not have the last name of
// its path.
func (p *Provider) Root() string {
	if path.Base(p.Module) == "grantway" {
		return strconv.Quote(p.Module)
	}
	return "grantway " + strconv.Quote(p.Module)
}

// render fills one template. Of its imports it keeps what it uses.
func (p *Provider) render(name string) ([]byte, error) {
	t, err := template.New(name+".tmpl").Funcs(functions).ParseFS(templates, "templates/"+name+".tmpl")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, err
	}
	src := b.String()
	if pointer.MatchString(src) { // no other file of the package may have the name
		helper := p.Name + strings.NewReplacer(".", "", "_", "").Replace(strings.TrimSuffix(name, ".go")) + "Ptr"
		src = pointer.ReplaceAllString(src, helper+"(") + "\nfunc " + helper + "[T any](v T) *T { return &v }\n"
	}
	return generate.Tidy(name, src)
}

// pointer is a call of the helper that literals are written with.
var pointer = regexp.MustCompile(`\bptr\(`)

var functions = template.FuncMap{
	"lowered": lowered,
	"oneLine": oneLine,
	"arguments": func(p *Provider, o *Operation, r string) string {
		return p.Arguments(o, map[string]role{"exchange": exchange, "mint": mint, "refresh": refresh, "revoke": revoke, "introspect": introspect}[r])
	},
	"own": func(p *Provider, o *Operation) map[string]any {
		return map[string]any{"ID": o.ID, "List": p.BodyOwn(o)}
	},
	"member":  func(name string, m *Member) map[string]any { return map[string]any{"Name": name, "Member": m} },
	"isList":  func(m *Member) bool { return m.Fields[len(m.Fields)-1].Type.Kind == shape.List },
	"handler": func(o *Operation) string { return "answer" + o.Name },
	"check":   func(s *shape.Scheme) string { return "check" + s.Name },
	"usesCall": func(p *Provider, o *Operation) bool {
		return p.OtherClient(o) != "" || len(o.Spent()) > 0 || (o.Revokes() || o.Dead() != "") && len(o.InHand()) > 0
	},
	"issue":  func(p *Provider, o *Operation, of string) map[string]any { return p.issue(o, of) },
	"answer": answer,
}

// oneLine is text of a spec that a comment can hold.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}
