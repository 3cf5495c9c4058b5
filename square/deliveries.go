package square

import (
	"crypto/sha256"
	"sync"
)

// maxDeliveries is how many notifications a Webhook remembers. What is older may
// be handled again.
const maxDeliveries = 4096

// deliveries remembers which notifications were handled.
type deliveries struct {
	mu     sync.Mutex
	states map[deliveryID]delivery
	done   []deliveryID // a ring, the oldest at next
	next   int
}

type deliveryID [sha256.Size]byte

type delivery uint8

const (
	beingHandled delivery = iota + 1
	handledBefore
)

func newDeliveries() *deliveries { return &deliveries{states: map[deliveryID]delivery{}} }

// begin returns 0 if the caller is to handle the notification, and then to call
// end.
func (d *deliveries) begin(id string) delivery {
	key := deliveryID(sha256.Sum256([]byte(id)))
	d.mu.Lock()
	defer d.mu.Unlock()
	state := d.states[key]
	if state == 0 {
		d.states[key] = beingHandled
	}
	return state
}

// end notes whether it was handled; if not, it may come again.
func (d *deliveries) end(id string, handled bool) {
	key := deliveryID(sha256.Sum256([]byte(id)))
	d.mu.Lock()
	defer d.mu.Unlock()
	if !handled {
		delete(d.states, key)
		return
	}
	d.states[key] = handledBefore
	if len(d.done) < maxDeliveries {
		d.done = append(d.done, key)
		return
	}
	delete(d.states, d.done[d.next])
	d.done[d.next] = key
	d.next = (d.next + 1) % maxDeliveries
}
