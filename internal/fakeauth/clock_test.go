package fakeauth

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestAClockGoesOnFromWhereItWasSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c := &Clock{now: time.Now}
		for _, step := range []struct{ advance, sleep, want time.Duration }{
			{0, 0, 0},
			{time.Hour, 0, time.Hour},
			{0, time.Second, time.Hour + time.Second},
			{-2 * time.Hour, 0, time.Second - time.Hour},
		} {
			c.Advance(step.advance)
			time.Sleep(step.sleep)
			if got := c.Now().Sub(began); got != step.want || c.Now().Location() != time.UTC {
				t.Errorf("%+v: %v, %v", step, got, c.Now())
			}
		}
	})
}
