package scorecard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Outcome is how a test ended.
type Outcome string

const (
	Passed  Outcome = "pass"
	Failed  Outcome = "fail"
	Skipped Outcome = "skip"
)

// Test is one top-level test that ran.
type Test struct {
	Package, Name string
	Outcome       Outcome
	// Output is what it and its subtests printed, line by line.
	Output []string
}

// Run is what one module's tests did.
type Run struct {
	Module string
	Tests  []Test
	// Trouble is what failed without being a test: a package that does not
	// build, a panic outside of any test.
	Trouble []string
}

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string // of a build, instead of Package
}

// Read takes the stream that go test -json writes for a module.
func Read(module string, stream io.Reader) (Run, error) {
	run := Run{Module: module}
	index := map[string]int{}      // of a test in run.Tests
	loose := map[string][]string{} // what a package printed outside of its tests
	failed := map[string]bool{}    // packages with a test that failed
	dec := json.NewDecoder(stream)
	for {
		var e event
		err := dec.Decode(&e)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return run, fmt.Errorf("module %s: not the output of go test -json: %w", module, err)
		}
		top, _, isSub := strings.Cut(e.Test, "/")
		key := e.Package + " " + top
		switch {
		case e.Action == "build-output":
			loose[e.ImportPath] = append(loose[e.ImportPath], strings.TrimRight(e.Output, "\n"))
		case e.Action == "build-fail":
			run.Trouble = append(run.Trouble, e.ImportPath+" does not build")
			run.Trouble = append(run.Trouble, loose[e.ImportPath]...)
			failed[strings.Fields(e.ImportPath + " ")[0]] = true
		case e.Test == "" && e.Action == "output":
			loose[e.Package] = append(loose[e.Package], strings.TrimRight(e.Output, "\n"))
		case e.Test == "" && e.Action == "fail" && !failed[e.Package]:
			run.Trouble = append(run.Trouble, e.Package+" failed outside of its tests")
			run.Trouble = append(run.Trouble, loose[e.Package]...)
		case e.Test == "":
		case e.Action == "run" && !isSub:
			// Failed until it says otherwise: one that panics or is killed
			// never does.
			index[key] = len(run.Tests)
			run.Tests = append(run.Tests, Test{Package: e.Package, Name: top, Outcome: Failed})
		case e.Action == "output":
			if i, ok := index[key]; ok {
				run.Tests[i].Output = append(run.Tests[i].Output, strings.TrimRight(e.Output, "\n"))
			}
		case isSub:
			// A subtest that fails takes its test with it. One that is skipped
			// does not, and would go unseen.
			if i, ok := index[key]; ok && e.Action == "skip" {
				run.Tests[i].Output = append(run.Tests[i].Output, "skipped: "+e.Test)
			}
		case e.Action == "pass" || e.Action == "fail" || e.Action == "skip":
			if i, ok := index[key]; ok {
				run.Tests[i].Outcome = Outcome(e.Action)
			}
			if e.Action == "fail" {
				failed[e.Package] = true
			}
		}
	}
	return run, nil
}

// number is the check that a test is about, and whether it measures peers.
func (t Test) number() (n int, peers, ok bool) {
	m := testName.FindStringSubmatch(t.Name)
	if m == nil {
		return 0, false, false
	}
	n, err := strconv.Atoi(m[2])
	return n, m[1] == "Peers", err == nil
}
