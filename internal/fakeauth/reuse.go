package fakeauth

import (
	"errors"
	"time"
)

// Reuse is what a fake does when a refresh token that is good once comes a
// second time (RFC 9700 section 4.14.2). The zero value refuses it and does
// nothing else.
type Reuse struct {
	// Within is how long after its first use a spent refresh token is still
	// answered, by the fake's clock: some servers allow for a lost answer. It
	// does not outlive its own end for that. 0 means that it is not answered.
	Within time.Duration
	// Answer is what such an answer holds.
	Answer ReuseAnswer
	// After is what a reuse does that is not answered.
	After ReuseEffect
}

// ReuseAnswer is what the answer to a reuse within the window holds.
type ReuseAnswer uint8

const (
	// FreshTokens are a new access token and a new refresh token, beside those
	// of the first use, which live on. It is the default.
	FreshTokens ReuseAnswer = iota
	// SameTokens are those of the first use, whatever has become of them
	// meanwhile.
	SameTokens
)

// ReuseEffect is what a reuse does that is not answered.
type ReuseEffect uint8

const (
	// RefuseReuse refuses the request, and nothing ends. It is the default.
	RefuseReuse ReuseEffect = iota
	// RevokeFamily refuses the request and ends every token that came of the
	// same authorization: the living access token and the newest refresh token
	// as well.
	RevokeFamily
)

// Check says what is wrong with it, such as at the start of a fake.
func (r Reuse) Check() error {
	if r.Within < 0 {
		return errors.New("Options.Reuse.Within is negative")
	}
	return nil
}

// Pair are the names of the tokens that the use of a refresh token gave.
type Pair struct{ Access, Refresh string }

// Redeem takes the refresh token of a request. A nil one is to be refused; if
// it is a reuse and r says so, revoke has been told whose family ends. If
// repeat is true, the tokens that it gave are to be given once more.
func (ts Tokens[T]) Redeem(name string, r Reuse, revoke func(T)) (t *Token[T], repeat bool) {
	t = ts.Live(name)
	if t != nil {
		return t, t.Spent && r.Answer == SameTokens
	}
	if old := ts.Find(name); old != nil && old.Spent && r.After == RevokeFamily {
		revoke(old.Of)
	}
	return nil, false
}
