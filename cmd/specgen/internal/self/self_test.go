package self

import (
	"io/fs"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
)

func info() *debug.BuildInfo {
	return &debug.BuildInfo{
		GoVersion: "go1.99",
		Main:      debug.Module{Version: "v1.2.3"},
		Deps: []*debug.Module{
			{Path: "github.com/oapi-codegen/oapi-codegen/v2", Version: "v2.0.1", Sum: "h1:a"},
			{Path: "github.com/getkin/kin-openapi", Version: "v0.0.2", Sum: "h1:b"},
		},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"}},
	}
}

func TestVersionNamesCommitAndGenerator(t *testing.T) {
	want := "specgen v1.2.3\ncommit 0123abc of 2026-01-02T03:04:05Z, with changes\noapi-codegen v2.0.1\nkin-openapi v0.0.2\ngo1.99\n"
	if got := Version(info()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Version(&debug.BuildInfo{GoVersion: "go1.99"}), "specgen (devel)\noapi-codegen (not in this build)\nkin-openapi (not in this build)\ngo1.99\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGeneratorsAreThoseOfTheBuild(t *testing.T) {
	if got, want := Generators(info()), "oapi-codegen v2.0.1, kin-openapi v0.0.2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func source() fstest.MapFS {
	return fstest.MapFS{
		"main.go": {Data: []byte("package main\n")}, "internal/a/a.go": {Data: []byte("package a\n")},
		"internal/a/a_test.go": {Data: []byte("package a\n")}, "internal/a/page.md": {Data: []byte("text")},
	}
}

func TestIdentityChangesWithWhatDecidesTheOutput(t *testing.T) {
	identity := func(change func(fstest.MapFS, *debug.BuildInfo)) string {
		t.Helper()
		s, i := source(), info()
		change(s, i)
		got, err := Identity(s, i)
		if err != nil || len(got) != 64 {
			t.Fatalf("got %q, %v", got, err)
		}
		return got
	}
	type change = func(fstest.MapFS, *debug.BuildInfo)
	same := identity(func(fstest.MapFS, *debug.BuildInfo) {})
	for name, c := range map[string]change{
		"a line of source": func(s fstest.MapFS, _ *debug.BuildInfo) { s["internal/a/a.go"].Data = []byte("package a // b\n") },
		"a new file":       func(s fstest.MapFS, _ *debug.BuildInfo) { s["internal/a/b.go"] = &fstest.MapFile{} },
		"a file with a new name": func(s fstest.MapFS, _ *debug.BuildInfo) {
			s["internal/a/c.go"] = s["internal/a/a.go"]
			delete(s, "internal/a/a.go")
		},
		"a generator's version":    func(_ fstest.MapFS, i *debug.BuildInfo) { i.Deps[0].Version = "v2.0.2" },
		"a generator's content":    func(_ fstest.MapFS, i *debug.BuildInfo) { i.Deps[0].Sum = "h1:c" },
		"a generator in its place": func(_ fstest.MapFS, i *debug.BuildInfo) { i.Deps[1].Replace = &debug.Module{Path: "../x"} },
	} {
		if identity(c) == same {
			t.Errorf("%s makes no difference", name)
		}
	}
	for name, c := range map[string]change{
		"a test":                   func(s fstest.MapFS, _ *debug.BuildInfo) { s["internal/a/a_test.go"].Data = nil },
		"a page":                   func(s fstest.MapFS, _ *debug.BuildInfo) { s["internal/a/page.md"].Data = nil },
		"the version of Go":        func(_ fstest.MapFS, i *debug.BuildInfo) { i.GoVersion = "go1.100" },
		"where the build was made": func(_ fstest.MapFS, i *debug.BuildInfo) { i.Settings = nil },
	} {
		if identity(c) != same {
			t.Errorf("%s makes a difference", name)
		}
	}
}

func TestTheIdentityIsOfAllFiles(t *testing.T) {
	s := source()
	s["internal/b/b.go"] = &fstest.MapFile{Data: []byte("package b\n")}
	if _, err := Identity(brokenFS{s}, info()); err == nil || !strings.Contains(err.Error(), "own source") {
		t.Errorf("a source that cannot be read passes: %v", err)
	}
}

// brokenFS has a file that is listed and cannot be opened.
type brokenFS struct{ fstest.MapFS }

func (f brokenFS) Open(name string) (fs.File, error) {
	if name == "internal/b/b.go" {
		return nil, fs.ErrPermission
	}
	return f.MapFS.Open(name)
}

func (f brokenFS) ReadFile(name string) ([]byte, error) {
	if name == "internal/b/b.go" {
		return nil, fs.ErrPermission
	}
	return f.MapFS.ReadFile(name)
}
