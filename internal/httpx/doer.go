package httpx

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"github.com/grantway/grantway"
)

// Doer puts the policy under a generated client that is used directly. What
// it returns has been read already: closing its body is optional.
type Doer struct{ c *Client }

// Doer returns the policy as the generated packages' HttpRequestDoer.
func (c *Client) Doer() Doer { return Doer{c} }

// opDirect knows nothing of the operation and so takes it to spend something.
var opDirect = Op{Name: "direct call"}

// Do is Send; anything but a 2xx is an error here too.
func (d Doer) Do(req *http.Request) (*http.Response, error) {
	resp, err := d.c.Send(req.Context(), &opDirect, req, grantway.NewSecret(req.Header.Get("Authorization")))
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
