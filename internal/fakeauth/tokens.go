package fakeauth

import (
	"time"

	"github.com/grantway/grantway"
)

// Token is an authorization code, an access token or a refresh token that a
// fake has issued.
type Token[T any] struct {
	// Of is what the provider knows of it.
	Of T
	// Expires is when it ends; zero is never.
	Expires time.Time
	// Spent says that it was used and is good once.
	Spent bool
	// Gave are the tokens that its first use gave, if it is spent.
	Gave Pair
	// Revoked says that it ended before its time.
	Revoked bool
}

// Tokens are the tokens of a Book that are looked up together, by their names.
type Tokens[T any] struct {
	book *Book
	all  map[string]*Token[T]
}

// NewTokens makes an empty list.
func NewTokens[T any](b *Book) Tokens[T] { return Tokens[T]{b, map[string]*Token[T]{}} }

// Issue adds a token and returns its name, "example-KIND-1" and so on.
func (ts Tokens[T]) Issue(kind string, of T, expires time.Time) (name string) {
	name = ts.book.next(kind)
	ts.all[name] = &Token[T]{Of: of, Expires: expires}
	return name
}

// Find returns a token, even one that has ended; nil if there is none of that
// name.
func (ts Tokens[T]) Find(name string) *Token[T] { return ts.all[name] }

// Live returns a token that is neither over nor revoked; nil if there is none
// of that name.
func (ts Tokens[T]) Live(name string) *Token[T] {
	t := ts.all[name]
	if t == nil || t.Revoked || ts.book.Over(t.Expires) {
		return nil
	}
	return t
}

// Spend marks a token that is good once as used, for what it gave. It ends
// after the grace, or when it would have ended before that. A use within the
// grace changes nothing.
func (ts Tokens[T]) Spend(t *Token[T], grace time.Duration, gave Pair) {
	if t.Spent {
		return
	}
	t.Spent, t.Gave = true, gave
	if until := ts.book.In(grace); t.Expires.IsZero() || until.Before(t.Expires) {
		t.Expires = until
	}
}

// Delete forgets a token.
func (ts Tokens[T]) Delete(name string) { delete(ts.all, name) }

// Revoke revokes the tokens that match. It reports whether one of them was
// neither spent nor revoked before.
func (ts Tokens[T]) Revoke(match func(T) bool) (found bool) {
	for _, t := range ts.all {
		if match(t.Of) && !t.Revoked {
			t.Revoked, found = true, found || !t.Spent
		}
	}
	return found
}

// The methods below are for tests, which have a Secret and no lock: they take
// the Book's lock themselves.

// Change does something to a token behind the client's back. It reports
// whether there is such a token.
func (ts Tokens[T]) Change(token grantway.Secret, change func(*Token[T])) (known bool) {
	ts.book.Lock()
	defer ts.book.Unlock()
	t := ts.Find(token.Reveal())
	if t != nil {
		change(t)
	}
	return t != nil
}

// Expire ends a token's life now. It reports whether there is such a token.
func (ts Tokens[T]) Expire(token grantway.Secret) (known bool) {
	return ts.Change(token, func(t *Token[T]) { t.Expires = ts.book.Now() })
}

// IsLive reports whether there is such a token and it is live.
func (ts Tokens[T]) IsLive(token grantway.Secret) bool {
	ts.book.Lock()
	defer ts.book.Unlock()
	return ts.Live(token.Reveal()) != nil
}
