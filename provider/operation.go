package provider

import (
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grantway/grantway"
)

// Operation is what the spec says of one operation.
type Operation struct {
	// Name is the spec's operationId. Errors and logs name it.
	Name string
	// Method and Path are the spec's. The Path begins with a slash; where it
	// has parameters, Request.Path replaces it.
	Method, Path string
	// ContentType is that of the request's body, if it has one.
	ContentType string
	// RetrySafe is the spec's x-retry: true where a call spends and changes
	// nothing, so that it may be repeated. Where it is false a gateway error
	// leaves the call's outcome unknown.
	RetrySafe bool
	// Success are the statuses of a success, such as "200 204"; empty stands for
	// 200 and 201. Any other 2xx is an answer that nobody documents.
	Success string
}

// Request is what one call sends beside what its Operation says.
type Request struct {
	// Path is the path of an operation that has parameters in it, escaped;
	// empty stands for that of the Operation.
	Path string
	// Query is encoded.
	Query string
	// Body is of the Operation's content type; empty sends none.
	Body []byte
	// Authorization is a whole header value; the zero value sends none.
	Authorization grantway.Secret
	// Headers are others, each a name and a value. The names are in the canonical
	// form of net/http. One without a value is not sent.
	Headers [][2]string
}

// Response is an answer that the Operation documents as a success, read to its end.
type Response struct {
	// Status is one of Operation.Success.
	Status int
	// Header is at most 64 KiB.
	Header http.Header
	// Body is at most 1 MiB, decompressed.
	Body []byte
	// At is when it had arrived, by the caller's clock, in UTC.
	At time.Time

	secrets []grantway.Secret // what the request carried and no error may repeat
}

// String tells the size of the body and nothing of it.
func (r Request) String() string { return fmt.Sprintf("Request{%d bytes}", len(r.Body)) }

// Format writes String for every verb: Body may hold credentials.
func (r Request) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(r.String())) }

// LogValue is String for log/slog.
func (r Request) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText is String for every encoder that asks for text.
func (r Request) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String tells the status and never the body.
func (r Response) String() string {
	return fmt.Sprintf("Response{status %d, %d bytes}", r.Status, len(r.Body))
}

// Format writes String for every verb: Body may hold credentials.
func (r Response) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(r.String())) }

// LogValue is String for log/slog.
func (r Response) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText is String for every encoder that asks for text.
func (r Response) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// succeeds tells whether a 2xx is a status that the operation documents.
func (op *Operation) succeeds(status int) bool {
	if op.Success == "" {
		return status == http.StatusOK || status == http.StatusCreated
	}
	return strings.Contains(op.Success, strconv.Itoa(status))
}
