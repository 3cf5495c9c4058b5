// Package cli is what a user of specgen meets: commands, help, output, exit codes.
//
// It decides nothing about specs. It refuses arguments that it does not know.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
	"github.com/grantway/grantway/cmd/specgen/internal/project"
	"github.com/grantway/grantway/cmd/specgen/internal/self"
	"github.com/grantway/grantway/cmd/specgen/internal/starter"
)

// The exit codes, as the help documents them.
const (
	exitOK       = 0
	exitFindings = 1
	exitCannot   = 2
)

// Process is what specgen knows of the process that it runs in.
type Process struct {
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Source         fs.FS // specgen's own source, by which it knows itself
	Build          func() (*debug.BuildInfo, bool)
	// Step is told of each step of writing before it is done. It is how a test
	// comes in between; nil is fine.
	Step func(step string)
}

// call is one run of a command, with what its flags and arguments said.
type call struct {
	out     *output
	process Process
	root    string
	args    []string
	full    bool
	choice  starter.Choice
	from    string
	against string
}

// command is one thing that specgen does.
type command struct {
	args     []string // what its arguments are, for the message when one is missing
	optional bool     // they may be left out
	flags    func(*flag.FlagSet, *call)
	run      func(*call) ([]finding.Finding, error)
}

func commands() map[string]command {
	full := func(flags *flag.FlagSet, c *call) { flags.BoolVar(&c.full, "full", false, "") }
	against := func(flags *flag.FlagSet, c *call) { flags.StringVar(&c.against, "against", "", "") }
	begin := func(flags *flag.FlagSet, c *call) {
		flags.StringVar(&c.from, "from", "", "")
		flags.StringVar(&c.choice.Auth, "auth", "", "")
		flags.StringVar(&c.choice.Body, "body", "", "")
		flags.StringVar(&c.choice.PKCE, "pkce", "", "")
		flags.StringVar(&c.choice.Expiry, "expiry", "", "")
	}
	return map[string]command{
		"generate": {flags: full, run: runGenerate},
		"check":    {flags: full, run: runCheck},
		"lint":     {run: runLint},
		"todo":     {run: runTodo},
		"init":     {args: []string{"NAME"}, optional: true, flags: begin, run: runInit},
		"breaking": {flags: against, run: runBreaking},
		"rules":    {run: runRules},
		"explain":  {args: []string{"RULE"}, run: runExplain},
		"version":  {run: runVersion},
		"help":     {run: runHelp},
	}
}

// Run is the whole program but for the process around it.
func Run(args []string, p Process) int {
	c := &call{out: newOutput(p), process: p}
	cmd, err := parse(args, c)
	switch {
	case errors.Is(err, flag.ErrHelp):
		cmd = commands()["help"]
	case err != nil:
		return c.out.cannot(fmt.Errorf("%w; `specgen help` lists what there is", err))
	}
	findings, err := cmd.run(c)
	c.out.findings(findings)
	switch {
	case err != nil:
		return c.out.cannot(err)
	case c.out.err != nil:
		return c.out.cannot(fmt.Errorf("standard output: %w", c.out.err))
	case len(findings) > 0:
		return exitFindings
	}
	return exitOK
}

// parse reads flags before the command, after it, and between its arguments.
func parse(args []string, c *call) (command, error) {
	before := flagSet(c)
	if err := before.Parse(args); err != nil {
		return command{}, err
	}
	if before.NArg() == 0 {
		return command{}, errors.New("no command")
	}
	name := before.Arg(0)
	cmd, known := commands()[name]
	if !known {
		return command{}, fmt.Errorf("unknown command %q", name)
	}
	after := flagSet(c)
	if cmd.flags != nil {
		cmd.flags(after, c)
	}
	for rest := before.Args()[1:]; ; rest = after.Args()[1:] {
		if err := after.Parse(rest); err != nil {
			return command{}, fmt.Errorf("%s: %w", name, err)
		}
		if after.NArg() == 0 {
			break
		}
		if len(c.args) == len(cmd.args) {
			return command{}, fmt.Errorf("%s: unexpected argument %q", name, after.Arg(0))
		}
		c.args = append(c.args, after.Arg(0))
	}
	if len(c.args) < len(cmd.args) && !cmd.optional {
		return command{}, fmt.Errorf("%s: no %s", name, cmd.args[len(c.args)])
	}
	return cmd, nil
}

// flagSet has the flags that stand before and after a command alike. What was
// given before it is the default after it.
func flagSet(c *call) *flag.FlagSet {
	flags := flag.NewFlagSet("specgen", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if c.root == "" {
		c.root = "."
	}
	flags.StringVar(&c.root, "C", c.root, "")
	flags.Func("format", "", func(name string) (err error) {
		c.out.format, err = finding.ParseFormat(name)
		return err
	})
	return flags
}

// load reads the project that the command is about.
func (c *call) load() (project.Inputs, error) {
	in, findings, err := project.Load(c.root)
	if err == nil && len(findings) > 0 {
		// Without a config there is nothing to run on: not a finding about a
		// spec, and so not exit 1.
		err = badConfig(findings)
	}
	in.Watch = c.out.watch
	if info, ok := c.process.Build(); ok { // what makes files asks identity first, and stops without
		in.Generators = self.Generators(info)
	}
	return in, err
}

// badConfig is a config that nothing can be run on.
type badConfig []finding.Finding

func (b badConfig) Error() string { return "the config has to be corrected first" }
