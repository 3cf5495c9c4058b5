package measure

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// Column is a measured group.
type Column struct {
	Name    string
	Results []Result
}

// Mark is what one row is to reach in one column.
type Mark struct {
	Column, Row string
	// Ratio and Allocs are the most that reaches it; 0 asks for nothing.
	Ratio, Allocs float64
}

// Write prints the columns side by side, one row for each name, and below them
// the marks with what was reached.
func Write(w io.Writer, columns []Column, marks []Mark) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { fmt.Fprintln(tw, strings.Join(cells, "\t")) }

	head := []string{""}
	var rows []string
	for _, c := range columns {
		head = append(head, c.Name, "lowest–highest", "ns/op", "B/op", "allocs/op")
		for _, r := range c.Results {
			if !slices.Contains(rows, r.Name) {
				rows = append(rows, r.Name)
			}
		}
	}
	line(head...)
	for _, name := range rows {
		cells := []string{name}
		for _, c := range columns {
			r, ok := find(c.Results, name)
			if !ok {
				cells = append(cells, "–", "", "", "", "")
				continue
			}
			cells = append(cells,
				fmt.Sprintf("%.2f", r.Ratio), fmt.Sprintf("%.2f–%.2f", r.Low, r.High),
				fmt.Sprintf("%.0f", r.Median.Nanoseconds), fmt.Sprintf("%.0f", r.Median.Bytes), fmt.Sprintf("%.0f", r.Median.Allocs))
		}
		line(cells...)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if len(marks) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	line("mark", "to reach", "reached", "")
	for _, m := range marks {
		for _, c := range columns {
			r, ok := find(c.Results, m.Row)
			if c.Name != m.Column || !ok {
				continue
			}
			if m.Ratio > 0 {
				line(c.Name+", "+m.Row, fmt.Sprintf("≤ %.2f", m.Ratio), fmt.Sprintf("%.2f", r.Ratio), verdict(r.Ratio, m.Ratio, 2))
			}
			if m.Allocs > 0 {
				line(c.Name+", "+m.Row, fmt.Sprintf("≤ %.0f allocs", m.Allocs), fmt.Sprintf("%.0f", r.Median.Allocs), verdict(r.Median.Allocs, m.Allocs, 0))
			}
		}
	}
	return tw.Flush()
}

func find(results []Result, name string) (Result, bool) {
	i := slices.IndexFunc(results, func(r Result) bool { return r.Name == name })
	if i < 0 {
		return Result{}, false
	}
	return results[i], true
}

// verdict judges the figure as it is printed: nobody sees a difference beyond
// its decimals, and the noise is larger anyway.
func verdict(got, most float64, decimals int) string {
	unit := math.Pow10(decimals)
	if math.Round(got*unit) <= math.Round(most*unit) {
		return "reached"
	}
	return "missed"
}
