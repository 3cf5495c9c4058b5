package snippet

import (
	"go/parser"
	"go/token"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
)

// IsProgram reports whether a block is a file that can be run as it is.
func IsProgram(b Block) bool {
	file, err := parser.ParseFile(token.NewFileSet(), "", b.Text, parser.PackageClauseOnly)
	return err == nil && file.Name.Name == "main"
}

// Run runs a program in a module of its own, as a reader who has pasted it, and
// returns what it printed. The error has what the compiler or the program said.
func Run(t testing.TB, root string, b Block) (string, error) {
	t.Helper()
	dir, err := module(t, root, map[string]string{"main.go": b.Text})
	if err != nil {
		return "", err
	}
	return gocmd.Try(t, dir, "run", ".")
}
