package config

import (
	"fmt"
	"os"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestAConfigIsRead(t *testing.T) {
	c, findings := Parse([]byte(spectest.Config + "    options:\n      name-normalizer: ToCamelCase\n      server-urls: false\n      local-refs: true\n"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	want := Client{Spec: "api/acme.yaml", Package: "acmeapi", Dir: "gen/acmeapi", Options: Options{NameNormalizer: "ToCamelCase", LocalRefs: true}, Line: 3, Col: 5}
	if len(c.Clients) != 1 || c.Clients[0] != want {
		t.Errorf("got %+v, want %+v", c.Clients, want)
	}
}

func TestAPackageForAFakeIsInAFolderOfTheClients(t *testing.T) {
	for _, c := range []struct{ pkg, fake, want string }{
		{"acmeapi", "true", "[gen/acmeapi gen/acmeapi/acmefake]"},
		{"acme", "true", "[gen/acme gen/acme/acmefake]"},
		{"acmeapi", "false", "[gen/acmeapi]"},
	} {
		config, findings := Parse([]byte("version: 1\nclients:\n  - spec: api/a.yaml\n    package: " + c.pkg + "\n    dir: gen/" + c.pkg + "\n    options:\n      fake: " + c.fake + "\n"))
		if len(findings) > 0 || fmt.Sprint(config.Clients[0].Dirs()) != c.want {
			t.Errorf("%v %v, want %s", findings, config.Clients, c.want)
		}
	}
}

func TestOptionsHaveDefaults(t *testing.T) {
	c, findings := Parse([]byte(spectest.Config))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	if got, want := c.Clients[0].Options, (Options{NameNormalizer: "ToCamelCaseWithInitialisms", ServerURLs: true}); got != want {
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
	for _, c := range []struct{ name, rule, text, word string }{
		{"an unknown key", "CFG-KEY", "«colour: red\nversion: 1\nclients:\n  - spec: a.yaml\n    package: a\n    dir: gen/a\n", `"colour"`},
		{"an unknown key of a client", "CFG-KEY", entry("a.yaml", "a", "gen/a") + "    «output: x\n", `"output"`},
		{"an unknown option", "CFG-KEY", entry("a.yaml", "a", "gen/a") + "    options:\n      «user-templates: {}\n", `"user-templates"`},
		{"an option that there was", "CFG-KEY", entry("a.yaml", "a", "gen/a") + "    options:\n      «calls: true\n", `"calls"`},
		{"an option of the wrong kind", "CFG-VALUE", entry("a.yaml", "a", "gen/a") + "    options:\n      server-urls: «yup\n", "true or false"},
		{"a second option of the wrong kind", "CFG-VALUE", entry("a.yaml", "a", "gen/a") + "    options:\n      local-refs: «[]\n", "true or false"},
		{"an unknown normalizer", "CFG-VALUE", entry("a.yaml", "a", "gen/a") + "    options:\n      name-normalizer: «None\n", "ToCamelCase"},
		{"options that are a list", "CFG-VALUE", entry("a.yaml", "a", "gen/a") + "    options: «[]\n", "mapping"},
		{"no version", "CFG-MISSING", "«clients:\n  - spec: a.yaml\n    package: a\n    dir: gen/a\n", "version: 1"},
		{"another version", "CFG-VALUE", "version: «2\nclients:\n  - spec: a.yaml\n    package: a\n    dir: gen/a\n", "version: 1"},
		{"no clients", "CFG-MISSING", "«version: 1\n", "no clients"},
		{"an empty list", "CFG-MISSING", "version: 1\nclients: «[]\n", "no clients"},
		{"a client that is text", "CFG-VALUE", "version: 1\nclients:\n  - «a\n", "mapping"},
		{"no package", "CFG-MISSING", "version: 1\nclients:\n  - «spec: a.yaml\n    dir: gen/a\n", "no package"},
		{"a spec above the project", "CFG-VALUE", entry("«../a.yaml", "a", "gen/a"), "below the project root"},
		{"an absolute spec", "CFG-VALUE", entry("«/a.yaml", "a", "gen/a"), "below the project root"},
		{"a spec that is no YAML", "CFG-VALUE", entry("«a.json", "a", "gen/a"), ".yaml"},
		{"a package that is no name", "CFG-VALUE", entry("a.yaml", "«a-b", "gen/a-b"), "package name"},
		{"a package that is a keyword", "CFG-VALUE", entry("a.yaml", "«func", "gen/func"), "package name"},
		{"a package with capitals", "CFG-VALUE", entry("a.yaml", "«acmeAPI", "gen/acmeAPI"), "lower case"},
		{"a folder outside gen", "CFG-VALUE", entry("a.yaml", "a", "«a"), "below gen/"},
		{"a folder that climbs out of gen", "CFG-VALUE", entry("a.yaml", "a", "«gen/../a"), "below gen/"},
		{"gen itself", "CFG-VALUE", entry("a.yaml", "gen", "«gen"), "below gen/"},
		{"a folder of another name", "CFG-VALUE", entry("a.yaml", "a", "«gen/b"), `named as its package, "a"`},
		{"one spec twice", "CFG-DUPLICATE", entry("a.yaml", "a", "gen/a") + "  - spec: «a.yaml\n    package: b\n    dir: gen/b\n", "line 3"},
		{"one folder twice", "CFG-DUPLICATE", entry("a.yaml", "a", "gen/a") + "  - spec: b.yaml\n    package: a\n    dir: «gen/a\n", "line 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, line, col := spectest.Marked(t, c.text)
			_, findings := Parse([]byte(text))
			spectest.Want(t, findings, c.rule, line, col, c.word)
		})
	}
	t.Run("an empty file", func(t *testing.T) {
		_, findings := Parse([]byte("# nothing\n"))
		spectest.Want(t, findings, "CFG-MISSING", 1, 1, "version: 1")
	})
	t.Run("broken YAML", func(t *testing.T) {
		_, findings := Parse([]byte("version: 1\nclients: [\n"))
		if len(findings) != 1 || findings[0].Rule != "YAML-SYNTAX" || findings[0].File != Path {
			t.Errorf("got %v", findings)
		}
	})
}
