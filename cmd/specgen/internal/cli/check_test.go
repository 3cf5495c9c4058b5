package cli

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestEachKindOfDriftMakesCheckFailAndNamesTheFile(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: a project is generated for each kind")
	}
	const client = "gen/acmeapi/calls.gen.go"
	for _, c := range []struct {
		name   string
		drift  func(*sandbox)
		begins string
	}{
		{"a byte changed in gen", func(p *sandbox) {
			p.write(client, strings.Replace(p.read(client), "type Client struct", "type client struct", 1))
		}, client + ":"},
		{"a file deleted", func(p *sandbox) { p.remove(client) }, client + ":1:1: GEN-MISSING"},
		{"the manifest deleted", func(p *sandbox) { p.remove("gen/MANIFEST") }, "gen/MANIFEST:1:1: GEN-MISSING"},
		{"a file added", func(p *sandbox) { p.write("gen/acmeapi/mine.go", "package acmeapi\n") }, "gen/acmeapi/mine.go:1:1: GEN-ORPHAN"},
		{"a file added elsewhere in gen", func(p *sandbox) { p.write("gen/notes.txt", "x") }, "gen/notes.txt:1:1: GEN-ORPHAN"},
		{"a spec changed", func(p *sandbox) {
			p.write(spectest.Name, spectest.Spec+"# a comment is a change too\n")
		}, client + ":3:"},
		{"an entry taken out of the config", func(p *sandbox) {
			p.write("api/other.yaml", spectest.Spec)
			p.write("api/specgen.yaml", strings.ReplaceAll(spectest.Config, "acme", "other"))
		}, client + ":1:1: GEN-ORPHAN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := generated(t)
			c.drift(p)
			before := p.files()
			p.wantFinding("check", c.begins)
			p.unchanged(before)
		})
	}
	// The inverse is TestGenerateThenCheckIsClean: without drift check is silent.
}

func TestCheckTellsAHandEditFromASpecThatMovedOn(t *testing.T) {
	p := generated(t)
	p.write("gen/acmeapi/calls.gen.go", p.read("gen/acmeapi/calls.gen.go")+"// mine\n")
	if got := p.want("check", exitFindings); len(got) != 1 || !strings.Contains(got[0], "GEN-CHANGED edited by hand") {
		t.Errorf("got %q", got)
	}
	p = generated(t)
	p.write(spectest.Name, spectest.Spec+"# more\n")
	for _, line := range p.want("check", exitFindings) {
		if !strings.Contains(line, "GEN-STALE "+spectest.Name+" changed since") {
			t.Errorf("got %q", line)
		}
	}
}
