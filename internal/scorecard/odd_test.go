package scorecard

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/wiretest"
)

func TestCheck036_WhatIsInTheWayIsATypedErrorWithoutEcho(t *testing.T) {
	const portal = "portal-text"
	page := `<!doctype html><title>` + portal + `</title><form action="https://` + portal + `.example/">`
	wide := func(s string) string {
		var b []byte
		for _, unit := range utf16.Encode([]rune("\ufeff" + s)) {
			b = binary.LittleEndian.AppendUint16(b, unit)
		}
		return string(b)
	}
	type odd struct {
		name  string
		reply func(op operation) wiretest.Reply
	}
	same := func(name string, r wiretest.Reply) odd { return odd{name, func(operation) wiretest.Reply { return r }} }
	odds := []odd{
		same("a captive portal", wiretest.Reply{Type: "text/html; charset=utf-8", Body: page}),
		same("a captive portal that says it is JSON", wiretest.Reply{Body: page}),
		same("a captive portal at 511", wiretest.Reply{Status: 511, Type: "text/html", Body: page}),
		same("a redirect to a portal", wiretest.Reply{Status: 302, Header: map[string]string{"Location": "http://" + portal + ".example/"}}),
		same("204", wiretest.Reply{Status: 204, Type: "-"}),
		same("204 that says it is JSON", wiretest.Reply{Status: 204}),
		same("205", wiretest.Reply{Status: 205, Type: "-"}),
		same("an empty body", wiretest.Reply{}),
		same("an empty body without a type", wiretest.Reply{Type: "-"}),
		same("white space", wiretest.Reply{Body: " \r\n\t "}),
		same("proxy 407", wiretest.Reply{Status: 407, Type: "text/html", Body: page, Header: map[string]string{"Proxy-Authenticate": `Basic realm="` + portal + `"`}}),
		{"206 with a part", func(op operation) wiretest.Reply {
			return wiretest.Reply{Status: 206, Body: op.success[:len(op.success)/2], Header: map[string]string{"Content-Range": "bytes 0-9/100"}}
		}},
		{"UTF-16 that says so", func(op operation) wiretest.Reply {
			return wiretest.Reply{Type: "application/json; charset=utf-16", Body: wide(op.success)}
		}},
		{"UTF-16 that does not say so", func(op operation) wiretest.Reply { return wiretest.Reply{Body: wide(op.success)} }},
		same("a form", wiretest.Reply{Type: "application/x-www-form-urlencoded", Body: "access_token=" + portal + "&token_type=bearer"}),
		same("a form that says it is JSON", wiretest.Reply{Body: "access_token=" + portal}),
		{"JSONP", func(op operation) wiretest.Reply { return wiretest.Reply{Body: portal + "(" + op.success + ");"} }},
		{"a guard against hijacking", func(op operation) wiretest.Reply { return wiretest.Reply{Body: ")]}',\n" + op.success} }},
		same("XML", wiretest.Reply{Type: "application/xml", Body: "<r>" + portal + "</r>"}),
		same("a status that HTTP does not have", wiretest.Reply{Status: 999, Body: `{"` + portal + `":1}`}),
	}
	n := 0
	for _, op := range operations {
		for _, o := range odds {
			wire := &wiretest.Transport{Reply: o.reply(op)}
			if err := typed(op.over(t, wire.Client()), []string{portal, "example-access"}); err != nil {
				t.Errorf("%s, %s: %v", op.name, o.name, err)
			}
			n++
		}
		for _, f := range []faults.Fault{faults.CaptivePortal, faults.UTF16Body, faults.UnaskedBrotli, faults.DoubleGzip} {
			s := op.serve(t, nil)
			arm(t, s, f, 1)
			err := op.at(context.Background(), t, s.URL(), (&dialer{}).client())
			if err := typed(err, []string{"Sign in", "example-access"}, grantway.KindMalformed); err != nil {
				t.Errorf("%s, %s: %v", op.name, f, err)
			}
			s.Close()
			n++
		}
		// A proxy that refuses the tunnel: the provider has seen nothing.
		proxy := count(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Proxy-Authenticate", `Basic realm="`+portal+`"`)
			w.WriteHeader(http.StatusProxyAuthRequired)
			_, _ = w.Write([]byte(page))
		}))
		u, err := url.Parse(proxy.URL)
		if err != nil {
			t.Fatal(err)
		}
		tunnel := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(u), DialContext: (&net.Dialer{}).DialContext}}
		if err := typed(op.over(t, tunnel), []string{portal}, grantway.KindInvalid); err != nil {
			t.Errorf("%s, a proxy's 407 for the tunnel: %v", op.name, err)
		}
		n++
	}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 407, Type: "text/html", Body: page}}
	_, err := naive{wire.Client(), realHost}.exchange()
	if err == nil || !strings.Contains(err.Error(), portal) {
		t.Errorf("inverse: the naive client's error shows nothing: %v", err)
	}
	t.Logf("figure: %d answers (%d kinds of body), all typed, 0 echoed", n, len(odds)+4)
}
