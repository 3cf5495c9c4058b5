package provider

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
)

// requestIDHeader is the conventional name. No provider documents one
// (api/SOURCES.md); where it is absent the id stays empty.
const requestIDHeader = "X-Request-Id"

// maxRetryAfter is the longest wait that is believed. A longer one is no delay:
// some servers send a point in time as seconds since 1970.
const maxRetryAfter = 24 * time.Hour

// InvalidArgument is the error for an argument that an operation refuses before
// anything is sent. reason begins with a verb: "is empty".
func InvalidArgument(provider, operation, field, reason string) *grantway.Error {
	return &grantway.Error{Provider: provider, Operation: operation, Kind: grantway.KindInvalid, Field: field, Reason: reason}
}

// InvalidConfig is the error for a field of a configuration that a constructor
// refuses.
func InvalidConfig(provider, field, reason string) *grantway.Error {
	return InvalidArgument(provider, "config", field, reason)
}

// Invalid is the error for an argument that an operation refuses.
func (c *Client) Invalid(op *Operation, field, reason string) *grantway.Error {
	return InvalidArgument(c.provider, op.Name, field, reason)
}

// Malformed is the error for a 2xx whose body cannot be read. cause may be nil,
// and must be free of the server's text, as an error of a Decoder is.
func (c *Client) Malformed(op *Operation, resp *Response, reason string, cause error) *grantway.Error {
	e := &grantway.Error{Provider: c.provider, Operation: op.Name, Kind: grantway.KindMalformed,
		Reason: reason, Status: resp.Status, RequestID: cleanID(resp.Header.Get(requestIDHeader), resp.secrets)}
	return e.With(detail.Error{Body: resp.Body, Cause: cause})
}

// refusal makes the error of an answer that refuses: any status but a 2xx, or
// a 2xx in whose body the caller found an error.
func (c *Client) refusal(op *Operation, resp *Response) *grantway.Error {
	e := &grantway.Error{Provider: c.provider, Operation: op.Name, Status: resp.Status}
	e.Kind, e.Reason = byStatus(resp.Status, op.RetrySafe)
	e.RequestID = resp.Header.Get(requestIDHeader)
	parse := c.judgement.RetryAfter
	if parse == nil {
		parse = ParseRetryAfter
	}
	if v := resp.Header.Values("Retry-After"); len(v) == 1 { // of two, neither is to be believed
		e.RetryAfter = believable(parse(v[0], resp.At))
	}
	known := false
	if byStatus, refine := e.Kind, c.judgement.Refine; refine != nil {
		if resp.Status/100 == 4 && byStatus == KindOfStatus(resp.Status) {
			e.Kind = grantway.KindNotJudged // until the body turns out to be the provider's
		}
		known = refine(resp.Body, e)
		e.Kind = weigh(resp.Status, byStatus, e.Kind)
	}
	e.Code = clean(e.Code, resp.secrets)
	codes := e.Codes[:0]
	for _, code := range e.Codes {
		if code = clean(code, resp.secrets); code != "" {
			codes = append(codes, code)
		}
	}
	e.Codes = codes
	e.RequestID = cleanID(e.RequestID, resp.secrets)
	return e.With(detail.Error{KnownCode: known, Body: resp.Body})
}

// Unusable makes the error of a 2xx that does not hold what was asked for: the
// provider's own error if Refine has found a code or a reason, else fallback with
// reason.
func (c *Client) Unusable(op *Operation, resp *Response, fallback grantway.Kind, reason string) *grantway.Error {
	e := c.refusal(op, resp)
	if e.Code == "" && e.Reason == carriesError {
		e.Kind, e.Reason = fallback, reason
	}
	return e
}

// carriesError is the reason of a 2xx that is refused, if nobody knows a better one.
const carriesError = "the answer carries an error"

// KindOfStatus is what a 4xx means that the provider itself has sent, if its body
// says no more: rejected for 401 and 403, else a bad client. Refine uses it once
// it has recognised the provider's shape.
func KindOfStatus(status int) grantway.Kind {
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return grantway.KindRejected
	}
	return grantway.KindBadClient
}

// byStatus classifies by the status alone.
func byStatus(status int, retrySafe bool) (grantway.Kind, string) {
	switch {
	case status/100 == 2:
		return grantway.KindRejected, carriesError
	case status/100 == 3:
		return grantway.KindMalformed, "a redirect, which is not followed"
	case status == http.StatusTooManyRequests:
		return grantway.KindThrottled, ""
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusServiceUnavailable:
		return grantway.KindUnavailable, ""
	case status >= 500 && retrySafe:
		return grantway.KindUnavailable, ""
	case status >= 500:
		// Whoever answered, the request may have been carried out behind it.
		return grantway.KindAmbiguous, ""
	case status/100 == 4:
		return KindOfStatus(status), ""
	}
	return grantway.KindMalformed, "a status that HTTP does not have"
}

// weigh decides between what a body says and the status it came with. A status that
// speaks for itself is believed: whoever sent a redirect, a 429 or a gateway
// error may be none of those who write the provider's bodies.
func weigh(status int, byStatus, byBody grantway.Kind) grantway.Kind {
	switch {
	case status/100 == 3, status == http.StatusTooManyRequests:
		return byStatus
	case status >= 500 && byBody != grantway.KindThrottled && byBody != grantway.KindUnavailable:
		return byStatus
	}
	return byBody
}

// ParseRetryAfter reads a Retry-After (RFC 9110 section 10.2.3): a number of
// seconds, which may have a fraction, or an HTTP date. It returns 0, unknown,
// for anything else, for the past, and for what is more than a day away.
func ParseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value != "" && strings.Trim(value, "0123456789.") == "" {
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || n > maxRetryAfter.Seconds() {
			return 0
		}
		return time.Duration(n * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil {
		return believable(at.Sub(now))
	}
	return 0
}

// believable returns d, or 0 if it cannot be a delay.
func believable(d time.Duration) time.Duration {
	if d < 0 || d > maxRetryAfter {
		return 0
	}
	return d
}

// clean keeps a code only if it looks like one and is none of the secrets.
func clean(code string, secrets []grantway.Secret) string {
	return cleanText(code, 64, "_.", secrets)
}

func cleanID(id string, secrets []grantway.Secret) string {
	return cleanText(id, 128, "_.:-", secrets)
}

func cleanText(s string, longest int, punctuation string, secrets []grantway.Secret) string {
	if s == "" || len(s) > longest {
		return ""
	}
	strange := func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') && !strings.ContainsRune(punctuation, c)
	}
	if strings.ContainsFunc(s, strange) {
		return ""
	}
	for _, secret := range secrets {
		v := secret.Reveal()
		if v != "" && strings.Contains(s, v) {
			return ""
		}
		// A secret of other characters, as one in JSON, can be in s in part.
		for part := range strings.FieldsFuncSeq(v, strange) {
			if len(part) >= shortestPart && strings.Contains(s, part) {
				return ""
			}
		}
	}
	return s
}

// shortestPart is how much of a secret, in bytes, no error may repeat. Less is
// found by chance: the names of members of JSON.
const shortestPart = 8

func (c *Client) fail(op *Operation, kind grantway.Kind, reason string, cause error) *grantway.Error {
	e := &grantway.Error{Provider: c.provider, Operation: op.Name, Kind: kind, Reason: reason}
	return e.With(detail.Error{Cause: cause})
}
