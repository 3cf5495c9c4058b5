package tokens_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway/tokens"
	"github.com/grantway/grantway/tokens/storetest"
)

func TestMemoryStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) tokens.Store { return tokens.NewMemoryStore() })
}

func TestMemoryStoreLeasesEndByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		storetest.CheckLeaseExpiry(t, tokens.NewMemoryStore(), time.Sleep)
	})
}

func TestMemoryStoreKeepsALateLeaseThatNobodyTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := tokens.NewMemoryStore()
		l, err := m.Acquire(t.Context(), "example", time.Second)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if err := l.Renew(t.Context()); err != nil {
			t.Errorf("Renew: %v", err)
		}
		if _, err := m.Acquire(t.Context(), "example", time.Second); !errors.Is(err, tokens.ErrLeased) {
			t.Errorf("Acquire after the renewal: %v", err)
		}
	})
}

func TestMemoryStorePrintsNothingItHolds(t *testing.T) {
	m := tokens.NewMemoryStore()
	e := tokens.Entry{Key: "example", Generation: 1, Data: []byte("example-secret")}
	if err := m.CompareAndSwap(t.Context(), 0, e); err != nil {
		t.Fatal(err)
	}
	type user struct{ store *tokens.MemoryStore }
	type owner struct{ store tokens.MemoryStore }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{m, *m, user{m}, &user{m}, owner{*m}, &owner{*m}} {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, "example-secret") || strings.Contains(out, "6578616d706c652d736563726574") || strings.Contains(out, "101 120 97") {
				t.Errorf("%s of a %T prints what it holds: %s", verb, v, out)
			}
		}
	}
	if got := m.LogValue().String(); got != "MemoryStore" {
		t.Errorf("LogValue: %s", got)
	}
	// The inverse: the same data in the open do print.
	if out := fmt.Sprintf("%s", map[string][]byte{"example": e.Data}); !strings.Contains(out, "example-secret") {
		t.Errorf("the marker does not print: %s", out)
	}
}

func TestMemoryStoreRefusesWhatNoStoreKeeps(t *testing.T) {
	ctx := t.Context()
	m := tokens.NewMemoryStore()
	for name, e := range map[string]tokens.Entry{
		"no key":           {Generation: 1},
		"a long key":       {Key: strings.Repeat("k", 513), Generation: 1},
		"a key with a NUL": {Key: "a\x00b", Generation: 1},
		"a non-ASCII key":  {Key: "caf\u00e9", Generation: 1},
		"much data":        {Key: "example", Generation: 1, Data: make([]byte, 64<<10+1)},
	} {
		if err := m.CompareAndSwap(ctx, 0, e); !errors.Is(err, tokens.ErrInvalidEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Generation 0 follows the last one only by overflow.
	if err := tokens.CheckSwap(1<<64-1, tokens.Entry{Key: "example"}); !errors.Is(err, tokens.ErrInvalidEntry) {
		t.Errorf("an overflow: %v", err)
	}
	for _, ttl := range []time.Duration{0, -1} {
		if _, err := m.Acquire(ctx, "example", ttl); !errors.Is(err, tokens.ErrInvalidEntry) {
			t.Errorf("a ttl of %v: %v", ttl, err)
		}
	}
	if _, err := m.Acquire(ctx, "", time.Second); !errors.Is(err, tokens.ErrInvalidEntry) {
		t.Errorf("a lease on no key: %v", err)
	}
}

func TestMemoryStoreOfNobodySaysWhatToDo(t *testing.T) {
	for _, m := range []*tokens.MemoryStore{nil, {}} {
		_, err := m.Load(t.Context(), "example")
		if err == nil || !strings.Contains(err.Error(), "NewMemoryStore") {
			t.Errorf("Load: %v", err)
		}
	}
}
