package fakeauth

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestF3_ARecentMapForgetsByAgeAndByNumber(t *testing.T) {
	for _, c := range []struct {
		name string
		age  time.Duration
		do   func(*Book, *Recent[string, int])
		want string // the keys that are left, of a to e
		held int
	}{
		{"the oldest beyond the number", 0, func(_ *Book, r *Recent[string, int]) {
			for i, key := range []string{"a", "b", "c", "d", "e"} {
				r.Put(key, i)
			}
		}, "cde", 3},
		{"one that is put again is the newest", 0, func(_ *Book, r *Recent[string, int]) {
			for i, key := range []string{"a", "b", "c", "a", "d"} {
				r.Put(key, i)
			}
		}, "acd", 3},
		{"one that is deleted makes room", 0, func(_ *Book, r *Recent[string, int]) {
			r.Put("a", 1)
			r.Put("b", 1)
			r.Delete("a")
			r.Delete("a")
			r.Put("c", 1)
			r.Put("d", 1)
		}, "bcd", 3},
		{"nothing by age, if it has none", 0, func(b *Book, r *Recent[string, int]) { r.Put("a", 1); b.Advance(9999 * time.Hour) }, "a", 1},
		{"a moment before its age", time.Hour, func(b *Book, r *Recent[string, int]) { r.Put("a", 1); b.Advance(time.Hour - 1) }, "a", 1},
		{"at its age", time.Hour, func(b *Book, r *Recent[string, int]) { r.Put("a", 1); b.Advance(time.Hour) }, "", 1},
		{"and with the next one for good", time.Hour, func(b *Book, r *Recent[string, int]) {
			r.Put("a", 1)
			r.Put("b", 1)
			b.Advance(time.Hour)
			r.Put("c", 1)
		}, "c", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBook("toytest", faketest.Standing)
			r := NewRecent[string, int](b, 3, c.age)
			c.do(b, r)
			got := ""
			for _, key := range []string{"a", "b", "c", "d", "e"} {
				if _, ok := r.Get(key); ok {
					got += key
				}
			}
			if got != c.want || len(r.all) != c.held || r.order.Len() != c.held {
				t.Errorf("left %q, want %q; holds %d and %d, want %d", got, c.want, len(r.all), r.order.Len(), c.held)
			}
		})
	}
}

func TestF3_TokensAreForgottenLongAfterTheirEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*Book, Tokens[string], *Token[string])
		ever bool // it is never forgotten by age
	}{
		{"expired", func(b *Book, _ Tokens[string], t *Token[string]) { t.Expires = b.Now() }, false},
		{"spent", func(_ *Book, ts Tokens[string], t *Token[string]) { ts.Spend(t, 0, nil) }, false},
		{"revoked alone", func(_ *Book, ts Tokens[string], t *Token[string]) { ts.End(t) }, false},
		{"revoked with others", func(_ *Book, ts Tokens[string], _ *Token[string]) { ts.Revoke(func(string) bool { return true }) }, false},
		{"live", func(*Book, Tokens[string], *Token[string]) {}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBook("toytest", faketest.Standing)
			ts := NewTokens[string](b)
			name := ts.Issue("refresh", "ann", time.Time{})
			c.end(b, ts, ts.Find(name))
			b.Advance(tokenAge - 1)
			if ts.Find(name) == nil {
				t.Error("it is not recognised for a while")
			}
			b.Advance(1)
			if known := ts.Find(name) != nil; known != c.ever {
				t.Errorf("after that it is known: %v", known)
			}
			for range 200 {
				ts.Issue("refresh", "bob", time.Time{})
			}
			if _, held := ts.list.all[name]; held != c.ever {
				t.Errorf("after 200 others it is held: %v", held)
			}
		})
	}
}

func TestF3_OfTooManyTokensTheEndedGoFirstAndThenTheOldest(t *testing.T) {
	b := NewBook("toytest", faketest.Standing)
	ts := NewTokens[string](b)
	ts.list.most = 8
	var names []string
	issue := func(n int) {
		for range n {
			names = append(names, ts.Issue("refresh", "ann", time.Time{}))
		}
	}
	issue(8)
	for _, i := range []int{7, 5} { // two that have ended
		ts.End(ts.Find(names[i]))
	}
	issue(1)
	left := ""
	for i, name := range names {
		if ts.Find(name) != nil {
			left += fmt.Sprint(i)
		}
	}
	if left != "0123468" {
		t.Errorf("left %s", left)
	}
	names = nil
	issue(100)
	if n := len(ts.list.all); n > 8 {
		t.Errorf("%d tokens", n)
	}
	if ts.Live(names[99]) == nil || ts.Live(names[98]) == nil || ts.Find(names[0]) != nil {
		t.Error("the oldest does not go first")
	}
}

func TestF3_WhatUsersHaveGrantedIsBounded(t *testing.T) {
	b := NewBook("toytest", faketest.Standing)
	for i := range maxGranted + 10 {
		b.Grant("ann", []string{fmt.Sprint("scope", i)})
	}
	if b.Granted("ann", []string{"scope0"}) || !b.Granted("ann", []string{fmt.Sprint("scope", maxGranted+9)}) {
		t.Error("of too many scopes the oldest goes")
	}
	for i := range maxGranters {
		b.Grant(fmt.Sprint("user", i), []string{"A"})
	}
	if n := len(b.granted.all); n != maxGranters || b.Granted("ann", []string{fmt.Sprint("scope", maxGranted+9)}) {
		t.Errorf("%d users, and the oldest is one of them", n)
	}
}

func TestF3_TheLogIsBoundedByNumberAndBySize(t *testing.T) {
	f := start(t)
	for i := range maxRequests + 10 {
		f.record(Request{Path: fmt.Sprint("/", i)})
	}
	log := f.Requests()
	if len(log) != maxRequests || log[0].Path != "/10" || log[maxRequests-1].Path != fmt.Sprint("/", maxRequests+9) {
		t.Errorf("%d requests, from %s", len(log), log[0])
	}
	big := Request{Body: make([]byte, maxBody), RawQuery: "a", Header: map[string][]string{"A": {"b"}}, Path: "/"}
	for range 70 {
		f.record(big)
	}
	if log := f.Requests(); len(log) != maxLogged/big.size() || f.logged != len(log)*big.size() {
		t.Errorf("%d requests of %d bytes, counted %d", len(log), big.size(), f.logged)
	}
	f.record(Request{Body: make([]byte, maxLogged+1)})
	if log := f.Requests(); len(log) != 1 {
		t.Errorf("%d requests: the last one stays, whatever its size", len(log))
	}
}

func TestF3_AnAuthorizationRequestIsOfBoundedSize(t *testing.T) {
	b := NewBook("toytest", faketest.Standing)
	c := faketest.Must(NewConsent(b, ConsentConfig{
		RedirectURL: "https://example.com/callback", Users: []string{"ann"},
		Read: func(map[string]string) (Ask, string) { return Ask{}, "" },
	}))
	if _, why := c.read("state=" + strings.Repeat("x", maxQuery-6)); why != "" {
		t.Errorf("the longest: %s", why)
	}
	if _, why := c.read("state=" + strings.Repeat("x", maxQuery-5)); why != "toytest: the query is longer than 32 KiB" {
		t.Errorf("a longer one: %q", why)
	}
}
