package tokens

import (
	"testing"
	"time"
	"unsafe"

	"github.com/grantway/grantway"
)

// jumped is a moment that was read before the wall clock jumped by that much: the
// monotonic clock is where it was.
func jumped(t *testing.T, at time.Time, by time.Duration) time.Time {
	t.Helper()
	// A time.Time with a monotonic reading has the seconds of the wall clock above
	// 30 bits of nanoseconds in its first word.
	wall := (*uint64)(unsafe.Pointer(&at))
	*wall -= uint64(by/time.Second) << 30
	return at
}

func TestAJumpOfTheWallClockMovesNoTokenInMemory(t *testing.T) {
	for _, tt := range []struct {
		name string
		by   time.Duration
	}{
		{"a day ahead", 24 * time.Hour},
		{"an hour back", -time.Hour},
		{"not at all", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			position := &position{}
			s := &Source{current: &currentToken{base: jumped(t, time.Now(), tt.by), position: position}}
			if got := time.Now().Round(0).Sub(s.current.base.Round(0)).Round(time.Minute); got != tt.by {
				t.Fatalf("inverse: the wall clock shows a jump of %v", got)
			}
			now := time.Now()
			p := &published{token: &grantway.Token{}}
			p.dueAfter, p.endAfter = s.current.after(now.Add(10*time.Minute), now), s.current.after(now.Add(20*time.Minute), now)
			if !s.isFresh(p) || !s.isUsable(p) {
				t.Error("a token that is not due is")
			}
			p.dueAfter, p.endAfter = s.current.after(now, now), s.current.after(now, now)
			if s.isFresh(p) || s.isUsable(p) {
				t.Error("a token that has ended has not")
			}
		})
	}
}
