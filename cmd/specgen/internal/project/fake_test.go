package project

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/config"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

const fakeFile = "gen/acmeapi/acmefake/routes.gen.go"

func TestThePackageForAFakeIsMadeIfTheConfigWantsIt(t *testing.T) {
	for _, fake := range []string{"true", "false"} {
		t.Run("fake "+fake, func(t *testing.T) {
			root := write(t, map[string]string{
				config.Path:   spectest.Config + "    options:\n      fake: " + fake + "\n",
				spectest.Name: spectest.Spec, SourcesPath: spectest.Sources,
			})
			in, findings, err := Load(root)
			if err != nil || len(findings) > 0 {
				t.Fatal(findings, err)
			}
			in.Generator = "this"
			files, findings, err := Build(in)
			if err != nil || len(findings) > 0 {
				t.Fatal(findings, err)
			}
			src, made := files[fakeFile]
			if made != (fake == "true") || made != strings.Contains(string(files[tree.ManifestPath]), "  "+fakeFile+"\n") {
				t.Fatalf("made %t; the manifest:\n%s", made, files[tree.ManifestPath])
			}
			if made && !strings.Contains(string(src), "\npackage acmefake\n") {
				t.Errorf("%s", src)
			}
			for name, content := range files {
				if name != fakeFile && strings.Contains(string(content), "acmefake\"") {
					t.Errorf("%s imports the package for the fake", name)
				}
			}
			// What was made is known by its hash, and only with the fake's file.
			in.Have = files
			if again := in.reusable(in.Config.Clients[0]); len(again) != len(files)-1 {
				t.Errorf("%d of %d files are reused", len(again), len(files)-1)
			}
			if in.Have[fakeFile] = []byte("package acmefake\n"); made && in.reusable(in.Config.Clients[0]) != nil {
				t.Error("an edited file of the fake is reused")
			}
		})
	}
}
