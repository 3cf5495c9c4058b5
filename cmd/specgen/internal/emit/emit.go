// Package emit writes the Go code of the calls that package shape has read from a
// spec: what is sent, how it is checked, and how an answer is read.
//
// The types themselves are oapi-codegen's. What is written here calls package
// provider of the root module and nothing else that sends or decodes: no
// reflection, no package variable, nothing that runs on import.
package emit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/shape"
)

// imports are those of every file; tidying drops what one does not use.
const imports = `
import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/oapi-codegen/runtime"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
)
`

// writer writes lines of Go, which are formatted later.
type writer struct{ b strings.Builder }

func (w *writer) line(format string, args ...any) {
	if len(args) == 0 {
		w.b.WriteString(format)
	} else {
		fmt.Fprintf(&w.b, format, args...)
	}
	w.b.WriteByte('\n')
}

// comment writes text as a comment, one line for each of its own. No line can end
// the comment, or be an order to a tool.
func (w *writer) comment(text string) {
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		w.line("%s", strings.TrimRight("// "+printable(line), " "))
	}
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) || r == '\t' {
			return r
		}
		return -1
	}, s)
}

// keys are those of the members that an answer may have, as arguments.
func keys(s *shape.Struct) string {
	var quoted []string
	for _, f := range s.Fields {
		if !f.Synthetic {
			quoted = append(quoted, strconv.Quote(f.Key))
		}
	}
	return strings.Join(quoted, ", ")
}

// isSet is the condition under which a member that may be left out is there.
func isSet(f *shape.Field, s *shape.Struct, expr string) string {
	if f.Pointer(s) {
		return expr + " != nil"
	}
	switch f.Type.Kind {
	case shape.Secret, shape.Raw, shape.Moment:
		return "!" + expr + ".IsZero()"
	case shape.Expiry:
		return expr + ".Known()"
	case shape.Bool:
		return expr
	case shape.Int, shape.Float:
		return expr + " != 0"
	case shape.List, shape.Dict:
		return "len(" + expr + ") > 0"
	case shape.Object:
		return "true"
	case shape.Enum:
		if f.Type.Enum.IsNumber() {
			return expr + " != 0"
		}
	}
	return expr + ` != ""`
}

// isUnset is the opposite of isSet.
func isUnset(f *shape.Field, s *shape.Struct, expr string) string {
	text := isSet(f, s, expr)
	if plain, ok := strings.CutPrefix(text, "!"); ok {
		return plain
	}
	for _, op := range [][2]string{{" != ", " == "}, {" > ", " == "}} {
		if left, right, ok := strings.Cut(text, op[0]); ok {
			return left + op[1] + right
		}
	}
	return "!" + text
}

// value is the value of a field, without its pointer.
func value(f *shape.Field, s *shape.Struct, expr string) string {
	if f.Pointer(s) && f.Type.Kind != shape.Object {
		return "*" + expr
	}
	return expr
}

// always tells whether a member is sent whatever it holds. One that may be null is
// null if it is not set.
func always(f *shape.Field, s *shape.Struct) bool {
	return f.Required && !f.Pointer(s) && !f.Type.Nullable
}

// invalid is the statement that refuses an argument. field and reason are Go
// expressions.
func invalid(op *shape.Operation, field, reason string) string {
	result := ""
	if op.Answer != nil {
		result = "nil, "
	}
	return fmt.Sprintf("return %sc.HTTP.Invalid(&op, %s, %s)", result, field, reason)
}
