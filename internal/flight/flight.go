// Package flight runs one piece of work that many wait for: detached from
// whoever started it, bounded by its own deadline, ended by Stop, and safe
// against work that panics or hangs.
//
// It knows nothing of tokens. It refuses to run anything twice: who finds a
// flight under way joins it.
package flight

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// ErrStopped is the outcome of a flight that Stop ended.
var ErrStopped = errors.New("stopped")

// PanicError is the outcome of work that panicked. It holds the kind of the
// value and not the value, which may be anything.
type PanicError struct{ Kind string }

func (e *PanicError) Error() string { return "panic: a " + e.Kind }

// Flight is one run.
type Flight[T any] struct {
	cancel  context.CancelCauseFunc
	stopped atomic.Bool
	once    sync.Once
	done    chan struct{}
	value   T
	err     error
}

// Options is how a flight is run.
type Options struct {
	// Admit, if set, is waited for before the work begins and before its time
	// does. Its error is the flight's outcome.
	Admit func(context.Context) error
	// Limit is the time for the work. Its context ends with
	// context.DeadlineExceeded then.
	Limit time.Duration
	// Grace is how long after its context's end the work is still waited for.
	Grace time.Duration
}

// Start runs work in a goroutine of its own under a context that nobody but
// the flight ends: by its limit, or by Stop. settle is called once, before
// anyone waiting hears of the outcome.
func Start[T any](o Options, work func(context.Context) (T, error), settle func(*Flight[T])) *Flight[T] {
	whole, cancel := context.WithCancelCause(context.Background())
	f := &Flight[T]{cancel: cancel, done: make(chan struct{})}
	finish := func(value T, err error) {
		f.once.Do(func() {
			f.value, f.err = value, err
			settle(f)
			close(f.done)
		})
	}
	go func() {
		defer cancel(nil)
		var zero T
		if o.Admit != nil {
			if _, err := guarded(whole, func(ctx context.Context) (T, error) { return zero, o.Admit(ctx) }); err != nil {
				finish(zero, ended(whole, err))
				return
			}
		}
		ctx, end := context.WithTimeout(whole, o.Limit)
		defer end()
		// A store that hangs ignores the context too. The waiting are let go all
		// the same; the work finds its context ended when it wakes up.
		stop := context.AfterFunc(ctx, func() {
			select {
			case <-f.done:
			case <-time.After(o.Grace):
				finish(zero, context.Cause(ctx))
			}
		})
		value, err := guarded(ctx, work)
		stop()
		finish(value, ended(ctx, err))
	}()
	return f
}

// ended says who ended ctx, if err says no more than that it has ended.
func ended(ctx context.Context, err error) error {
	if err != nil && err == ctx.Err() { //nolint:errorlint // the very error of the context, not one that wraps it
		return context.Cause(ctx)
	}
	return err
}

func guarded[T any](ctx context.Context, work func(context.Context) (T, error)) (value T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &PanicError{Kind: fmt.Sprintf("%T", r)}
		}
	}()
	return work(ctx)
}

// Wait returns the outcome, or the caller's context's error if that ends
// first; the flight goes on then.
func (f *Flight[T]) Wait(ctx context.Context) (T, error) {
	if ctx.Done() == nil { // ten thousand plain receives are quicker than as many selects
		<-f.done
		return f.value, f.err
	}
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done(): //mutant:flight-ends-with-its-caller
		var zero T
		return zero, ctx.Err()
	}
}

// Outcome is for settle, and for who knows that the flight is over.
func (f *Flight[T]) Outcome() (T, error) { return f.value, f.err }

// Stop ends the flight. Its outcome is ErrStopped, or what the work made of
// its context's end.
func (f *Flight[T]) Stop() {
	f.stopped.Store(true)
	f.cancel(ErrStopped)
}

// Stopped reports whether Stop was called.
func (f *Flight[T]) Stopped() bool { return f.stopped.Load() }
