package provider

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

func direct(t testing.TB, wire *wiretest.Transport) (*http.Response, error) {
	t.Helper()
	c := mustNew(t, grantway.ClientConfig{HTTPClient: wire.Client()})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.BaseURL()+"x", strings.NewReader("example"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer canary_access")
	return c.Do(req)
}

func TestADirectCallPassesASuccessThrough(t *testing.T) {
	for _, status := range []int{200, 201} {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Status: status, Type: "text/plain", Header: map[string]string{"X-A": "b"}, Body: "as it came"}}
		resp, err := direct(t, wire)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if cerr := resp.Body.Close(); err != nil || cerr != nil {
			t.Error(err, cerr)
		}
		if string(body) != "as it came" || resp.StatusCode != status || resp.Header.Get("X-A") != "b" || resp.ContentLength != 10 || resp.Request == nil {
			t.Errorf("%+v with %q", resp, body)
		}
		if r := wire.Requests(); len(r) != 1 || r[0].Replayable || r[0].Body != "example" {
			t.Errorf("it sent %+v", r)
		}
	}
}

func TestADirectCallTurnsARefusalIntoAnError(t *testing.T) {
	for status, want := range map[int]error{
		307: grantway.ErrMalformed, 400: grantway.ErrBadClient, 401: grantway.ErrReauthorize, 429: grantway.ErrThrottled,
		500: grantway.ErrAmbiguous, 503: grantway.ErrUnavailable,
	} {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Status: status, Body: `{"error":"canary_access"}`}}
		resp, err := direct(t, wire)
		if resp != nil {
			_ = resp.Body.Close()
			t.Errorf("%d: a response", status)
		}
		if !errors.Is(err, want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%d: %v", status, err)
		}
		if n := len(wire.Requests()); n != 1 {
			t.Errorf("%d: %d requests", status, n)
		}
	}
}
