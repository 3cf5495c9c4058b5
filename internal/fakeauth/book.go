package fakeauth

import (
	"slices"
	"strconv"
	"sync"
	"time"
)

// Book is what a fake remembers: the tokens of it (see Tokens), who has granted
// what, and the clock by which all of that ends. Whoever uses a Book holds its
// lock. The engine holds it while a Route or a Consent works on a request.
type Book struct {
	sync.Mutex
	Clock

	fake    string
	issued  map[string]int                             // by kind
	granted *Recent[string, *Recent[string, struct{}]] // by user, then scope
}

// What a Book remembers of who has granted what; beyond that, the page asks again.
const (
	maxGranters = 100_000
	maxGranted  = 1000 // scopes of one user
)

// NewBook makes the book of a fake. fake is the package on top, such as
// "squaretest", with which its errors begin. now tells the time; nil means
// time.Now.
func NewBook(fake string, now func() time.Time) *Book {
	if now == nil {
		now = time.Now
	}
	b := &Book{Clock: Clock{now: now}, fake: fake, issued: map[string]int{}}
	b.granted = NewRecent[string, *Recent[string, struct{}]](b, maxGranters, 0)
	return b
}

// Locked does something with the lock held.
func (b *Book) Locked(do func()) {
	b.Lock()
	defer b.Unlock()
	do()
}

// In is the moment d from now.
func (b *Book) In(d time.Duration) time.Time { return b.Now().Add(d) }

// Over reports whether what ends then has ended. The moment itself is over; a
// zero one never comes.
func (b *Book) Over(then time.Time) bool { return !then.IsZero() && !b.Now().Before(then) }

// next makes codes and tokens: "example-access-1", "example-access-2". They are
// predictable, so that a failed test reads the same each time, and look like
// nobody's real credential.
func (b *Book) next(kind string) string {
	b.issued[kind]++
	return "example-" + kind + "-" + strconv.Itoa(b.issued[kind])
}

// Grant remembers that a user has granted the scopes, besides those of before.
func (b *Book) Grant(user string, scopes []string) {
	granted, ok := b.granted.Get(user)
	if !ok {
		granted = NewRecent[string, struct{}](b, maxGranted, 0)
	}
	for _, scope := range scopes {
		granted.Put(scope, struct{}{})
	}
	b.granted.Put(user, granted)
}

// Granted reports whether a user has granted all of the scopes.
func (b *Book) Granted(user string, scopes []string) bool {
	granted, ok := b.granted.Get(user)
	return !slices.ContainsFunc(scopes, func(scope string) bool {
		if !ok {
			return true
		}
		_, ok := granted.Get(scope)
		return !ok
	})
}

// Ungrant forgets what a user has granted.
func (b *Book) Ungrant(user string) { b.granted.Delete(user) }
