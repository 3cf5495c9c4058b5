package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// fault is a file that is not as it should be.
type fault struct{ path, what string }

const (
	missing = "missing: run make generate"
	differs = "stale, or edited by hand: run make generate"
	orphan  = "no generator makes this file: remove it"
)

func (f fault) String() string { return f.path + ": " + f.what }

// compare says where a tree is not what the generators make, sorted by path.
func compare(have, want map[string][]byte) []fault {
	var faults []fault
	for path, content := range want {
		if got, ok := have[path]; !ok {
			faults = append(faults, fault{path, missing})
		} else if !bytes.Equal(got, content) {
			faults = append(faults, fault{path, differs})
		}
	}
	for path := range have {
		if _, ok := want[path]; !ok {
			faults = append(faults, fault{path, orphan})
		}
	}
	slices.SortFunc(faults, func(a, b fault) int { return strings.Compare(a.path, b.path) })
	return faults
}

// generatedMark is the line by which Go's tools know generated code.
var generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// repair writes what is missing or differs, and removes generated orphans. It
// returns the orphans that somebody wrote by hand, which it leaves alone.
func repair(root string, faults []fault, have, want map[string][]byte) (left []fault, err error) {
	for _, f := range faults {
		place := filepath.Join(root, filepath.FromSlash(f.path))
		switch {
		case f.what != orphan:
			if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
				return nil, err
			}
			err = os.WriteFile(place, want[f.path], 0o644)
		case generatedMark.Match(have[f.path]):
			err = os.Remove(place)
		default:
			left = append(left, f)
		}
		if err != nil {
			return nil, err
		}
	}
	return left, nil
}

// read returns the files of both homes, by their path from root. A home that is
// not there is empty.
func read(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, home := range []string{oapiHome, ogenHome} {
		err := fs.WalkDir(os.DirFS(root), home, func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && path == home {
				return nil
			}
			if err != nil || entry.IsDir() {
				return err
			}
			files[path], err = fs.ReadFile(os.DirFS(root), path)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", home, err)
		}
	}
	return files, nil
}
