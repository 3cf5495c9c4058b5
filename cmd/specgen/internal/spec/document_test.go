package spec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
	"github.com/grantway/grantway/cmd/specgen/internal/spectest"
)

func parse(t *testing.T, text string) []finding.Finding {
	t.Helper()
	doc, findings, err := spec.Parse(spectest.Name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if (doc == nil) != (len(findings) > 0) {
		t.Fatalf("document %v with findings %v: want one or the other", doc, findings)
	}
	return findings
}

func TestACorrectSpecIsRead(t *testing.T) {
	if got := parse(t, spectest.Spec); len(got) > 0 {
		t.Fatal(got)
	}
	if got := parse(t, strings.ReplaceAll(spectest.Spec, "\n", "\r\n")); len(got) > 0 {
		t.Fatal("with CRLF:", got)
	}
}

// failing is a whole file, or pairs of old and new text of the correct one, with
// the mark where the finding has to be.
type failing struct {
	name  string
	rule  string
	edit  []string
	words []string
}

func testFailing(t *testing.T, cases []failing) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := c.edit[0]
			if len(c.edit) > 1 {
				text = spectest.Edit(t, c.edit...)
			}
			text, line, col := spectest.Marked(t, text)
			spectest.Want(t, parse(t, text), c.rule, line, col, c.words...)
		})
	}
}

func TestAPanicNamesTheSpecAndKeepsItsStack(t *testing.T) {
	f := func() (err error) {
		defer spec.Recover(spectest.Name, &err)
		panic("boom")
	}
	err := f()
	var p *spec.PanicError
	if !errors.As(err, &p) || !strings.HasPrefix(err.Error(), spectest.Name+": ") || !strings.Contains(err.Error(), "boom") {
		t.Errorf("got %v", err)
	}
	if strings.Contains(err.Error(), "goroutine") || len(p.Stack) == 0 {
		t.Error("the stack belongs into the field, not into the text")
	}
}
