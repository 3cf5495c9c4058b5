package wiretest

import (
	"net/http"
	"testing"
)

// Run makes, for every pair of the file, the call of that name, and checks the
// request to the byte and the outcome. A pair without a call and a call
// without a pair both fail.
func Run(t *testing.T, path string, calls map[string]func(*http.Client) error) {
	t.Helper()
	pairs, err := ReadPairs(path)
	if err != nil {
		t.Fatal(err)
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
