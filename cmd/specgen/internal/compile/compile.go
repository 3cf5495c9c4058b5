// Package compile has the Go toolchain look at generated code before it is
// written: the last gate, and the only one that knows the imported packages.
//
// It runs `go build` and `go vet` over an overlay, so that nothing in the project changes. It
// never runs the code, and it is skipped for a project that is no Go module, which
// the caller is told.
package compile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
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

// Needs are the modules that generated code imports.
const Needs = "github.com/grantway/grantway github.com/oapi-codegen/runtime"

// ErrNoModule says that nothing was compiled, for want of a go.mod.
var ErrNoModule = errors.New("no go.mod")

// errMissing is what go says of a module that go.mod or go.sum does not have. What it
// advises is no good where the package that wants the module is not written yet.
var errMissing = regexp.MustCompile(`no required module provides package|missing go\.sum entry|cannot find module providing package|updates to go\.(mod|sum) needed`)

// Check builds the packages in dirs as they will be after the changes. An error
// means that the toolchain could not tell.
func Check(root string, dirs []string, changes []tree.Change, want map[string][]byte) (faults []Fault, err error) {
	if _, err := os.Stat(filepath.Join(root, "go.mod")); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoModule
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
	// vet after build: it finds what compiles and is wrong all the same, such as
	// a struct tag that nothing reads.
	for _, command := range []string{"build", "vet"} {
		look := dirs
		if command == "vet" {
			look = existing(root, dirs)
		}
		if len(look) == 0 {
			continue
		}
		output, err := run(root, command, overlay, look)
		if err == nil {
			continue
		}
		text := originalNames(output, filepath.Base(tmp), changes)
		// What does not compile stands below a line with the name of the package;
		// a module that is missing does not. After a build nothing is missing.
		if faults = parse(text, dirs, command == "vet"); len(faults) > 0 {
			return faults, nil
		}
		text = strings.TrimSpace(text)
		if errMissing.MatchString(text) {
			return nil, fmt.Errorf("the generated code imports what go.mod does not have: run `go get %s`, then this again\n%s", Needs, text)
		}
		return nil, fmt.Errorf("go %s of the generated code: %w\n%s", command, err, text)
	}
	return nil, nil
}

// existing are the folders that are there already. vet runs in the folder of each
// package and cannot look at one that is in the overlay alone: a new package is
// vetted when it changes for the first time.
func existing(root string, dirs []string) []string {
	var out []string
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(dir))); err == nil {
			out = append(out, dir)
		}
	}
	return out
}

func run(root, command, overlay string, dirs []string) (output string, err error) {
	args := []string{command, "-overlay=" + overlay}
	for _, dir := range dirs {
		args = append(args, "./"+dir)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// writeOverlay puts the new files into tmp, numbered as the changes, and writes
// the map that stands them in for those of the project.
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

// originalNames puts the names of the project's files back in the place of the
// numbered ones, which the toolchain may have shortened to a relative path.
func originalNames(output, tmp string, changes []tree.Change) string {
	numbered := regexp.MustCompile(`\S*` + regexp.QuoteMeta(tmp) + `[/\\](\d+)\.go`)
	return numbered.ReplaceAllStringFunc(output, func(name string) string {
		i, err := strconv.Atoi(numbered.FindStringSubmatch(name)[1])
		if err != nil || i >= len(changes) {
			return name
		}
		return changes[i].Path
	})
}

// place is how the compiler begins a message.
var place = regexp.MustCompile(`^(?:\./)?([^\s:]+\.go):(\d+):(\d+): (.+)$`)

// parse keeps what the toolchain says of files in dirs: all of it if everything
// is known to be there, else what stands below a line with the name of a package.
func parse(output string, dirs []string, compiled bool) []Fault {
	var out []Fault
	for line := range strings.Lines(output) {
		compiled = compiled || strings.HasPrefix(line, "# ")
		m := place.FindStringSubmatch(strings.TrimSpace(line))
		if !compiled || m == nil || !slices.Contains(dirs, path.Dir(filepath.ToSlash(m[1]))) {
			continue
		}
		l, _ := strconv.Atoi(m[2]) // digits, by the pattern
		col, _ := strconv.Atoi(m[3])
		out = append(out, Fault{Path: filepath.ToSlash(m[1]), Line: l, Col: col, Message: m[4]})
	}
	return out
}
