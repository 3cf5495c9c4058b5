package scorecard

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// peerColumns are the clients that the table compares with.
var peerColumns = []string{"x/oauth2", "oapi-codegen"}

// Text prints the card for a terminal. The figure comes last, for it has any
// length, and what the peers did stands below the table.
func (c Card) Text(w io.Writer) error {
	p := &printer{w: w}
	title := len("check")
	for _, r := range c.Rows {
		title = max(title, utf8.RuneCountInString(r.Title))
	}
	p.printf("%3s %s %-7s %-9s %-13s %s %s\n", "#", "T", "result", peerColumns[0], peerColumns[1], pad("check", title), "figure")
	for _, r := range c.Rows {
		p.printf("%3d %c %s %s %s %s %s\n", r.Number, r.Tier, pad(r.Result, 7),
			pad(r.Peer(peerColumns[0]), 9), pad(r.Peer(peerColumns[1]), 13), pad(r.Title, title), r.Figure())
	}
	p.printf("\nOn the same check, in the same run:\n")
	for _, r := range c.Rows {
		for _, name := range peerColumns {
			if m, ok := r.Peers[name]; ok {
				p.printf("%3d %-12s %-7s %s\n", r.Number, name, m.Verdict, m.What)
			}
		}
	}
	p.printf("\n%s", c.totals())
	return p.err
}

// Markdown prints the same as a table for a README.
func (c Card) Markdown(w io.Writer) error {
	p := &printer{w: w}
	p.printf("| # | Tier | Check | Result | Figure | %s |\n|---|---|---|---|---|---|---|\n", strings.Join(peerColumns, " | "))
	for _, r := range c.Rows {
		p.printf("| %d | %c | %s | %s | %s |", r.Number, r.Tier, cell(r.Title), bold(r.Result), cell(r.Figure()))
		for _, name := range peerColumns {
			if m, ok := r.Peers[name]; ok {
				p.printf(" %s: %s |", bold(string(m.Verdict)), cell(m.What))
			} else {
				p.printf(" %s |", NotYet)
			}
		}
		p.printf("\n")
	}
	p.printf("\n%s", strings.ReplaceAll(c.totals(), "\n", "  \n"))
	return p.err
}

// totals are the lines under both forms of the table.
func (c Card) totals() string {
	var b strings.Builder
	for _, t := range []struct {
		name string
		tier Tier
	}{{"gates", Gate}, {"targets", Target}} {
		passed, tested, all := c.Count(t.tier)
		fmt.Fprintf(&b, "%s: %d of %d pass, %d have no test yet\n", t.name, passed, all, all-tested)
	}
	if list := c.withoutFigure(); list != "" {
		fmt.Fprintf(&b, "figure missing: %s\n", list)
	}
	for _, name := range peerColumns {
		passed, partial, all := c.CountPeer(name)
		label := name
		if v := c.Versions[name]; v != "" {
			label += " " + v
		}
		fmt.Fprintf(&b, "%s: %d of %d pass, %d more with a setting that is not its default\n", label, passed, all, partial)
	}
	return b.String()
}

// withoutFigure lists the checks whose tests log no figure.
func (c Card) withoutFigure() string {
	var list []string
	for _, r := range c.Rows {
		if r.Figure() == Missing {
			list = append(list, strconv.Itoa(r.Number))
		}
	}
	return strings.Join(list, ", ")
}

// bold marks what is not good.
func bold(result string) string {
	if result == string(Failed) || result == string(Skipped) {
		return "**" + result + "**"
	}
	return result
}

// cell keeps text inside its cell and its characters from being markup.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "\n", " ", "*", `\*`, "_", `\_`, "`", "\\`").Replace(s)
}

// pad fills s up with spaces, counted in characters.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// printer keeps the first error, so that each line need not look.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}
