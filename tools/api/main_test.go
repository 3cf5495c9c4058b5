package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// project is a module with one commit, which api/BASE names.
type project struct {
	t    *testing.T
	root string
}

const (
	shop = `package shop

// Shop sells.
type Shop struct{ Name string }

// Sell sells.
func (Shop) Sell(n int) error { return nil }

// Till takes money.
type Till interface{ Take(n int) }

// Open opens.
func Open(name string) *Shop { return &Shop{name} }
`
	hidden = "package hidden\n\n// Door is nobody's.\ntype Door struct{}\n"
)

func newProject(t *testing.T) *project {
	t.Helper()
	p := &project{t, t.TempDir()}
	p.write("go.mod", "module example.com/shop\n\ngo 1.25.0\n")
	p.write("shop.go", shop)
	p.write("gen/shopapi/api.go", "package shopapi\n\n// Limit is one.\nconst Limit = 1\n")
	p.write("internal/hidden/hidden.go", hidden)
	p.write("cmd/shop/main.go", "package main\n\nfunc main() {}\n")
	p.git("init", "--quiet", "--initial-branch=main")
	p.commit()
	p.write(baseFile, p.git("rev-parse", "HEAD")+"\n")
	return p
}

func (p *project) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) remove(name string) {
	p.t.Helper()
	if err := os.RemoveAll(filepath.Join(p.root, filepath.FromSlash(name))); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) git(args ...string) string {
	p.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", p.root, "-c", "user.name=Example", "-c", "user.email=someone@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *project) commit() {
	p.t.Helper()
	p.git("add", "--all")
	p.git("commit", "--quiet", "--message", "example")
}

// run returns the exit code and all that is printed.
func (p *project) run() (int, string) {
	var text strings.Builder
	code := run(p.root, &text, &text)
	return code, text.String()
}

// quick leaves a test out of make quick: each builds a module twice.
func quick(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("long")
	}
}

func edited(old, now string) string { return strings.Replace(shop, old, now, 1) }

func TestCheck113_WhatCallersLoseIsNamed(t *testing.T) {
	all, lost := 0, 0
	for _, tt := range []struct {
		name   string
		change func(p *project)
		code   int
		want   []string
	}{
		{"nothing changed", func(*project) {}, 0, []string{"0 lost"}},
		{"a function is gone", func(p *project) {
			p.write("shop.go", edited("func Open(name string) *Shop { return &Shop{name} }", ""))
		}, 1, []string{".: Open: removed"}},
		{"a method is gone", func(p *project) {
			p.write("shop.go", edited("func (Shop) Sell(n int) error { return nil }", ""))
		}, 1, []string{".: Shop.Sell: removed"}},
		{"a field has another type", func(p *project) {
			p.write("shop.go", strings.Replace(edited("Name string", "Name []byte"), "&Shop{name}", "&Shop{}", 1))
		}, 1, []string{".: Shop.Name: changed from string to []byte"}},
		{"a parameter has another type", func(p *project) { p.write("shop.go", edited("Sell(n int)", "Sell(n int64)")) }, 1, []string{".: Shop.Sell: changed from"}},
		{"an interface has one method more", func(p *project) {
			p.write("shop.go", edited("interface{ Take(n int) }", "interface{ Take(n int); Give(n int) }"))
		}, 1, []string{".: Till.Give: added"}},
		{"a constant of generated code has another value", func(p *project) {
			p.write("gen/shopapi/api.go", "package shopapi\n\n// Limit is two.\nconst Limit = 2\n")
		}, 1, []string{"gen/shopapi: Limit: value changed from 1 to 2"}},
		{"a package is gone", func(p *project) { p.remove("gen") }, 1, []string{"gen/shopapi: the package is gone"}},
		{"a package has moved into internal", func(p *project) {
			p.remove("gen")
			p.write("internal/shopapi/api.go", "package shopapi\n")
		}, 1, []string{"gen/shopapi: the package is gone"}},
		{"a function, a method and a package are new", func(p *project) {
			p.write("shop.go", shop+"\n// Close closes.\nfunc (Shop) Close() {}\n\n// Max is the most.\nfunc Max() int { return 1 }\n")
			p.write("more/more.go", "package more\n")
		}, 0, []string{"0 lost"}},
		{"what nobody can import changes", func(p *project) {
			p.write("internal/hidden/hidden.go", "package hidden\n")
			p.write("cmd/shop/main.go", "package main\n\nfunc main() { println() }\n")
		}, 0, []string{"0 lost"}},
		{"it does not build", func(p *project) { p.write("shop.go", "package shop\n\nvar x int = \"\"\n") }, 2, []string{"does not build"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			quick(t)
			p := newProject(t)
			tt.change(p)
			code, text := p.run()
			if code != tt.code {
				t.Errorf("exit code %d, want %d\n%s", code, tt.code, text)
			}
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q:\n%s", want, text)
				}
			}
		})
		if tt.code == 1 {
			lost++
		}
		all++
	}
	t.Logf("figure: %d changes, %d of which callers lose by, each named", all, lost)
}

// What others may import of this project is compared, and nothing else.
func TestCheck113_ThePackagesOfTheProjectAreCompared(t *testing.T) {
	quick(t)
	if _, err := os.Stat("../../gen"); err != nil {
		t.Skip("this module stands alone here, outside the project:", err)
	}
	all, err := public("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{".", "provider", "tokens", "authcode", "square", "gen/squareapi", "gen/builtbybitapi", "gen/byteniteapi"} {
		if all[path] == nil {
			t.Errorf("%s is not compared", path)
		}
	}
	for path := range all {
		if strings.Contains("/"+path+"/", "/internal/") || strings.HasPrefix(path, "cmd/") {
			t.Errorf("%s is compared, and nobody can import it", path)
		}
	}
	t.Logf("figure: %d packages of the project are compared", len(all))
}

func TestCheck113_ABreakThatIsMeantIsListedWithItsReason(t *testing.T) {
	const gone = ".: Open: removed\n"
	for _, tt := range []struct {
		name, list string
		code       int
		want       string
	}{
		{"with its reason", "# Nobody opened a shop.\n" + gone, 0, "0 lost, 1 meant"},
		{"without a reason", gone, 2, "api/BREAKS:1: it has no reason"},
		{"a reason that is about something else", "# About the file.\n\n" + gone, 2, "api/BREAKS:3: it has no reason"},
		{"an empty reason", "#\n" + gone, 2, "api/BREAKS:2: it has no reason"},
		{"twice", "# Nobody opened a shop.\n" + gone + gone, 2, "api/BREAKS:3: it is listed twice"},
		{"one that is none", "# Nobody opened a shop.\n" + gone + ".: Close: removed\n", 2, `no break against`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			quick(t)
			p := newProject(t)
			p.write("shop.go", edited("func Open(name string) *Shop { return &Shop{name} }", ""))
			p.write(breaksFile, tt.list)
			if code, text := p.run(); code != tt.code || !strings.Contains(text, tt.want) {
				t.Errorf("exit code %d, want %d and %q\n%s", code, tt.code, tt.want, text)
			}
		})
	}
}

func TestTheBaseIsTheLastTagOrTheCommitThatIsNamed(t *testing.T) {
	withoutOpen := edited("func Open(name string) *Shop { return &Shop{name} }", "")
	for _, tt := range []struct {
		name   string
		change func(p *project)
		code   int
		want   string
	}{
		{"a tag wins over the file", func(p *project) {
			p.write("shop.go", withoutOpen)
			p.commit()
			p.git("tag", "v1.0.0")
		}, 0, "compared with v1.0.0"},
		{"a tag of something else does not", func(p *project) { p.write("shop.go", withoutOpen); p.commit(); p.git("tag", "vintage") }, 1, "Open: removed"},
		{"no tag and no file", func(p *project) { p.remove(baseFile) }, 2, "no api/BASE"},
		{"a name that is no commit's", func(p *project) { p.write(baseFile, "--upload-pack=x\n") }, 2, "api/BASE:1: it is not the whole name of a commit"},
		{"half a name", func(p *project) { p.write(baseFile, "0123456789ab\n") }, 2, "api/BASE:1: it is not the whole name of a commit"},
		{"a commit that nobody has", func(p *project) { p.write(baseFile, strings.Repeat("0", 39)+"1\n") }, 2, "cannot fetch it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			quick(t)
			p := newProject(t)
			tt.change(p)
			if code, text := p.run(); code != tt.code || !strings.Contains(text, tt.want) {
				t.Errorf("exit code %d, want %d and %q\n%s", code, tt.code, tt.want, text)
			}
		})
	}
}

func TestAShallowCheckoutFetchesTheBase(t *testing.T) {
	p := newProject(t)
	p.write("shop.go", edited("func Open(name string) *Shop { return &Shop{name} }", ""))
	p.commit()
	shallow := &project{t, t.TempDir()}
	shallow.git("clone", "--quiet", "--depth=1", "file://"+p.root, ".")
	if code, text := shallow.run(); code != 1 || !strings.Contains(text, "Open: removed") {
		t.Errorf("exit code %d\n%s", code, text)
	}
}

func TestWithoutGitItIsSkippedInOneLineAndFailsInCI(t *testing.T) {
	p := newProject(t)
	p.remove(".git")
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(p.root))
	t.Setenv("CI", "")
	if code, text := p.run(); code != 0 || !strings.HasPrefix(text, "api: skipped: ") || strings.Count(text, "\n") != 1 {
		t.Errorf("exit code %d\n%s", code, text)
	}
	t.Setenv("CI", "true")
	if code, text := p.run(); code != 2 {
		t.Errorf("in CI: exit code %d\n%s", code, text)
	}
}
