package provider

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestAnOpenGateLetsEveryoneThroughAtOnce(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		var g gate
		for range 1000 {
			if wait, ok := g.reserve(time.Now(), time.Now()); wait != 0 || !ok {
				t.Fatalf("a wait of %v", wait)
			}
		}
	})
}

func TestTheBackOffGrowsWithJitterOverItsUpperHalf(t *testing.T) {
	for n, step := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 4: 8 * time.Second, 5: 16 * time.Second, 6: 16 * time.Second, 1000: 16 * time.Second,
	} {
		low, high := step, time.Duration(0)
		for range 1000 {
			d := backoff(n)
			low, high = min(low, d), max(high, d)
		}
		if low < step/2 || high > step || high-low < step/4 {
			t.Errorf("after %d failures: between %v and %v, want the upper half of %v", n, low, high, step)
		}
	}
}

func TestWhileClosedTheGateSpacesItsSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		now := time.Now()
		g.failed(now, now, 0)
		last := time.Duration(0)
		for i := range 10 {
			wait, ok := g.reserve(now, now.Add(time.Hour))
			if !ok || wait-last < firstBackoff/2 {
				t.Errorf("slot %d is %v after the one before it", i, wait-last)
			}
			last = wait
		}
	})
}

func TestRetryAfterIsHonouredEvenIfItIsTheLongerWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, asked := range []time.Duration{0, time.Millisecond, 7 * time.Second, time.Hour} {
			var g gate
			now := time.Now()
			g.failed(now, now, asked)
			if wait, _ := g.reserve(now, now.Add(24*time.Hour)); wait < asked || wait < firstBackoff/2 {
				t.Errorf("asked for %v, the wait is %v", asked, wait)
			}
		}
	})
}

func TestASlotBeyondTheDeadlineIsLeftToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		now := time.Now()
		g.failed(now, now, 10*time.Second)
		before := g.next
		for range 100 {
			if wait, ok := g.reserve(now, now.Add(5*time.Second)); ok || wait < 10*time.Second {
				t.Fatalf("a slot in %v, %v", wait, ok)
			}
		}
		if !g.next.Equal(before) {
			t.Errorf("those who could not wait pushed the next slot back by %v", g.next.Sub(before))
		}
		if wait, ok := g.reserve(now, now.Add(time.Minute)); !ok || wait != 10*time.Second {
			t.Errorf("who can wait gets %v, %v", wait, ok)
		}
	})
}

func TestASuccessOpensTheGateToThoseWhoComeThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		g.failed(time.Now(), time.Now(), time.Minute)
		g.succeeded()
		if wait, ok := g.reserve(time.Now(), time.Now()); wait != 0 || !ok {
			t.Errorf("a wait of %v", wait)
		}
		if g.failures != 0 {
			t.Errorf("%d failures", g.failures)
		}
	})
}

func TestFailuresThatWereUnderWayTogetherCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		began := time.Now()
		time.Sleep(time.Second)
		for range 1000 {
			g.failed(began, time.Now(), 0)
		}
		if g.failures != 1 {
			t.Errorf("%d failures", g.failures)
		}
		time.Sleep(time.Second)
		began = time.Now()
		time.Sleep(time.Second)
		g.failed(began, time.Now(), 0)
		if g.failures != 2 {
			t.Errorf("%d failures, one after the other", g.failures)
		}
	})
}

func TestTheNextSlotNeverComesNearer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		now := time.Now()
		g.failed(now, now, time.Minute)
		far := g.next
		g.failed(now, now, 0)
		if g.next.Before(far) {
			t.Errorf("a failure without Retry-After cut the wait by %v", far.Sub(g.next))
		}
	})
}
