// Package snippet builds the Go code of the documentation as a reader would.
//
// The rules for who writes documentation, which have no exceptions and no
// hidden edits:
//
//   - A block fenced as ```go is built. Other fences are not looked at.
//   - A block that begins with a package clause is a file of its own.
//   - Any other block is a fragment: statements, as in the body of a function
//     that returns an error. The fragments under one heading follow each other,
//     each in a scope inside the one before it, so that a later one sees what
//     an earlier one declared and may declare it again.
//   - A fragment finds the names in [Given], the packages in [Packages], and what
//     a program makes once: a client, a store or a sealer ([Once]) that a fragment
//     above it on the same page has made. Everything else it declares itself.
//   - A variable that a fragment declares and does not use is no error: the
//     reader goes on from there.
//   - A block that is a whole program is followed by a block fenced as ```text:
//     what it prints.
package snippet

import (
	"fmt"
	"strings"
)

// Block is one fenced block of Go.
type Block struct {
	// File and Line are where its first line of code stands.
	File string
	Line int
	// Heading is the number of headings above it.
	Heading int
	Text    string
	// Output is the text of the next block, if that is fenced as ```text.
	Output string
}

// Extract returns the Go blocks of a Markdown file. A fence that is never
// closed is an error.
func Extract(file, markdown string) ([]Block, error) {
	var (
		blocks  []Block
		heading int
		fence   string  // what closes the open fence; "" outside
		current *string // where the lines of the open fence go
		afterGo bool    // the last fence was one of Go
	)
	line := 0
	for text := range strings.Lines(markdown) {
		line++
		text = strings.TrimRight(text, "\r\n")
		trimmed := strings.TrimLeft(text, " ")
		switch {
		case fence == "" && (strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~")):
			info := strings.TrimLeft(trimmed, trimmed[:1])
			fence = trimmed[:len(trimmed)-len(info)]
			switch language, _, _ := strings.Cut(strings.TrimSpace(info), " "); {
			case language == "go":
				blocks = append(blocks, Block{File: file, Line: line + 1, Heading: heading})
				current, afterGo = &blocks[len(blocks)-1].Text, true
			case language == "text" && afterGo:
				current, afterGo = &blocks[len(blocks)-1].Output, false
			default:
				afterGo = false
			}
		case fence != "" && strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]+" ") == "":
			fence, current = "", nil
		case fence == "" && strings.HasPrefix(text, "#"):
			heading++
		case current != nil:
			*current += text + "\n"
		}
	}
	if fence != "" {
		return nil, fmt.Errorf("%s: a fence is open at the end", file)
	}
	return blocks, nil
}
