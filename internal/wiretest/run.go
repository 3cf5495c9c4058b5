package wiretest

import (
	"flag"
	"net/http"
	"os"
	"testing"
)

// update rewrites the fixtures: go test -run TestWire ./square -update.
var update = flag.Bool("update", false, "write what is sent, and the error of each call, into the file of pairs; read the difference")

// Run makes, for every pair of the file, the call of that name, and checks the
// request to the byte and the outcome. A pair without a call and a call
// without a pair both fail. With -update it writes into the file what was sent and
// what came of it; the answers stay.
func Run(t *testing.T, path string, calls map[string]func(*http.Client) error) {
	t.Helper()
	pairs, err := ReadPairs(path)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		updatePairs(t, path, pairs, calls)
		return
	}
	left := len(calls)
	for _, p := range pairs {
		t.Run(p.Name, func(t *testing.T) {
			call := calls[p.Name]
			if call == nil {
				t.Fatal("no call of this name")
			}
			wire := &Transport{Reply: p.Reply()}
			err := call(wire.Client())
			switch {
			case err == nil && p.Error != "":
				t.Errorf("no error; want %s", p.Error)
			case err != nil && err.Error() != p.Error:
				t.Errorf("error\n  got  %v\n  want %s", err, p.Error)
			}
			got := wire.Requests()
			if len(got) != 1 {
				t.Fatalf("%d requests, want exactly one", len(got))
			}
			if err := p.Check(got[0]); err != nil {
				t.Error(err)
			}
		})
		if calls[p.Name] != nil {
			left--
		}
	}
	if left != 0 {
		t.Errorf("%d calls have no pair", left)
	}
}

func updatePairs(t *testing.T, path string, pairs []Pair, calls map[string]func(*http.Client) error) {
	t.Helper()
	changed := false
	for i := range pairs {
		p := &pairs[i]
		call := calls[p.Name]
		if call == nil {
			t.Fatalf("no call of the name %q", p.Name)
		}
		wire, said := &Transport{Reply: p.Reply()}, ""
		err := call(wire.Client())
		if err != nil {
			said = err.Error()
		}
		got := wire.Requests()
		if len(got) != 1 {
			t.Fatalf("%s: %d requests, want exactly one: %v", p.Name, len(got), err)
		}
		if p.Check(got[0]) != nil || p.Error != said {
			changed, p.Error = true, said
			p.Take(got[0])
		}
	}
	if !changed {
		return // not even the order of the headers
	}
	out, err := WritePairs(pairs)
	if err == nil {
		err = os.WriteFile(path, out, 0o644) //nolint:gosec // a fixture, and no secret
	}
	if err != nil {
		t.Fatal(err)
	}
}
