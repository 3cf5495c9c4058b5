package fakeauth

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// raw carries the operation out, lets write put the answer on the connection
// in its own way, and leaves the connection to end.
func raw(write func(w *bufio.Writer, a Answer), end func(net.Conn)) func(*exchange) {
	return func(x *exchange) {
		a, ok := x.answer()
		if !ok {
			return
		}
		x.hijack(func(c net.Conn, _ *bufio.Reader) {
			w := bufio.NewWriter(c)
			write(w, a)
			if w.Flush() == nil { // the client may have seen enough and gone
				end(c)
			}
		})
	}
}

// hangUp is the end of a connection after a whole answer: hijack closes it.
func hangUp(net.Conn) {}

// head writes the status line, the headers of a, and lines behind them.
func head(w *bufio.Writer, a Answer, lines ...string) {
	fmt.Fprintf(w, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	headers(w, a, lines...)
}

func headers(w *bufio.Writer, a Answer, lines ...string) {
	_ = a.Header.Write(w)
	for _, line := range append(lines, "Connection: close", "") {
		fmt.Fprintf(w, "%s\r\n", line)
	}
}

func contentLength(n int) string { return fmt.Sprintf("Content-Length: %d", n) }

func hugeHeaders(w *bufio.Writer, a Answer) {
	fillWithHeaders(w, a, 9<<10, strings.Repeat("x", 1<<10-len("X-Fill-0000: \r\n")))
}

func manyHeaders(w *bufio.Writer, a Answer) { fillWithHeaders(w, a, 100_000, "") }

func fillWithHeaders(w *bufio.Writer, a Answer, n int, value string) {
	fmt.Fprintf(w, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	for i := range n {
		fmt.Fprintf(w, "X-Fill-%04d: %s\r\n", i, value)
	}
	headers(w, a, contentLength(len(a.Body)))
	_, _ = w.Write(a.Body)
}

func badStatusLine(w *bufio.Writer, a Answer) {
	fmt.Fprint(w, "HTTP/1.1 2OO OK\r\n")
	headers(w, a, contentLength(len(a.Body)))
	_, _ = w.Write(a.Body)
}

func http10(w *bufio.Writer, a Answer) {
	fmt.Fprintf(w, "HTTP/1.0 %d %s\r\n", a.Status, http.StatusText(a.Status))
	headers(w, a)
	_, _ = w.Write(a.Body)
}

func interimFlood(w *bufio.Writer, a Answer) {
	for range 100_000 {
		fmt.Fprint(w, "HTTP/1.1 103 Early Hints\r\nLink: <example>\r\n\r\n")
	}
	head(w, a, contentLength(len(a.Body)))
	_, _ = w.Write(a.Body)
}

func twoLengths(w *bufio.Writer, a Answer) {
	head(w, a, contentLength(len(a.Body)), contentLength(len(a.Body)+1))
	_, _ = w.Write(a.Body)
}

func lengthOffBy(n int) func(*bufio.Writer, Answer) {
	return func(w *bufio.Writer, a Answer) {
		head(w, a, contentLength(max(len(a.Body)+n, 0)))
		_, _ = w.Write(a.Body)
	}
}

func lengthNegative(w *bufio.Writer, a Answer) {
	head(w, a, contentLength(-1))
	_, _ = w.Write(a.Body)
}

func lengthAndChunked(w *bufio.Writer, a Answer) {
	head(w, a, contentLength(len(a.Body)), "Transfer-Encoding: chunked")
	if len(a.Body) > 0 { // a chunk of size 0 would be the last
		fmt.Fprintf(w, "%x\r\n%s\r\n", len(a.Body), a.Body)
	}
	fmt.Fprint(w, "0\r\n\r\n")
}

func headersOnly(w *bufio.Writer, a Answer) { head(w, a, contentLength(max(len(a.Body), 1))) }

func halfOfTheBody(w *bufio.Writer, a Answer) {
	head(w, a, contentLength(max(len(a.Body), 1)))
	_, _ = w.Write(a.Body[:len(a.Body)/2])
}
