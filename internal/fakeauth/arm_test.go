package fakeauth

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestAFaultComesOnItsRequestAndOnNoOther(t *testing.T) {
	route := func(name string) Route { return Route{Name: name, Method: "GET", Path: "/" + name, Handle: echo} }
	type arm struct {
		operation string
		status    int
		nth       int
	}
	for _, c := range []struct {
		name  string
		arms  []arm
		paths string // one letter a request
		want  []int
	}{
		{"the first of its route", []arm{{"a", 501, 1}}, "aa", []int{501, 200}},
		{"the third of its route", []arm{{"a", 501, 3}}, "abaxaa", []int{200, 200, 200, 404, 501, 200}},
		{"the second of any, by an empty name", []arm{{"", 501, 2}}, "aba", []int{200, 501, 200}},
		{"the second of any, by a star", []arm{{"*", 501, 2}}, "axa", []int{200, 501, 200}},
		{"two on different requests", []arm{{"a", 502, 2}, {"a", 501, 1}}, "aaa", []int{501, 502, 200}},
		{"two on the same request", []arm{{"a", 501, 1}, {"*", 502, 1}}, "abb", []int{501, 502, 200}},
		{"one for each route", []arm{{"a", 501, 1}, {"b", 502, 1}}, "bab", []int{502, 501, 200}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, route("a"), route("b"))
			for _, a := range c.arms {
				if err := s.Arm(a.operation, faults.Status(a.status, "", ""), a.nth); err != nil {
					t.Fatal(err)
				}
			}
			for i, path := range c.paths {
				if r := faketest.Send(t, "GET", s.URL()+"/"+string(path), ""); r.Status != c.want[i] {
					t.Errorf("request %d has status %d, want %d", i+1, r.Status, c.want[i])
				}
			}
			if n := len(s.Requests()); n != len(c.paths) {
				t.Errorf("%d requests are logged", n)
			}
		})
	}
}

func TestRequestsAreCountedFromTheTimeOfArming(t *testing.T) {
	s := start(t, Route{Name: "a", Method: "GET", Path: "/a", Handle: echo})
	faketest.Send(t, "GET", s.URL()+"/a", "")
	if err := s.Arm("a", faults.Status(501, "", ""), 1); err != nil {
		t.Fatal(err)
	}
	if r := faketest.Send(t, "GET", s.URL()+"/a", ""); r.Status != 501 {
		t.Errorf("status %d", r.Status)
	}
}

func TestWhatCannotComeIsNotArmed(t *testing.T) {
	s := start(t, Route{Name: "a", Method: "GET", Path: "/a", Handle: echo})
	for _, c := range []struct {
		name, operation string
		fault           faults.Fault
		nth             int
		want            string
	}{
		{"an operation that the fake does not have", "b", faults.BadStatusLine, 1, `no operation "b"`},
		{"request 0", "a", faults.BadStatusLine, 0, "counted from 1"},
		{"a negative request", "a", faults.BadStatusLine, -1, "counted from 1"},
		{"no fault", "a", nil, 1, "nil"},
		{"a fault that does not exist", "a", faults.Named("x"), 1, `no fault "x"`},
		{"a fault that does not exist, carried out", "a", faults.CarriedOut(faults.Named("x")), 1, `no fault "x"`},
		{"no fault, carried out", "a", faults.CarriedOut(nil), 1, "no fault"},
		{"an interim status", "a", faults.Status(103, "", ""), 1, "status 103"},
		{"a status that HTTP cannot have", "a", faults.Status(1000, "", ""), 1, "status 1000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := s.Arm(c.operation, c.fault, c.nth); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
	if r := faketest.Send(t, "GET", s.URL()+"/a", ""); r.Status != 200 {
		t.Errorf("something was armed: status %d", r.Status)
	}
}
