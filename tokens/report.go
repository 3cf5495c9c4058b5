package tokens

import (
	"context"
	"errors"
	"log/slog"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
	"github.com/grantway/grantway/internal/flight"
)

// reporter makes the errors and log records of one credential.
type reporter struct {
	provider string
	key      string
	logger   *slog.Logger
}

func (r reporter) fail(kind grantway.Kind, reason string, cause error) *grantway.Error {
	e := &grantway.Error{Provider: r.provider, Operation: "token", Kind: kind, Reason: reason}
	return e.With(detail.Error{Cause: cause})
}

// storeError names the store's operation. The store's own error and its text
// are kept, for nobody else can say what is wrong with it.
func (r reporter) storeError(operation string, err error) error {
	return r.fail(grantway.KindStore, operation, err)
}

// typed makes a *grantway.Error of what ends a flight without being one.
func (r reporter) typed(err error) error {
	var e *grantway.Error
	if errors.As(err, &e) {
		return err
	}
	var p *flight.PanicError
	switch {
	case errors.As(err, &p):
		return r.fail(grantway.KindStore, "the store or the refresh panicked", p)
	case errors.Is(err, context.DeadlineExceeded):
		return r.fail(grantway.KindAmbiguous, "the refresh took too long", context.DeadlineExceeded)
	}
	return r.fail(grantway.KindAmbiguous, "", err)
}

func (r reporter) log(level slog.Level, what string, err error) {
	if r.logger == nil {
		return
	}
	attrs := []slog.Attr{slog.String("key", r.key)}
	var e *grantway.Error
	if errors.As(err, &e) {
		attrs = append(attrs, slog.String("kind", e.Kind.String()), slog.Int("status", e.Status), slog.String("reason", e.Reason))
	}
	r.logger.LogAttrs(context.Background(), level, "grantway: "+what, attrs...)
}
