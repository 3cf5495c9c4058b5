package fakeauth

import (
	"bufio"
	"io"
	"net"
)

func readNothing(x *exchange) {
	x.log(x.fake.request(x.r, nil))
	x.hijack(func(c net.Conn, rest *bufio.Reader) {
		if length := x.r.ContentLength; length >= 0 && int64(rest.Buffered()) >= length {
			stall(c) // reads nothing of the request: it is all in rest
			return
		}
		<-x.fake.taken.Closed()
	})
}

func resetMidRequest(x *exchange) {
	half, err := io.ReadAll(io.LimitReader(x.r.Body, max(x.r.ContentLength, 0)/2))
	if err != nil {
		return
	}
	x.log(x.fake.request(x.r, half))
	x.hijack(func(c net.Conn, _ *bufio.Reader) { reset(c) })
}

func resetAfterRequest(x *exchange) {
	if x.swallow() {
		x.hijack(func(c net.Conn, _ *bufio.Reader) { reset(c) })
	}
}

func stallBeforeHeaders(x *exchange) {
	if x.swallow() {
		x.hijack(func(c net.Conn, _ *bufio.Reader) { stall(c) })
	}
}

func stallAfterContinue(x *exchange) {
	if x.swallow() {
		x.hijack(func(c net.Conn, _ *bufio.Reader) {
			_, _ = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
			stall(c)
		})
	}
}
