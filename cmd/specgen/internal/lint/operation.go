package lint

import (
	"regexp"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/grantway/grantway/cmd/specgen/internal/spec"
)

var lowerCamel = regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)

// checkOperationID also refuses ids that differ in case only: as Go names they
// would be read as the same.
func checkOperationID(r *run) {
	seen := map[string]*yaml.Node{}
	for _, op := range r.ops {
		id := spec.Get(op.node, "operationId")
		if id == nil {
			r.add(op.key, "no operationId: add one in lowerCamelCase, for it becomes the name of the method")
			continue
		}
		if !lowerCamel.MatchString(id.Value) {
			r.add(id, "operationId %q is not lowerCamelCase: begin with a small letter and use letters and digits only", id.Value)
		}
		folded := strings.ToLower(id.Value)
		if first, dup := seen[folded]; dup {
			r.add(id, "operationId %q is too much like %q at line %d: choose another", id.Value, first.Value, first.Line)
			continue
		}
		seen[folded] = id
	}
}

func checkSecurity(r *run) {
	for _, op := range r.ops {
		security := spec.Get(op.node, "security")
		switch {
		case security == nil:
			r.add(op.key, "no security: name the scheme, or write `security: []` if the operation wants none")
		case len(security.Content) > 1 && !isOptional(security.Content):
			r.add(security, "%d alternative schemes: name the one that the provider really wants, and `{}` beside it if it may be left out", len(security.Content))
		}
	}
}

// isOptional tells whether alternatives are one credential and none.
func isOptional(alternatives []*yaml.Node) bool {
	if len(alternatives) != 2 {
		return false
	}
	return (len(alternatives[0].Content) == 0) != (len(alternatives[1].Content) == 0)
}

func checkRetry(r *run) {
	for _, op := range r.ops {
		switch retry := spec.Get(op.node, "x-retry"); {
		case retry == nil:
			r.add(op.key, "no x-retry: write `x-retry: safe` if sending it twice changes nothing, else `x-retry: never`")
		case spec.Text(retry) != "never" && spec.Text(retry) != "safe":
			r.add(retry, "x-retry is %q and has to be never or safe", spec.Text(retry))
		}
	}
}

// sourcePage is how an x-source begins.
const sourcePage = "SOURCES.md#"

func checkSource(r *run) {
	for _, op := range r.ops {
		if spec.Get(op.node, "x-source") == nil {
			r.add(op.key, "no x-source: add `x-source: %s...` with the heading of api/SOURCES.md that says where this is known from", sourcePage)
		}
	}
	r.doc.Walk(func(_ []string, n *yaml.Node) {
		value := spec.Get(n, "x-source")
		if value == nil {
			return
		}
		list := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			list = value.Content
		}
		for _, source := range list {
			slug, ok := strings.CutPrefix(spec.Text(source), sourcePage)
			switch {
			case !ok:
				r.add(source, "x-source is %q and has to begin with %s", spec.Text(source), sourcePage)
			case !r.headings[slug]:
				r.add(source, "api/SOURCES.md has no heading with the anchor %q: add it or correct this", "#"+slug)
			}
		}
	})
}

// headings are the anchors of a Markdown page, made as the code hosts make them:
// small letters, no punctuation, hyphens for spaces. The page is long and read
// for each spec, so this goes through it once and without patterns.
func headings(page []byte) map[string]bool {
	out := map[string]bool{}
	lines := strings.Split(strings.ReplaceAll(string(page), "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		if end := fenceEnd(lines, i); end > 0 {
			i = end
			continue
		}
		text := strings.TrimLeft(lines[i], "#")
		level := len(lines[i]) - len(text)
		title := strings.TrimLeft(text, " \t")
		if level < 1 || level > 6 || title == text {
			continue
		}
		if title = strings.TrimRight(title, " \t#"); title != "" {
			out[slug(title)] = true
		}
	}
	return out
}

// fenceEnd is the line that ends the code which begins at a line, or 0.
func fenceEnd(lines []string, begin int) int {
	const fence = "```"
	if !strings.HasPrefix(lines[begin], fence) {
		return 0
	}
	for i := begin + 1; i < len(lines); i++ {
		if strings.HasPrefix(lines[i], fence) {
			return i
		}
	}
	return 0
}

func slug(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsNumber(r):
			return r
		}
		return -1
	}, strings.ToLower(title))
}

func checkDeprecated(r *run) {
	r.doc.Walk(func(_ []string, n *yaml.Node) {
		key := spec.Key(n, "deprecated")
		if spec.Text(spec.Get(n, "deprecated")) == "true" && spec.Text(spec.Get(n, "x-deprecated-reason")) == "" {
			r.add(key, "deprecated without a reason: add x-deprecated-reason, which becomes part of the Go documentation")
		}
	})
}
