package thirdparty_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/node"
	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/spec"
)

// findings is what a linter says of some specs.
type findings struct {
	errors, warnings int
	text             string
}

// linters are Redocly and Spectral with the rules that they recommend.
var linters = map[string]func(t *testing.T, files []string) findings{
	"Redocly": func(t *testing.T, files []string) findings {
		t.Helper()
		script := filepath.Join("node_modules", "@redocly", "cli", "bin", "cli.js")
		out, _, stderr := node.Run(t, script, append([]string{"lint", "--config", "redocly.yaml", "--format", "json"}, files...)...)
		var all findings
		reports := 0
		for dec := json.NewDecoder(bytes.NewReader(out)); ; reports++ { // one report for each file
			var report struct {
				Totals   struct{ Errors, Warnings int }
				Problems []struct{ RuleID, Severity, Message string }
			}
			if err := dec.Decode(&report); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%v\n%s%s", err, out, stderr)
			}
			all.errors += report.Totals.Errors
			all.warnings += report.Totals.Warnings
			for _, p := range report.Problems {
				all.text += p.Severity + " " + p.RuleID + ": " + p.Message + "\n"
			}
		}
		if reports != len(files) {
			t.Fatalf("%d reports for %d files\n%s%s", reports, len(files), out, stderr)
		}
		return all
	},
	"Spectral": func(t *testing.T, files []string) findings {
		t.Helper()
		script := filepath.Join("node_modules", "@stoplight", "spectral-cli", "dist", "index.js")
		out, _, stderr := node.Run(t, script, append([]string{"lint", "--ruleset", "spectral.yaml", "--format", "json"}, files...)...)
		var problems []struct {
			Code     string
			Message  string
			Severity int // 0 is an error, 1 a warning
			Source   string
		}
		if err := json.NewDecoder(bytes.NewReader(out)).Decode(&problems); err != nil {
			t.Fatalf("%v\n%s%s", err, out, stderr)
		}
		var all findings
		for _, p := range problems {
			switch p.Severity {
			case 0:
				all.errors++
			case 1:
				all.warnings++
			}
			all.text += filepath.Base(p.Source) + " " + p.Code + ": " + p.Message + "\n"
		}
		return all
	},
}

func TestNoLinterReportsAnErrorOnTheSpecs(t *testing.T) {
	node.Dir(t)
	var files []string
	for _, provider := range repo.Providers(t) {
		files = append(files, filepath.Join(repo.Root(t), filepath.FromSlash(spec.File(provider))))
	}
	for name, lint := range linters {
		t.Run(name, func(t *testing.T) {
			found := lint(t, files)
			if found.errors > 0 {
				t.Error(found.text)
			}
			t.Logf("%s: %d files, %d errors, %d warnings", name, len(files), found.errors, found.warnings)
		})
	}
}

// TestABrokenSpecIsSeenByBothLinters is the inverse, on a copy.
func TestABrokenSpecIsSeenByBothLinters(t *testing.T) {
	node.Dir(t)
	good := string(repo.Read(t, spec.File("square")))
	bad := strings.Replace(good, "$ref: '#/components/schemas/ObtainTokenResponse'", "$ref: '#/components/schemas/Nothing'", 1)
	if bad == good {
		t.Fatal("the copy is not broken")
	}
	file := filepath.Join(t.TempDir(), "square.yaml")
	if err := os.WriteFile(file, []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, lint := range linters {
		t.Run(name, func(t *testing.T) {
			if found := lint(t, []string{file}); found.errors == 0 {
				t.Error("a reference to nothing is no error")
			}
		})
	}
}
