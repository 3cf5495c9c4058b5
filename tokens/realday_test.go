package tokens_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

func TestS22_AFlightThatEndsByItsOwnDeadlineSaysSo(t *testing.T) {
	for name, refresh := range map[string]func(ctx context.Context) error{
		"the refresh returns its context's error":        func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
		"the refresh wraps its context's error":          func(ctx context.Context) error { <-ctx.Done(); return errors.Join(errors.New("example"), ctx.Err()) },
		"the refresh types its context's error":          func(ctx context.Context) error { <-ctx.Done(); return kindBecause(grantway.KindAmbiguous, ctx.Err()) },
		"the refresh ignores its context and comes late": func(context.Context) error { time.Sleep(time.Hour); return errors.New("example") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newIssuer()
				s := p.seeded(t, tokens.NewMemoryStore(), func(c *setup) {
					c.Refresh = func(ctx context.Context, _ *grantway.Token) (*grantway.Token, error) { return nil, refresh(ctx) }
				})
				_, err := s.TokenContext(context.Background())
				if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || !errors.Is(err, grantway.ErrAmbiguous) {
					t.Errorf("%v", err)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}
