// Package measure times things beside one another. Every round gives each of
// them a slice of time in turn, so that whatever else the machine does hits all
// alike, and compares it with the baseline's slice of that same round.
//
// It asserts nothing about time. What it does insist on is that every single
// call succeeds: a client that fails early must not look fast.
package measure

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// Contestant is one thing to measure.
type Contestant struct {
	Name string
	// Run does it once and fails if the outcome is not the expected one.
	Run func() error
}

// Group is measured together. The first of its contestants is the baseline.
type Group struct {
	Name        string
	Contestants []Contestant
}

// Plan says how long to measure.
type Plan struct {
	Rounds int
	// Slice is roughly how long a contestant runs in each round.
	Slice time.Duration
}

// Sample is one contestant's slice of one round, per call.
type Sample struct {
	Nanoseconds, Bytes, Allocs float64
}

// Run measures g.
func Run(g Group, p Plan) ([]Result, error) {
	calls := make([]int, len(g.Contestants))
	for i, c := range g.Contestants {
		n, err := calibrate(c, p.Slice)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", g.Name, c.Name, err)
		}
		calls[i] = n
	}
	rounds := make([][]Sample, p.Rounds)
	for r := range rounds {
		rounds[r] = make([]Sample, len(g.Contestants))
		for k := range g.Contestants {
			i := (r + k) % len(g.Contestants) // nobody always comes after the same one
			s, err := sample(g.Contestants[i], calls[i])
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", g.Name, g.Contestants[i].Name, err)
			}
			rounds[r][i] = s
		}
	}
	names := make([]string, len(g.Contestants))
	for i, c := range g.Contestants {
		names[i] = c.Name
	}
	return summarize(names, rounds), nil
}

// calibrate finds how many calls fill a slice, and warms up on the way.
func calibrate(c Contestant, slice time.Duration) (int, error) {
	for n := 1; ; n *= 2 {
		s, err := sample(c, n)
		if err != nil {
			return 0, err
		}
		if took := time.Duration(s.Nanoseconds * float64(n)); took >= slice/4 {
			return max(1, int(float64(slice)/s.Nanoseconds)), nil
		}
	}
}

// sample makes n calls. Each slice starts with a clean heap and pays for its
// own garbage.
func sample(c Contestant, n int) (Sample, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	for range n {
		if err := c.Run(); err != nil {
			return Sample{}, err
		}
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	return Sample{
		Nanoseconds: max(1, float64(took)) / float64(n),
		Bytes:       float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
		Allocs:      float64(after.Mallocs-before.Mallocs) / float64(n),
	}, nil
}

// Result is what one contestant's samples come to.
type Result struct {
	Name string
	// Ratio is the median, over the rounds, of its time against the
	// baseline's; Low and High are the smallest and the largest.
	Ratio, Low, High float64
	// Median is that of each figure by itself.
	Median Sample
}

// summarize takes rounds[round][contestant].
func summarize(names []string, rounds [][]Sample) []Result {
	results := make([]Result, len(names))
	for i, name := range names {
		column := func(f func([]Sample) float64) []float64 {
			values := make([]float64, len(rounds))
			for r, round := range rounds {
				values[r] = f(round)
			}
			return values
		}
		ratios := column(func(round []Sample) float64 { return round[i].Nanoseconds / round[0].Nanoseconds })
		results[i] = Result{
			Name:  name,
			Ratio: median(ratios),
			Low:   slices.Min(ratios),
			High:  slices.Max(ratios),
			Median: Sample{
				Nanoseconds: median(column(func(round []Sample) float64 { return round[i].Nanoseconds })),
				Bytes:       median(column(func(round []Sample) float64 { return round[i].Bytes })),
				Allocs:      median(column(func(round []Sample) float64 { return round[i].Allocs })),
			},
		}
	}
	return results
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}
