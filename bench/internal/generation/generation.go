// Package generation measures specgen as a command beside the oapi-codegen
// command: a process each time, from specs on the disk to files on the disk. It
// refuses to judge the code; that each command did its work is checked each time.
package generation

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// commands are the two programs, built once.
type commands struct{ dir, specgen, oapi string }

// build builds both from the module of specgen, which pins oapi-codegen.
func build(dir string) (commands, error) {
	root, err := projectRoot()
	if err != nil {
		return commands{}, err
	}
	c := commands{dir: dir}
	for _, b := range []struct {
		program *string
		pkg     string
	}{
		{&c.specgen, "github.com/grantway/grantway/cmd/specgen"},
		{&c.oapi, "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"},
	} {
		*b.program = filepath.Join(dir, path.Base(b.pkg))
		if runtime.GOOS == "windows" {
			*b.program += ".exe"
		}
		cmd := exec.Command("go", "build", "-o", *b.program, b.pkg)
		cmd.Dir = filepath.Join(root, "cmd", "specgen")
		cmd.Env = append(os.Environ(), "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			return c, fmt.Errorf("go build %s: %w\n%s", b.pkg, err, out)
		}
	}
	return c, nil
}

// projectRoot is the folder of this project.
func projectRoot() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/grantway/grantway").Output()
	if err != nil {
		return "", fmt.Errorf("where is the project? %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// project is a folder with specs. It is no Go module, so that specgen does not
// have the toolchain build what it made, as oapi-codegen does not either.
type project struct {
	commands
	root  string
	specs []string
}

const apiFolder = "api"

// copied is a project of the specs of this one.
func (c commands) copied() (project, error) {
	root, err := projectRoot()
	if err != nil {
		return project{}, err
	}
	p := project{commands: c, root: filepath.Join(c.dir, "own")}
	if err := os.CopyFS(filepath.Join(p.root, apiFolder), os.DirFS(filepath.Join(root, apiFolder))); err != nil {
		return p, err
	}
	entries, err := os.ReadDir(filepath.Join(p.root, apiFolder))
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".yaml" && e.Name() != "specgen.yaml" {
			p.specs = append(p.specs, apiFolder+"/"+e.Name())
		}
	}
	return p, errors.Join(err, p.configure())
}

// synthetic is a project of one spec of so many operations.
func (c commands) synthetic(operations int) (project, error) {
	p := project{commands: c, root: filepath.Join(c.dir, fmt.Sprint(operations)), specs: []string{apiFolder + "/big.yaml"}}
	if err := os.MkdirAll(filepath.Join(p.root, apiFolder), 0o755); err != nil {
		return p, err
	}
	for name, text := range map[string]string{
		"big.yaml":     Synthetic(operations),
		"specgen.yaml": "version: 1\nclients:\n  - spec: api/big.yaml\n    package: bigapi\n    dir: gen/bigapi\n",
		"SOURCES.md":   "# Synthetic\n",
	} {
		if err := os.WriteFile(filepath.Join(p.root, apiFolder, name), []byte(text), 0o600); err != nil {
			return p, err
		}
	}
	return p, p.configure()
}

// configure writes the config of oapi-codegen: a client and its models, as
// specgen makes them.
func (p project) configure() error {
	text := "package: api\ngenerate: {client: true, models: true}\noutput: out.gen.go\n"
	return os.WriteFile(filepath.Join(p.root, "oapi.yaml"), []byte(text), 0o600)
}

// run runs a command in the project, which has to succeed and to print want.
func (p project) run(want, program string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Dir = p.root
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s%s", filepath.Base(program), args, err, stdout.Bytes(), stderr.Bytes())
	}
	if !strings.Contains(stdout.String(), want) || want == "" && stdout.Len() > 0 {
		return fmt.Errorf("%s %v printed %q and not %q", filepath.Base(program), args, stdout.String(), want)
	}
	return nil
}

// theirs runs oapi-codegen once for each spec, as one has to.
func (p project) theirs() error {
	for _, spec := range p.specs {
		if err := p.run("", p.oapi, "-config", "oapi.yaml", spec); err != nil {
			return err
		}
	}
	return nil
}

// anew has specgen make and write everything.
func (p project) anew() error {
	if err := os.RemoveAll(filepath.Join(p.root, "gen")); err != nil {
		return err
	}
	return p.run("created gen/MANIFEST", p.specgen, "generate")
}

func (p project) check() error     { return p.run("", p.specgen, "check") }
func (p project) checkFull() error { return p.run("", p.specgen, "check", "--full") }
func (p project) again() error     { return p.run("up to date "+p.specs[0], p.specgen, "generate") }
func (p project) start() error     { return p.run("Usage:", p.specgen, "help") }
