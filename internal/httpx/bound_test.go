package httpx

import (
	"github.com/grantway/grantway"
	"net/http"
	"testing"
)

func TestASmallerHeaderBoundOfTheCallersStays(t *testing.T) {
	c := mustNew(t, grantway.ClientConfig{HTTPClient: &http.Client{Transport: &http.Transport{MaxResponseHeaderBytes: 8 << 10}}})
	if n := c.transport.(*http.Transport).MaxResponseHeaderBytes; n > 8<<10 {
		t.Errorf("widened to %d", n)
	}
}
