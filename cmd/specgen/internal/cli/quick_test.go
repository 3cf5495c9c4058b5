package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/grantway/grantway/cmd/specgen/internal/self"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// forge changes a file of gen/ and has the manifest say, under its seal, that
// specgen wrote it so.
func (p *sandbox) forge(name string) {
	p.t.Helper()
	p.write(name, p.read(name)+"// forged\n")
	m := tree.ParseManifest([]byte(p.read("gen/MANIFEST")))
	m[name] = spec.Sum([]byte(p.read(name)))
	generator, err := self.Identity(ownSource, ownBuild)
	if err != nil {
		p.t.Fatal(err)
	}
	p.write("gen/MANIFEST", string(m.Sealed(generator, spec.Sum([]byte(spectest.Sources)))))
}

func TestCheckGoesByHashesUnlessItIsToldOtherwise(t *testing.T) {
	p := generated(t)
	p.forge("gen/acmeapi/calls.gen.go")
	// Nothing but a forged manifest tells the two ways apart.
	p.want("check", exitOK)
	p.wantFinding("check --full", "gen/acmeapi/calls.gen.go:")
	p.want("generate", exitOK)
	if got := p.want("generate --full", exitOK); strings.Join(got, ",") != "changed gen/acmeapi/calls.gen.go,changed gen/MANIFEST" {
		t.Errorf("got %q", got)
	}
	p.want("check --full", exitOK)
}

func TestCheckSeesSourcesThatNoLongerHoldWhatASpecPointsAt(t *testing.T) {
	p := generated(t)
	p.write("api/SOURCES.md", "# Sources\n")
	p.wantFinding("check", spectest.Name+":13:17: OP-SOURCE")
	// A change that the lint does not mind is no drift.
	p.write("api/SOURCES.md", spectest.Sources+"\nMore.\n")
	p.want("check", exitOK)
	if got := p.want("generate", exitOK); strings.Join(got, ",") != "changed gen/MANIFEST,up to date api/acme.yaml" {
		t.Errorf("got %q", got)
	}
}

func TestAnotherSpecgenMakesEverythingAgain(t *testing.T) {
	p := generated(t)
	p.forge("gen/acmeapi/calls.gen.go")
	var out, errs bytes.Buffer
	another := process(&out, &errs)
	another.Source = fstest.MapFS{"main.go": {Data: []byte("package main // newer\n")}}
	if code := Run([]string{"-C", p.root, "check"}, another); code != exitFindings || !strings.Contains(out.String(), "gen/acmeapi/calls.gen.go:") {
		t.Errorf("exit %d: %s%s", code, out.String(), errs.String())
	}
	p = generated(t)
	out.Reset()
	if code := Run([]string{"-C", p.root, "check"}, another); code != exitOK {
		t.Errorf("exit %d: %s%s", code, out.String(), errs.String())
	}
	if code := Run([]string{"-C", p.root, "generate"}, another); code != exitOK || out.String() != "changed gen/MANIFEST\nup to date api/acme.yaml\n" {
		t.Errorf("exit %d: %s%s", code, out.String(), errs.String())
	}
}

func TestASpecgenThatCannotReadItselfSaysSo(t *testing.T) {
	p := generated(t)
	var out, errs bytes.Buffer
	for _, command := range []string{"check", "generate"} {
		lost := process(&out, &errs)
		lost.Source = os.DirFS(filepath.Join(p.root, "none"))
		code := Run([]string{"-C", p.root, command}, lost)
		if code != exitCannot || !strings.Contains(errs.String(), "own source") {
			t.Errorf("%s: exit %d: %s", command, code, errs.String())
		}
	}
}
