package onecall

import "testing"

// BenchmarkJSON and BenchmarkForm are for profiles and for benchstat; the table
// of cmd/bench, where all take turns, is what to quote.
func BenchmarkJSON(b *testing.B) { benchmark(b, 0) }
func BenchmarkForm(b *testing.B) { benchmark(b, 1) }

func benchmark(b *testing.B, column int) {
	groups, err := InMemory()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range groups[column].Contestants {
		b.Run(c.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
