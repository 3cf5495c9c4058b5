// Command bench prints how fast this project is beside what people would use
// instead:
//
//	go -C bench run ./cmd/bench            # every table
//	go -C bench run ./cmd/bench onecall    # one of them
//
// It judges nothing: it exits with 1 only if a client fails to do its work.
// Machines differ and are noisy, so quote ratios and never single times.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/grantway/grantway/bench/internal/measure"
)

// section is one table.
type section struct {
	name, title string
	print       func(w io.Writer, p measure.Plan) error
}

var sections = []section{
	{"onecall", "One client call, no socket: a token response of 400 bytes from memory", oneCall},
	{"source", "A valid token from its source, and one request through the transport", validToken},
	{"due", "A refresh that is due", refreshDue},
	{"generate", "From specs to Go packages, a process each time", generate},
	{"tls", "One client call over TLS, both ends on this machine", overTLS},
	{"loopback", "One client call over a loopback socket; over HTTP/1.1 grantway dials for each call, as its policy says", loopback},
}

func main() {
	rounds := flag.Int("rounds", 41, "how often each client gets a `slice`")
	slice := flag.Duration("slice", 20*time.Millisecond, "how long each client runs in a round, in memory")
	flag.Usage = usage
	flag.Parse()
	if err := run(os.Stdout, measure.Plan{Rounds: *rounds, Slice: *slice}, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: bench [flags] [section ...]")
	for _, s := range sections {
		fmt.Fprintf(os.Stderr, "  %-9s %s\n", s.name, s.title)
	}
	flag.PrintDefaults()
}

func run(w io.Writer, p measure.Plan, only []string) error {
	if p.Rounds < 1 || p.Slice <= 0 {
		return fmt.Errorf("%d rounds of %v measure nothing", p.Rounds, p.Slice)
	}
	for _, name := range only {
		if !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
			return fmt.Errorf("no section %q", name)
		}
	}
	fmt.Fprintf(w, "%s %s/%s, %d CPUs. The first client of each column is 1.00; a ratio is the median of %d rounds,\neach against that client in the same round.\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), p.Rounds)
	for _, s := range sections {
		if len(only) > 0 && !slices.Contains(only, s.name) {
			continue
		}
		fmt.Fprintf(w, "\n%s\n\n", s.title)
		if err := s.print(w, p); err != nil {
			return err
		}
	}
	return nil
}

// compare measures groups and prints them as one table.
func compare(w io.Writer, p measure.Plan, groups []measure.Group, marks []measure.Mark) error {
	var columns []measure.Column
	for _, g := range groups {
		results, err := measure.Run(g, p)
		if err != nil {
			return err
		}
		columns = append(columns, measure.Column{Name: g.Name, Results: results})
	}
	return measure.Write(w, columns, marks)
}
