package fakeauth

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/faults"
)

func TestTheHeadersAreWrongInTheWayNamed(t *testing.T) {
	length := func(n int) string { return fmt.Sprintf("\r\nContent-Length: %d\r\n", n) }
	const n = len(issuedBody)
	for _, c := range []struct {
		fault faults.Named
		wrong func(head string) bool // that is, as named
		body  string
	}{
		{faults.HugeHeaders, func(h string) bool { return len(h) > 9<<20 && len(h) < 9<<20+200 && strings.Contains(h, length(n)) }, issuedBody},
		{faults.ManyHeaders, func(h string) bool { return strings.Count(h, "\r\n") == 100_005 && strings.Contains(h, length(n)) }, issuedBody},
		{faults.BadStatusLine, func(h string) bool { return strings.HasPrefix(h, "HTTP/1.1 2OO OK\r\n") }, issuedBody},
		{faults.HTTP10, func(h string) bool {
			return strings.HasPrefix(h, "HTTP/1.0 200 OK\r\n") && !strings.Contains(h, "Content-Length")
		}, issuedBody},
		{faults.TwoLengths, func(h string) bool { return strings.Contains(h, length(n)) && strings.Contains(h, length(n+1)) }, issuedBody},
		{faults.LengthTooBig, func(h string) bool { return strings.Contains(h, length(n+10)) }, issuedBody},
		{faults.LengthTooSmall, func(h string) bool { return strings.Contains(h, length(n-1)) }, issuedBody},
		{faults.LengthNegative, func(h string) bool { return strings.Contains(h, length(-1)) }, issuedBody},
		{faults.LengthAndChunked, func(h string) bool {
			return strings.Contains(h, length(n)) && strings.Contains(h, "\r\nTransfer-Encoding: chunked\r\n")
		}, fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", n, issuedBody)},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			wire, carried, err := onTheWire(t, c.fault)
			head, body, ok := strings.Cut(wire, "\r\n\r\n")
			if err != nil || !ok || carried != 1 {
				t.Fatalf("%v, carried out %d times", err, carried)
			}
			if !c.wrong(head + "\r\n") {
				t.Errorf("the headers are %d bytes: %.400q", len(head), head)
			}
			if !strings.Contains(head, "\r\nContent-Type: application/json") {
				t.Error("the answer's own headers are missing")
			}
			if body != c.body {
				t.Errorf("the body is %q", body)
			}
		})
	}
}

func TestAFloodOf1xxComesBeforeTheAnswer(t *testing.T) {
	wire, _, err := onTheWire(t, faults.InterimFlood)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(wire, "\r\n\r\n")
	interim := func(p string) bool { return strings.HasPrefix(p, "HTTP/1.1 103 ") }
	if len(parts) != 100_002 || slices.IndexFunc(parts, func(p string) bool { return !interim(p) }) != 100_000 {
		t.Errorf("%d parts", len(parts))
	}
	if !strings.HasPrefix(parts[100_000], "HTTP/1.1 200 OK") || parts[100_001] != issuedBody {
		t.Errorf("the answer is %q %q", parts[100_000], parts[100_001])
	}
}

func TestAnAnswerWithoutABodyCanHaveWrongHeadersToo(t *testing.T) {
	for _, f := range slices.Sorted(maps.Keys(commits)) {
		if slices.Contains([]faults.Named{faults.ReadNothing, faults.StallBeforeHeaders, faults.StallAfterContinue, faults.StallAfterHeaders, faults.HugeBody, faults.EndlessBody, faults.GzipBomb}, f) {
			continue // no end, or none soon
		}
		t.Run(f.String(), func(t *testing.T) {
			s := start(t, Route{Name: "none", Method: "GET", Path: "/", Handle: func(Call) Answer {
				return Answer{Status: http.StatusNoContent}
			}})
			if err := s.Arm("none", f, 1); err != nil {
				t.Fatal(err)
			}
			if resp, err := http.DefaultTransport.RoundTrip(mustRequest(t, s.URL()+"/")); err == nil {
				resp.Body.Close()
			}
		})
	}
}

func mustRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}
