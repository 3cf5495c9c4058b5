package main

import (
	"io"

	"github.com/grantway/grantway/bench/internal/generation"
	"github.com/grantway/grantway/bench/internal/measure"
)

func generate(w io.Writer, p measure.Plan) error { return generation.Write(w, p) }
