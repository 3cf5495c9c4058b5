package provider

import (
	"errors"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

// refused is the error of one call of op that is answered with 400.
func refused(t *testing.T, c *Client, op *Operation) *grantway.Error {
	t.Helper()
	_, err := c.Call(t.Context(), op, &Request{})
	var e *grantway.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v", err)
	}
	return e
}

func TestWith_JudgesEveryOperation(t *testing.T) {
	wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 400, Body: `{}`, Header: map[string]string{"Retry-After": "7"}}}
	c := mustNew(t, grantway.ClientConfig{HTTPClient: wire.Client()})
	var seen string
	judged := c.With(Judgement{
		Refine: func(_ []byte, e *grantway.Error) bool {
			seen = e.Operation
			e.Kind, e.Code = grantway.KindRejected, "example"
			return true
		},
		RetryAfter: func(v string, _ time.Time) time.Duration { return time.Duration(len(v)) * time.Minute },
		Header:     "X-Version", Value: "1",
	})
	if e := refused(t, judged, &opExample); e.Kind != grantway.KindRejected || e.Code != "example" || seen != "example" || e.RetryAfter != time.Minute {
		t.Errorf("%v, of operation %q, again after %v", e, seen, e.RetryAfter)
	}
	if got := wire.Requests()[0].Header["X-Version"]; len(got) != 1 || got[0] != "1" {
		t.Errorf("the header is %q", got)
	}

	if e := refused(t, c, &opExample); e.Kind != grantway.KindBadClient || e.Code != "" || e.RetryAfter != 7*time.Second {
		t.Errorf("inverse: the first client judges as well: %v, again after %v", e, e.RetryAfter)
	}
	if got := wire.Requests()[1].Header["X-Version"]; got != nil {
		t.Errorf("inverse: the first client sends %q", got)
	}
}

func TestWith_SharesAllElse(t *testing.T) {
	c := mustNew(t, grantway.ClientConfig{})
	judged := c.With(Judgement{})
	if judged == c || judged.gate != c.gate || judged.RefreshLimiter() != c.RefreshLimiter() || judged.http != c.http {
		t.Error("it has its own back-off, brakes or transport")
	}
}
