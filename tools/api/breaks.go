package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// breaksFile lists the breaks that are meant: a line as this program prints it,
// after a comment that says why. Empty lines end what a comment is about.
const breaksFile = "api/BREAKS"

// breaks are those that are meant and were not met yet.
type breaks map[string]bool

func readBreaks(root string) (breaks, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(breaksFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, reason := breaks{}, ""
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		comment, isComment := strings.CutPrefix(line, "#")
		switch {
		case line == "":
			reason = ""
		case isComment:
			reason = strings.TrimSpace(comment)
		case reason == "":
			return nil, fmt.Errorf("%s:%d: it has no reason: write it as a comment above", breaksFile, n)
		case list[line]:
			return nil, fmt.Errorf("%s:%d: it is listed twice", breaksFile, n)
		default:
			list[line] = true
		}
	}
	return list, nil
}

// take reports whether a break is meant, and takes it off the list.
func (b breaks) take(line string) bool {
	meant := b[line]
	delete(b, line)
	return meant
}

// left are those that were not met, sorted.
func (b breaks) left() []string {
	var out []string
	for line := range b {
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}
