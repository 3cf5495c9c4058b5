package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
)

func TestCodesAndIDsAreKeptOnlyIfTheyLookLikeOneAndHoldNoSecret(t *testing.T) {
	secrets := []grantway.Secret{grantway.NewSecret("canary_secret"), grantway.NewSecret(""), grantway.NewSecret("canary-key"),
		grantway.NewSecret(`{"bank":"canary.of.json"}`)}
	for _, c := range []struct {
		in       string
		code, id bool
	}{
		{"", false, false},
		{"invalid_grant", true, true}, {"bad_request.missing_parameter", true, true}, {"16", true, true}, {"InvalidWithHint", true, true},
		{"123e4567-e89b-12d3-a456-426614174000", false, true}, {"a:b", false, true},
		{strings.Repeat("a", 64), true, true}, {strings.Repeat("a", 65), false, true}, {strings.Repeat("a", 128), false, true}, {strings.Repeat("a", 129), false, false},
		{"a b", false, false}, {"a\nb", false, false}, {"a\x00b", false, false}, {"caf\u00e9", false, false}, {"a/b", false, false}, {"<b>", false, false}, {"a=b", false, false}, {`a"b`, false, false}, {"\u202ea", false, false},
		{"canary_secret", false, false}, {"xcanary_secretx", false, false}, {"canary-key", false, false}, {"canary_secre", true, true},
		// A part of a secret that holds other characters.
		{"xcanary.of.jsonx", false, false}, {"bank", true, true},
	} {
		if got := clean(c.in, secrets); got != "" && got != c.in || (got != "") != c.code {
			t.Errorf("code %q is kept as %q", c.in, got)
		}
		if got := cleanID(c.in, secrets); got != "" && got != c.in || (got != "") != c.id {
			t.Errorf("id %q is kept as %q", c.in, got)
		}
	}
}

func TestWhyA2xxIsRefusedIsSaidByWhoeverKnowsMost(t *testing.T) {
	const fallback = "token is missing"
	for _, c := range []struct {
		name   string
		refine func([]byte, *grantway.Error) bool
		kind   grantway.Kind
		reason string
	}{
		{"nobody reads the body", nil, grantway.KindMalformed, fallback},
		{"who reads it finds nothing", func([]byte, *grantway.Error) bool { return false }, grantway.KindMalformed, fallback},
		{"who reads it finds a code", func(_ []byte, e *grantway.Error) bool {
			e.Code, e.Kind = "slow_down", grantway.KindThrottled
			return true
		}, grantway.KindThrottled, carriesError},
		{"who reads it knows a reason", func(_ []byte, e *grantway.Error) bool {
			e.Reason, e.Kind = "nothing was revoked", grantway.KindBadClient
			return false
		}, grantway.KindBadClient, "nothing was revoked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := mustNew(t, grantway.ClientConfig{}).With(Judgement{Refine: c.refine})
			e := client.Unusable(&Operation{Name: "token"}, &Response{Status: 200, Body: []byte("{}")}, grantway.KindMalformed, fallback)
			if e.Kind != c.kind || e.Reason != c.reason {
				t.Errorf("%v because %q, want %v because %q", e.Kind, e.Reason, c.kind, c.reason)
			}
		})
	}
}

func TestAnEmptySecretHidesNothing(t *testing.T) {
	if got := clean("invalid_grant", []grantway.Secret{{}, grantway.NewSecret("")}); got != "invalid_grant" {
		t.Errorf("%q", got)
	}
}

func TestTheStatusAloneSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		status      int
		safe, never grantway.Kind // for what may be repeated, and what may not
	}{
		{200, grantway.KindRejected, grantway.KindRejected},
		{301, grantway.KindMalformed, grantway.KindMalformed}, {304, grantway.KindMalformed, grantway.KindMalformed},
		{400, grantway.KindBadClient, grantway.KindBadClient}, {401, grantway.KindRejected, grantway.KindRejected}, {403, grantway.KindRejected, grantway.KindRejected},
		{404, grantway.KindBadClient, grantway.KindBadClient}, {407, grantway.KindBadClient, grantway.KindBadClient}, {408, grantway.KindUnavailable, grantway.KindUnavailable},
		{425, grantway.KindUnavailable, grantway.KindUnavailable}, {429, grantway.KindThrottled, grantway.KindThrottled},
		{500, grantway.KindUnavailable, grantway.KindAmbiguous}, {502, grantway.KindUnavailable, grantway.KindAmbiguous}, {503, grantway.KindUnavailable, grantway.KindUnavailable},
		{504, grantway.KindUnavailable, grantway.KindAmbiguous}, {524, grantway.KindUnavailable, grantway.KindAmbiguous},
		{100, grantway.KindMalformed, grantway.KindMalformed}, {0, grantway.KindMalformed, grantway.KindMalformed},
	} {
		if got, _ := byStatus(c.status, true); got != c.safe {
			t.Errorf("%d, safe: %v, want %v", c.status, got, c.safe)
		}
		if got, _ := byStatus(c.status, false); got != c.never {
			t.Errorf("%d: %v, want %v", c.status, got, c.never)
		}
	}
}

func TestParseRetryAfter_TakesNumbersAndDatesOnly(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"0": 0, "10": 10 * time.Second, " 10 ": 10 * time.Second, "1.5": 1500 * time.Millisecond, "Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second,
		// RFC 9110 section 10.2.3 has digits only. Go would read some of these.
		"1_0": 0, "0x10": 0, "1e1": 0, "+10": 0, "-10": 0, "1_0.0": 0, "1.2.3": 0, ".": 0, "10s": 0, "10, 20": 0, "Inf": 0, "٣": 0,
		"1767225600": 0, "Fri, 02 Jan 2025 03:04:15 GMT": 0,
	} {
		if got := ParseRetryAfter(value, at); got != want {
			t.Errorf("%q is %v, want %v", value, got, want)
		}
	}
}
