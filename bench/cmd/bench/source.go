package main

import (
	"io"

	"github.com/grantway/grantway/bench/internal/fresh"
	"github.com/grantway/grantway/bench/internal/measure"
	"github.com/grantway/grantway/bench/internal/stage"
)

func validToken(w io.Writer, p measure.Plan) error {
	groups, err := fresh.Groups(stage.Answer("{}"))
	if err != nil {
		return err
	}
	return compare(w, p, groups, fresh.Marks())
}

func refreshDue(w io.Writer, _ measure.Plan) error { return fresh.Due(w) }
