package house_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/gocmd"
	"github.com/grantway/grantway/conformance/internal/repo"
)

// house is the rooms for certain providers.
type house struct {
	rooms     []room
	providers []string
}

// faults lists every import that goes against the house.
func (h house) faults(g graph) []string {
	var faults []string
	inhabited := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(g.packages)) {
		p := g.packages[name]
		for _, path := range slices.Concat(p.imports, p.testImports) {
			if !h.ours(g, path) && !h.match(foreign, path, "") {
				faults = append(faults, fmt.Sprintf("%s imports %s, which is neither the standard library nor one of %v", name, path, foreign))
			}
		}
		r, provider, ok := h.room(name)
		if !ok {
			faults = append(faults, fmt.Sprintf("%s has no room: say in rooms what it may import", name))
			continue
		}
		inhabited[r.path] = true
		for _, path := range p.imports {
			allowed := r.ours
			if !h.ours(g, path) {
				allowed = r.others
			}
			if !h.match(allowed, path, provider) {
				faults = append(faults, fmt.Sprintf("%s imports %s; of these it may import %v", name, path, allowed))
			}
		}
		for _, path := range p.deps {
			if h.match(r.never, path, provider) && !slices.Contains(p.imports, path) {
				faults = append(faults, fmt.Sprintf("%s reaches %s through what it imports", name, path))
			}
		}
	}
	for _, path := range g.everything {
		if h.match(outOfTheModule, path, "") {
			faults = append(faults, fmt.Sprintf("the root module needs %s", path))
		}
	}
	for _, r := range h.rooms {
		if !inhabited[r.path] {
			faults = append(faults, fmt.Sprintf("the room %s has no package", r.path))
		}
	}
	return faults
}

// ours reports whether a path in a graph is a package of the root module.
func (h house) ours(g graph, path string) bool {
	_, ok := g.packages[path]
	return ok
}

// room returns the room of a package, and the provider if it is one's.
func (h house) room(name string) (r room, provider string, ok bool) {
	for _, r := range h.rooms {
		if !strings.Contains(r.path, "{p}") {
			if h.match([]string{r.path}, name, "") {
				return r, "", true
			}
			continue
		}
		for _, p := range h.providers {
			if h.match([]string{r.path}, name, p) {
				return r, p, true
			}
		}
	}
	return room{}, "", false
}

// match reports whether one of the patterns is about a path. provider is {p},
// or "" for any.
func (h house) match(patterns []string, path, provider string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if !strings.Contains(pattern, "{") {
			return covers(pattern, path)
		}
		for _, name := range h.providers {
			if strings.Contains(pattern, "{p}") && provider != "" && name != provider ||
				strings.Contains(pattern, "{q}") && name == provider {
				continue
			}
			if covers(named(pattern, name), path) {
				return true
			}
		}
		return false
	})
}

// named is a pattern with the name of a provider in it.
func named(pattern, provider string) string {
	return strings.ReplaceAll(strings.ReplaceAll(pattern, "{p}", provider), "{q}", provider)
}

// covers reports whether a pattern that names no provider is about a path.
func covers(pattern, path string) bool {
	parent, tree := strings.CutSuffix(pattern, "/...")
	return path == parent || tree && strings.HasPrefix(path, parent+"/")
}

func TestDirections_NoImportAgainstTheHouse(t *testing.T) {
	h := house{rooms, repo.Providers(t)}
	g := readGraph(t)
	for _, fault := range h.faults(g) {
		t.Error(fault)
	}
	imports := 0
	for _, p := range g.packages {
		imports += len(p.imports)
	}
	t.Logf("figure: %d imports between packages that are not the standard library's, in %d packages of the root module and %d rooms", imports, len(g.packages), len(rooms))
}

// planted are imports that the house forbids, and what is said of each.
var planted = []struct{ in, path, want string }{
	{".", "tokens", ". imports tokens; "},
	{".", "internal/httpx", ". imports internal/httpx; "},
	{".", "example.com/far", ". imports example.com/far, which is neither"},
	{"authcode", "login", "authcode imports login; "},
	{"authcode", "golang.org/x/oauth2", "authcode imports golang.org/x/oauth2; "},
	{"provider", "tokens", "provider imports tokens; "},
	{"provider", "authcode", "provider imports authcode; "},
	{"tokens", "authcode", "tokens imports authcode; "},
	{"tokens", "square", "tokens imports square; "},
	{"tokens/filestore", "provider", "tokens/filestore imports provider; "},
	{"login", "square", "login imports square; "},
	{"login", "square/squaretest", "login imports square/squaretest; "},
	{"login", "internal/wire", "login imports internal/wire; "},
	{"square", "bytenite", "square imports bytenite; "},
	{"square", "square/squaretest", "square imports square/squaretest; "},
	{"square", "login", "square imports login; "},
	{"square", "internal/httpx", "square imports internal/httpx; "},
	{"square", "internal/wire", "square imports internal/wire; "},
	{"square", "gen/byteniteapi", "square imports gen/byteniteapi; "},
	{"bytenite", "gen/squareapi", "bytenite imports gen/squareapi; "},
	{"faults", "internal/fakeauth", "faults imports internal/fakeauth; "},
	{"square/squaretest", "builtbybit/builtbybittest", "square/squaretest imports builtbybit/builtbybittest; "},
	{"gen/squareapi", "internal/wire", "gen/squareapi imports internal/wire; "},
	{"gen/squareapi", "gen/squareapi/squarefake", "gen/squareapi imports gen/squareapi/squarefake; "},
	{"square", "gen/squareapi/squarefake", "square imports gen/squareapi/squarefake; "},
	{"gen/squareapi/squarefake", "square", "gen/squareapi/squarefake imports square; "},
	{"square/squaretest", "gen/byteniteapi/bytenitefake", "square/squaretest imports gen/byteniteapi/bytenitefake; "},
	{"gen/squareapi", "golang.org/x/oauth2", "gen/squareapi imports golang.org/x/oauth2; "},
	{"internal/wire", "internal/address", "internal/wire imports internal/address; "},
	{"internal/httpx", "internal/wiretest", "internal/httpx imports internal/wiretest; "},
	{"examples/quickstart", "internal/wire", "examples/quickstart imports internal/wire; "},
	{"square", "github.com/getkin/kin-openapi/openapi3", "the root module needs github.com/getkin/kin-openapi/openapi3"},
}

// model is a house in which every room has a package that imports all that its
// room allows.
func model(h house) graph {
	g := graph{packages: map[string]pkg{}}
	for _, r := range h.rooms {
		for _, p := range h.providers {
			g.packages[strings.Replace(named(r.path, p), "...", "quickstart", 1)] = pkg{}
		}
	}
	for name := range g.packages {
		r, provider, _ := h.room(name)
		var p pkg
		for _, path := range slices.Sorted(maps.Keys(g.packages)) {
			if path != name && h.match(r.ours, path, provider) {
				p.imports = append(p.imports, path)
			}
		}
		for _, path := range r.others {
			p.imports = append(p.imports, strings.TrimSuffix(path, "/..."))
		}
		g.packages[name] = p
	}
	g.reach()
	return g
}

// reach fills in deps and everything from imports.
func (g *graph) reach() {
	g.everything = nil
	for name, p := range g.packages {
		seen := map[string]bool{}
		var visit func(string)
		visit = func(path string) {
			for _, next := range g.packages[path].imports {
				if !seen[next] {
					seen[next] = true
					visit(next)
				}
			}
		}
		visit(name)
		p.deps = slices.Sorted(maps.Keys(seen))
		g.packages[name] = p
		g.everything = append(g.everything, p.deps...)
	}
}

func modelHouse() house { return house{rooms, []string{"builtbybit", "bytenite", "square"}} }

// notLeaves are those of paths whose room may import something.
func (h house) notLeaves(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		r, _, ok := h.room(path)
		return ok && len(r.ours)+len(r.others) == 0
	})
}

func TestDirections_TheRootImportsLeavesOnly(t *testing.T) {
	h := modelHouse()
	if got := h.notLeaves(vocabulary); len(got) > 0 {
		t.Errorf("the root package may import %v, which import something themselves", got)
	}
	if got, want := h.notLeaves([]string{"internal/httpx", "internal/address", "internal/nothing"}), []string{"internal/httpx", "internal/nothing"}; !slices.Equal(got, want) {
		t.Errorf("of the planted ones %v are no leaves, want %v", got, want)
	}
}

func TestDirections_EveryPlantedImportIsSeen(t *testing.T) {
	h := modelHouse()
	good := model(h)
	if faults := h.faults(good); len(faults) > 0 {
		t.Fatalf("before anything is planted: %v", faults)
	}
	for _, c := range planted {
		t.Run(c.in+" imports "+c.path, func(t *testing.T) {
			g := graph{packages: maps.Clone(good.packages)}
			p := g.packages[c.in]
			p.imports = with(p.imports, c.path)
			g.packages[c.in] = p
			g.reach()
			contains(t, h.faults(g), c.want)
		})
	}
}

func TestDirections_WhatIsNoImportOfCodeIsSeen(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(h *house, g *graph)
		want string
	}{
		{"a test imports another module", func(_ *house, g *graph) {
			p := g.packages["login"]
			p.testImports = []string{"example.com/testify"}
			g.packages["login"] = p
		}, "login imports example.com/testify, which is neither"},
		{"a package that nobody thought of", func(_ *house, g *graph) { g.packages["helpers"] = pkg{} }, "helpers has no room"},
		{"a provider that gen/ has no client of", func(_ *house, g *graph) { g.packages["acme"] = pkg{} }, "acme has no room"},
		{"a room that was given up", func(_ *house, g *graph) { delete(g.packages, "tokens/storetest") }, "the room tokens/storetest has no package"},
		{"a list that was made too long", func(h *house, g *graph) {
			h.rooms = slices.Clone(h.rooms)
			for i, r := range h.rooms {
				if r.path == "internal/httpx" {
					h.rooms[i].ours = with(r.ours, "internal/fakeauth")
				}
			}
			*g = model(*h)
		}, "square reaches internal/fakeauth through what it imports"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := modelHouse()
			g := model(h)
			c.edit(&h, &g)
			contains(t, h.faults(g), c.want)
		})
	}
}

// TestDirections_AnImportPlantedInTheTreeIsSeen has go list itself read a file
// too many, which is in no folder of the project.
func TestDirections_AnImportPlantedInTheTreeIsSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: the whole project is read twice")
	}
	root := repo.Root(t)
	h := house{rooms, repo.Providers(t)}
	before := readGraph(t)
	said := h.faults(before)

	replace := map[string]string{}
	var want []string
	for i, c := range planted {
		_, there := before.packages[c.in]
		path := c.path
		if !strings.Contains(path, ".") {
			if _, ok := before.packages[path]; !ok {
				continue
			}
			path = repo.Module + "/" + path
		}
		if there && !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, c.want) }) {
			dir := gocmd.Write(t, map[string]string{"planted.go": "package " + packageName(c.in) + "\n\nimport _ \"" + path + "\"\n"})
			replace[filepath.Join(root, filepath.FromSlash(c.in), fmt.Sprintf("planted%d.go", i))] = filepath.Join(dir, "planted.go")
			want = append(want, c.want)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(gocmd.Write(t, map[string]string{"overlay.json": string(overlay)}), "overlay.json")
	// -e: some of the imports make a circle, and some are of no known module.
	faults := h.faults(readGraph(t, "-e", "-overlay", file))
	for _, w := range want {
		contains(t, faults, w)
	}
	t.Logf("figure: %d of %d planted imports fit into the tree, and all were seen", len(want), len(planted))
	if len(want) < 10 {
		t.Errorf("only %d imports were planted", len(want))
	}
}

// packageName is the name in the package clause of a folder of the project.
func packageName(folder string) string {
	switch {
	case folder == ".":
		return "grantway"
	case strings.HasPrefix(folder, "examples/"):
		return "main"
	}
	return folder[strings.LastIndex(folder, "/")+1:]
}

// contains fails the test unless one of the faults has want in it.
func contains(t *testing.T, faults []string, want string) {
	t.Helper()
	if !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, want) }) {
		t.Errorf("nothing says %q:\n%s", want, strings.Join(faults, "\n"))
	}
}
