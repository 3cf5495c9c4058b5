package main

import (
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/grantway/grantway/bench/internal/measure"
	"github.com/grantway/grantway/bench/internal/onecall"
	"github.com/grantway/grantway/bench/internal/stage"
)

func oneCall(w io.Writer, p measure.Plan) error {
	groups, err := onecall.InMemory()
	if err != nil {
		return err
	}
	return compare(w, p, groups, onecall.Marks)
}

func loopback(w io.Writer, p measure.Plan) error {
	sq, bbb := httptest.NewServer(stage.Answer(onecall.SquareAnswer)), httptest.NewServer(stage.Answer(onecall.BuiltByBitAnswer))
	defer sq.Close()
	defer bbb.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	groups, err := onecall.OverLoopback(sq.URL, bbb.URL, transport)
	if err != nil {
		return err
	}
	// Shorter, for each connection that is used once leaves a port that cannot
	// be used again for a minute.
	p.Slice /= 2
	return compare(w, p, groups, nil)
}
