package tokens_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// What a function does that is told of events harms nobody but those who wait
// behind it.
func TestOnEventHoldsNobodyUp(t *testing.T) {
	for _, tt := range []struct {
		name string
		// on makes the function, which calls heard with what it was told.
		on   func(s **tokens.Source, heard func(tokens.Event)) func(tokens.Event)
		told string
	}{
		{"one that only listens", func(_ **tokens.Source, heard func(tokens.Event)) func(tokens.Event) { return heard }, "saved refreshed refreshed "},
		{"one that blocks for a day", func(_ **tokens.Source, heard func(tokens.Event)) func(tokens.Event) {
			return func(e tokens.Event) { time.Sleep(24 * time.Hour); heard(e) }
		}, "saved refreshed refreshed "},
		{"one that calls the Source", func(s **tokens.Source, heard func(tokens.Event)) func(tokens.Event) {
			return func(e tokens.Event) {
				if _, err := (*s).Status(context.Background()); err == nil {
					_, err = (*s).TokenContext(context.Background())
					if err == nil {
						heard(e)
					}
				}
			}
		}, "saved refreshed refreshed "},
		{"one that panics the first time", func(_ **tokens.Source, heard func(tokens.Event)) func(tokens.Event) {
			return func(e tokens.Event) {
				if e.Kind == tokens.EventSaved {
					panic("example")
				}
				heard(e)
			}
		}, "refreshed refreshed "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, began := newIssuer(), time.Now()
				var mu sync.Mutex
				told := ""
				var s *tokens.Source
				on := tt.on(&s, func(e tokens.Event) { mu.Lock(); defer mu.Unlock(); told += e.Kind.String() + " " })
				s = p.source(t, tokens.NewMemoryStore(), func(c *setup) { c.OnEvent = on })
				tok := p.token("access-0", "refresh-0")
				tok.ObtainedAt, tok.Expiry = tok.ObtainedAt.Add(-2*time.Hour), grantway.ExpiresAt(tok.ObtainedAt.Add(-time.Hour))
				if err := s.Save(t.Context(), tok); err != nil {
					t.Fatal(err)
				}
				p.expect(t, s, "access-1", nil)
				if time.Since(began) != 0 {
					t.Errorf("held up for %v", time.Since(began))
				}
				time.Sleep(time.Hour)
				p.expect(t, s, "access-2", nil)
				time.Sleep(4 * 24 * time.Hour)
				mu.Lock()
				defer mu.Unlock()
				if told != tt.told {
					t.Errorf("told %q, want %q", told, tt.told)
				}
			})
		})
	}
}

func TestAnEventSaysHowManyWereMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []tokens.Event
		release := make(chan struct{})
		p := newIssuer()
		s := p.source(t, tokens.NewMemoryStore(), func(c *setup) {
			c.OnEvent = func(e tokens.Event) { <-release; told = append(told, e) }
		})
		const saves = 1500
		save := func() {
			if err := s.Save(t.Context(), p.token("access-0", "refresh-0")); err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // the first one is with the function by then
		}
		for range saves {
			save()
		}
		close(release)
		synctest.Wait()
		save()
		last, missed := told[len(told)-1], 0
		for i, e := range told {
			missed += e.Missed
			if i > 0 && e.Generation <= told[i-1].Generation {
				t.Fatalf("generation %d after %d", e.Generation, told[i-1].Generation)
			}
		}
		if missed == 0 || last.Missed != missed || len(told)+missed != saves+1 {
			t.Errorf("told %d, missed %d of them before the last, %d in all", len(told), last.Missed, missed)
		}
	})
}
