package fakeauth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/grantway/grantway/faults"
)

// armed is a fault that waits for its request.
type armed struct {
	operation string // "" for any
	fault     faults.Fault
	left      int // requests until it comes; below 1 if another took its own
}

// Arm makes the nth request of an operation from now on, counted from 1, meet
// the fault. operation is the operationId of the provider's spec, such as
// "revokeToken"; "" and "*" stand for any request, even one that fits no
// operation. Of two faults on the same request, the one armed first comes, and
// the other on the next request. It is an error if there is no such operation,
// nth is below 1 or no fake can commit the fault.
func (f *Fake) Arm(operation string, fault faults.Fault, nth int) error {
	if err := f.arm(operation, fault, nth); err != nil {
		return fmt.Errorf("%s: arm: %w", f.book.fake, err)
	}
	return nil
}

func (f *Fake) arm(operation string, fault faults.Fault, nth int) error {
	if operation == "*" {
		operation = ""
	}
	known := slices.ContainsFunc(f.cfg.Routes, func(r Route) bool { return r.Name == operation })
	switch {
	case operation != "" && !known:
		return fmt.Errorf("the fake has no operation %q", operation)
	case nth < 1:
		return fmt.Errorf("request %d: they are counted from 1", nth)
	case fault == nil:
		return errors.New("the fault is nil")
	}
	if err := fault.Check(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, armed{operation, fault, nth})
	return nil
}

// disarm counts a request and takes the fault that is due for it, if any.
func (f *Fake) disarm(operation string) faults.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	due := -1
	for i := range f.armed {
		a := &f.armed[i]
		if a.operation != "" && a.operation != operation {
			continue
		}
		if a.left--; a.left < 1 && due < 0 {
			due = i
		}
	}
	if due < 0 {
		return nil
	}
	fault := f.armed[due].fault
	f.armed = slices.Delete(f.armed, due, due+1)
	return fault
}

// operation is the name of the route that r takes, "" if there is none.
func (f *Fake) operation(r *http.Request) string {
	for _, route := range f.cfg.Routes {
		if _, ok := match(route.Path, r.URL.EscapedPath()); ok && route.Method == r.Method {
			return route.Name
		}
	}
	return ""
}
