package finding

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Format is a form in which findings are printed.
type Format string

const (
	// Text is one line for a person: api/acme.yaml:41:7: RULE message.
	Text Format = "text"
	// JSON is one object a line, with the keys file, line, col, rule, message.
	JSON Format = "json"
	// GitHub is one workflow command a line, which a run of GitHub Actions
	// shows beside the line of the file.
	GitHub Format = "github"
)

// Formats are all of them, the default first.
var Formats = []Format{Text, JSON, GitHub}

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	if !slices.Contains(Formats, Format(name)) {
		return "", fmt.Errorf("unknown format %q: text, json or github", name)
	}
	return Format(name), nil
}

// Palette says whether text is coloured.
type Palette int

const (
	// Plain text has no colours.
	Plain Palette = iota
	// Coloured text is for a terminal.
	Coloured
)

// Write prints findings, one a line.
func Write(w io.Writer, f Format, p Palette, list []Finding) error {
	b := bufio.NewWriter(w)
	for _, x := range list {
		switch f {
		case JSON:
			b.WriteString(x.json())
		case GitHub:
			b.WriteString(x.github())
		default:
			b.WriteString(x.text(p))
		}
		b.WriteByte('\n')
	}
	return b.Flush()
}

// text is String, with colours or without.
func (f Finding) text(p Palette) string {
	if p == Plain {
		return f.String()
	}
	const bold, red, plain = "\x1b[1m", "\x1b[31m", "\x1b[0m"
	line := f.String()
	place, rest, _ := strings.Cut(line, " ")
	rule, message, _ := strings.Cut(rest, " ")
	return bold + place + plain + " " + red + rule + plain + " " + message
}

func (f Finding) json() string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(struct { // strings and numbers always have a JSON form
		File    string `json:"file"`
		Line    int    `json:"line"`
		Col     int    `json:"col"`
		Rule    string `json:"rule"`
		Message string `json:"message"`
	}{f.File, max(f.Line, 1), max(f.Col, 1), f.Rule, f.Message})
	return strings.TrimSuffix(b.String(), "\n")
}

// The escapes of workflow commands: what would end the line in a message, and
// what would end a property as well. The percent sign goes first in both, for
// each of the others brings one along; a Replacer looks at every byte once.
var (
	escapeMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (f Finding) github() string {
	return fmt.Sprintf("::error file=%s,line=%d,col=%d,title=%s::%s",
		escapeProperty.Replace(f.File), max(f.Line, 1), max(f.Col, 1), escapeProperty.Replace(f.Rule), escapeMessage.Replace(f.Message))
}
