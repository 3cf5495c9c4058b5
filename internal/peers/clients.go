package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// The folders that hold the clients, from the project's root.
const (
	oapiHome = "internal/peers/oapicodegen"
	ogenHome = "bench/internal/ogen"
)

// client is one package that a generator makes of one spec.
type client struct {
	provider, home string
	// module is the one whose go.mod pins the generator.
	module string
	// args are what the go command is to do in that module.
	args func(spec, out string) []string
	// edits are what has to change in the spec before the generator takes it.
	edits []edit
}

// edit replaces what a pattern matches. A pattern that matches nothing is an
// error: its reason is gone, so the edit should go too.
type edit struct{ pattern, replacement string }

// clients are all that are made. A generator gets the fewest options with which
// its output compiles.
var clients = []client{
	// Square's spec has schemas called ObtainTokenResponse and the like. With the
	// default suffix a response type would get the same name.
	oapi("square", "-response-type-suffix", "HTTPResponse"),
	oapi("builtbybit"),
	ogen("square"),
	// Both edits are about error answers, so a successful call costs the same.
	// ogen refuses an anyOf of objects. Of a header that one of two answers with
	// the same body has, it makes code that does not compile.
	ogen("builtbybit",
		edit{`(?m)^( +)anyOf:$`, "${1}oneOf:"},
		edit{`(?m)^ {10}headers:\n {12}Retry-After:\n.*RetryAfter'\n`, ""}),
}

// oapi is a client by oapi-codegen, ClientWithResponses included.
func oapi(provider string, options ...string) client {
	return client{provider: provider, home: oapiHome, module: "cmd/specgen",
		args: func(spec, out string) []string {
			args := []string{"run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen",
				"-generate", "types,client", "-package", provider, "-o", filepath.Join(out, "client.gen.go")}
			return append(append(args, options...), spec)
		}}
}

// ogen is a client by ogen, without its telemetry: see ogen.yml.
func ogen(provider string, edits ...edit) client {
	return client{provider: provider, home: ogenHome, module: "bench", edits: edits,
		args: func(spec, out string) []string {
			return []string{"tool", "ogen", "--config", "../internal/peers/ogen.yml", "--package", provider, "--target", out, spec}
		}}
}

// makeAll makes every client of the specs in the folder api, and returns the
// files by their path from root. It writes nothing there.
func makeAll(api string) (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "peers-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover in the temporary folder, at worst
	errs := make([]error, len(clients))
	var all sync.WaitGroup
	for i, c := range clients {
		all.Go(func() {
			if err := c.make(api, dir); err != nil {
				errs[i] = fmt.Errorf("%s/%s: %w", c.home, c.provider, err)
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return read(dir)
}

// make makes the client in its home below dir.
func (c client) make(api, dir string) error {
	spec, err := os.ReadFile(filepath.Join(api, c.provider+".yaml"))
	if err != nil {
		return err
	}
	if spec, err = c.edited(spec); err != nil {
		return err
	}
	out := filepath.Join(dir, filepath.FromSlash(c.home), c.provider)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	taken := filepath.Join(dir, strings.ReplaceAll(c.home, "/", "-")+"-"+c.provider+".yaml")
	if err := os.WriteFile(taken, spec, 0o600); err != nil {
		return err
	}
	cmd := exec.Command("go", c.args(taken, out)...)
	cmd.Dir = filepath.Join(root, filepath.FromSlash(c.module))
	// Without the workspace, whose versions may be higher than the pins.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(cmd.Args[1:], " "), err, bytes.TrimSpace(said))
	}
	return nil
}

// edited is the spec as the generator takes it.
func (c client) edited(spec []byte) ([]byte, error) {
	for _, e := range c.edits {
		pattern := regexp.MustCompile(e.pattern)
		if !pattern.Match(spec) {
			return nil, fmt.Errorf("the spec has nothing that matches %s", e.pattern)
		}
		spec = pattern.ReplaceAll(spec, []byte(e.replacement))
	}
	return spec, nil
}
