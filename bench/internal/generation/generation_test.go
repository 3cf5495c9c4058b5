package generation

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestACommandThatDoesNotDoItsWorkIsAnError(t *testing.T) {
	dir := t.TempDir()
	p := project{root: dir, specs: []string{"api/acme.yaml"}}
	script := filepath.Join(dir, "command")
	for _, c := range []struct {
		name, script, want string
		ok                 bool
	}{
		{"as it should", "echo up to date", "up to date", true},
		{"silent as it should be", "true", "", true},
		{"a failure", "echo up to date; exit 1", "up to date", false},
		{"something else", "echo hello", "up to date", false},
		{"something where nothing should be", "echo hello", "", false},
	} {
		if err := os.WriteFile(script, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil { //nolint:gosec // it is to be run
			t.Fatal(err)
		}
		if err := p.run(c.want, script); (err == nil) != c.ok {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

func TestTheSyntheticSpecGrowsWithItsOperations(t *testing.T) {
	one, two := len(Synthetic(100)), len(Synthetic(200))
	if ratio := float64(two) / float64(one); ratio < 1.9 || ratio > 2.1 {
		t.Errorf("twice the operations are %.2f of the bytes", ratio)
	}
	if n := strings.Count(Synthetic(7), "operationId:"); n != 7 {
		t.Errorf("%d operations, want 7", n)
	}
}

func TestAVerdictIsOfTheFigureAsItIsPrinted(t *testing.T) {
	for _, c := range []struct {
		got, most float64
		want      string
	}{{0.5, 0.61, "reached"}, {0.614, 0.61, "reached"}, {0.616, 0.61, "missed"}, {1, 0, "\t"}} {
		if got := verdict(c.got, c.most); !strings.HasSuffix(got, c.want) {
			t.Errorf("%v of %v: got %q", c.got, c.most, got)
		}
	}
}
