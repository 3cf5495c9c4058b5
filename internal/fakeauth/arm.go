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
// the fault. operation is the operationId; "" and "*" stand for any request,
// even one that fits no operation. Of two faults on the same request, the one
// armed first comes, and the other on the next request. It is an error if the
// fake has no such operation, nth is below 1 or the fault cannot be.
func (s *Server) Arm(operation string, fault faults.Fault, nth int) error {
	if operation == "*" {
		operation = ""
	}
	known := slices.ContainsFunc(s.cfg.Routes, func(r Route) bool { return r.Name == operation })
	switch {
	case operation != "" && !known:
		return fmt.Errorf("arm: the fake has no operation %q", operation)
	case nth < 1:
		return fmt.Errorf("arm: request %d: they are counted from 1", nth)
	case fault == nil:
		return errors.New("arm: the fault is nil")
	}
	if err := fault.Check(); err != nil {
		return fmt.Errorf("arm: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = append(s.armed, armed{operation, fault, nth})
	return nil
}

// disarm counts a request and takes the fault that is due for it, if any.
func (s *Server) disarm(operation string) faults.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	due := -1
	for i := range s.armed {
		a := &s.armed[i]
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
	fault := s.armed[due].fault
	s.armed = slices.Delete(s.armed, due, due+1)
	return fault
}

// operation is the name of the route that r takes, "" if there is none.
func (s *Server) operation(r *http.Request) string {
	for _, route := range s.cfg.Routes {
		if _, ok := match(route.Path, r.URL.EscapedPath()); ok && route.Method == r.Method {
			return route.Name
		}
	}
	return ""
}
