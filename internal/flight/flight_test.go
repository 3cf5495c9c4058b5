package flight

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func nothing(*Flight[int]) {}

func TestManyWaitForOneRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs, settled atomic.Int64
		f := Start(Options{Limit: time.Minute, Grace: time.Second}, Work[int]{Do: func(context.Context) (int, error) {
			runs.Add(1)
			time.Sleep(time.Second)
			return 7, nil
		}}, func(*Flight[int]) { settled.Add(1) })
		got := make(chan int)
		for range 100 {
			go func() { v, _ := f.Wait(context.Background()); got <- v }()
		}
		for range 100 {
			if v := <-got; v != 7 {
				t.Fatal(v)
			}
		}
		if runs.Load() != 1 || settled.Load() != 1 {
			t.Errorf("%d runs, settled %d times", runs.Load(), settled.Load())
		}
	})
}

func TestOneWaiterLeavesAndTheFlightGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := Start(Options{Limit: time.Minute, Grace: time.Second}, Work[int]{Do: func(context.Context) (int, error) { time.Sleep(3 * time.Second); return 7, nil }}, nothing)
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		began := time.Now()
		if _, err := f.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 200*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if v, err := f.Wait(context.Background()); v != 7 || err != nil {
			t.Errorf("%d, %v", v, err)
		}
	})
}

func TestAFlightEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		work func(context.Context) (int, error)
		stop bool
		want string
		took time.Duration
	}{
		{"at its own deadline", func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() }, false, "deadline", time.Minute},
		{"at its deadline though the work hangs on", func(context.Context) (int, error) { time.Sleep(time.Hour); return 1, nil }, false, "deadline", time.Minute + time.Second},
		{"when stopped", func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() }, true, "stopped", time.Second},
		{"when the work panics, without what it said", func(context.Context) (int, error) { panic("example-secret") }, false, "panic: a string", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				f := Start(Options{Limit: time.Minute, Grace: time.Second}, Work[int]{Do: tt.work}, nothing)
				if tt.stop {
					time.AfterFunc(time.Second, f.Stop)
				}
				_, err := f.Wait(context.Background())
				if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "example-secret") {
					t.Errorf("got %v, want %s", err, tt.want)
				}
				if took := time.Since(began); took != tt.took {
					t.Errorf("after %v", took)
				}
				time.Sleep(time.Hour) // whatever hangs wakes up and is gone
			})
		})
	}
}

func TestTheTimeOfAFlightBeginsWhenItIsAdmitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var released int
		f := Start(Options{Limit: time.Minute, Grace: time.Second}, Work[int]{
			Look: func(ctx context.Context) (int, bool, error) {
				time.Sleep(59 * time.Second)
				return 0, false, ctx.Err()
			},
			Admit: func(ctx context.Context) (func(), error) {
				time.Sleep(time.Hour)
				return func() { released++ }, ctx.Err()
			},
			Do: func(ctx context.Context) (int, error) {
				time.Sleep(59 * time.Second)
				if released != 0 {
					t.Error("released while it works")
				}
				return 7, ctx.Err()
			},
		}, nothing)
		if v, err := f.Wait(context.Background()); v != 7 || err != nil {
			t.Errorf("%d, %v", v, err)
		}
		if synctest.Wait(); released != 1 {
			t.Errorf("released %d times", released)
		}
	})
}

func TestAFlightThatSeesItsOutcomeIsNotAdmitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, look := range map[string]func(context.Context) (int, bool, error){
			"done":     func(context.Context) (int, bool, error) { return 7, true, nil },
			"failed":   func(context.Context) (int, bool, error) { return 0, false, errors.New("example") },
			"panics":   func(context.Context) (int, bool, error) { panic("example-secret") },
			"hangs on": func(context.Context) (int, bool, error) { time.Sleep(time.Hour); return 0, false, nil },
		} {
			var admitted atomic.Bool
			f := Start(Options{Limit: time.Minute, Grace: time.Second}, Work[int]{
				Look:  look,
				Admit: func(ctx context.Context) (func(), error) { admitted.Store(ctx.Err() == nil); return nil, ctx.Err() },
				Do:    func(context.Context) (int, error) { t.Errorf("%s: the work began", name); return 1, nil },
			}, nothing)
			v, err := f.Wait(context.Background())
			if (name == "done") != (v == 7 && err == nil) || admitted.Load() {
				t.Errorf("%s: %d, %v, admitted %v", name, v, err, admitted.Load())
			}
			time.Sleep(2 * time.Hour)
			if synctest.Wait(); admitted.Load() {
				t.Errorf("%s: admitted when it was over", name)
			}
		}
	})
}

func TestAFlightThatIsNotAdmittedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, admit := range map[string]func(context.Context) (func(), error){
			"refused": func(context.Context) (func(), error) { return nil, errors.New("example") },
			"stopped": func(ctx context.Context) (func(), error) { <-ctx.Done(); return nil, ctx.Err() },
			"panic":   func(context.Context) (func(), error) { panic("example-secret") },
		} {
			ran := false
			f := Start(Options{Limit: time.Minute, Grace: time.Second}, Work[int]{Admit: admit, Do: func(context.Context) (int, error) { ran = true; return 1, nil }}, nothing)
			if name == "stopped" {
				f.Stop()
			}
			if _, err := f.Wait(context.Background()); err == nil || ran {
				t.Errorf("%s: %v, ran %v", name, err, ran)
			} else if name == "stopped" && !errors.Is(err, ErrStopped) {
				t.Errorf("stopped: %v", err)
			}
		}
	})
}

func TestWorkThatHangsHoldsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var released int
		f := Start(Options{Limit: time.Minute, Grace: time.Second}, Work[int]{
			Admit: func(context.Context) (func(), error) { return func() { released++ }, nil },
			Do:    func(context.Context) (int, error) { time.Sleep(time.Hour); return 1, nil },
		}, nothing)
		if _, err := f.Wait(context.Background()); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if synctest.Wait(); released != 1 {
			t.Errorf("released %d times when the flight was over", released)
		}
		time.Sleep(2 * time.Hour)
		if synctest.Wait(); released != 1 {
			t.Errorf("released %d times when the work woke up", released)
		}
	})
}
