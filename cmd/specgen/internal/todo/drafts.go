package todo

import (
	"go/scanner"
	"go/token"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// Drafts finds the comments of a Go file that begin with "Draft:": what `specgen init`
// wrote for somebody to judge. A file that is no Go is read as far as it goes.
func Drafts(name string, src []byte) (findings []finding.Finding) {
	fset := token.NewFileSet()
	file := fset.AddFile(name, -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, scanner.ScanComments)
	for {
		at, kind, text := s.Scan()
		if kind == token.EOF {
			return findings
		}
		after, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimLeft(text, "/"), " \t"), "Draft:")
		if kind != token.COMMENT || !ok {
			continue
		}
		// Not what a //line comment says: where it stands.
		p := fset.PositionFor(at, false)
		column := len([]rune(string(src[p.Offset-p.Column+1:p.Offset]))) + 1
		findings = append(findings, finding.Finding{File: name, Line: p.Line, Col: column, Rule: "TODO-DRAFT",
			Message: "judge what this comment is about, then take it out:" + shortened(after)})
	}
}
