package webdriver

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// machine is one that has only these programs.
func machine(t *testing.T, programs map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, script := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("DIR", dir)
}

var hooli = Engine{Name: "hooli", programs: []program{
	{[]string{"hooli", "hooli-esr"}, []string{"hooli-browser", "fonts"}},
	{[]string{"hoolidriver"}, []string{"hooli-driver"}},
}}

func TestReady_SaysWhatIsMissing(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: an installer is waited for")
	}
	const make = `for n in hooli-esr hoolidriver; do printf '#!/bin/sh\n' >$DIR/$n; /bin/chmod +x $DIR/$n; done`
	// log is before a script, so that a test sees what apt-get was asked.
	const log = `while case "$1" in -o) true;; *) false;; esac; do shift 2; done; echo "$*" >>$DIR/asked; `
	for _, tt := range []struct {
		name     string
		programs map[string]string
		asked    string
		why      string // a part; empty if it is ready
	}{
		{"all is there", map[string]string{"hooli-esr": "", "hoolidriver": "", "apt-get": log}, "", ""},
		{"no apt-get", map[string]string{"hooli": ""}, "", "this user cannot apt-get install hooli-driver"},
		{"it is installed", map[string]string{"apt-get": log + make}, "install -y -qq --no-install-recommends hooli-browser fonts hooli-driver\n", ""},
		{"only what is missing", map[string]string{"hooli": "", "apt-get": log + make}, "install -y -qq --no-install-recommends hooli-driver\n", ""},
		{"the lists are missing", map[string]string{"apt-get": log + `case $1 in update) : >$DIR/lists; exit;; esac; [ -e $DIR/lists ] || exit 100; ` + make},
			"install -y -qq --no-install-recommends hooli-browser fonts hooli-driver\nupdate -qq\ninstall -y -qq --no-install-recommends hooli-browser fonts hooli-driver\n", ""},
		{"another apt-get has the lock", map[string]string{"apt-get": log + `[ -e $DIR/was ] || { : >$DIR/was; echo "E: Could not get lock /var/lib/dpkg/lock" >&2; exit 100; }; ` + make},
			"install -y -qq --no-install-recommends hooli-browser fonts hooli-driver\ninstall -y -qq --no-install-recommends hooli-browser fonts hooli-driver\n", ""},
		{"no network", map[string]string{"apt-get": "echo first >&2; echo E: nobody answers >&2; exit 100"}, "", "apt-get update: exit status 100: E: nobody answers"},
		{"the package has no such program", map[string]string{"apt-get": ""}, "", "not even after apt-get install hooli-browser fonts hooli-driver"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, ok := tt.programs["apt-get"]; ok && os.Geteuid() != 0 && tt.name != "all is there" {
				t.Skip("only root installs")
			}
			machine(t, tt.programs)
			t.Cleanup(func() { delete(unready, hooli.Name) })
			paths, why := ready(hooli)
			if (why == "") != (tt.why == "") || !strings.Contains(why, tt.why) || strings.Contains(why, "\n") {
				t.Errorf("it says %q, want %q", why, tt.why)
			}
			if (len(paths) == 2) != (tt.why == "") {
				t.Errorf("paths %v", paths)
			}
			asked, _ := os.ReadFile(filepath.Join(os.Getenv("DIR"), "asked"))
			if string(asked) != tt.asked {
				t.Errorf("apt-get was asked for\n%s, want\n%s", asked, tt.asked)
			}
			if tt.why != "" { // nobody waits twice for what did not work
				machine(t, nil)
				if _, again := ready(hooli); again != why {
					t.Errorf("then it says %q", again)
				}
			}
		})
	}
}

func TestEngines_AreThree(t *testing.T) {
	var names []string
	for _, e := range Engines() {
		if !e.OnlyLooks {
			names = append(names, e.String())
		}
	}
	if !slices.Equal(names, []string{"chromium", "firefox", "webkit"}) {
		t.Error(names)
	}
}
