package cli

import (
	"strings"
	"testing"
)

func TestHelpDocumentsCommandsConfigAndExitCodes(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}, {"check", "-h"}} {
		code, stdout, stderr := run(args...)
		if code != exitOK || stderr != "" {
			t.Errorf("%v: exit %d, stderr %q", args, code, stderr)
		}
		for _, want := range []string{"-C dir", "--full", "NO_COLOR", "text ", "json ", "github ", "api/specgen.yaml", "clients:", "spec:", "package:", "dir:", "options:", "Exit codes", "0 ", "1 ", "2 "} {
			if !strings.Contains(stdout, want) {
				t.Errorf("%v: the help lacks %q", args, want)
			}
		}
		for name := range commands() {
			if !strings.Contains(stdout, "    "+name+" ") {
				t.Errorf("%v: the help lacks the command %s", args, name)
			}
		}
	}
}

func TestTheConfigInTheHelpIsOne(t *testing.T) {
	_, after, _ := strings.Cut(help, "which package:\n\n")
	example, _, _ := strings.Cut(after, "\n\n")
	var config strings.Builder
	for line := range strings.Lines(example + "\n") {
		config.WriteString(strings.TrimPrefix(line, "        "))
	}
	p := newProject(t)
	p.write("api/specgen.yaml", config.String())
	p.want("lint", exitOK)
}
