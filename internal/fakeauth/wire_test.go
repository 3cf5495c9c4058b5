package fakeauth

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

// issuedBody is what the route of these tests answers.
const issuedBody = `{"access_token":"example-access","expires_at":"2030-01-02T03:04:05Z","expires_in":3600,"expiresIn":"3600","scope":"é"}`

// issuing is a route that counts how often it is carried out.
func issuing(carried *atomic.Int64) Route {
	return Route{Name: "issue", Method: "POST", Path: "/token", ContentType: "text/plain", Handle: func(Call) Answer {
		carried.Add(1)
		return answer(200, "application/json", []byte(issuedBody))
	}}
}

// post is a request to it, as it goes over the wire.
func post(body string, headers ...string) string {
	return fmt.Sprintf("POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n%s\r\n%s",
		len(body), strings.Join(append(headers, ""), "\r\n"), body)
}

// onTheWire arms the fault, sends one request by hand over TCP, and returns
// every byte that came back until the end of the connection.
func onTheWire(t *testing.T, fault faults.Fault) (wire string, carried int64, err error) {
	t.Helper()
	var count atomic.Int64
	s := start(t, issuing(&count))
	if err := s.Arm("issue", fault, 1); err != nil {
		t.Fatal(err)
	}
	c := faketest.Dial(t, s.URL())
	fmt.Fprint(c, post("x", "Connection: close"))
	b, err := io.ReadAll(c)
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests are logged", n)
	}
	return string(b), count.Load(), err
}

// parted reads a wire as a whole answer.
func parted(t *testing.T, wire string) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(wire)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return resp, string(body)
}
