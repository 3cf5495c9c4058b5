package spec

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// ParseYAML reads the file once, into nodes that know their position. What the
// linter sees here is also what the OpenAPI library gets (as JSON), so that two
// YAML parsers never disagree about a document.
func ParseYAML(name string, data []byte) (*yaml.Node, []finding.Finding) {
	if len(data) > MaxBytes {
		return nil, []finding.Finding{newFinding(name, nil, "SPEC-SIZE",
			"the file has %d bytes, at most %d are read: split the API into several specs", len(data), MaxBytes)}
	}
	if n := marks(data); n > MaxMarks {
		return nil, []finding.Finding{newFinding(name, nil, "SPEC-SIZE",
			"the file may hold %d values, at most %d are read: split the API into several specs", n, MaxMarks)}
	}
	if !utf8.Valid(data) {
		return nil, []finding.Finding{newFinding(name, nil, "YAML-SYNTAX", "the file is not UTF-8: save it as UTF-8")}
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if at, r := otherLineEnd(text); at >= 0 {
		return nil, []finding.Finding{textFinding(name, text, at, r)}
	}
	var top yaml.Node
	var loadErr *yaml.LoadError
	switch err := yaml.Load(data, &top); {
	case errors.As(err, &loadErr) && loadErr.Stage == yaml.ConstructorStage && !hasContent(data):
		return nil, []finding.Finding{newFinding(name, nil, "SPEC-EMPTY",
			"the file is empty: write an OpenAPI 3.0 document or take the entry out of the config")}
	case err != nil:
		return nil, []finding.Finding{syntaxFinding(name, err)}
	}
	root := top.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, []finding.Finding{newFinding(name, root, "SPEC-EMPTY",
			"the top level is not a mapping: an OpenAPI document begins with `openapi: 3.0.3`")}
	}
	c := yamlChecker{name: name}
	c.check(root, 1)
	// What is left are comments, which nobody but the reader of the file sees.
	if at, r := indexInvisible(strings.ReplaceAll(text, "\r\n", " \n")); at >= 0 && len(c.findings) == 0 {
		c.findings = append(c.findings, textFinding(name, text, at, r))
	}
	finding.Sort(c.findings)
	return root, c.findings
}

const textMessage = "the text holds the invisible character %U: take it out"

// textFinding is about a character at an offset of the file.
func textFinding(name, text string, at int, r rune) finding.Finding {
	line := text[strings.LastIndexByte(text[:at], '\n')+1 : at]
	return finding.Finding{File: name, Line: 1 + strings.Count(text[:at], "\n"), Col: 1 + utf8.RuneCountInString(line),
		Rule: "TEXT-CONTROL", Message: fmt.Sprintf(textMessage, r)}
}

// hasContent tells whether there is anything but comments and blank lines.
func hasContent(data []byte) bool {
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return true
		}
	}
	return false
}

// syntaxFinding places a YAML syntax error.
func syntaxFinding(name string, err error) finding.Finding {
	f := finding.Finding{File: name, Line: 1, Col: 1, Rule: "YAML-SYNTAX", Message: err.Error()}
	var e *yaml.LoadError
	if errors.As(err, &e) {
		f.Message = e.Message
		if e.Mark.Line > 0 {
			f.Line, f.Col = e.Mark.Line, e.Mark.Column
		}
	}
	f.Message = strings.TrimPrefix(f.Message, "yaml: ") + ": correct the YAML here or just above"
	return f
}

type yamlChecker struct {
	name     string
	findings []finding.Finding
}

func (c *yamlChecker) add(at *yaml.Node, rule, format string, args ...any) {
	c.findings = append(c.findings, newFinding(c.name, at, rule, format, args...))
}

// check refuses what JSON cannot say and what makes a small file expand into a
// large document.
func (c *yamlChecker) check(n *yaml.Node, depth int) {
	if len(c.findings) >= MaxFindings {
		return
	}
	if depth > MaxDepth {
		c.add(n, "SPEC-DEPTH", "nested more than %d levels deep: move the inner schema to components and refer to it", MaxDepth)
		return
	}
	switch n.Kind {
	case yaml.AliasNode:
		c.add(n, "YAML-ALIAS", "YAML aliases are not read: repeat the value or use a $ref")
	case yaml.MappingNode:
		seen := make(map[string]*yaml.Node, len(n.Content)/2)
		for key, value := range Pairs(n) {
			if len(c.findings) >= MaxFindings {
				return
			}
			c.text(key)
			switch {
			case key.Kind != yaml.ScalarNode:
				c.add(key, "YAML-KEY", "a key has to be plain text")
				continue
			case len(key.Value) > MaxKey:
				c.add(key, "SPEC-SIZE", "the key has %d bytes, at most %d are read: choose a shorter name", len(key.Value), MaxKey)
				return
			case key.Tag == "!!merge":
				c.add(key, "YAML-ALIAS", "YAML merge keys are not read: repeat the value or use a $ref")
				continue
			}
			if first, dup := seen[key.Value]; dup {
				c.add(key, "YAML-KEY", "key %q is already at line %d: keep one of the two", key.Value, first.Line)
			}
			seen[key.Value] = key
			c.check(value, depth+1)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			c.check(item, depth+1)
		}
	case yaml.ScalarNode:
		c.text(n)
		if _, err := scalarJSON(n); err != nil {
			c.add(n, "YAML-VALUE", "%v", err)
		}
	}
}

// text refuses characters that nobody sees.
func (c *yamlChecker) text(n *yaml.Node) {
	if r, found := invisible(n.Value); found {
		c.add(n, "TEXT-CONTROL", textMessage, r)
	}
}

// scalarJSON is the JSON form of a scalar.
func scalarJSON(n *yaml.Node) (any, error) {
	switch n.Tag {
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		if err := n.Decode(&b); err != nil {
			return nil, fmt.Errorf("%q is not true or false", n.Value)
		}
		return b, nil
	case "!!int":
		var i int64
		if err := n.Decode(&i); err == nil {
			return i, nil
		}
		var u uint64
		if err := n.Decode(&u); err != nil {
			return nil, fmt.Errorf("%q is not an integer of at most 64 bits: quote it if it is text", n.Value)
		}
		return u, nil
	case "!!float":
		var f float64
		if err := n.Decode(&f); err != nil {
			return nil, fmt.Errorf("%q is not a number: quote it if it is text", n.Value)
		}
		if f != f || f > maxFloat || f < -maxFloat {
			return nil, fmt.Errorf("%q has no JSON form: quote it if it is text", n.Value)
		}
		return f, nil
	case "!!str", "!!timestamp":
		// JSON has no dates; YAML 1.2 has none either.
		return n.Value, nil
	}
	return nil, fmt.Errorf("YAML tag %s is not read: write plain text, a number, true, false or null", n.Tag)
}

const maxFloat = 1.7976931348623157e308

// toJSON is the whole tree in the form that encoding/json writes. check has
// already refused what cannot be expressed.
func toJSON(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for key, value := range Pairs(n) {
			if m[key.Value] = toJSON(value); isComment(key.Value) && value.Kind == yaml.ScalarNode {
				if text, ok := m[key.Value].(string); ok {
					m[key.Value] = Comment(text)
				}
			}
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			list = append(list, toJSON(item))
		}
		return list
	default:
		v, _ := scalarJSON(n) // cannot fail after check
		return v
	}
}
