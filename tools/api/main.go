// Command api says what the exported API of this project takes away from its
// callers, compared with the last release.
//
//	api [-C root]
//
// The release is the last tag, or the commit that api/BASE names while there is
// none. Each public package of the root module is compared, gen/ too; internal
// packages and programs are not. What callers lose is printed, a line for each,
// and the exit code is 1. A break that is meant stands in api/BREAKS with its
// reason. What callers gain is fine.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	root := flag.String("C", ".", "the root of the project")
	flag.Parse()
	os.Exit(run(*root, os.Stdout, os.Stderr))
}

// run returns the exit code: 0, 1 for what callers lose, 2 if it cannot be told.
func run(root string, out, errs io.Writer) int {
	lost, err := check(root, out)
	switch {
	case errors.Is(err, errNoHistory) && os.Getenv("CI") == "":
		say(errs, "api: skipped: %v", err)
		return 0
	case err != nil:
		say(errs, "api: %v", err)
		return 2
	case lost > 0:
		say(errs, "api: callers lose what is listed above; if that is meant, give each its line and its reason in %s", breaksFile)
		return 1
	}
	return 0
}

// check compares root with its base, prints what callers lose and counts it.
func check(root string, out io.Writer) (lost int, err error) {
	meant, err := readBreaks(root)
	if err != nil {
		return 0, err
	}
	base, err := baseOf(root)
	if err != nil {
		return 0, err
	}
	old, err := os.MkdirTemp("", "api-base-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(old) //nolint:errcheck // a folder for temporary files is cleaned by the system too
	if err := base.extract(old); err != nil {
		return 0, err
	}
	breaks, err := compare(old, root)
	if err != nil {
		return 0, err
	}
	for _, b := range breaks {
		if !meant.take(b) {
			say(out, "%s", b)
			lost++
		}
	}
	if idle := meant.left(); len(idle) > 0 {
		return lost, fmt.Errorf("%s lists what is no break against %s: %q", breaksFile, base.name, idle)
	}
	say(out, "api: compared with %s: %d lost, %d meant", base.name, lost, len(breaks)-lost)
	return lost, nil
}

// say writes a line. A terminal that is gone is nobody's to tell.
func say(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
