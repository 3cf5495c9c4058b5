package measure

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"one value", []float64{7}, 7},
		{"an odd number, out of order", []float64{9, 1, 5}, 5},
		{"an even number: the mean of the middle two", []float64{8, 1, 2, 4}, 3},
		{"one wild value moves nothing", []float64{1, 1, 1, 1, 1000}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := median(c.values); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// drifting is a machine that gets slower from round to round; the second
// contestant always takes half as long as the first.
func drifting() [][]Sample {
	return [][]Sample{
		{{100, 10, 2}, {50, 20, 3}},
		{{200, 10, 2}, {100, 20, 3}},
		{{900, 10, 2}, {450, 20, 3}},
	}
}

func TestRatiosAreTakenWithinARound(t *testing.T) {
	got := summarize([]string{"base", "other"}, drifting())
	if b := got[0]; b.Ratio != 1 || b.Low != 1 || b.High != 1 {
		t.Errorf("the baseline against itself: %+v", b)
	}
	want := Result{Name: "other", Ratio: 0.5, Low: 0.5, High: 0.5, Median: Sample{100, 20, 3}}
	if got[1] != want {
		t.Errorf("got %+v, want %+v", got[1], want)
	}
}

// The inverse: with the places swapped, the ratio is the reciprocal.
func TestSwappedPlacesGiveTheReciprocal(t *testing.T) {
	rounds := drifting()
	for _, r := range rounds {
		r[0], r[1] = r[1], r[0]
	}
	if got := summarize([]string{"base", "other"}, rounds)[1].Ratio; got != 2 {
		t.Errorf("got %v, want 2", got)
	}
}

func TestRunMeasuresEveryContestant(t *testing.T) {
	var sink []byte
	calls := [2]int{}
	got, err := Run(Group{"group", []Contestant{
		{"idle", func() error { calls[0]++; return nil }},
		{"allocates", func() error { calls[1]++; sink = make([]byte, 4096); return nil }},
	}}, Plan{Rounds: 3, Slice: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if calls[0] == 0 || calls[1] == 0 || len(got) != 2 || len(sink) != 4096 {
		t.Fatalf("%v calls, results %+v", calls, got)
	}
	// Of anything else in the process, a call's share is next to nothing.
	if a := got[1].Median; a.Allocs < 1 || a.Allocs > 1.5 || a.Bytes < 4096 || a.Bytes > 5000 {
		t.Errorf("one allocation of 4096 bytes came out as %+v", a)
	}
	if a := got[0].Median.Allocs; a > 0.5 {
		t.Errorf("no allocation came out as %v", a)
	}
}

func TestAFailingCallIsNoFastCall(t *testing.T) {
	wrong := errors.New("wrong token")
	n := 0
	_, err := Run(Group{"group", []Contestant{
		{"good", func() error { return nil }},
		{"fails once, late", func() error {
			if n++; n == 100 {
				return wrong
			}
			return nil
		}},
	}}, Plan{Rounds: 3, Slice: time.Millisecond})
	if !errors.Is(err, wrong) || !strings.Contains(err.Error(), "group: fails once, late") {
		t.Errorf("got %v", err)
	}
}
