package starter

import (
	"bytes"
	"fmt"
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

func make1(t *testing.T, name string, choice Choice) Made {
	t.Helper()
	c, _ := checkout(t, otherConfig)
	made, err := Make(c, name, choice)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// whole makes all of a starter.
func whole(t *testing.T, c Checkout, name string) error {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: a starter is generated")
	}
	made, err := Make(c, name, complete(t, Choice{}))
	if err != nil {
		return err
	}
	files, findings, err := project.Build(made.In)
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	return made.Wrap(files)
}

func complete(t *testing.T, c Choice) Choice {
	t.Helper()
	c, err := c.Complete()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// choices are every way of authentication with every body, and the other parts once.
func choices(t *testing.T) (list []Choice) {
	t.Helper()
	for _, w := range Ways() {
		for _, body := range parts["body"] {
			list = append(list, complete(t, Choice{Auth: w.Name, Body: body}))
		}
	}
	return append(list, complete(t, Choice{PKCE: "none", Expiry: "timestamp"}), complete(t, Choice{Auth: "basic-raw", Body: "json", PKCE: "none", Expiry: "none"}))
}

// What of a choice has to be in the generated package and in the wrapper.
func marks(c Choice) map[string]string {
	out := map[string]string{}
	switch {
	case c.Basic():
		out["acme/client.go"] = fmt.Sprintf("provider.NewBasic(name, cfg.ClientID, cfg.ClientSecret, cfg.ClientSecretFunc, %t)", c.BasicForm())
	case c.ClientHeader():
		out["acme/client.go"] = "api.ClientSecret = clientSecret"
	case c.SecretInBody():
		out["acme/flows.go"] = "ClientSecret: clientSecret"
	case c.Key():
		out["acme/flows.go"] = "APIKey: apiKey"
	}
	if c.HasPKCE() {
		out["acme/authorize.go"] = "PKCE: true"
	}
	return out
}

func TestEveryStarterPassesEveryRuleAndMakesAProvider(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: each starter is generated")
	}
	for _, choice := range choices(t) {
		t.Run(choice.command("acme"), func(t *testing.T) {
			made := make1(t, "acme", choice)
			files, findings, err := project.Build(made.In)
			if err != nil || len(findings) > 0 || files["gen/acmeapi/calls.gen.go"] == nil {
				t.Fatalf("%v, %v", findings, err)
			}
			if err := made.Wrap(files); err != nil {
				t.Fatal(err)
			}
			for place, mark := range marks(choice) {
				if !bytes.Contains(made.New[place], []byte(mark)) {
					t.Errorf("%s has no %q:\n%s", place, mark, made.New[place])
				}
			}
			for place, content := range made.New {
				if !bytes.HasSuffix(content, []byte("\n")) || bytes.Contains(content, []byte("<no value>")) || bytes.Contains(content, []byte("{"+"{.")) {
					t.Errorf("something of a template is left in %s", place)
				}
			}
			// Inverse: a starter without what a rule wants does not get through.
			file := made.In.Specs["api/acme.yaml"]
			for rule, line := range map[string]string{
				"OP-RETRY":      "      x-retry: never\n",
				"OP-SOURCE":     "      x-source: SOURCES.md#acme-revoketoken\n",
				"SECRET-FORMAT": "          format: password\n",
				"OP-ID":         "      operationId: revokeToken\n",
			} {
				less := bytes.Replace(file, []byte(line), nil, 1)
				if bytes.Equal(less, file) {
					t.Fatalf("the spec has no line %q", line)
				}
				made.In.Specs["api/acme.yaml"] = less
				findings, err := project.Lint(made.In)
				if err != nil || len(findings) == 0 || findings[0].Rule != rule {
					t.Errorf("without %q: %v, %v, want %s", line, findings, err, rule)
				}
			}
		})
	}
}

func TestAChoiceIsCompletedOrRefused(t *testing.T) {
	for _, tt := range []struct {
		in   Choice
		want Choice
		err  string
	}{
		{Choice{}, Choice{"basic-form", "form", "required", "seconds"}, ""},
		{Choice{Auth: "basic-raw", Body: "json"}, Choice{"basic-raw", "json", "required", "seconds"}, ""},
		{Choice{Auth: "bearer"}, Choice{"bearer", "json", "required", "seconds"}, ""},
		{Choice{Auth: "bearer", Body: "form"}, Choice{"bearer", "form", "required", "seconds"}, ""},
		{Choice{Auth: "digest"}, Choice{}, "basic-form, basic-raw, client-header, body-secret, none, bearer, bare-token"},
		{Choice{Body: "xml"}, Choice{}, "form, json"},
		{Choice{PKCE: "plain"}, Choice{}, "required, none"},
		{Choice{Expiry: "never"}, Choice{}, "seconds, timestamp, none"},
	} {
		got, err := tt.in.Complete()
		if tt.err == "" && (err != nil || got != tt.want) || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%+v: %+v, %v", tt.in, got, err)
		}
	}
}

// A spec that is there, with what somebody has entered already.
func TestASpecThatIsThereIsTaken(t *testing.T) {
	first := make1(t, "acme", complete(t, Choice{}))
	c, root := checkout(t, otherConfig)
	root["api/acme.yaml"] = &fstest.MapFile{Data: first.New["api/acme.yaml"]}
	made, err := From(c, "api/acme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(made.New) != 0 || !bytes.Equal(made.Changed[config.Path], first.Changed[config.Path]) || !bytes.Equal(made.Changed[project.SourcesPath], first.Changed[project.SourcesPath]) {
		t.Errorf("%v\n%s", made.New, made.Changed[project.SourcesPath])
	}
	c.In = first.In
	if made, err = From(c, "api/acme.yaml"); err != nil || len(made.Changed) != 0 {
		t.Errorf("what is entered is entered again: %v, %v", made.Changed, err)
	}
	for file, want := range map[string]string{
		"acme.yaml": "takes api/NAME.yaml", "../acme.yaml": "takes api/NAME.yaml", "api/acme.json": "takes api/NAME.yaml",
		"api/none.yaml": "api/none.yaml: file does not exist", "api/func.yaml": "keyword",
	} {
		if _, err := From(c, file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
	// Without the rules there is nothing to stand on.
	c.In.ConfigFile = bytes.Replace(first.In.ConfigFile, []byte("fake: true"), []byte("fake: false"), 1)
	c.In.Config, _ = config.Parse(c.In.ConfigFile)
	if _, err := From(c, "api/acme.yaml"); err == nil || !strings.Contains(err.Error(), "fake: true") {
		t.Errorf("an entry without the rules for a fake: %v", err)
	}
	c.In = first.In
	// What is written imports the package by its name.
	c.In.ConfigFile = bytes.ReplaceAll(c.In.ConfigFile, []byte("acmeapi"), []byte("otherapi"))
	c.In.Config, _ = config.Parse(c.In.ConfigFile)
	if _, err := From(c, "api/acme.yaml"); err == nil || !strings.Contains(err.Error(), "has to make a package acmeapi") {
		t.Errorf("an entry of another package: %v", err)
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
			made, err := Make(c, "acme", complete(t, Choice{}))
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
		if _, err := Make(c, "acme", complete(t, Choice{})); err == nil || !strings.Contains(err.Error(), "move the list to the end") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingThatIsThereIsOverwritten(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a starter is generated")
	}
	c, _ := checkout(t, otherConfig)
	made, err := Make(c, "acme", complete(t, Choice{}))
	if err != nil {
		t.Fatal(err)
	}
	files, _, err := project.Build(made.In)
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Wrap(files); err != nil {
		t.Fatal(err)
	}
	places := []string{"acme/mine.txt", "gen/acmeapi/calls.gen.go"}
	for place := range made.New {
		places = append(places, place)
	}
	for _, place := range places {
		c, root := checkout(t, otherConfig)
		root[place] = &fstest.MapFile{Data: []byte("mine\n")}
		again, err := Make(c, "acme", complete(t, Choice{}))
		if err == nil {
			err = again.Wrap(files)
		}
		if err == nil || !strings.Contains(err.Error(), "is already there") {
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
		if _, err := Make(c, "acme", complete(t, Choice{})); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestTheModuleOfAForkIsImported(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a starter is generated")
	}
	c, root := checkout(t, otherConfig)
	root["go.mod"].Data = []byte("module example.com/fork/v2 // comment\n")
	made, err := Make(c, "acme", complete(t, Choice{}))
	if err != nil {
		t.Fatal(err)
	}
	files, _, err := project.Build(made.In)
	if err == nil {
		err = made.Wrap(files)
	}
	if err != nil || !bytes.Contains(made.New["acme/flows.go"], []byte(`"example.com/fork/v2"`)) {
		t.Errorf("%v\n%s", err, made.New["acme/flows.go"])
	}
}
