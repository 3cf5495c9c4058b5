// Package clock waits.
package clock

import (
	"context"
	"time"
)

// Sleep waits for d or until ctx is done, whichever is first. It returns ctx's
// error in the second case, and also if d is not positive and ctx is done.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
