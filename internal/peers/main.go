// Command peers makes the clients that other generators make of the specs in
// api/. conformance and bench measure them beside ours.
//
//	go -C internal/peers run . generate   # write them
//	go -C internal/peers run . check      # exit 1 if one is not what would be written
//
// Those of oapi-codegen are in oapicodegen/, for both modules measure them. Those
// of ogen are in bench/internal/ogen, so that ogen's dependencies reach bench
// alone. Both folders hold nothing else.
//
// The command knows no version of a generator: it runs each from the module whose
// go.mod pins it, oapi-codegen from cmd/specgen and ogen from bench.
//
// None of the clients is fit for use: none bounds an answer or keeps a credential
// from a redirect. The word internal in their paths keeps others from them.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// root is the project's, seen from this module's folder, where go -C runs it.
const root = "../.."

func main() {
	sound, err := run(os.Args[1:], root, os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(2)
	case !sound:
		os.Exit(1)
	}
}

// run prints each file below target that is not what the generators make, and
// reports whether there was none. generate first repairs what it may.
func run(args []string, target string, out io.Writer) (sound bool, err error) {
	if len(args) != 1 || args[0] != "generate" && args[0] != "check" {
		return false, errors.New("want one argument, generate or check")
	}
	want, err := makeAll(filepath.Join(root, "api"))
	if err != nil {
		return false, err
	}
	have, err := read(target)
	if err != nil {
		return false, err
	}
	faults := compare(have, want)
	if args[0] == "generate" {
		if faults, err = repair(target, faults, have, want); err != nil {
			return false, err
		}
	}
	for _, f := range faults {
		fmt.Fprintln(out, f)
	}
	return len(faults) == 0, nil
}
