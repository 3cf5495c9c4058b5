// Package todo finds what was begun and not finished: what a starter of `specgen
// init` has in it for somebody to replace or to judge. It passes every other rule, so that
// one can work on it; it must not be taken for knowledge of the provider.
package todo

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

// request is the beginning of a comment that asks for something to be replaced.
var request = regexp.MustCompile(`(?:^|\s)(#\s*Replace:)`)

// Comments finds the comments that ask for something to be replaced, in a spec
// as it is written.
func Comments(name string, text []byte) (findings []finding.Finding) {
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		at := request.FindStringSubmatchIndex(line)
		if at == nil {
			continue
		}
		findings = append(findings, finding.Finding{File: name, Line: n, Col: len([]rune(line[:at[2]])) + 1, Rule: "TODO-REPLACE",
			Message: "do what this comment asks, then take it out:" + shortened(line[at[3]:])})
	}
	return findings
}

// shortened is the beginning of a comment, for a message of one line.
func shortened(s string) string {
	const most = 60
	if r := []rune(strings.TrimRight(s, " \r\n")); len(r) > most {
		return string(r[:most]) + "…"
	}
	return strings.TrimRight(s, " \r\n")
}

// addresses are the members that hold a URL of the provider's, by the parent in
// which they stand.
var addresses = map[string]string{
	"url": "servers", "authorizationUrl": "flows", "tokenUrl": "flows", "refreshUrl": "flows", "openIdConnectUrl": "securitySchemes",
}

// Hosts finds the URLs of a spec that lead to no real host.
func Hosts(doc *spec.Document) (findings []finding.Finding) {
	doc.Walk(func(path []string, n *yaml.Node) {
		for key, value := range spec.Pairs(n) {
			parent, known := addresses[key.Value]
			if !known || !slices.Contains(path, parent) {
				continue
			}
			if u, err := url.Parse(value.Value); err == nil && reserved(u.Hostname()) {
				findings = append(findings, doc.Finding(value, "TODO-HOST", "%s is a host of documentation: put the provider's own here", u.Hostname()))
			}
		}
	})
	return findings
}

// reserved reports whether a host is one of those that RFC 2606 and RFC 6761
// keep for documentation and tests, or of this machine.
func reserved(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, name := range [...]string{"example", "test", "invalid", "localhost", "example.com", "example.net", "example.org"} {
		if host == name || strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// Sources finds the rows of a page of sources that say neither where a fact is
// known from nor how sure it is. A fact that nobody knows says so: "unknown".
func Sources(name string, page []byte) (findings []finding.Finding) {
	n, columns := 0, []string(nil)
	for line := range strings.Lines(string(page)) {
		n++
		cells, isRow := row(line)
		switch {
		case !isRow:
			columns = nil
		case columns == nil:
			columns = cells
		case !ruler(cells) && len(cells) == len(columns) && len(cells) > 1 && isSources(columns) && empty(cells[1:]):
			findings = append(findings, finding.Finding{File: name, Line: n, Col: 1, Rule: "TODO-SOURCE",
				Message: "the row says nothing of where this is known from: name the source, or say that it is unknown"})
		}
	}
	return findings
}

// row splits a line of a Markdown table.
func row(line string) (cells []string, ok bool) {
	line = strings.TrimSpace(line)
	if len(line) < 2 || line[0] != '|' || line[len(line)-1] != '|' {
		return nil, false
	}
	line = strings.ReplaceAll(line[1:len(line)-1], `\|`, "\x00")
	for cell := range strings.SplitSeq(line, "|") {
		cells = append(cells, strings.TrimSpace(strings.ReplaceAll(cell, "\x00", `\|`)))
	}
	return cells, true
}

// ruler reports whether a row is the line below the heads of the columns.
func ruler(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return c == "" || strings.Trim(c, "-:") != "" })
}

func isSources(columns []string) bool {
	return slices.ContainsFunc(columns[1:], func(c string) bool { return strings.EqualFold(c, "Source") })
}

func empty(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return c != "" })
}
