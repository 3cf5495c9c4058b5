package fakeauth

import (
	"maps"
	"slices"
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
	// Again answers a reuse with what the first use gave, if it is spent.
	Again func() Answer
	// Revoked says that it ended before its time; see Tokens.End.
	Revoked bool

	nth int // of those that were issued
}

// What a list remembers. A token is recognised for a while after it has ended,
// by which time nobody asks for it: the longest that a provider is known to want
// is the 15 days in which Square's legacy tokens could be renewed.
const (
	maxTokens = 100_000
	tokenAge  = 30 * 24 * time.Hour // since its end
)

// Tokens are the tokens of a Book that are looked up together, by their names.
// Those that ended too long ago are forgotten; of too many, those that have
// ended go before those that live, and the older before the newer.
type Tokens[T any] struct {
	book *Book
	list *tokenList[T]
}

type tokenList[T any] struct {
	all   map[string]*Token[T]
	most  int
	nth   int
	clean int // how many there are when it is time to look for what to forget
}

// NewTokens makes an empty list.
func NewTokens[T any](b *Book) Tokens[T] {
	return Tokens[T]{b, &tokenList[T]{all: map[string]*Token[T]{}, most: maxTokens}}
}

// Issue adds a token and returns its name, "example-KIND-1" and so on.
func (ts Tokens[T]) Issue(kind string, of T, expires time.Time) (name string) {
	ts.forget()
	name = ts.book.next(kind)
	ts.list.nth++
	ts.list.all[name] = &Token[T]{Of: of, Expires: expires, nth: ts.list.nth}
	return name
}

// forget makes room for one token more. It looks at all of them only when there
// are twice as many as it left the last time, or as many as there may be.
func (ts Tokens[T]) forget() {
	l := ts.list
	if len(l.all) < min(l.clean, l.most) {
		return
	}
	maps.DeleteFunc(l.all, func(_ string, t *Token[T]) bool { return ts.isOld(t) })
	if len(l.all) >= l.most {
		names := slices.SortedFunc(maps.Keys(l.all), func(a, b string) int {
			s, t := l.all[a], l.all[b]
			if over := ts.over(s); over != ts.over(t) {
				if over {
					return -1
				}
				return 1
			}
			return s.nth - t.nth
		})
		for _, name := range names[:len(names)-l.most*3/4] {
			delete(l.all, name)
		}
	}
	l.clean = max(2*len(l.all), 64)
}

// over reports whether a token has ended.
func (ts Tokens[T]) over(t *Token[T]) bool { return t.Revoked || ts.book.Over(t.Expires) }

// isOld reports whether it did so too long ago.
func (ts Tokens[T]) isOld(t *Token[T]) bool {
	return !t.Expires.IsZero() && ts.book.Over(t.Expires.Add(tokenAge))
}

// Find returns a token, even one that has ended; nil if there is none of that
// name.
func (ts Tokens[T]) Find(name string) *Token[T] {
	if t := ts.list.all[name]; t != nil && !ts.isOld(t) {
		return t
	}
	return nil
}

// Live returns a token that is neither over nor revoked; nil if there is none
// of that name.
func (ts Tokens[T]) Live(name string) *Token[T] {
	if t := ts.Find(name); t != nil && !ts.over(t) {
		return t
	}
	return nil
}

// Spend marks a token that is good once as used; again answers a reuse. It ends
// after the grace, or when it would have ended before that. A use within the
// grace changes nothing.
func (ts Tokens[T]) Spend(t *Token[T], grace time.Duration, again func() Answer) {
	if t.Spent {
		return
	}
	t.Spent = true
	if grace > 0 {
		t.Again = again
	}
	ts.endBy(t, ts.book.In(grace))
}

// End revokes a token: it ends before its time.
func (ts Tokens[T]) End(t *Token[T]) {
	t.Revoked = true
	ts.endBy(t, ts.book.Now())
}

func (ts Tokens[T]) endBy(t *Token[T], then time.Time) {
	if t.Expires.IsZero() || then.Before(t.Expires) {
		t.Expires = then
	}
}

// Delete forgets a token.
func (ts Tokens[T]) Delete(name string) { delete(ts.list.all, name) }

// Revoke revokes the tokens that match. It reports whether one of them was
// neither spent nor revoked before.
func (ts Tokens[T]) Revoke(match func(T) bool) (found bool) {
	for _, t := range ts.list.all {
		if match(t.Of) && !t.Revoked {
			ts.End(t)
			found = found || !t.Spent
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
