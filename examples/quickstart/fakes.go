package main

import (
	"context"
	"fmt"

	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/gen/byteniteapi"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// fakes runs the three providers on loopback and everything against them.
func (d *demo) fakes(ctx context.Context) error {
	fakeSquare, err := squaretest.Start(squaretest.Options{RenewEnabled: true})
	if err != nil {
		return err
	}
	defer fakeSquare.Close()
	fakeBuiltByBit, err := builtbybittest.Start(builtbybittest.Options{})
	if err != nil {
		return err
	}
	defer fakeBuiltByBit.Close()
	fakeByteNite, err := bytenitetest.Start(bytenitetest.Options{})
	if err != nil {
		return err
	}
	defer fakeByteNite.Close()
	fmt.Fprintf(d.out, "Three fakes on loopback: Square %s, BuiltByBit %s, ByteNite %s\n",
		fakeSquare.URL(), fakeBuiltByBit.URL(), fakeByteNite.URL())

	sqConfig := fakeSquare.Config()
	sqConfig.HTTPClient = d.wire.client()
	sq, err := square.New(sqConfig)
	if err != nil {
		return err
	}
	grant := squaretest.Grant{Scopes: []string{"PAYMENTS_READ", "CUSTOMERS_READ"}}
	d.square(ctx, sq, fakeSquare.IssueCode(grant), fakeSquare.IssueLegacyToken(grant))

	bbConfig := fakeBuiltByBit.Config()
	bbConfig.HTTPClient = d.wire.client()
	bb, err := builtbybit.New(bbConfig)
	if err != nil {
		return err
	}
	d.builtbybit(ctx, bb, fakeBuiltByBit.IssueCode(builtbybittest.Grant{}))

	bnConfig := fakeByteNite.Config()
	bnConfig.HTTPClient = d.wire.client()
	bn, err := bytenite.New(bnConfig)
	if err != nil {
		return err
	}
	fakeByteNite.SetSkip("example-challenge", "https://example.com/after")
	d.bytenite(ctx, bn, "example-challenge")

	if err := d.fresh(ctx); err != nil {
		d.wrong = append(d.wrong, "a token that stays fresh: "+err.Error())
	}
	if err := d.blip(ctx); err != nil {
		d.wrong = append(d.wrong, "a blip: "+err.Error())
	}

	var all []string
	for _, o := range squareapi.Operations() {
		all = append(all, "square."+o.ID)
	}
	for _, o := range builtbybitapi.Operations() {
		all = append(all, "builtbybit."+o.ID)
	}
	for _, o := range byteniteapi.Operations() {
		all = append(all, "bytenite."+o.ID)
	}
	done := 0
	for _, id := range all {
		if d.seen[id] {
			done++
		} else {
			d.wrong = append(d.wrong, id+" was not shown")
		}
	}
	fmt.Fprintf(d.out, "\n%d of %d operations, %d of 3 typed failures\n", done, len(all), d.failures)
	return d.verdict()
}
