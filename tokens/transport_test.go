package tokens_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

func TestC9_TheTransportTakesItsOriginInAnySpelling(t *testing.T) {
	for _, origin := range []string{"https://api.example.com", "https://API.example.com:443/v2", "https://api.example.com:/"} {
		p := newIssuer()
		s := p.source(t, tokens.NewMemoryStore(), func(c *setup) { c.Origin = origin })
		if err := s.Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
			t.Fatal(err)
		}
		sent := 0
		tr := s.Transport(roundTrip(func(*http.Request) (*http.Response, error) {
			sent++
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
		}))
		for _, c := range []struct {
			name string
			url  *url.URL
			ok   bool
		}{
			{"as typed", &url.URL{Scheme: "https", Host: "api.example.com", Path: "/x"}, true},
			{"with its port", &url.URL{Scheme: "https", Host: "api.example.com:443"}, true},
			{"with an empty port", &url.URL{Scheme: "https", Host: "api.example.com:"}, true},
			{"in another case", &url.URL{Scheme: "https", Host: "Api.Example.Com:443"}, true},
			{"another port", &url.URL{Scheme: "https", Host: "api.example.com:80"}, false},
			{"another scheme", &url.URL{Scheme: "http", Host: "api.example.com:443"}, false},
			{"another host", &url.URL{Scheme: "https", Host: "api.example.com.evil.example:443"}, false},
			{"another host behind what looks like a port", &url.URL{Scheme: "https", Host: "api.example.com:443@evil.example"}, false},
			{"no host", &url.URL{Scheme: "https", Path: "/x"}, false},
			{"no URL", nil, false},
		} {
			before, body := sent, &closing{Reader: strings.NewReader("x")}
			_, err := tr.RoundTrip(&http.Request{Method: http.MethodPost, URL: c.url, Header: http.Header{}, Body: body})
			if c.ok != (err == nil) || !c.ok && !errors.Is(err, grantway.ErrNotSent) || c.ok != (sent > before) {
				t.Errorf("%s of %s: %v", c.name, origin, err)
			}
			if !c.ok && !body.closed {
				t.Errorf("%s of %s: the body is left open", c.name, origin)
			}
		}
	}
}

// closing is a body that notes its end.
type closing struct {
	*strings.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }
