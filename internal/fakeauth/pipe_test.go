package fakeauth

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway/faults"
)

// onPipe starts a server on a pipe, inside a bubble.
func onPipe(t *testing.T, routes ...Route) (*Fake, *faults.PipeListener) {
	t.Helper()
	p := faults.Pipe()
	return startOn(t, p, routes...), p
}

func TestAServerOnAPipeAnswersUnderVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := onPipe(t, Route{Name: "a", Method: "POST", Path: "/a", ContentType: "text/plain", Handle: func(c Call) Answer {
			time.Sleep(time.Hour) // no wall time passes
			return echo(c)
		}})
		tr := p.Transport()
		defer tr.CloseIdleConnections()
		req, _ := http.NewRequestWithContext(t.Context(), "POST", s.URL()+"/a", strings.NewReader("x"))
		req.Header.Set("Content-Type", "text/plain")
		began := time.Now()
		resp, err := tr.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if b, _ := io.ReadAll(resp.Body); string(b) != "|x" || time.Since(began) != time.Hour {
			t.Errorf("%q after %v", b, time.Since(began))
		}
		if s.HTTPClient() == nil {
			t.Error("no client for the pipe")
		}
	})
}
