package peers_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/peer"
)

func TestPeers031_ABodyTooShortOrTooLongIsAnError(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	bodies := []struct {
		name string
		h    http.HandlerFunc
	}{
		{"fewer bytes than announced", rawReply(head + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(goodToken)+10) + goodToken)},
		{"chunks without an end", rawReply(head + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(goodToken), goodToken))},
		{"half an object", replyJSON(200, goodToken[:len(goodToken)-1])},
		{"bytes after it", replyJSON(200, goodToken+` garbage`)},
		{"two objects", replyJSON(200, goodToken+`{"access_token":"other"}`)},
		{"a NUL after it", replyJSON(200, goodToken+"\x00")},
	}
	compareCells(t, "bodies", func(_ string, c peer.Client, cells *tally) {
		for _, b := range bodies {
			cells.note(b.name, ask(t, c, b.h).refused())
		}
	})
}

func TestPeers036_WhatStandsInBetweenIsATypedError(t *testing.T) {
	const marker = "portal-marker"
	page := "<html><title>" + marker + "</title></html>"
	answers := []struct {
		name string
		h    http.HandlerFunc
	}{
		{"a portal's page", reply(200, "text/html", page)},
		{"a page called JSON", replyJSON(200, page)},
		{"a page without a type", reply(200, "", page)},
		{"a form", reply(200, "application/x-www-form-urlencoded", "access_token=example-access&token_type=bearer")},
		{"XML", reply(200, "application/xml", "<a>"+marker+"</a>")},
		{"204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }},
		{"200 with nothing", reply(200, "", "")},
		{"202", reply(202, "application/json", `{"status":"`+marker+`"}`)},
		{"a proxy's 407", reply(407, "text/html", page)},
		{"a proxy's 502", reply(502, "text/html", page)},
		{"a portal's 511", reply(511, "text/html", page)},
	}
	compareCells(t, "answers", func(_ string, c peer.Client, cells *tally) {
		for _, tt := range answers {
			a := ask(t, c, tt.h)
			err := typed(c, a, "")
			if err == nil && strings.Contains(printed(a.err), marker) {
				err = errors.New("the error prints the page")
			}
			cells.note(tt.name, err)
		}
	})
}

func TestPeers049_AKeyTwiceOrInAnotherCaseIsRefused(t *testing.T) {
	compareCells(t, "bodies", func(_ string, c peer.Client, cells *tally) {
		for _, tt := range []struct{ name, body string }{
			{"a key twice", `{"access_token":"first","token_type":"bearer","access_token":"second"}`},
			{"a key in capitals", `{"access_token":"first","token_type":"bearer","ACCESS_TOKEN":"second"}`},
			{"a key twice, once escaped", `{"access_token":"first","token_type":"bearer","access\u005ftoken":"second"}`},
		} {
			a := ask(t, c, replyJSON(200, tt.body))
			err := a.refused()
			if err != nil {
				err = fmt.Errorf("takes the %s", a.Access)
			}
			cells.note(tt.name, err)
		}
	})
}

func TestPeers051_InvalidUTF8NeverYieldsAnotherToken(t *testing.T) {
	compareCells(t, "bodies", func(_ string, c peer.Client, cells *tally) {
		for _, tt := range []struct{ name, body string }{
			{"FF FE in the token", "{\"access_token\":\"ab\xff\xfe\",\"token_type\":\"bearer\"}"},
			{"half a surrogate", `{"access_token":"ab\ud800","token_type":"bearer"}`},
			{"a BOM", "\ufeff" + goodToken},
		} {
			a := ask(t, c, replyJSON(200, tt.body))
			var err error
			if a.err == nil && a.Access != "ab\xff\xfe" && a.Access != "example-access" {
				err = errors.New("hands out another token")
			}
			cells.note(tt.name, err)
		}
	})
}
