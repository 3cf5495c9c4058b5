package provider

import (
	"time"

	"github.com/grantway/grantway"
)

// Judgement is what a provider's spec does not say, and its package knows.
type Judgement struct {
	// Refine reads the provider's error body into e, which has its Operation and
	// its Status. Its Kind is that of the status, but KindNotJudged for a 4xx:
	// Refine sets another one, KindOfStatus say, if it recognises the provider's
	// own shape, and leaves it for a body of anybody else. It reports whether
	// e.Code is one that the provider is known to send. In a 2xx without a code it
	// may say why that is none, as e.Reason. nil reads nothing and believes the
	// status.
	Refine func(body []byte, e *grantway.Error) (known bool)
	// RetryAfter reads the header of that name; nil means ParseRetryAfter. It
	// returns 0 for a value that it cannot read.
	RetryAfter func(value string, now time.Time) time.Duration
	// Header and Value are sent with each call, if Value is set. The name is in
	// the canonical form of net/http.
	Header, Value string
}

// With returns a Client that judges by j and shares all else with c: the transport,
// the back-off and the brakes.
func (c *Client) With(j Judgement) *Client {
	judged := *c
	judged.judgement = j
	return &judged
}
