// Package spec turns the bytes of one OpenAPI file into a document whose every
// part can be traced back to a line and a column.
//
// It is the only door through which a spec enters. It refuses files that are
// too large or too deep or would become too large, YAML aliases, repeated keys,
// references that leave the file, schemas made of themselves, and everything
// that OpenAPI itself forbids. It opens no connection, and no file unless the
// caller hands it a Folder: then those of that folder, and no others.
package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime/debug"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// Document is one loaded and valid spec.
type Document struct {
	Name   string      // path relative to the project root, for findings and headers
	SHA256 string      // of the file's bytes, in hex; with Local, of all of them
	Local  []LocalFile // what the spec refers to beside it
	Root   *yaml.Node  // the top-level mapping, with positions
	T      *openapi3.T // the same document, references resolved

	index map[*yaml.Node]map[string]int // of mappings with many keys; see entry
	files map[*yaml.Node]string         // the file of a node that came from another one
}

// Parse loads a spec that refers to no other file. Findings mean that the spec needs a change; the document
// is then nil. An error means that a library failed in a way that says nothing
// about where: the spec is named, and nothing else can be said.
func Parse(name string, data []byte) (doc *Document, findings []finding.Finding, err error) {
	return ParseBeside(nil, name, data)
}

// ParseBeside is Parse of a spec that may refer to components of files beside
// it, which are read with read. With a nil read it may not.
func ParseBeside(read Reader, name string, data []byte) (doc *Document, findings []finding.Finding, err error) {
	defer Recover(name, &err)
	root, findings := ParseYAML(name, data)
	if len(findings) > 0 {
		return nil, findings, nil
	}
	d := &Document{Name: name, SHA256: Sum(data), Root: root}
	for _, check := range []func() []finding.Finding{
		d.checkVersion,
		func() []finding.Finding { return d.bundle(read, data) },
		d.checkComponents, d.checkNulls, d.checkRefs, d.checkCycles,
		d.checkEntries, d.checkPatterns, d.checkWeight,
		func() []finding.Finding { return d.loadOpenAPI(data) },
		d.checkOperations,
	} {
		if findings := check(); len(findings) > 0 {
			return nil, findings[:min(len(findings), MaxFindings)], nil
		}
	}
	return d, nil, nil
}

// Sum is the hash by which a spec or a generated file is known.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Recover turns a panic below into an error that names the spec. The libraries
// that read a spec are known to panic on some; a stack trace tells the author
// of the spec nothing and stays in the error for a bug report.
func Recover(name string, err *error) {
	if r := recover(); r != nil {
		*err = &PanicError{Spec: name, Value: r, Stack: debug.Stack()}
	}
}

// PanicError reports a library that gave up on a spec.
type PanicError struct {
	Spec  string
	Value any
	Stack []byte // for a bug report; not part of the text
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("%s: a library that reads this spec panicked: %v; please report the spec", e.Spec, e.Value)
}

// Finding makes a finding at a node of this document.
func (d *Document) Finding(at *yaml.Node, rule, format string, args ...any) finding.Finding {
	name := d.Name
	if other, ok := d.files[at]; ok {
		name = other
	}
	return newFinding(name, at, rule, format, args...)
}

func newFinding(name string, at *yaml.Node, rule, format string, args ...any) finding.Finding {
	f := finding.Finding{File: name, Line: 1, Col: 1, Rule: rule, Message: fmt.Sprintf(format, args...)}
	if at != nil {
		f.Line, f.Col = at.Line, at.Column
	}
	return f
}
