// Package cli is what a user of specgen meets: commands, help, output, exit codes.
//
// It decides nothing about specs. It refuses arguments that it does not know.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
)

// The exit codes, as the help documents them.
const (
	exitOK       = 0
	exitFindings = 1
	exitCannot   = 2
)

// command is one thing that specgen does in a project.
type command func(root string, in project.Inputs, stdout io.Writer) ([]finding.Finding, error)

var commands = map[string]command{
	"generate": runGenerate,
	"check":    runCheck,
	"lint":     runLint,
}

// Run is the whole program but for the process around it.
func Run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("specgen", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dir := flags.String("C", ".", "")
	name, err := parse(flags, args)
	switch {
	case errors.Is(err, flag.ErrHelp) || err == nil && name == "help":
		fmt.Fprint(stdout, help)
		return exitOK
	case err != nil:
		return cannot(stderr, fmt.Errorf("%w; `specgen help` lists what there is", err))
	}
	in, findings, err := project.Load(*dir)
	if err != nil {
		return cannot(stderr, err)
	}
	if len(findings) > 0 {
		// Without a config there is nothing to run on: not a finding about a
		// spec, and so not exit 1.
		report(stderr, findings)
		return exitCannot
	}
	findings, err = commands[name](*dir, in, stdout)
	report(stdout, findings)
	switch {
	case err != nil:
		return cannot(stderr, err)
	case len(findings) > 0:
		return exitFindings
	}
	return exitOK
}

// parse reads flags before and after the command.
func parse(flags *flag.FlagSet, args []string) (name string, err error) {
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	if flags.NArg() == 0 {
		return "", errors.New("no command")
	}
	name = flags.Arg(0)
	if _, known := commands[name]; !known && name != "help" {
		return "", fmt.Errorf("unknown command %q", name)
	}
	if err := flags.Parse(flags.Args()[1:]); err != nil {
		return "", err
	}
	if flags.NArg() > 0 {
		return "", fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return name, nil
}

func cannot(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "specgen: %v\n", err)
	return exitCannot
}

func report(w io.Writer, findings []finding.Finding) {
	for _, f := range findings {
		fmt.Fprintln(w, f)
	}
}
