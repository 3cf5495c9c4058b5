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

	mu sync.Mutex
	// release gives back what the flight was admitted to; nil if that is none.
	release func()
}

// Work is what a flight does: look, be admitted, do.
type Work[T any] struct {
	// Look, if set, comes first. If it reports done the flight ends with what it
	// returns, and nobody has to admit it.
	Look func(context.Context) (value T, done bool, err error)
	// Admit, if set, is waited for before Do, without a limit. Its error is the
	// flight's outcome. What it returns is called once, when the flight ends.
	Admit func(context.Context) (release func(), err error)
	// Do is the work.
	Do func(context.Context) (T, error)
}

// Options is how a flight is run.
type Options struct {
	// Limit is the time for Look, and again for Do once it is admitted. Their
	// context ends with context.DeadlineExceeded then.
	Limit time.Duration
	// Grace is how long after its context's end the work is still waited for.
	Grace time.Duration
}

// Start runs work in a goroutine of its own under a context that nobody but
// the flight ends: by its limit, or by Stop. settle is called once, before
// anyone waiting hears of the outcome.
func Start[T any](o Options, work Work[T], settle func(*Flight[T])) *Flight[T] {
	whole, cancel := context.WithCancelCause(context.Background())
	f := &Flight[T]{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel(nil)
		if work.Look != nil {
			var done bool
			value, err := within(f, whole, o, settle, func(ctx context.Context) (value T, err error) {
				value, done, err = work.Look(ctx)
				return value, err
			})
			if done || err != nil {
				f.finish(value, err, settle)
				return
			}
		}
		if work.Admit != nil {
			release, err := guarded(whole, work.Admit)
			if f.admitted(release); err != nil {
				var zero T
				f.finish(zero, ended(whole, err), settle)
				return
			}
		}
		value, err := within(f, whole, o, settle, work.Do)
		f.finish(value, err, settle)
	}()
	return f
}

// within runs one part of the work within the limit.
func within[T any](f *Flight[T], whole context.Context, o Options, settle func(*Flight[T]), part func(context.Context) (T, error)) (T, error) {
	ctx, end := context.WithTimeout(whole, o.Limit)
	defer end()
	// A store that hangs ignores the context too. The waiting are let go all
	// the same; the work finds its context ended when it wakes up.
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-f.done:
		case <-time.After(o.Grace):
			var zero T
			f.finish(zero, context.Cause(ctx), settle)
			f.cancel(context.Cause(ctx)) // of what comes after this part
		}
	})
	defer stop()
	value, err := guarded(ctx, part)
	return value, ended(ctx, err)
}

// finish ends the flight, the first time that it is called.
func (f *Flight[T]) finish(value T, err error, settle func(*Flight[T])) {
	f.once.Do(func() {
		f.value, f.err = value, err
		settle(f)
		close(f.done)
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.release != nil {
			f.release()
		}
	})
}

// admitted keeps what is to be given back at the end, which may have come
// already.
func (f *Flight[T]) admitted(release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.done:
		if release != nil {
			release()
		}
	default:
		f.release = release
	}
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
