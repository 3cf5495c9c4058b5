package fakeauth

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
)

// exchange is one request on its way to an answer. One goroutine uses it.
type exchange struct {
	fake *Fake
	w    http.ResponseWriter
	r    *http.Request

	read     bool
	req      Request
	tooLarge bool
	logged   bool
	answered *Answer
}

// receive reads the request whole, once. It reports false if the client went
// away in the middle of it.
func (x *exchange) receive() bool {
	if x.read {
		return true
	}
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxBody))
	tooLarge := (*http.MaxBytesError)(nil)
	x.tooLarge = errors.As(err, &tooLarge)
	if err != nil && !x.tooLarge {
		return false
	}
	x.req, x.read = x.fake.request(x.r, body), true
	return true
}

// swallow receives the request and logs it. Nothing is carried out.
func (x *exchange) swallow() bool {
	if !x.receive() {
		return false
	}
	x.log(x.req)
	return true
}

// log is for a request of which no more is read than req has.
func (x *exchange) log(req Request) {
	if !x.logged {
		x.logged = true
		x.fake.record(req)
	}
}

// answer carries the operation out, once. ok is false if there is nobody to
// answer to.
func (x *exchange) answer() (a Answer, ok bool) {
	if x.answered != nil {
		return *x.answered, true
	}
	if !x.swallow() {
		return Answer{}, false
	}
	a, queued := x.fake.queuedAnswer()
	switch {
	case queued:
	case x.tooLarge:
		a = x.fake.cfg.Refuse(http.StatusRequestEntityTooLarge, "the body is too large")
	default:
		a = x.fake.answer(x.req)
	}
	x.answered = &a
	return a, true
}

// hijack takes the connection from net/http and closes it when do returns.
// rest holds what of the request net/http has read and not passed on.
func (x *exchange) hijack(do func(c net.Conn, rest *bufio.Reader)) {
	x.fake.conns.Add(1) // in place of net/http, which forgets the connection
	defer x.fake.conns.Done()
	c, rw, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		return
	}
	if release, ok := x.fake.taken.Hold(c); ok {
		defer release()
		do(c, rw.Reader)
	}
}

// stall ends when the client goes away or the server closes.
func stall(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// reset breaks the connection off with a RST. A pipe has none and is closed.
func reset(c net.Conn) {
	if tcp, ok := c.(interface{ SetLinger(sec int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}
