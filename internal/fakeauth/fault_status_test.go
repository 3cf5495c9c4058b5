package fakeauth

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestAStatusComesFromInFrontOfTheProvider(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  Fault
		status int
		typ    []string
		header string
		values []string
		body   string
	}{
		{"with a body", Status(502, "text/html", "<html>"), 502, []string{"text/html"}, "", nil, "<html>"},
		{"with a body and no type", Status(400, "", "<html>"), 400, nil, "", nil, "<html>"},
		{"without a body", Status(204, "", ""), 204, nil, "", nil, ""},
		{"with a body that the status cannot have", Status(304, "text/plain", "x"), 304, nil, "", nil, ""},
		{"unheard of", Status(999, "", "x"), 999, nil, "", nil, "x"},
		{"a redirect", Redirect(307, "https://example.com/x"), 307, nil, "Location", []string{"https://example.com/x"}, ""},
		{"one Retry-After", RetryAfter(503, "NaN"), 503, nil, "Retry-After", []string{"NaN"}, ""},
		{"two Retry-After", RetryAfter(429, "1", "2"), 429, nil, "Retry-After", []string{"1", "2"}, ""},
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
	if _, carried, _ := onTheWire(t, CarriedOut(Status(502, "", ""))); carried != 1 {
		t.Errorf("CarriedOut carried it out %d times", carried)
	}
}

func TestTheCatalogueHasEachFaultOnceUnderItsOwnName(t *testing.T) {
	names, values := map[string]bool{}, map[Fault]bool{}
	for _, f := range Faults() {
		if err := f.check(); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if names[f.String()] || values[f] {
			t.Errorf("%s comes twice", f)
		}
		names[f.String()], values[f] = true, true
	}
	for _, want := range []string{"reset after the request", "gzip bomb", "status 524", "redirect 308 to http://127.0.0.1:1/elsewhere",
		`status 429 with Retry-After ["1" "2"]`, `status 500 with application/json "{}"`} {
		if !names[want] {
			t.Errorf("%s is missing", want)
		}
	}
	if got := CarriedOut(Status(502, "", "")).String(); got != "status 502, carried out" {
		t.Errorf("%s", got)
	}
	if got := Status(502, "text/plain", strings.Repeat("x", 99)).String(); len(got) > 60 {
		t.Errorf("a long name: %s", got)
	}
	if http.StatusText(520) != "" {
		t.Error("520 has a name now; the catalogue has it for having none")
	}
}
