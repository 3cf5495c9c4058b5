package cli

import (
	"fmt"
	"time"
)

// patience is how long a user is left without a word.
const patience = time.Second

// watch says so when one spec takes longer than that.
func (o *output) watch(spec string) (done func()) {
	said := make(chan struct{})
	timer := time.AfterFunc(patience, func() {
		fmt.Fprintf(o.stderr, "specgen: still at %s\n", spec)
		close(said)
	})
	return func() {
		if !timer.Stop() {
			<-said // nobody writes to standard error after this
		}
	}
}
