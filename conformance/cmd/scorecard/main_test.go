package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/scorecard"
)

func TestRun(t *testing.T) {
	ran := func(outcome scorecard.Outcome) scorecard.Run {
		return scorecard.Run{Module: "m", Tests: []scorecard.Test{{Package: "p", Name: "TestCheck001_A", Outcome: outcome, Output: []string{"    a_test.go:1: figure: 7 calls"}}}}
	}
	for _, tt := range []struct {
		name           string
		args           []string
		run            scorecard.Run
		err            error
		exit           int
		stdout, stderr string // to be found in them
	}{
		{"all is well", []string{"."}, ran(scorecard.Passed), nil, 0, "7 calls", "testing ."},
		{"as Markdown", []string{"--markdown", "."}, ran(scorecard.Passed), nil, 0, "| 1 | G |", ""},
		{"a test fails", []string{"."}, ran(scorecard.Failed), nil, 1, "fail", "TestCheck001_A failed"},
		{"nothing ran", []string{"."}, scorecard.Run{Module: "m"}, nil, 1, "gates: 0 of ", "module m: no test of a check ran"},
		{"a package does not build", []string{"."}, scorecard.Run{Module: "m", Tests: ran(scorecard.Passed).Tests, Trouble: []string{"p does not build"}}, nil, 1, "7 calls", "p does not build"},
		{"go is not there", []string{"."}, scorecard.Run{}, errors.New("no go"), 1, "", "no go"},
		{"an unknown flag", []string{"-nonsense"}, scorecard.Run{}, nil, 2, "", "nonsense"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			exit := run(context.Background(), tt.args, &stdout, &stderr, func(context.Context, string, string) (scorecard.Run, error) { return tt.run, tt.err })
			if exit != tt.exit || !strings.Contains(stdout.String(), tt.stdout) || !strings.Contains(stderr.String(), tt.stderr) {
				t.Errorf("exit %d, want %d\n%s\n%s", exit, tt.exit, stdout.String(), stderr.String())
			}
		})
	}
}

func TestModulesAndRoot(t *testing.T) {
	for _, tt := range []struct{ name, args, modules, root string }{
		{"as told", "-C /somewhere a b", "a b", "/somewhere"},
		{"by default", "", ". cmd/specgen conformance tools/api", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var modules []string
			var stdout, stderr strings.Builder
			run(context.Background(), strings.Fields(tt.args), &stdout, &stderr, func(_ context.Context, root, module string) (scorecard.Run, error) {
				modules = append(modules, module)
				if tt.root != "" && root != tt.root || root == "" {
					t.Errorf("root %q", root)
				}
				return scorecard.Run{}, nil
			})
			if got := strings.Join(modules, " "); got != tt.modules {
				t.Errorf("modules %q, want %q", got, tt.modules)
			}
		})
	}
}
