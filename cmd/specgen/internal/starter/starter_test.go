package starter

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

// checkout is as little of Grantway as a starter looks at, with one provider.
func checkout(t *testing.T, configFile string) (Checkout, fstest.MapFS) {
	t.Helper()
	root := fstest.MapFS{"go.mod": {Data: []byte("module github.com/grantway/grantway\n")}}
	for _, dir := range parents {
		root[dir+"/x.go"] = &fstest.MapFile{Data: []byte("package x\n")}
	}
	cfg, findings := config.Parse([]byte(configFile))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	in := project.Inputs{Config: cfg, ConfigFile: []byte(configFile), Sources: []byte(spectest.Sources),
		Specs: map[string][]byte{cfg.Clients[0].Spec: []byte(spectest.Spec)}}
	return Checkout{Root: root, In: in}, root
}

var otherConfig = "# kept\n" + strings.ReplaceAll(spectest.Config, "acme", "other") + "    # kept too\n"

func make1(t *testing.T, name string, q Quirk) Made {
	t.Helper()
	c, _ := checkout(t, otherConfig)
	made, err := Make(c, name, q)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestEveryStarterPassesEveryRuleAndMakesAClient(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: each starter is generated")
	}
	for _, q := range Quirks() {
		t.Run(q.Name, func(t *testing.T) {
			made := make1(t, "acme", q)
			files, findings, err := project.Build(made.In)
			if err != nil || len(findings) > 0 || files["gen/acmeapi/client.gen.go"] == nil {
				t.Fatalf("%v, %v", findings, err)
			}
			// Inverse: a starter without what a rule wants does not get through.
			spec := made.In.Specs["api/acme.yaml"]
			for rule, line := range map[string]string{
				"OP-RETRY":      "      x-retry: never\n",
				"OP-SOURCE":     "      x-source: SOURCES.md#acme-revoketoken\n",
				"SECRET-FORMAT": "          format: password\n",
				"OP-ID":         "      operationId: revokeToken\n",
			} {
				less := bytes.Replace(spec, []byte(line), nil, 1)
				if bytes.Equal(less, spec) {
					t.Fatalf("the spec has no line %q", line)
				}
				made.In.Specs["api/acme.yaml"] = less
				findings, err := project.Lint(made.In)
				if err != nil || len(findings) == 0 || findings[0].Rule != rule {
					t.Errorf("without %q: %v, %v, want %s", line, findings, err, rule)
				}
			}
			made.In.Specs["api/acme.yaml"] = spec
			made.In.Sources = []byte(spectest.Sources)
			if findings, _ := project.Lint(made.In); len(findings) != 2 || findings[0].Rule != "OP-SOURCE" {
				t.Errorf("without its sources: %v", findings)
			}
		})
	}
}

func TestNothingOfATemplateIsLeft(t *testing.T) {
	for _, q := range Quirks() {
		made := make1(t, "acme", q)
		for _, files := range []Files{made.New, made.Changed} {
			for name, content := range files {
				for _, rest := range []string{"NAME", "{" + "{.", "<no value>", "%!"} {
					if strings.Contains(name, rest) || bytes.Contains(content, []byte(rest)) {
						t.Errorf("%s, %s: %q is left", q.Name, name, rest)
					}
				}
				if !bytes.HasSuffix(content, []byte("\n")) || bytes.HasSuffix(content, []byte("\n\n")) {
					t.Errorf("%s, %s does not end in one line break", q.Name, name)
				}
			}
		}
	}
}

func TestTheStartersDifferInTheirQuirkOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: each starter is generated")
	}
	want := map[string]string{
		"basic-form":    `"Basic " + base64`,
		"basic-raw":     `pair := cfg.ClientID + ":" + cfg.ClientSecret.Reveal()`,
		"client-header": `"Client " + cfg.ClientSecret.Reveal()`,
		"body-secret":   `ClientSecret: c.secret.Reveal()`,
		"none":          `"Verifier", "is empty`,
		"bearer":        `"Bearer " + token.Reveal()`,
		"bare-token":    `Authorization: token}`,
	}
	for _, q := range Quirks() {
		var names []string
		for other, mark := range want {
			made := make1(t, "acme", q)
			for name, content := range made.New {
				if path.Dir(name) == "acme" && !strings.HasSuffix(name, "_test.go") && bytes.Contains(content, []byte(mark)) {
					names = append(names, other)
				}
			}
		}
		names = slices.DeleteFunc(names, func(n string) bool { return n == "basic-form" && q.BasicRaw() }) // of both
		if !slices.Equal(names, []string{q.Name}) {
			t.Errorf("%s: the code is that of %v", q.Name, names)
		}
	}
}

func TestWhatIsThereKeepsEveryByte(t *testing.T) {
	for name, file := range map[string]string{
		"comments":              otherConfig,
		"no line break":         strings.TrimSuffix(otherConfig, "\n"),
		"a list without indent": "version: 1\nclients:\n- spec: api/other.yaml\n  package: otherapi\n  dir: gen/otherapi\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := checkout(t, file)
			made, err := Make(c, "acme", Quirks()[0])
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(made.Changed[config.Path], []byte(file)) || !bytes.HasPrefix(made.Changed[project.SourcesPath], []byte(spectest.Sources)) {
				t.Errorf("what was there changed:\n%s", made.Changed[config.Path])
			}
			if n := len(made.In.Config.Clients); n != 2 || made.In.Config.Clients[1].Spec != "api/acme.yaml" {
				t.Errorf("%d clients:\n%s", n, made.Changed[config.Path])
			}
		})
	}
}

func TestAConfigThatDoesNotEndWithItsListIsRefused(t *testing.T) {
	for name, file := range map[string]string{
		"a list in brackets": "version: 1\nclients: [{spec: api/other.yaml, package: otherapi, dir: gen/otherapi}]\n",
		"version at the end": "clients:\n  - spec: api/other.yaml\n    package: otherapi\n    dir: gen/otherapi\nversion: 1\n",
	} {
		c, _ := checkout(t, file)
		if _, err := Make(c, "acme", Quirks()[0]); err == nil || !strings.Contains(err.Error(), "move the list to the end") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingThatIsThereIsOverwritten(t *testing.T) {
	c, _ := checkout(t, otherConfig)
	made, err := Make(c, "acme", Quirks()[0])
	if err != nil {
		t.Fatal(err)
	}
	places := []string{"acme/mine.txt", "gen/acmeapi/client.gen.go"}
	for place := range made.New {
		places = append(places, place)
	}
	for _, place := range places {
		c, root := checkout(t, otherConfig)
		root[place] = &fstest.MapFile{Data: []byte("mine\n")}
		if _, err := Make(c, "acme", Quirks()[0]); err == nil || !strings.Contains(err.Error(), "is already there") {
			t.Errorf("%s: %v", place, err)
		}
	}
}

func TestAFolderThatIsNoCheckoutIsRefused(t *testing.T) {
	for name, change := range map[string]func(fstest.MapFS){
		"no go.mod":   func(root fstest.MapFS) { delete(root, "go.mod") },
		"no module":   func(root fstest.MapFS) { root["go.mod"].Data = []byte("go 1.25\n") },
		"no provider": func(root fstest.MapFS) { delete(root, "provider/x.go") },
	} {
		c, root := checkout(t, otherConfig)
		change(root)
		if _, err := Make(c, "acme", Quirks()[0]); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestTheModuleOfAForkIsImported(t *testing.T) {
	c, root := checkout(t, otherConfig)
	root["go.mod"].Data = []byte("module example.com/fork/v2 // comment\n")
	made, err := Make(c, "acme", Quirks()[0])
	if err != nil || !bytes.Contains(made.New["acme/flows.go"], []byte(`"example.com/fork/v2"`)) {
		t.Errorf("%v\n%s", err, made.New["acme/flows.go"])
	}
}

func TestCommentsFitALine(t *testing.T) {
	for _, q := range Quirks() {
		for name, content := range make1(t, "acme", q).New {
			for line := range strings.Lines(string(content)) {
				if strings.HasPrefix(line, "// ") && len(line) > 85 {
					t.Errorf("%s, %s: %s", q.Name, name, line)
				}
			}
		}
	}
	if got := wrap(12, "// ", "one two three"); got != "// one two\n// three" {
		t.Errorf("inverse: %q", got)
	}
}
