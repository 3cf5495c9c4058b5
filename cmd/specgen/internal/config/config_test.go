package config

import (
	"os"
	"reflect"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestAConfigIsRead(t *testing.T) {
	c, findings := Parse([]byte(spectest.Config + "    options:\n      name-normalizer: ToCamelCase\n      server-urls: false\n      exclude-schemas: [A, B]\n"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	want := Client{Spec: "api/acme.yaml", Package: "acmeapi", Dir: "gen/acmeapi", Options: Options{NameNormalizer: "ToCamelCase", ExcludeSchemas: []string{"A", "B"}}, Line: 3, Col: 5}
	if len(c.Clients) != 1 || !reflect.DeepEqual(c.Clients[0], want) {
		t.Errorf("got %+v, want %+v", c.Clients, want)
	}
}

func TestOptionsHaveDefaults(t *testing.T) {
	c, findings := Parse([]byte(spectest.Config))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	if got, want := c.Clients[0].Options, (Options{NameNormalizer: "ToCamelCaseWithInitialisms", ServerURLs: true}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTheConfigOfThisProjectIsRead(t *testing.T) {
	data, err := os.ReadFile("../../../../" + Path)
	if err != nil {
		t.Skip("specgen stands alone here, outside the project:", err)
	}
	if _, findings := Parse(data); len(findings) > 0 {
		t.Error(findings)
	}
}

func TestWhatAConfigMayNotSay(t *testing.T) {
	entry := func(spec, pkg, dir string) string {
		return "version: 1\nclients:\n  - spec: " + spec + "\n    package: " + pkg + "\n    dir: " + dir + "\n"
	}
	for _, c := range []struct{ name, text, word string }{
		{"an unknown key", "«colour: red\nversion: 1\nclients:\n  - spec: a.yaml\n    package: a\n    dir: gen/a\n", `"colour"`},
		{"an unknown key of a client", entry("a.yaml", "a", "gen/a") + "    «output: x\n", `"output"`},
		{"an unknown option", entry("a.yaml", "a", "gen/a") + "    options:\n      «user-templates: {}\n", `"user-templates"`},
		{"an option of the wrong kind", entry("a.yaml", "a", "gen/a") + "    options:\n      server-urls: «yup\n", "true or false"},
		{"schemas to exclude that are no list", entry("a.yaml", "a", "gen/a") + "    options:\n      exclude-schemas: «A\n", "not a list"},
		{"a schema to exclude that is no name", entry("a.yaml", "a", "gen/a") + "    options:\n      exclude-schemas: [«{}]\n", "not a name"},
		{"an unknown normalizer", entry("a.yaml", "a", "gen/a") + "    options:\n      name-normalizer: «None\n", "ToCamelCase"},
		{"options that are a list", entry("a.yaml", "a", "gen/a") + "    options: «[]\n", "mapping"},
		{"no version", "«clients:\n  - spec: a.yaml\n    package: a\n    dir: gen/a\n", "version: 1"},
		{"another version", "version: «2\nclients:\n  - spec: a.yaml\n    package: a\n    dir: gen/a\n", "version: 1"},
		{"no clients", "«version: 1\n", "no clients"},
		{"an empty list", "version: 1\nclients: «[]\n", "no clients"},
		{"a client that is text", "version: 1\nclients:\n  - «a\n", "mapping"},
		{"no package", "version: 1\nclients:\n  - «spec: a.yaml\n    dir: gen/a\n", "no package"},
		{"a spec above the project", entry("«../a.yaml", "a", "gen/a"), "below the project root"},
		{"an absolute spec", entry("«/a.yaml", "a", "gen/a"), "below the project root"},
		{"a spec that is no YAML", entry("«a.json", "a", "gen/a"), ".yaml"},
		{"a package that is no name", entry("a.yaml", "«a-b", "gen/a-b"), "package name"},
		{"a package that is a keyword", entry("a.yaml", "«func", "gen/func"), "package name"},
		{"a package with capitals", entry("a.yaml", "«acmeAPI", "gen/acmeAPI"), "lower case"},
		{"a folder outside gen", entry("a.yaml", "a", "«a"), "below gen/"},
		{"a folder that climbs out of gen", entry("a.yaml", "a", "«gen/../a"), "below gen/"},
		{"gen itself", entry("a.yaml", "gen", "«gen"), "below gen/"},
		{"a folder of another name", entry("a.yaml", "a", "«gen/b"), `named as its package, "a"`},
		{"one spec twice", entry("a.yaml", "a", "gen/a") + "  - spec: «a.yaml\n    package: b\n    dir: gen/b\n", "line 3"},
		{"one folder twice", entry("a.yaml", "a", "gen/a") + "  - spec: b.yaml\n    package: a\n    dir: «gen/a\n", "line 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, line, col := spectest.Marked(t, c.text)
			_, findings := Parse([]byte(text))
			spectest.Want(t, findings, "CONFIG", line, col, c.word)
		})
	}
	t.Run("broken YAML", func(t *testing.T) {
		_, findings := Parse([]byte("version: 1\nclients: [\n"))
		if len(findings) != 1 || findings[0].Rule != "YAML-SYNTAX" || findings[0].File != Path {
			t.Errorf("got %v", findings)
		}
	})
}
