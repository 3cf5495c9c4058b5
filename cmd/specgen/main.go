// Command specgen turns the OpenAPI specs of a project into Go packages, and
// tells when the two no longer agree.
//
// It refuses to run a spec that it cannot vouch for: see `specgen help`.
package main

import (
	"embed"
	"os"
	"runtime/debug"

	"github.com/grantway/grantway/cmd/specgen/internal/cli"
	_ "github.com/grantway/grantway/cmd/specgen/internal/heap" // for its effect; it says which
)

// source is what specgen is made of, by which it tells that gen/ was written by
// another specgen.
//
//go:embed main.go internal/*/*.go
var source embed.FS

func main() {
	os.Exit(cli.Run(os.Args[1:], cli.Process{
		Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Source: source, Build: debug.ReadBuildInfo,
	}))
}
