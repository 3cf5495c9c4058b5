// Command specgen turns the OpenAPI specs of a project into Go packages, and
// tells when the two no longer agree.
//
// It refuses to run a spec that it cannot vouch for: see `specgen help`.
package main

import (
	"os"

	"github.com/grantway/grantway/cmd/specgen/internal/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr)) }
