package spec

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Exchange is one request as it went out and the answer to it.
type Exchange struct {
	Method string
	// URL is that of the provider, also when a fake answered in its place.
	URL           *url.URL
	RequestHeader http.Header
	RequestBody   []byte

	Status int
	Header http.Header
	Body   []byte
}

// request makes an http.Request of it that can be read once.
func (x *Exchange) request() *http.Request {
	return &http.Request{
		Method:        x.Method,
		URL:           x.URL,
		Host:          x.URL.Host,
		Header:        x.RequestHeader,
		Body:          io.NopCloser(bytes.NewReader(x.RequestBody)),
		ContentLength: int64(len(x.RequestBody)),
		Proto:         "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

// Clone copies an Exchange so that a test can break the copy.
func (x *Exchange) Clone() *Exchange {
	c := *x
	u := *x.URL
	c.URL = &u
	c.RequestHeader = x.RequestHeader.Clone()
	c.Header = x.Header.Clone()
	c.RequestBody = bytes.Clone(x.RequestBody)
	c.Body = bytes.Clone(x.Body)
	return &c
}

// Form reads the request's body as a form.
func (x *Exchange) Form() (url.Values, error) { return url.ParseQuery(string(x.RequestBody)) }

// RequestMembers are the names in the request's body, form or JSON object.
func (x *Exchange) RequestMembers() ([]string, error) {
	if len(x.RequestBody) == 0 {
		return nil, nil
	}
	var names []string
	if isForm(x.RequestHeader) {
		form, err := x.Form()
		if err != nil {
			return nil, err
		}
		for name := range form {
			names = append(names, name)
		}
		return names, nil
	}
	var members map[string]any
	if err := json.Unmarshal(x.RequestBody, &members); err != nil {
		return nil, err
	}
	for name := range members {
		names = append(names, name)
	}
	return names, nil
}

func isForm(h http.Header) bool {
	return strings.HasPrefix(h.Get("Content-Type"), "application/x-www-form-urlencoded")
}

func isJSON(h http.Header) bool { return strings.HasPrefix(h.Get("Content-Type"), "application/json") }
