package httpx

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grantway/grantway"
)

// Doer puts the policy under a generated client that is used directly. What
// it returns has been read already: closing its body is optional.
type Doer struct{ c *Client }

// Doer returns the policy as the generated packages' HttpRequestDoer.
func (c *Client) Doer() Doer { return Doer{c} }

// opDirect knows nothing of the operation and so takes it to spend something: it
// is never sent again.
var opDirect = Op{Name: "direct call"}

// Do sends once; anything but a 2xx is an error here too.
func (d Doer) Do(req *http.Request) (*http.Response, error) {
	c, ctx := d.c, req.Context()
	// Without GetBody neither a 307 nor the transport itself can send the
	// body a second time.
	req.GetBody = nil
	req.Header.Set("Accept", acceptJSON)
	req.Header.Set("User-Agent", c.userAgent)
	var secrets []grantway.Secret
	for part := range strings.FieldsSeq(req.Header.Get("Authorization")) {
		secrets = append(secrets, grantway.NewSecret(strings.TrimRight(part, "=")))
	}
	resp, err := c.attempt(ctx, &opDirect, &outgoing{given: req}, secrets, time.Now().Add(c.timeout), 1)
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
