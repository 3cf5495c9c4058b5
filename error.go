package grantway

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway/internal/detail"
)

// Kind says what happened to a call in terms of what the caller does next.
type Kind uint8

const (
	// KindInvalid: an argument or a configuration field is wrong, such as a
	// proxy that wants credentials. Nothing was sent; Error.Field names it.
	KindInvalid Kind = iota + 1
	// KindNotSent: the request did not leave this process (no connection, TLS
	// refused, context already done), or the server said by its number that it
	// did not take it (HTTP/2). It may be sent again.
	KindNotSent
	// KindRejected: the provider refuses the grant, code or token. Ask the
	// user to authorize again. Matches ErrReauthorize.
	KindRejected
	// KindBadClient: the provider refuses the client (its credentials, its
	// environment) or the request itself. Stop and fix; asking the user again
	// does not help.
	KindBadClient
	// KindThrottled: too many requests. Wait, at least RetryAfter if known.
	KindThrottled
	// KindUnavailable: the provider says that it cannot answer now.
	KindUnavailable
	// KindMalformed: an answer came that the provider does not document (not
	// JSON, truncated, no token in it, a redirect). What the request carried
	// may have been spent.
	KindMalformed
	// KindAmbiguous: the request was sent and its outcome is unknown
	// (connection lost, deadline passed, gateway error). What it carried may
	// have been spent; do not send it again blindly.
	KindAmbiguous
	// KindStore: the token store cannot be read or written, or holds what
	// cannot be used. Nothing was spent.
	KindStore
	// KindNotPersisted: a refresh worked and its token could not be saved.
	// It is kept in memory and saved before anything else is tried.
	KindNotPersisted
	// KindNotJudged: a 4xx came that is not in the provider's own error shape: a
	// gateway's, a proxy's or a firewall's. It proves nothing about the grant or
	// the client. Wait, and try again.
	KindNotJudged
)

// One sentinel for each Kind, in their order, for errors.Is. ErrReauthorize is
// that of KindRejected. An error of KindInvalid matches ErrNotSent too.
var (
	ErrInvalidArgument = errors.New("invalid argument")
	ErrNotSent         = errors.New("not sent")
	ErrReauthorize     = errors.New("rejected: the user must authorize again")
	ErrBadClient       = errors.New("client or request refused")
	ErrThrottled       = errors.New("throttled")
	ErrUnavailable     = errors.New("provider unavailable")
	ErrMalformed       = errors.New("malformed answer")
	ErrAmbiguous       = errors.New("sent, outcome unknown")
	ErrStore           = errors.New("the token store cannot be used")
	ErrNotPersisted    = errors.New("the new token could not be saved")
	ErrNotJudged       = errors.New("refused, but not by the provider as far as can be told")
)

func (k Kind) sentinel() error {
	switch k {
	case KindInvalid:
		return ErrInvalidArgument
	case KindNotSent:
		return ErrNotSent
	case KindRejected:
		return ErrReauthorize
	case KindBadClient:
		return ErrBadClient
	case KindThrottled:
		return ErrThrottled
	case KindUnavailable:
		return ErrUnavailable
	case KindMalformed:
		return ErrMalformed
	case KindAmbiguous:
		return ErrAmbiguous
	case KindStore:
		return ErrStore
	case KindNotPersisted:
		return ErrNotPersisted
	case KindNotJudged:
		return ErrNotJudged
	}
	return errors.New("unclassified")
}

// String is short and fit for a log: "not sent", "rejected", "ambiguous".
func (k Kind) String() string {
	switch k {
	case KindRejected:
		return "rejected"
	case KindBadClient:
		return "bad client"
	case KindAmbiguous:
		return "ambiguous"
	case KindMalformed:
		return "malformed"
	case KindUnavailable:
		return "unavailable"
	case KindStore:
		return "store"
	case KindNotPersisted:
		return "not persisted"
	case KindNotJudged:
		return "not judged"
	}
	return k.sentinel().Error()
}

// Error is the one error type of every provider package. Its text holds only
// what this module wrote: names of providers, operations and fields, the
// status, a code that the provider is known to use, a request id. Text of the
// server is never in it; Code and Body give that to who asks.
type Error struct {
	// Provider is the package name: "square", "builtbybit", "bytenite".
	Provider string
	// Operation is the spec's operationId, or "config" for a constructor.
	Operation string
	// Kind says what to do.
	Kind Kind
	// Field names the wrong argument, for KindInvalid.
	Field string
	// Reason is our own words for what went wrong. It holds nothing of the
	// server's and nothing of the argument's value.
	Reason string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Code is the provider's own error code as sent: at most 64 characters of
	// letters, digits, '_' and '.', else empty. Treat it as an open set.
	Code string
	// Codes holds every code of an answer that lists several (Square does);
	// Code is the first of them.
	Codes []string
	// RequestID is what the provider calls this request, if it said.
	RequestID string
	// RetryAfter is how long the provider asks to wait, 0 if it did not say.
	RetryAfter time.Duration

	known bool   // Code is on the provider's list and may be printed
	body  Secret // as received, within the body bound
	cause error  // made harmless by whoever set it
}

// With adds d and returns e. It is for the packages of this module: d's type is
// internal. Package provider makes errors for everybody else.
func (e *Error) With(d detail.Error) *Error {
	e.known, e.body, e.cause = d.KnownCode, NewSecret(string(d.Body)), d.Cause
	return e
}

// Body is the answer as the server sent it, at most 1 MiB, nil if none came.
// It may hold credentials and anything else the server likes: never log it.
func (e *Error) Body() []byte {
	if e.body.IsZero() {
		return nil
	}
	return []byte(e.body.Reveal())
}

// Error names provider, operation and kind, then what is known beyond them.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Provider)
	if e.Operation != "" {
		b.WriteString(": ")
		b.WriteString(e.Operation)
	}
	b.WriteString(": ")
	b.WriteString(e.Kind.sentinel().Error())
	if e.Field != "" {
		b.WriteString(": ")
		b.WriteString(e.Field)
	}
	if e.Reason != "" {
		b.WriteString(": ")
		b.WriteString(e.Reason)
	}
	if e.Status != 0 {
		b.WriteString(": status ")
		b.WriteString(strconv.Itoa(e.Status))
	}
	if code := e.KnownCode(); code != "" {
		b.WriteString(", code ")
		b.WriteString(code)
	}
	if e.RequestID != "" {
		b.WriteString(", request id ")
		b.WriteString(e.RequestID)
	}
	if e.RetryAfter > 0 {
		b.WriteString(", retry after ")
		b.WriteString(e.RetryAfter.String())
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

// KnownCode is Code if it is on the provider's list of codes, else empty.
// Whoever answers could put a credential into Code: print and log this one.
func (e *Error) KnownCode() string {
	if !e.known {
		return ""
	}
	return e.Code
}

// Format writes Error for every verb, so that %+v and %#v show no field, of a
// copy neither.
func (e Error) Format(f fmt.State, verb rune) {
	s := e.Error()
	if verb == 'q' {
		s = strconv.Quote(s)
	}
	_, _ = f.Write([]byte(s))
}

// LogValue gives slog the fields that Error prints, one by one.
func (e Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("provider", e.Provider),
		slog.String("operation", e.Operation),
		slog.String("kind", e.Kind.String()),
		slog.String("field", e.Field),
		slog.Int("status", e.Status),
		slog.String("code", e.KnownCode()),
		slog.String("request_id", e.RequestID),
	)
}

// MarshalJSON writes the text, so that a debug dump as JSON shows no more.
func (e Error) MarshalJSON() ([]byte, error) {
	return []byte(strconv.QuoteToASCII(e.Error())), nil
}

// Unwrap gives the cause, such as context.DeadlineExceeded.
func (e *Error) Unwrap() error { return e.cause }

// Is matches the sentinel of the Kind. An invalid argument was not sent either.
func (e *Error) Is(target error) bool {
	return target == e.Kind.sentinel() || (target == ErrNotSent && e.Kind == KindInvalid)
}

// As lets code that looks for *oauth2.RetrieveError go on working when the
// provider answered. The copy it gets has status and code, and no body.
func (e *Error) As(target any) bool {
	re, ok := target.(**oauth2.RetrieveError)
	if !ok || e.Status == 0 {
		return false
	}
	*re = &oauth2.RetrieveError{
		Response:  &http.Response{StatusCode: e.Status, Status: strconv.Itoa(e.Status) + " " + http.StatusText(e.Status)},
		ErrorCode: e.KnownCode(),
	}
	return true
}
