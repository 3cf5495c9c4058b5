package fakeauth

import (
	"sync/atomic"
	"time"
)

// Clock is a fake's time, which belongs to the test. It is safe for concurrent
// use.
type Clock struct {
	now   func() time.Time
	ahead atomic.Int64 // nanoseconds
}

// Now is the time by the clock, in UTC.
func (c *Clock) Now() time.Time { return c.now().Add(time.Duration(c.ahead.Load())).UTC() }

// Advance sets the clock ahead by d, and back if d is negative.
func (c *Clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }
