package main

import (
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
	"golang.org/x/tools/go/packages"
)

// compare lists what the packages of the module in now take away from callers of
// those in old: a line "package: what", sorted. The root package is called ".".
func compare(old, now string) ([]string, error) {
	before, err := public(old)
	if err != nil {
		return nil, fmt.Errorf("the API as it was: %w", err)
	}
	after, err := public(now)
	if err != nil {
		return nil, err
	}
	var lines []string
	for path, was := range before {
		is := after[path]
		if is == nil {
			lines = append(lines, path+": the package is gone")
			continue
		}
		for _, change := range apidiff.Changes(was, is).Changes {
			if !change.Compatible {
				lines = append(lines, path+": "+strings.ReplaceAll(change.Message, "\n", " "))
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

// public are the packages of the module in dir that others can import, by their
// path below it.
func public(dir string) (map[string]*types.Package, error) {
	list, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedModule | packages.NeedImports | packages.NeedDeps,
		Dir:  dir,
		Env:  append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0"),
	}, "./...")
	if err != nil {
		return nil, err
	}
	out := map[string]*types.Package{}
	for _, p := range list {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("package %s does not build: %w", p.PkgPath, p.Errors[0])
		}
		path := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, p.Module.Path), "/"))
		if path == "" {
			path = "."
		}
		if p.Name != "main" && !slices.Contains(strings.Split(path, "/"), "internal") {
			out[path] = p.Types
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no package in %s can be imported", dir)
	}
	return out, nil
}
