// Package compile has the Go toolchain look at generated code before it is
// written: the last gate, and the only one that knows the imported packages.
//
// It runs `go vet` over an overlay, so that nothing in the project changes. It
// never runs the code, and it is skipped for a project that is no Go module.
package compile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/grantway/grantway/cmd/specgen/internal/tree"
)

// Fault is a place in a generated file that the toolchain refuses.
type Fault struct {
	Path      string
	Line, Col int
	Message   string
}

// place is how the toolchain begins a message.
var place = regexp.MustCompile(`(?m)^(?:vet: )?(?:\./)?([^\s:]+\.go):(\d+):(\d+): (.+)$`)

// Check vets the packages in dirs as they will be after the changes. An error
// means that the toolchain could not tell.
func Check(root string, dirs []string, changes []tree.Change, want map[string][]byte) (faults []Fault, err error) {
	if _, err := os.Stat(filepath.Join(root, "go.mod")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	tmp, err := os.MkdirTemp("", "specgen-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	overlay, err := writeOverlay(root, tmp, changes, want)
	if err != nil {
		return nil, err
	}
	args := []string{"vet", "-overlay=" + overlay}
	for _, dir := range dirs {
		args = append(args, "./"+dir)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err = cmd.Run(); err == nil {
		return nil, nil
	}
	if faults = parse(output.String(), want); len(faults) > 0 {
		return faults, nil
	}
	return nil, fmt.Errorf("go vet of the generated code: %w\n%s", err, strings.TrimSpace(output.String()))
}

// writeOverlay puts the new files into tmp and writes the map that stands them
// in for those of the project.
func writeOverlay(root, tmp string, changes []tree.Change, want map[string][]byte) (string, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for i, c := range changes {
		target := filepath.Join(abs, filepath.FromSlash(c.Path))
		replace[target] = "" // not there, for a file that is to be removed
		if content, ok := want[c.Path]; ok {
			replace[target] = filepath.Join(tmp, strconv.Itoa(i)+".go")
			if err := os.WriteFile(replace[target], content, 0o600); err != nil {
				return "", err
			}
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(tmp, "overlay.json")
	return name, os.WriteFile(name, data, 0o600)
}

// parse keeps the messages that are about generated files. Some of them name
// the overlay's temporary file; its number says which one is meant.
func parse(output string, want map[string][]byte) []Fault {
	var out []Fault
	for _, m := range place.FindAllStringSubmatch(output, -1) {
		path := filepath.ToSlash(m[1])
		if _, ours := want[path]; !ours {
			continue
		}
		line, _ := strconv.Atoi(m[2]) // digits, by the pattern
		col, _ := strconv.Atoi(m[3])
		f := Fault{Path: path, Line: line, Col: col, Message: m[4]}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}
