// Command scorecard prints the scorecard: the checks that a release is held to, what
// the tests measured on each, and what other clients do on the same.
//
//	go -C conformance run ./cmd/scorecard [-markdown] [-C root] [module …]
//
// It runs the tests whose names begin with TestCheckNNN_ or TestPeersNNN_ in each
// module, named from the project's root; without an argument in the root
// module, cmd/specgen, conformance and tools/api. The exit status is 1 if one of them
// fails, if a module does not build, or if none ran in it. A check that has no
// test yet is no failure, and is counted.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/scorecard"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, scorecard.GoTest))
}

// goTest is scorecard.GoTest, or what a test puts in its place.
type goTest func(ctx context.Context, root, module string) (scorecard.Run, error)

func run(ctx context.Context, args []string, stdout, stderr io.Writer, test goTest) int {
	flags := flag.NewFlagSet("scorecard", flag.ContinueOnError)
	flags.SetOutput(stderr)
	markdown := flags.Bool("markdown", false, "print a Markdown table")
	root := flags.String("C", "", "the project's root `folder` (default: where this program was built from)")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *root == "" {
		dir, err := repo.Find()
		if err != nil {
			fmt.Fprintln(stderr, "scorecard:", err)
			return 2
		}
		*root = dir
	}
	modules := flags.Args()
	if len(modules) == 0 {
		modules = []string{".", "cmd/specgen", "conformance", "tools/api"}
	}
	var runs []scorecard.Run
	for _, module := range modules {
		fmt.Fprintf(stderr, "scorecard: testing %s\n", module)
		r, err := test(ctx, *root, module)
		if err != nil {
			fmt.Fprintln(stderr, "scorecard:", err)
			return 1
		}
		runs = append(runs, r)
	}
	card := scorecard.Make(scorecard.Checks, runs)
	show := card.Text
	if *markdown {
		show = card.Markdown
	}
	if err := show(stdout); err != nil {
		fmt.Fprintln(stderr, "scorecard:", err)
		return 1
	}
	for _, fault := range card.Faults {
		fmt.Fprintln(stderr, fault)
	}
	if len(card.Faults) > 0 {
		return 1
	}
	return 0
}
