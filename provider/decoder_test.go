package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

// exampleAnswer is as generated code has it.
type exampleAnswer struct {
	token    grantway.Secret
	expires  grantway.Expiry
	merchant string
}

func (v *exampleAnswer) decode(d *Decoder) (missing string) {
	missing = "token"
	for d.Next() {
		switch string(d.Name()) {
		case "token":
			if x, ok := d.Token68(); ok {
				v.token = x
				missing = ""
			}
		case "expires_in":
			if x, ok := d.Lifetime(); ok {
				v.expires = x
			}
		case "merchant_id":
			if x, ok := d.Text(); ok {
				v.merchant = x
			}
		default:
			d.Unknown("token", "expires_in", "merchant_id")
		}
	}
	return missing
}

// exampleCall is as generated code has it too.
func exampleCall(ctx context.Context, c *Client) (*exampleAnswer, error) {
	op := Operation{Name: "example", Method: http.MethodPost, Path: "/example", ContentType: "application/json"}
	resp, err := c.Call(ctx, &op, &Request{})
	if err != nil {
		return nil, err
	}
	var out exampleAnswer
	d := NewDecoder(resp)
	missing := ""
	if d.Open() {
		missing = out.decode(&d)
	}
	if err := c.Decoded(ctx, &op, resp, &d); err != nil {
		return nil, err
	}
	if missing != "" {
		return nil, c.Unusable(&op, resp, grantway.KindMalformed, missing+" is missing")
	}
	return &out, nil
}

// noted is what the log of one call says was odd.
func noted(t *testing.T, log []byte) []string {
	t.Helper()
	var all []string
	for line := range bytes.Lines(log) {
		var record struct {
			Level, Msg, Provider, Operation string
			Noted                           []string
		}
		if err := json.Unmarshal(line, &record); err != nil {
			t.Fatal(err)
		}
		if record.Msg != "grantway: odd answer" {
			continue
		}
		if record.Level != "WARN" || record.Provider != "example" || record.Operation != "example" || all != nil {
			t.Errorf("the record: %s", line)
		}
		all = append(all, record.Noted...)
	}
	return all
}

// TestDecoded_NothingThatWasSpentIsLostOverALabel: each of these documents is sound.
func TestDecoded_NothingThatWasSpentIsLostOverALabel(t *testing.T) {
	const sound = `{"token":"abc","expires_in":3600,"merchant_id":"m"}`
	for _, tt := range []struct {
		name   string
		labels []string
		body   string
		want   string // noted
	}{
		{"the right label", []string{"application/json"}, sound, ""},
		{"the right label and more", []string{"application/json;charset=UTF-8"}, sound, ""},
		{"another kind of JSON", []string{"application/vnd.example+json"}, sound, ""},
		{"labelled a page", []string{"text/html"}, sound, "content type"},
		{"labelled a page in UTF-8", []string{"text/html; charset=utf-8"}, sound, "content type"},
		{"labelled plain text", []string{"text/plain"}, sound, "content type"},
		{"another charset", []string{"application/json; charset=ISO-8859-1"}, sound, "charset"},
		{"a page in another charset", []string{"text/html; charset=ISO-8859-1"}, sound, "content type, charset"},
		{"no label", nil, sound, "content type"},
		{"an empty label", []string{""}, sound, "content type"},
		{"a label that cannot be read", []string{"application/json;;"}, sound, "content type"},
		{"two labels", []string{"application/json", "text/html"}, sound, "content type"},
		{"two labels that are right", []string{"application/json", "application/json"}, sound, "content type"},
		{"two labels in one", []string{"application/json, text/html"}, sound, "content type"},
		{"a byte order mark", []string{"application/json"}, "\ufeff" + sound, "byte order mark"},
		{"a byte order mark and no label", nil, "\ufeff" + sound, "content type, byte order mark"},
		{"a number for an identifier", []string{"application/json"}, `{"token":"abc","expires_in":3600,"merchant_id":12345}`, "merchant_id"},
		{"a lifetime that is none", []string{"application/json"}, `{"token":"abc","expires_in":"soon","merchant_id":"m"}`, "expires_in"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			got, err := exampleCall(t.Context(), answering(t, &log, tt.labels, tt.body))
			if err != nil || got.token.Reveal() != "abc" {
				t.Fatalf("the token is lost: %v", err)
			}
			if got := strings.Join(noted(t, log.Bytes()), ", "); got != tt.want {
				t.Errorf("noted %q, want %q", got, tt.want)
			}
			if at, ok := got.expires.Time(); ok != (tt.want != "expires_in") || ok && !at.Equal(exampleTime.Add(time.Hour)) {
				t.Errorf("expires %v", got.expires)
			}
			if (got.merchant == "m") != (tt.want != "merchant_id") {
				t.Errorf("merchant %q", got.merchant)
			}
			if strings.Contains(log.String(), "abc") || strings.Contains(log.String(), "12345") || strings.Contains(log.String(), "soon") {
				t.Errorf("the log repeats the answer:\n%s", log.String())
			}
		})
	}
}

var exampleTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// answering is a client that gets a 200.
func answering(t *testing.T, log *bytes.Buffer, labels []string, body string) *Client {
	t.Helper()
	wire := &wiretest.Transport{Answer: func(wiretest.Request) (*http.Response, error) {
		resp := wiretest.Reply{Type: "-", Body: body}.Response()
		if labels != nil {
			resp.Header["Content-Type"] = labels
		}
		return resp, nil
	}}
	return mustNew(t, grantway.ClientConfig{HTTPClient: wire.Client(), Now: func() time.Time { return exampleTime },
		Logger: slog.New(slog.NewJSONHandler(log, nil))})
}

// TestDecoded_WhatIsNoDocumentIsMalformed whatever its label, which is blamed if it
// was wrong.
func TestDecoded_WhatIsNoDocumentIsMalformed(t *testing.T) {
	for _, tt := range []struct {
		name, label, body, want string
	}{
		{"a page that says so", "text/html; charset=utf-8", "<html></html>", "example: example: malformed answer: the content type is not JSON in UTF-8: status 200: the document is not a JSON object (at byte 0)"},
		{"a page that says that it is JSON", "application/json", "<html></html>", "example: example: malformed answer: status 200: the document is not a JSON object (at byte 0)"},
		{"an empty body", "application/json", "", "example: example: malformed answer: status 200: unexpected end (at byte 0)"},
		{"Latin 1 that says so", "application/json; charset=ISO-8859-1", "{\"token\":\"abc\",\"merchant_id\":\"caf\xe9\"}", "example: example: malformed answer: the content type is not JSON in UTF-8: status 200: invalid UTF-8 (at byte 33)"},
		{"UTF-16 that says so", "application/json; charset=utf-16", "{\x00}\x00", "example: example: malformed answer: the content type is not JSON in UTF-8: status 200: expected a name (at byte 1)"},
		{"a form", "application/x-www-form-urlencoded", "token=abc", "example: example: malformed answer: the content type is not JSON in UTF-8: status 200: the document is not a JSON object (at byte 0)"},
		{"two documents", "text/html", `{"token":"abc"}{}`, "example: example: malformed answer: the content type is not JSON in UTF-8: status 200: bytes after the document (at byte 15)"},
		{"a token that cannot be sent", "application/json", `{"token":"a b"}`, "example: example: malformed answer: status 200: token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a token that cannot be sent, labelled a page", "text/html", `{"token":"a b"}`, "example: example: malformed answer: status 200: token: characters that an access token cannot have (RFC 6750 section 2.1) (at byte 9)"},
		{"a sound document without a token", "text/html", `{}`, "example: example: malformed answer: token is missing: status 200"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			got, err := exampleCall(t.Context(), answering(t, &log, []string{tt.label}, tt.body))
			var e *grantway.Error
			if !errors.As(err, &e) || e.Kind != grantway.KindMalformed || got != nil {
				t.Fatalf("%v", err)
			}
			if fmt.Sprint(err) != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestDecoded_WithoutALoggerItOnlyDecodes(t *testing.T) {
	wire := &wiretest.Transport{Reply: wiretest.Reply{Type: "text/html", Body: `{"token":"abc"}`}}
	if got, err := exampleCall(t.Context(), mustNew(t, grantway.ClientConfig{HTTPClient: wire.Client()})); err != nil || got.token.IsZero() {
		t.Error(err)
	}
}

func TestDecodeBody_ReadsAnErrorWithoutAnArrival(t *testing.T) {
	d := DecodeBody([]byte("\ufeff" + `{"error":"invalid_grant","expires_in":3600}`))
	code := ""
	for d.Open(); d.Next(); {
		switch string(d.Name()) {
		case "error":
			code, _ = d.Text()
		case "expires_in":
			if at, ok := d.Lifetime(); ok {
				t.Errorf("it ends at %v", at)
			}
		}
	}
	if err := d.Err(); err != nil || code != "invalid_grant" {
		t.Errorf("%q, %v", code, err)
	}
}

func TestNewDecoder_NotesALabelThatIsNotJSON(t *testing.T) {
	for typ, want := range map[string]bool{
		"application/json": true, "Application/JSON": true, "application/json; charset=utf-8": true, `application/json; charset="UTF-8"`: true,
		"application/json; q=1": true, "application/problem+json": true, "application/vnd.example+json; charset=utf-8": true,
		"": false, "text/json": false, "text/plain": false, "text/html; charset=utf-8": false, "application/x-www-form-urlencoded": false,
		"application/json; charset=iso-8859-1": false, "application/json; charset=utf-16": false, "application/json; charset=": false,
		"application/jsonp": false, "json": false, "application/json;;": false, "application/json, text/html": false, "application/json; charset=utf-8; charset=utf-16": false,
	} {
		r := &Response{Header: http.Header{"Content-Type": {typ}}}
		if d := NewDecoder(r); (len(d.Notes()) == 0) != want {
			t.Errorf("%q: noted %v", typ, d.Notes())
		}
	}
	if d := NewDecoder(&Response{Header: http.Header{}}); len(d.Notes()) == 0 {
		t.Error("no content type is JSON")
	}
}

func TestIsBearer(t *testing.T) {
	for typ, want := range map[string]bool{"": true, "bearer": true, "Bearer": true, "bEaReR": true, "mac": false, "DPoP": false, "bearer ": false} {
		if got := IsBearer(typ); got != want {
			t.Errorf("IsBearer(%q) = %v", typ, got)
		}
	}
}
