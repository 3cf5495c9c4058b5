// Package thirdparty_test runs clients, mock servers and linters that this
// project did not write against its fakes, its SDKs and its specs.
package thirdparty_test

import (
	"encoding/json"
	"testing"

	"github.com/grantway/grantway/conformance/internal/node"
	"github.com/grantway/grantway/conformance/internal/spec"
	"github.com/grantway/grantway/conformance/internal/wirelog"
)

// outcome is what a foreign client made of one call.
type outcome struct {
	OK     bool
	Value  map[string]any
	Status int
	Body   any
	// Message is the client's own text.
	Message string
}

// text returns a member of the value; a missing one is "".
func (o outcome) text(name string) string {
	s, _ := o.Value[name].(string)
	return s
}

// runSteps runs a script of conformance/npm with a plan and returns the outcome
// of each of its steps.
func runSteps(t *testing.T, script string, plan map[string]string) map[string]outcome {
	t.Helper()
	argument, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	out, exit, stderr := node.Run(t, script, string(argument))
	if exit != 0 {
		t.Fatalf("%s: exit %d\n%s", script, exit, stderr)
	}
	outcomes := map[string]outcome{}
	if err := json.Unmarshal(out, &outcomes); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return outcomes
}

// wantOK fails the test for each step that did not succeed.
func wantOK(t *testing.T, outcomes map[string]outcome, steps ...string) {
	t.Helper()
	for _, step := range steps {
		if o, ran := outcomes[step]; !ran || !o.OK {
			t.Errorf("%s: %+v", step, o)
		}
	}
}

// wantStatus fails the test for a step that was not refused with that status.
func wantStatus(t *testing.T, outcomes map[string]outcome, step string, status int) {
	t.Helper()
	if o, ran := outcomes[step]; !ran || o.OK || o.Status != status {
		t.Errorf("%s: %+v, want status %d", step, o, status)
	}
}

// checkLog holds what a foreign client and a fake said to each other against
// the spec, but for the requests that the test expects to be refused.
func checkLog(t *testing.T, s *spec.Spec, log *wirelog.Log) {
	t.Helper()
	accepted := 0
	for _, x := range log.Exchanges() {
		if err := s.CheckResponse(x); err != nil {
			t.Errorf("answer to %s %s: %v", x.Method, x.URL.Path, err)
		}
		if x.Status/100 != 2 {
			continue
		}
		accepted++
		if err := s.CheckForeignRequest(x); err != nil {
			t.Errorf("%s %s was accepted, and the spec does not allow it: %v", x.Method, x.URL.Path, err)
		}
	}
	t.Logf("%d exchanges, %d of them accepted, are what the spec allows", len(log.Exchanges()), accepted)
}
