package main

import (
	"crypto/x509"
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

func overTLS(w io.Writer, p measure.Plan) error {
	http1 := httptest.NewTLSServer(stage.Answer(onecall.SquareAnswer))
	defer http1.Close()
	http2 := httptest.NewUnstartedServer(stage.Answer(onecall.SquareAnswer))
	http2.EnableHTTP2 = true
	http2.StartTLS()
	defer http2.Close()
	roots := x509.NewCertPool() // both have the same certificate
	roots.AddCert(http1.Certificate())
	groups, done, err := onecall.OverTLS(http2.URL, http1.URL, roots)
	if err != nil {
		return err
	}
	defer done()
	return compare(w, p, groups, onecall.MarksOverTLS)
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
