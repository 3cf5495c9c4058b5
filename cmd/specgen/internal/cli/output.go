package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/grantway/grantway/cmd/specgen/internal/finding"
)

// output is where everything goes that a user reads. It keeps the first error
// of standard output: a list that was cut short must not look like a whole one.
type output struct {
	stdout, stderr io.Writer
	format         finding.Format
	palette        finding.Palette
	err            error
}

func newOutput(p Process) *output {
	o := &output{stdout: p.Stdout, stderr: &shared{w: p.Stderr}, format: finding.Text}
	if isTerminal(p.Stdout) && p.Getenv("NO_COLOR") == "" && p.Getenv("TERM") != "dumb" {
		o.palette = finding.Coloured
	}
	return o
}

// isTerminal goes by what the file is; a pipe, a file and a buffer are none.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// shared is a writer that more than one goroutine writes lines to.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}

func (o *output) keep(err error) {
	if o.err == nil {
		o.err = err
	}
}

func (o *output) print(text string) {
	_, err := io.WriteString(o.stdout, text)
	o.keep(err)
}

func (o *output) findings(list []finding.Finding) {
	o.keep(finding.Write(o.stdout, o.format, o.palette, list))
}

// event is one thing that was done, or that needed no doing.
type event struct {
	Event string `json:"event"` // created, changed, removed or up to date
	Path  string `json:"path"`
}

func (o *output) event(e event) {
	if o.format != finding.JSON {
		o.print(e.Event + " " + e.Path + "\n")
		return
	}
	line, err := json.Marshal(e)
	o.keep(err)
	o.print(string(line) + "\n")
}

// note tells a user what specgen did not do. It is no finding.
func (o *output) note(text string) { fmt.Fprintf(o.stderr, "specgen: %s\n", text) }

// cannot says why specgen could not run.
func (o *output) cannot(err error) int {
	var bad badConfig
	if errors.As(err, &bad) {
		_ = finding.Write(o.stderr, o.format, finding.Plain, bad) // with no standard error there is nobody to tell
		return exitCannot
	}
	fmt.Fprintf(o.stderr, "specgen: %v\n", err)
	return exitCannot
}
