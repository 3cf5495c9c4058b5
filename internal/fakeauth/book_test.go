package fakeauth

import (
	"sync"
	"testing"
	"time"

	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestNamesAreCountedByKind(t *testing.T) {
	b := NewBook("toytest", nil)
	for _, want := range []string{"example-access-1", "example-access-2"} {
		if got := b.next("access"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := b.next("code"); got != "example-code-1" {
		t.Errorf("%q", got)
	}
}

func TestTheLastMomentIsOver(t *testing.T) {
	b := NewBook("toytest", faketest.Standing)
	for _, c := range []struct {
		name string
		then time.Time
		over bool
	}{
		{"never", time.Time{}, false},
		{"before", b.In(-1), true},
		{"now", b.In(0), true},
		{"after", b.In(1), false},
	} {
		if b.Over(c.then) != c.over {
			t.Errorf("%s: over is %v", c.name, !c.over)
		}
	}
}

func TestGrantsAddUpByUser(t *testing.T) {
	b := NewBook("toytest", nil)
	b.Grant("ann", []string{"A"})
	b.Grant("ann", []string{"B"})
	b.Grant("bob", []string{"C"})
	for _, c := range []struct {
		user   string
		scopes []string
		want   bool
	}{
		{"ann", []string{"B", "A"}, true},
		{"ann", nil, true},
		{"ann", []string{"A", "C"}, false},
		{"carl", []string{"A"}, false},
	} {
		if got := b.Granted(c.user, c.scopes); got != c.want {
			t.Errorf("%s, %v: %v", c.user, c.scopes, got)
		}
	}
	b.Ungrant("ann")
	if b.Granted("ann", []string{"A"}) || !b.Granted("bob", []string{"C"}) {
		t.Error("Ungrant forgets the grants of one user")
	}
}

func TestARouteHasTheBookToItself(t *testing.T) {
	n, most := 0, 0
	s := start(t, Route{Method: "GET", Path: "/a", Handle: func(Call) Answer {
		n++ // no lock of its own: the race detector tells
		most = max(most, n)
		n--
		return Text(200, "")
	}})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { faketest.Send(t, "GET", s.URL()+"/a", "") })
	}
	wg.Wait()
	s.book.Lock()
	defer s.book.Unlock()
	if most != 1 {
		t.Errorf("%d at once", most)
	}
}
