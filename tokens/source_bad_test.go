package tokens_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// What a store holds or cannot do is a typed error that says what to do, and
// nothing is spent on it. A store that cannot be written is TestCheck068's, a
// read-only directory and a full disk are package filestore's.
func TestNothingIsSpentOnAStoreThatCannotBeUsed(t *testing.T) {
	const key = "acme///one"
	put := func(data string) func(*testing.T, tokens.Store) {
		return func(t *testing.T, s tokens.Store) {
			e, err := s.Load(context.Background(), key)
			if err != nil {
				t.Fatal(err)
			}
			data := strings.ReplaceAll(data, "STORED", string(e.Data))
			if err := s.CompareAndSwap(context.Background(), e.Generation, tokens.Entry{Key: key, Generation: e.Generation + 1, Data: []byte(data)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name  string
		spoil func(*testing.T, tokens.Store)
		want  string
	}{
		{"garbage", put("\x00example-secret"), "is damaged or is none of this module's"},
		{"nothing", put(""), "is damaged or is none of this module's"},
		{"a newer schema", put(`{"v":3}`), "upgrade this program"},
		{"another credential's entry", put(`{"v":2,"key":"acme///two","generation":2}`), "belongs to another credential"},
		{"an entry from before", put("STORED"), "copied or rolled back"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newIssuer()
			store := tokens.NewMemoryStore()
			p.seeded(t, store)
			tt.spoil(t, store)
			_, err := p.source(t, &incomparable{store}).TokenContext(context.Background())
			if !errors.Is(err, grantway.ErrStore) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "example-") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if p.count() != 0 {
				t.Errorf("%d calls", p.count())
			}
		})
	}
}
