package authcode

import (
	"crypto/sha256"
	"sync"
	"time"
)

// maxUsedStates bounds each half of usedStates. Every entry is a callback with a
// state that was begun here, so that the bound is met only by thousands of them
// a minute.
const maxUsedStates = 1 << 16

// usedStates knows the states that came back, for as long as they could come
// back again. It keeps two halves and drops the older one once the newer is a
// lifetime old, or full: a state is known for a lifetime at least, or for the
// next 65,536 of them.
//
// It is one process's memory. What holds beyond it is that the code is good
// once, at the provider.
type usedStates struct {
	mu           sync.Mutex
	newer, older map[[16]byte]struct{}
	since        time.Time // when newer was begun
}

// take reports whether state was not taken before.
func (u *usedStates) take(state string, now time.Time) bool {
	sum := sha256.Sum256([]byte(state))
	key := [16]byte(sum[:])
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.newer == nil || now.Sub(u.since) >= Lifetime || len(u.newer) >= maxUsedStates {
		u.older, u.newer, u.since = u.newer, map[[16]byte]struct{}{}, now
	}
	_, new := u.newer[key]
	_, old := u.older[key]
	u.newer[key] = struct{}{}
	return !new && !old
}
