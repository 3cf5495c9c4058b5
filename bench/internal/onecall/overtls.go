package onecall

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"

	"github.com/grantway/grantway/bench/internal/measure"
)

// The columns over TLS.
const (
	HTTP2 = "HTTP/2, connections kept"
	HTTP1 = "HTTP/1.1, fresh connections"
)

const handWrittenResumed = "hand-written, sessions resumed"

// MarksOverTLS are what a call may cost: over HTTP/2 little more than a
// hand-written one that keeps its connection as well; over HTTP/1.1 half of a
// hand-written one that dials each time as well and resumes nothing.
var MarksOverTLS = []measure.Mark{
	{Column: HTTP2, Row: ours, Ratio: 1.3},
	{Column: HTTP1, Row: ours, Ratio: 0.5},
}

// OverTLS returns a group for a server of HTTP/2 and one for a server of
// HTTP/1.1 alone, which both give SquareAnswer and have a certificate of roots.
// What done closes is idle.
func OverTLS(http2URL, http1URL string, roots *x509.CertPool) (groups []measure.Group, done func(), err error) {
	var transports []*http.Transport
	transport := func(change func(*http.Transport)) http.RoundTripper {
		t := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
		change(t)
		transports = append(transports, t)
		return t
	}
	asItIs := func(*http.Transport) {}
	fresh := func(t *http.Transport) { t.DisableKeepAlives = true }
	resumed := func(t *http.Transport) {
		t.DisableKeepAlives = true
		t.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	}
	for _, column := range []struct {
		name, url string
		rows      []row
	}{
		{HTTP2, http2URL, []row{
			{client{handWritten, handWrittenJSON}, asItIs}, {client{ours, oursJSON}, asItIs}}},
		{HTTP1, http1URL, []row{
			{client{handWritten, handWrittenJSON}, fresh}, {client{handWrittenResumed, handWrittenJSON}, resumed}, {client{ours, oursJSON}, asItIs}}},
	} {
		all := measure.Group{Name: column.name}
		for _, r := range column.rows {
			g, err := group(column.name, []client{r.client}, target{column.url, transport(r.change)})
			if err != nil {
				return nil, nil, err
			}
			all.Contestants = append(all.Contestants, g.Contestants...)
		}
		groups = append(groups, all)
	}
	return groups, func() {
		for _, t := range transports {
			t.CloseIdleConnections()
		}
	}, nil
}

// row is a client with what is changed of its transport.
type row struct {
	client
	change func(*http.Transport)
}
