package fakeauth

import (
	"container/list"
	"time"
)

// Recent is a map of bounded size. It forgets what was put too long ago by the
// clock of a Book, and then what was put first. Whoever uses it holds the lock of
// the Book.
type Recent[K comparable, V any] struct {
	clock *Clock
	most  int
	age   time.Duration
	all   map[K]*list.Element // of *recentItem[K, V]
	order *list.List          // the one put first in front
}

type recentItem[K comparable, V any] struct {
	key   K
	value V
	put   time.Time
}

// NewRecent makes an empty map that keeps most entries, each for the age; 0 is
// for ever.
func NewRecent[K comparable, V any](b *Book, most int, age time.Duration) *Recent[K, V] {
	return &Recent[K, V]{&b.Clock, most, age, map[K]*list.Element{}, list.New()}
}

// Put adds an entry, or makes one that is there the newest, with this value.
func (r *Recent[K, V]) Put(key K, value V) {
	r.Delete(key)
	r.all[key] = r.order.PushBack(&recentItem[K, V]{key, value, r.clock.Now()})
	for front := r.item(r.order.Front()); r.order.Len() > r.most || r.isOld(front); front = r.item(r.order.Front()) {
		r.Delete(front.key)
	}
}

// Get returns the value of an entry, and the zero value if there is none.
func (r *Recent[K, V]) Get(key K) (value V, ok bool) {
	if e, ok := r.all[key]; ok && !r.isOld(r.item(e)) {
		return r.item(e).value, true
	}
	return value, false
}

// Delete forgets an entry.
func (r *Recent[K, V]) Delete(key K) {
	if e, ok := r.all[key]; ok {
		r.order.Remove(e)
		delete(r.all, key)
	}
}

func (r *Recent[K, V]) item(e *list.Element) *recentItem[K, V] {
	i, _ := e.Value.(*recentItem[K, V]) // no other is ever put
	return i
}

func (r *Recent[K, V]) isOld(i *recentItem[K, V]) bool {
	return r.age > 0 && !r.clock.Now().Before(i.put.Add(r.age))
}
