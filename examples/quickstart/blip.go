package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/tokens"
)

// outages are what stands between the program and Square for a while.
var outages = []struct {
	name  string
	fault faults.Fault
	want  error
}{
	{"Square answers 503", faults.Status(503, "text/plain", "example: down for maintenance"), grantway.ErrUnavailable},
	{"a gateway answers 403", faults.Status(403, "text/html", "<title>Example gateway</title>"), grantway.ErrNotJudged},
}

// blip shows a token source on a bad day: a refresh is due, and there is no way to
// Square. The program is handed the token that it has, and the grant survives.
func (d *demo) blip(ctx context.Context) error {
	fmt.Fprint(d.out, "\nA blip survived (a refresh is due, and the way to Square is down)\n")
	fake, sq, tok, err := seller(ctx)
	if err != nil {
		return err
	}
	defer fake.Close()
	events := make(chan tokens.Event, 100)
	src, err := sq.TokenSource(tokens.NewMemoryStore(), "example-merchant", tokens.Options{OnEvent: func(e tokens.Event) { events <- e }})
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // the demo ends either way
	if err := src.Save(ctx, tok); err != nil {
		return err
	}

	fake.Advance(8 * 24 * time.Hour) // the fake owns the clock: a week has passed, and the token is due
	before, err := src.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "  before   %v\n", before)
	for _, o := range outages {
		const tries = 5
		began, served := fake.Now(), 0
		var st tokens.Status
		for range tries {
			if err := fake.Arm("obtainToken", o.fault, 1); err != nil {
				return err
			}
			if _, err := src.Refresh(ctx); !errors.Is(err, o.want) {
				d.wrong = append(d.wrong, fmt.Sprintf("a refresh while %s: %v", o.name, err))
			}
			if now, err := src.TokenContext(ctx); err == nil && now.AccessToken.Equal(tok.AccessToken) {
				served++
			}
			if st, err = src.Status(ctx); err != nil {
				return err
			}
			fake.Advance(st.NextTryAt.Sub(fake.Now())) // it asks again no sooner
		}
		fmt.Fprintf(d.out, "  during   %s, %d times in %v: %d of %d callers got the token\n",
			o.name, tries, fake.Now().Sub(began).Round(time.Second), served, tries)
		fmt.Fprintf(d.out, "           %v\n", st)
		if served != tries || !st.RejectedSince.IsZero() || !st.OutcomeUnknownSince.IsZero() {
			d.wrong = append(d.wrong, "the token while "+o.name)
		}
	}

	// The way is free again. Nobody had to sign in.
	if _, err := src.Refresh(ctx); err != nil {
		return err
	}
	fake.Advance(time.Minute) // over the least interval between two refreshes
	after, err := src.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "  after    %v\n", after)
	told, err := toldUntil(ctx, events, tokens.EventRefreshed)
	fmt.Fprintf(d.out, "  OnEvent  %s\n", told)
	if after.LastError != nil || !after.RefreshedAt.After(before.RefreshedAt) {
		d.wrong = append(d.wrong, "the refresh after the blip")
	}
	return err
}

// toldUntil lists the kinds of the events up to the first of kind last, with how
// often each came in a row.
func toldUntil(ctx context.Context, events <-chan tokens.Event, last tokens.EventKind) (string, error) {
	var told []string
	for times := 1; ; {
		select {
		case e := <-events:
			name := e.Kind.String()
			switch n := len(told); {
			case n > 0 && strings.HasPrefix(told[n-1], name):
				times++
				told[n-1] = fmt.Sprintf("%s ×%d", name, times)
			default:
				told, times = append(told, name), 1
			}
			if e.Kind == last {
				return strings.Join(told, ", "), nil
			}
		case <-ctx.Done():
			return strings.Join(told, ", "), ctx.Err()
		}
	}
}
