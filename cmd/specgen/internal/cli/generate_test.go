package cli

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func TestGenerateThenCheckIsClean(t *testing.T) {
	p := newProject(t)
	got := p.want("generate", exitOK)
	want := []string{"created gen/acmeapi/calls.gen.go", "created gen/acmeapi/decode.gen.go", "created gen/acmeapi/models.gen.go", "created gen/acmeapi/operations.gen.go", "created gen/MANIFEST"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
	before := p.files()
	for command, want := range map[string]string{
		"check": "", "check --full": "", "lint": "",
		"generate": "up to date api/acme.yaml", "generate --full": "up to date api/acme.yaml",
	} {
		if got := p.want(command, exitOK); strings.Join(got, "\n") != want {
			t.Errorf("%s of an up-to-date project says %q, want %q", command, got, want)
		}
	}
	p.unchanged(before)
}

func TestGenerateMendsDrift(t *testing.T) {
	p := generated(t)
	before := p.files()
	p.write("gen/acmeapi/calls.gen.go", "package acmeapi\n")
	p.remove("gen/acmeapi/operations.gen.go")
	got := p.want("generate", exitOK)
	if strings.Join(got, ",") != "changed gen/acmeapi/calls.gen.go,created gen/acmeapi/operations.gen.go" {
		t.Errorf("got %q", got)
	}
	p.unchanged(before)
}

func TestGenerateRemovesItsOwnOrphansOnly(t *testing.T) {
	p := generated(t)
	p.write("gen/acmeapi/mine.go", "package acmeapi\n")
	p.write("api/other.yaml", spectest.Spec)
	p.write("api/specgen.yaml", strings.ReplaceAll(spectest.Config, "acme", "other"))
	p.wantFinding("generate", "gen/acmeapi/mine.go:1:1: GEN-ORPHAN specgen did not write this file")
	if _, err := os.Stat(p.path("gen/acmeapi/calls.gen.go")); !os.IsNotExist(err) {
		t.Errorf("the old client is still there: %v", err)
	}
	if p.read("gen/acmeapi/mine.go") != "package acmeapi\n" || !strings.Contains(p.read("gen/otherapi/calls.gen.go"), "package otherapi") {
		t.Error("what somebody else wrote has to stay, and the new client has to be there")
	}
}

func TestABrokenSpecHasFileLineAndRuleAndLeavesGenAsItIs(t *testing.T) {
	for _, c := range []struct{ name, spec, begins string }{
		{"broken YAML", "openapi: 3.0.3\ninfo: [\n", "api/acme.yaml:3:1: YAML-SYNTAX "},
		{"an empty spec", "", "api/acme.yaml:1:1: SPEC-EMPTY "},
		{"a reference out of the file", spectest.Edit(t, "'#/components/schemas/TokenRequest'", "'/etc/hostname'"), "api/acme.yaml:20:21: REF-EXTERNAL "},
		{"no x-retry", spectest.Edit(t, "      x-retry: never\n", ""), "api/acme.yaml:10:5: OP-RETRY "},
		{"a body that is no call's", spectest.Edit(t, "          application/json:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n",
			"          multipart/form-data:\n            schema:\n              $ref: '#/components/schemas/TokenRequest'\n"), "api/acme.yaml:15:7: GEN-CALL "},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := generated(t)
			p.write(spectest.Name, c.spec)
			before := p.files()
			p.wantFinding("generate", c.begins)
			p.wantFinding("check", c.begins)
			p.unchanged(before)
		})
	}
}

func TestWhatOnlyTheToolchainSeesLeavesGenAsItIs(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: the go command compiles")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command:", err)
	}
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
	p := newProject(t)
	for name, content := range spectest.Module(t) {
		p.write(name, content)
	}
	p.want("generate", exitOK)
	// A file that is there already is none of the in-process gate's business,
	// but the compiler sees it.
	p.write("gen/acmeapi/mine.go", "package acmeapi\n\ntype Extra int\n")
	p.write(spectest.Name, spectest.Edit(t, "        short_lived:\n          type: boolean\n", "        extra:\n          $ref: '#/components/schemas/Extra'\n",
		"    Error:\n", "    Extra:\n      type: string\n      enum: [A]\n    Error:\n"))
	before := p.files()
	p.wantFinding("generate", "api/acme.yaml:1:1: GEN-BROKEN ")
	p.unchanged(before)
}

func TestALinkInGenIsRefused(t *testing.T) {
	p := newProject(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, p.path("gen")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	code, _, stderr := run("-C", p.root, "generate")
	if code != exitCannot || !strings.Contains(stderr, "symbolic link") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("written outside: %v, %v", entries, err)
	}
}

func TestWhoHasNoModuleIsToldWhatWasNotDone(t *testing.T) {
	p := newProject(t)
	const want = "specgen: no go.mod here, so nothing was compiled; in a module the packages need `go get github.com/grantway/grantway github.com/oapi-codegen/runtime`\n"
	for _, said := range []string{want, ""} { // the second time there is nothing to compile
		var out, errs bytes.Buffer
		code := Run([]string{"-C", p.root, "generate"}, process(&out, &errs))
		if got := strings.ReplaceAll(errs.String(), "specgen: still at "+spectest.Name+"\n", ""); code != exitOK || got != said {
			t.Errorf("exit %d: %q, want %q", code, got, said)
		}
	}
}

func TestAModuleWithoutOurPackagesIsToldWhatToGet(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: the go command runs")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command:", err)
	}
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOPROXY", "off")
	p := newProject(t)
	p.write("go.mod", "module example.com/m\n\ngo 1.25.0\n")
	before := p.files()
	code, stdout, stderr := run("-C", p.root, "generate")
	if code != exitCannot || stdout != "" || !strings.Contains(stderr, "run `go get github.com/grantway/grantway github.com/oapi-codegen/runtime`, then this again") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
	p.unchanged(before)
}
