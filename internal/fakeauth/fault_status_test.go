package fakeauth

import (
	"slices"
	"testing"

	"github.com/grantway/grantway/faults"
)

func TestAStatusComesFromInFrontOfTheProvider(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  faults.Fault
		status int
		typ    []string
		header string
		values []string
		body   string
	}{
		{"with a body", faults.Status(502, "text/html", "<html>"), 502, []string{"text/html"}, "", nil, "<html>"},
		{"with a body and no type", faults.Status(400, "", "<html>"), 400, nil, "", nil, "<html>"},
		{"without a body", faults.Status(204, "", ""), 204, nil, "", nil, ""},
		{"with a body that the status cannot have", faults.Status(304, "text/plain", "x"), 304, nil, "", nil, ""},
		{"unheard of", faults.Status(999, "", "x"), 999, nil, "", nil, "x"},
		{"a redirect", faults.Redirect(307, "https://example.com/x"), 307, nil, "Location", []string{"https://example.com/x"}, ""},
		{"one Retry-After", faults.RetryAfter(503, "NaN"), 503, nil, "Retry-After", []string{"NaN"}, ""},
		{"two Retry-After", faults.RetryAfter(429, "1", "2"), 429, nil, "Retry-After", []string{"1", "2"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			wire, carried, err := onTheWire(t, c.fault)
			resp, body := parted(t, wire)
			if err != nil || carried != 0 || resp.StatusCode != c.status || body != c.body {
				t.Errorf("%d %q, %v, carried out %d times", resp.StatusCode, body, err, carried)
			}
			if got := resp.Header["Content-Type"]; !slices.Equal(got, c.typ) {
				t.Errorf("Content-Type is %q", got)
			}
			if c.header != "" && !slices.Equal(resp.Header[c.header], c.values) {
				t.Errorf("%s is %q", c.header, resp.Header[c.header])
			}
		})
	}
	if _, carried, _ := onTheWire(t, faults.CarriedOut(faults.Status(502, "", ""))); carried != 1 {
		t.Errorf("CarriedOut carried it out %d times", carried)
	}
}
