package limit

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// held takes places until one is not given at once.
func held(t *testing.T, l *Limiter, most int) []*Place {
	t.Helper()
	var places []*Place
	for range most {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		p, err := l.Acquire(ctx, time.Now())
		cancel()
		if err != nil {
			break
		}
		places = append(places, p)
	}
	return places
}

func TestNoMoreGoAtOnceThanTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(16, 50)
		places := held(t, l, 100)
		if len(places) != 16 {
			t.Fatalf("%d places", len(places))
		}
		for _, tt := range []struct {
			name string
			free func(p *Place)
		}{
			{"one is released, twice", func(p *Place) { p.Release(); p.Release() }},
			{"one is lent", func(p *Place) { p.Lend() }},
			{"one is lent and released", func(p *Place) { p.Lend(); p.Release() }},
			{"one is lent, resumed and released", func(p *Place) {
				p.Lend()
				if err := p.Resume(t.Context()); err != nil {
					t.Error(err)
				}
				p.Release()
			}},
		} {
			tt.free(places[0])
			more := held(t, l, 100)
			if len(more) != 1 {
				t.Fatalf("%s: %d more", tt.name, len(more))
			}
			places = append(places[1:], more...)
		}
	})
}

func TestAPlaceThatWasReleasedWhileItWasLentIsNotTakenForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(1, 50)
		p := held(t, l, 1)[0]
		p.Lend()
		p.Release()
		if err := p.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(held(t, l, 2)); n != 1 {
			t.Errorf("%d places, want 1", n)
		}
	})
}

func TestTheOrderIsThatOfComing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(1, 1000)
		first := held(t, l, 1)[0]
		var mu sync.Mutex
		var order []int
		for i := range 5 {
			ctx := t.Context()
			if i == 2 { // gives up meanwhile, and holds nobody up
				short, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				ctx = short
			}
			go func() {
				p, err := l.Acquire(ctx, time.Now())
				if err != nil {
					return
				}
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				p.Release()
			}()
			synctest.Wait()
		}
		time.Sleep(2 * time.Second)
		first.Release()
		time.Sleep(time.Second)
		mu.Lock()
		defer mu.Unlock()
		if got := len(order); got != 4 || order[0] != 0 || order[1] != 1 || order[2] != 3 || order[3] != 4 {
			t.Errorf("%v", order)
		}
	})
}

func TestTheyBeginEvenlySpread(t *testing.T) {
	for _, perSecond := range []float64{0.1, 1, 50, 1000} {
		t.Run(strconv.FormatFloat(perSecond, 'g', -1, 64), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := New(16, perSecond)
				began := make(chan time.Time, 200)
				for range 200 {
					go func() {
						p, err := l.Acquire(t.Context(), time.Now())
						if err != nil {
							t.Error(err)
							return
						}
						began <- time.Now()
						time.Sleep(time.Millisecond)
						p.Release()
					}()
				}
				spacing := time.Duration(float64(time.Second) / perSecond)
				last := <-began
				for range 199 {
					at := <-began
					if d := at.Sub(last); d < spacing {
						t.Fatalf("%v apart, want %v", d, spacing)
					}
					last = at
				}
				time.Sleep(time.Second) // the last one releases its place
			})
		})
	}
}

func TestAClockThatIsSetBackHoldsNobodyUp(t *testing.T) {
	l := New(16, 50)
	l.turn()
	l.asked, l.next = l.asked.Add(24*time.Hour), l.next.Add(24*time.Hour)
	if wait := l.turn(); wait != 0 {
		t.Errorf("waits %v", wait)
	}
}

func TestTurnsThatAreGivenUpAllowNoBurst(t *testing.T) {
	for givenUp := 0; givenUp <= 120; givenUp += 5 {
		synctest.Test(t, func(t *testing.T) {
			l := New(50, 50)
			began := make(chan time.Time, 100)
			begin := func(ctx context.Context, n int) {
				for range n {
					go func() {
						p, err := l.Acquire(ctx, time.Now())
						if err != nil {
							return
						}
						began <- time.Now()
						p.Release()
					}()
				}
				synctest.Wait()
			}
			begin(t.Context(), 25)
			for range givenUp { // who waits for a turn is closed before it comes
				ctx, cancel := context.WithCancel(t.Context())
				begin(ctx, 1)
				cancel()
				synctest.Wait()
			}
			begin(t.Context(), 50)
			time.Sleep(time.Minute)
			var at []time.Time
			for range len(began) {
				at = append(at, <-began)
			}
			most := 0
			for _, from := range at {
				n := 0
				for _, then := range at {
					if d := then.Sub(from); d >= 0 && d < time.Second {
						n++
					}
				}
				most = max(most, n)
			}
			if len(at) != 75 || most > 50 {
				t.Errorf("%d given up: %d began, %d of them within a second", givenUp, len(at), most)
			}
		})
	}
}

func TestARefusedClient(t *testing.T) {
	cause := errors.New("invalid_client")
	refusedBy := func(l *Limiter, now time.Time, credentials ...string) {
		for _, c := range credentials {
			l.Note(c, Refused, now, cause)
		}
	}
	for _, tt := range []struct {
		name    string
		note    func(l *Limiter, now time.Time)
		refused bool
	}{
		{"three credentials in a row", func(l *Limiter, now time.Time) { refusedBy(l, now, "a", "b", "c") }, true},
		{"one credential, again and again", func(l *Limiter, now time.Time) { refusedBy(l, now, "a", "a", "a", "a", "b") }, false},
		{"three, but one was taken in between", func(l *Limiter, now time.Time) {
			refusedBy(l, now, "a", "b")
			l.Note("d", Taken, now, nil)
			refusedBy(l, now, "c")
		}, false},
		{"three, but one had no answer in between", func(l *Limiter, now time.Time) {
			refusedBy(l, now, "a", "b")
			l.Note("d", Unclear, now, nil)
			refusedBy(l, now, "c")
		}, false},
		{"then one is taken", func(l *Limiter, now time.Time) { refusedBy(l, now, "a", "b", "c"); l.Note("d", Taken, now, nil) }, false},
		{"then one has no answer", func(l *Limiter, now time.Time) { refusedBy(l, now, "a", "b", "c"); l.Note("d", Unclear, now, nil) }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, now := New(16, 50), time.Now()
				tt.note(l, now)
				_, err := l.Acquire(t.Context(), now)
				var refused *RefusedError
				if errors.As(err, &refused) != tt.refused || l.RefusedSince().IsZero() == tt.refused {
					t.Fatalf("%v, refused since %v", err, l.RefusedSince())
				}
				if tt.refused && (!errors.Is(err, cause) || !refused.Next.Equal(now.Add(RefusedPause)) || !refused.Since.Equal(now)) {
					t.Errorf("%+v", refused)
				}
			})
		})
	}
}

func TestARefusedClientIsProbedOnceInAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(16, 50)
		for _, c := range []string{"a", "b", "c"} {
			l.Note(c, Refused, time.Now(), errors.New("invalid_client"))
		}
		probes := 0
		for range 3600 {
			time.Sleep(time.Second)
			for range 10 {
				p, err := l.Acquire(t.Context(), time.Now())
				if err != nil {
					continue
				}
				probes++
				l.Note("d", Unclear, time.Now(), nil) // says nothing of the client
				p.Release()
			}
		}
		if probes != 60 {
			t.Errorf("%d probes in an hour", probes)
		}
	})
}

func TestWhoWaitsWhenTheClientIsRefusedIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(2, 50)
		places := held(t, l, 2)
		lent := places[1]
		lent.Lend()
		held(t, l, 1)
		failed := make(chan error)
		for range 3 {
			go func() { _, err := l.Acquire(t.Context(), time.Now()); failed <- err }()
		}
		synctest.Wait()
		for _, c := range []string{"a", "b", "c"} {
			l.Note(c, Refused, time.Now(), errors.New("invalid_client"))
		}
		var refused *RefusedError
		for range 3 {
			if err := <-failed; !errors.As(err, &refused) {
				t.Error(err)
			}
		}
		if err := lent.Resume(t.Context()); !errors.As(err, &refused) {
			t.Errorf("resumed: %v", err)
		}
	})
}

func TestWhileOneRefusalIsNotUnderstoodTheyGoOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(16, 50)
		l.Note("a", Refused, time.Now(), errors.New("invalid_client"))
		if n := len(held(t, l, 5)); n != 1 {
			t.Fatalf("%d at once", n)
		}
		l.Note("b", Taken, time.Now(), nil)
		if n := len(held(t, l, 100)); n != 15 {
			t.Errorf("%d more at once", n)
		}
	})
}
