package provider

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grantway/grantway"
)

// opDirect knows nothing of the operation and so takes it to spend something: it
// is never sent again.
var opDirect = Operation{Name: "direct call"}

// Do makes the Client the HttpRequestDoer of a generated client that is used
// directly. It sends req once, with the headers Accept and User-Agent of the
// Client; anything but a 2xx is an error here too. What it returns has been
// read already: closing its body is optional.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	var secrets []grantway.Secret
	for part := range strings.FieldsSeq(req.Header.Get("Authorization")) {
		secrets = append(secrets, grantway.NewSecret(strings.TrimRight(part, "=")))
	}
	resp, err := c.attempt(req.Context(), &opDirect, c.http.Given(req), secrets, time.Now().Add(c.timeout), 1)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status:        strconv.Itoa(resp.Status) + " " + http.StatusText(resp.Status),
		StatusCode:    resp.Status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        resp.Header,
		Body:          io.NopCloser(bytes.NewReader(resp.Body)),
		ContentLength: int64(len(resp.Body)),
		Request:       req,
	}, nil
}
