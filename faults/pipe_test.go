package faults_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway/faults"
)

func TestAClosedPipeRefusesAndAnUnservedOneWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := faults.Pipe()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := p.DialContext(ctx, "tcp", "x"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nobody accepts: %v", err)
		}
		for range 2 {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
		var op *net.OpError
		if _, err := p.DialContext(t.Context(), "tcp", "x"); !errors.As(err, &op) || op.Op != "dial" {
			t.Errorf("closed: %v", err)
		}
		if _, err := p.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("accept: %v", err)
		}
	})
}
