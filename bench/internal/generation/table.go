package generation

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/grantway/grantway/bench/internal/measure"
)

// row is one thing to run, with the most that its ratio may be; 0 asks for
// nothing.
type row struct {
	name string
	run  func() error
	most float64
}

// sizes are the operations of the synthetic specs, of which the last is the
// large one: about 200, 400 and 800 kB. A single round is no measurement but a
// trial of the bench, for which a tenth will do.
func sizes(p measure.Plan) []int {
	if p.Rounds == 1 {
		return []int{10, 20, 40}
	}
	return []int{100, 200, 400}
}

// Write measures and prints the tables. A round takes a second or two, so there
// are fewer than the plan says.
func Write(w io.Writer, p measure.Plan) (err error) {
	dir, err := os.MkdirTemp("", "generation-*")
	if err != nil {
		return err
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil {
			err = e
		}
	}()
	c, err := build(dir)
	if err != nil {
		return err
	}
	own, err := c.copied()
	if err != nil {
		return err
	}
	if err := table(w, measure.Plan{Rounds: p.Rounds/2 + 1, Slice: 1}, "the specs of this project", []row{
		{"the oapi-codegen command, once for each", own.theirs, 0},
		{"specgen generate, everything anew", own.anew, 0.61},
		{"specgen check --full", own.checkFull, 0},
		{"specgen check, nothing changed", own.check, 0.10},
		{"specgen generate, nothing changed", own.again, 0},
		{"specgen help: the start of the process", own.start, 0},
	}); err != nil {
		return err
	}
	var growth []row
	all := sizes(p)
	for i, n := range all {
		big, err := c.synthetic(n)
		if err != nil {
			return err
		}
		if i == len(all)-1 {
			if err := table(w, measure.Plan{Rounds: p.Rounds/8 + 1, Slice: 1}, fmt.Sprintf("a spec of %d operations", n), []row{
				{"the oapi-codegen command", big.theirs, 0},
				{"specgen generate, everything anew", big.anew, 0.75},
			}); err != nil {
				return err
			}
		}
		growth = append(growth, row{fmt.Sprintf("specgen generate, %d operations", n), big.anew, linear(n, all[0])})
	}
	return table(w, measure.Plan{Rounds: p.Rounds/8 + 1, Slice: 1}, "cost against size", growth)
}

// linear is the most that n operations may cost against the smallest spec, with
// a tenth for noise. The smallest is the baseline and asks for nothing.
func linear(n, smallest int) float64 {
	if n == smallest {
		return 0
	}
	return 1.1 * float64(n) / float64(smallest)
}

// table measures rows side by side, in processes of their own, so that bytes and
// allocations are not for this one to know.
func table(w io.Writer, p measure.Plan, title string, rows []row) error {
	group := measure.Group{Name: title}
	for _, r := range rows {
		group.Contestants = append(group.Contestants, measure.Contestant{Name: r.name, Run: r.run})
	}
	results, err := measure.Run(group, p)
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "%s\tratio\tlowest–highest\tms\tto reach\t\n", title)
	for i, r := range results {
		fmt.Fprintf(tw, "%s\t%.3f\t%.3f–%.3f\t%.1f\t%s\n", r.Name, r.Ratio, r.Low, r.High, r.Median.Nanoseconds/1e6, verdict(r.Ratio, rows[i].most))
	}
	fmt.Fprintln(tw)
	return tw.Flush()
}

// verdict judges a ratio as it is marked, to two decimals.
func verdict(got, most float64) string {
	switch {
	case most == 0:
		return "\t"
	case got < most+0.005:
		return fmt.Sprintf("≤ %.2f\treached", most)
	}
	return fmt.Sprintf("≤ %.2f\tmissed", most)
}
