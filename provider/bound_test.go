package provider

import (
	"net/http"
	"testing"

	"github.com/grantway/grantway"
)

func TestASmallerHeaderBoundOfTheCallersStays(t *testing.T) {
	c := mustNew(t, grantway.ClientConfig{HTTPClient: &http.Client{Transport: &http.Transport{MaxResponseHeaderBytes: 8 << 10}}})
	if n := c.http.Transport.(*http.Transport).MaxResponseHeaderBytes; n > 8<<10 {
		t.Errorf("widened to %d", n)
	}
}
