package main

import (
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway/bench/internal/measure"
)

func TestEverySectionPrintsItsTable(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: everything is measured once")
	}
	var b strings.Builder
	if err := run(&b, measure.Plan{Rounds: 1, Slice: time.Millisecond}, nil); err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		if !strings.Contains(b.String(), s.title) {
			t.Errorf("no table %q", s.title)
		}
	}
	for _, baseline := range []string{"hand-written net/http ", "x/oauth2 ReuseTokenSource, Transport", "100 sources over one credential", "the oapi-codegen command, once for each"} {
		if !strings.Contains(b.String(), baseline) {
			t.Errorf("no row %q in\n%s", baseline, b.String())
		}
	}
	if !strings.Contains(b.String(), "≤ 0.58") {
		t.Errorf("no mark in\n%s", b.String())
	}
}

func TestRunRefusesWhatItCannotMeasure(t *testing.T) {
	for name, c := range map[string]struct {
		plan measure.Plan
		only []string
	}{
		"no such section": {measure.Plan{Rounds: 1, Slice: 1}, []string{"nosuch"}},
		"no rounds":       {measure.Plan{Slice: 1}, nil},
		"no time":         {measure.Plan{Rounds: 1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if run(&b, c.plan, c.only) == nil {
				t.Errorf("printed\n%s", b.String())
			}
		})
	}
}
