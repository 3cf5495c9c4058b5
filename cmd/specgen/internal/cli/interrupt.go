package cli

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
)

var errInterrupted = errors.New("interrupted; what was being written was finished first")

// uninterrupted has Ctrl-C wait until f is through: a tree that is half written
// helps nobody, and writing takes milliseconds.
func uninterrupted(f func() error) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	err := f()
	select {
	case <-signals:
		err = errors.Join(err, errInterrupted)
	default:
	}
	return err
}
