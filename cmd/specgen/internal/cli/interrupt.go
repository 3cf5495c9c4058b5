package cli

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
)

var errInterrupted = errors.New("interrupted: nothing was changed")

// interruptible runs write so that Ctrl-C stops it between two steps, whereupon
// write puts back what was there. Without this the process would end on the
// spot, in the middle of a tree that is half written. An interrupt that comes
// after the last step is too late: everything is written then.
func interruptible(write func(before func(step string) error) error, also func(step string)) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	return write(func(step string) error {
		if also != nil {
			also(step)
		}
		select {
		case <-signals:
			return errInterrupted
		default:
			return nil
		}
	})
}
