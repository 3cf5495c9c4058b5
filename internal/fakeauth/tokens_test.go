package fakeauth

import (
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestATokenLivesUntilItEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Book, Tokens[string], *Token[string])
		live   bool
	}{
		{"as issued", func(*Book, Tokens[string], *Token[string]) {}, true},
		{"a moment before its end", func(b *Book, _ Tokens[string], _ *Token[string]) { b.Advance(time.Hour - 1) }, true},
		{"at its end", func(b *Book, _ Tokens[string], _ *Token[string]) { b.Advance(time.Hour) }, false},
		{"without an end", func(b *Book, _ Tokens[string], t *Token[string]) {
			t.Expires = time.Time{}
			b.Advance(9999 * time.Hour)
		}, true},
		{"revoked", func(_ *Book, ts Tokens[string], _ *Token[string]) {
			ts.Revoke(func(of string) bool { return of == "ann" })
		}, false},
		{"another's revoked", func(_ *Book, ts Tokens[string], _ *Token[string]) {
			ts.Revoke(func(of string) bool { return of == "bob" })
		}, true},
		{"spent", func(_ *Book, ts Tokens[string], t *Token[string]) { ts.Spend(t, 0, Pair{}) }, false},
		{"in its grace", func(b *Book, ts Tokens[string], t *Token[string]) {
			ts.Spend(t, time.Minute, Pair{})
			b.Advance(time.Minute - 1)
		}, true},
		{"after its grace", func(b *Book, ts Tokens[string], t *Token[string]) {
			ts.Spend(t, time.Minute, Pair{})
			b.Advance(time.Minute)
		}, false},
		{"spent again in its grace, which is not longer for that", func(b *Book, ts Tokens[string], t *Token[string]) {
			ts.Spend(t, time.Minute, Pair{})
			b.Advance(time.Second)
			ts.Spend(t, time.Minute, Pair{})
			b.Advance(59 * time.Second)
		}, false},
		{"with a grace beyond its end", func(b *Book, ts Tokens[string], t *Token[string]) {
			ts.Spend(t, 2*time.Hour, Pair{})
			b.Advance(time.Hour)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBook("toytest", faketest.Standing)
			ts := NewTokens[string](b)
			name := ts.Issue("access", "ann", b.In(time.Hour))
			ts.Issue("access", "bob", b.In(time.Hour))
			c.change(b, ts, ts.Find(name))
			if live := ts.Live(name) != nil; live != c.live || ts.IsLive(grantway.NewSecret(name)) != c.live {
				t.Errorf("live is %v", live)
			}
			if ts.Find(name) == nil {
				t.Error("it is forgotten")
			}
			ts.Delete(name)
			if ts.Find(name) != nil || ts.Live(name) != nil {
				t.Error("it is deleted, and still there")
			}
		})
	}
}

func TestRevokeTellsWhetherAnythingWasThere(t *testing.T) {
	all := func(string) bool { return true }
	b := NewBook("toytest", faketest.Standing)
	ts := NewTokens[string](b)
	if ts.Revoke(all) {
		t.Error("of nothing")
	}
	ts.Spend(ts.Find(ts.Issue("refresh", "", time.Time{})), time.Hour, Pair{})
	if ts.Revoke(all) {
		t.Error("of a spent token")
	}
	ts.Issue("refresh", "", time.Time{})
	if !ts.Revoke(all) {
		t.Error("of a live token: nothing was found")
	}
	if ts.Revoke(all) {
		t.Error("a second time")
	}
}

func TestATestChangesOnlyATokenThatThereIs(t *testing.T) {
	b := NewBook("toytest", faketest.Standing)
	ts := NewTokens[int](b)
	secret := grantway.NewSecret(ts.Issue("access", 1, time.Time{}))
	if !ts.Change(secret, func(t *Token[int]) { t.Of = 2 }) || ts.Find(secret.Reveal()).Of != 2 {
		t.Error("it did not change")
	}
	if !ts.Expire(secret) || ts.IsLive(secret) {
		t.Error("it did not end")
	}
	unknown := grantway.NewSecret("example-unknown")
	if ts.Expire(unknown) || ts.IsLive(unknown) || ts.Change(unknown, func(*Token[int]) { t.Error("something is changed") }) {
		t.Error("a token that was never issued is known")
	}
}
