package fakeauth

import (
	"testing"
	"time"

	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestRedeemTellsAReuseFromAFirstUse(t *testing.T) {
	gave := Pair{"example-access-1", "example-refresh-2"}
	spend := func(b *Book, ts Tokens[string], t *Token[string]) { ts.Spend(t, time.Minute, gave) }
	for _, c := range []struct {
		name    string
		reuse   Reuse
		change  func(*Book, Tokens[string], *Token[string])
		taken   bool
		repeat  bool
		revoked string
	}{
		{"unspent", Reuse{Answer: SameTokens, After: RevokeFamily}, func(*Book, Tokens[string], *Token[string]) {}, true, false, ""},
		{"spent", Reuse{After: RevokeFamily}, spend, true, false, ""},
		{"spent, and the same are wanted", Reuse{Answer: SameTokens}, spend, true, true, ""},
		{"after the window", Reuse{Answer: SameTokens}, func(b *Book, ts Tokens[string], t *Token[string]) { spend(b, ts, t); b.Advance(time.Minute) }, false, false, ""},
		{"after the window, which ends the family", Reuse{After: RevokeFamily}, func(b *Book, ts Tokens[string], t *Token[string]) { spend(b, ts, t); b.Advance(time.Minute) }, false, false, "ann"},
		{"expired and never used", Reuse{After: RevokeFamily}, func(b *Book, _ Tokens[string], _ *Token[string]) { b.Advance(time.Hour) }, false, false, ""},
		{"revoked and never used", Reuse{After: RevokeFamily}, func(_ *Book, _ Tokens[string], t *Token[string]) { t.Revoked = true }, false, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBook("toytest", faketest.Standing)
			ts := NewTokens[string](b)
			name := ts.Issue("refresh", "ann", b.In(time.Hour))
			c.change(b, ts, ts.Find(name))
			revoked := ""
			got, repeat := ts.Redeem(name, c.reuse, func(of string) { revoked += of })
			if (got != nil) != c.taken || repeat != c.repeat || revoked != c.revoked {
				t.Errorf("taken %v, repeat %v, revoked %q", got != nil, repeat, revoked)
			}
			if repeat && got.Gave != gave {
				t.Errorf("it gave %v", got.Gave)
			}
		})
	}
	ts := NewTokens[string](NewBook("toytest", faketest.Standing))
	if got, _ := ts.Redeem("example-unknown", Reuse{After: RevokeFamily}, func(string) { t.Error("a family of nothing ends") }); got != nil {
		t.Error("an unknown token is taken")
	}
}

func TestAReuseWithinTheWindowKeepsWhatTheFirstUseGave(t *testing.T) {
	b := NewBook("toytest", faketest.Standing)
	ts := NewTokens[string](b)
	tok := ts.Find(ts.Issue("refresh", "ann", time.Time{}))
	ts.Spend(tok, time.Minute, Pair{Access: "example-access-1"})
	ts.Spend(tok, time.Minute, Pair{Access: "example-access-2"})
	if tok.Gave.Access != "example-access-1" {
		t.Errorf("%v", tok.Gave)
	}
}
