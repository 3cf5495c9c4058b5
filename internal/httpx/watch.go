package httpx

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// watch notes how far a request gets, and stops a transport that would send it
// a second time. A transport may report nothing of what it does, which leaves a
// request at "may have been sent".
type watch struct {
	host   string                  // that the request names
	cancel context.CancelCauseFunc // ends the call
	trace  httptrace.ClientTrace

	asked, connected atomic.Bool  // for a connection, and got one
	inVain           atomic.Int32 // how often it asked since anything was written
	wroteAny         atomic.Bool  // a header, whatever request's
	wrote            atomic.Bool  // this request's

	mu        sync.Mutex
	conn      net.Conn    // got last, before anything was written
	overHTTP2 bool        // the request was written as a stream of conn
	refused   bool        // the server refused the stream of the request
	proxy     string      // that the request goes through, as host and port
	tunnel    bool        // the proxy has opened its way to the server
	unbind    func() bool // detaches the last connection dialled from the call
}

// mostConns is how many connections one call may ask for while nothing has been
// written. One of HTTP/2 may turn out to be closing; net/http itself never
// stops at a server that closes them all.
const mostConns = 3

// start puts the watch into ctx. Each hook is an allocation, and so the others
// are there only where they are of use.
func (w *watch) start(ctx context.Context) context.Context {
	w.trace.GetConn = w.getConn
	w.trace.GotConn = w.gotConn
	return httptrace.WithClientTrace(ctx, &w.trace)
}

// stopReplay is for a request that a transport can send again: one without a
// body. A body that was read is gone.
func (w *watch) stopReplay() { w.trace.WroteHeaderField = w.wroteHeaderField }

// noteWriting is for any other: it costs less, and tells no request from another
// in the same context.
func (w *watch) noteWriting() { w.trace.WroteHeaders = w.wroteHeaders }

// releaseHTTP2 is for a transport that binds its connections to the call.
func (w *watch) releaseHTTP2() { w.trace.TLSHandshakeDone = w.tlsHandshakeDone }

// getConn ends a call whose transport wants a connection for a request that was
// written already. net/http does so for a request without a body whose stream
// was refused or reset, up to seven times and then from the beginning, whatever
// GetBody is.
func (w *watch) getConn(string) {
	w.asked.Store(true)
	switch n := w.inVain.Add(1); {
	case w.wrote.Load():
		w.cancel(errAgain)
	case n > mostConns:
		w.cancel(errNoneUsable)
	}
}

// gotConn ends the call for the same reason: not every second attempt asks for
// its connection first.
func (w *watch) gotConn(info httptrace.GotConnInfo) {
	w.connected.Store(true)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.wrote.Load() {
		w.conn = info.Conn
		return
	}
	w.cancel(errAgain)
	switch {
	case !w.overHTTP2:
		// net/http writes to a connection of HTTP/1.1 without a look at the
		// context.
		_ = info.Conn.Close()
	case w.conn == info.Conn:
		// After a reset with PROTOCOL_ERROR, which proves nothing, and after a
		// GOAWAY net/http takes another connection. What keeps one for another
		// attempt is REFUSED_STREAM alone.
		w.refused = true
	}
}

// wroteHeaders is called when a header was written, and before the transport
// returns an error, unless the context has ended.
func (w *watch) wroteHeaders() {
	w.wroteAny.Store(true)
	w.inVain.Store(0)
}

// wroteHeaderField is called before the field is written. Only the request's
// own name of its host counts: a transport that wraps another may ask for
// something else in the call's context first.
func (w *watch) wroteHeaderField(name string, value []string) {
	w.wroteHeaders()
	http2 := name == ":authority"
	if !http2 && name != "Host" || len(value) != 1 || !w.isHost(value[0]) {
		return
	}
	w.mu.Lock()
	w.overHTTP2 = http2
	w.mu.Unlock()
	w.wrote.Store(true)
}

// isHost reports whether name is the request's host as net/http writes it. One
// that is not ASCII is written otherwise.
func (w *watch) isHost(name string) bool {
	for i := 0; i < len(w.host); i++ {
		if w.host[i] >= utf8.RuneSelf {
			return true
		}
	}
	return strings.EqualFold(name, w.host)
}

// tlsHandshakeDone lets a connection of HTTP/2 outlive the call that dialled it:
// from here on it may be another call's.
func (w *watch) tlsHandshakeDone(state tls.ConnectionState, err error) {
	if err != nil || state.NegotiatedProtocol != "h2" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unbind != nil {
		w.unbind()
	}
}

// bind closes conn when ctx, which is the call's, ends.
func (w *watch) bind(ctx context.Context, conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unbind = context.AfterFunc(ctx, func() { _ = conn.Close() })
}

// notSent reports whether nothing of the request can have been written, now that
// the transport has returned an error in ctx.
func (w *watch) notSent(ctx context.Context) bool {
	if !w.asked.Load() || w.wroteAny.Load() {
		return false
	}
	if !w.connected.Load() {
		return true
	}
	// Over HTTP/2 net/http waits for the writer, unless the context has ended.
	// What ended it may also be the refusal of one more connection, when no
	// writer is under way.
	w.mu.Lock()
	defer w.mu.Unlock()
	noted := w.trace.WroteHeaderField != nil || w.trace.WroteHeaders != nil
	return noted && isHTTP2(w.conn) && (ctx.Err() == nil || errors.Is(context.Cause(ctx), errNoneUsable))
}

func isHTTP2(conn net.Conn) bool {
	c, ok := conn.(*tls.Conn)
	return ok && c.ConnectionState().NegotiatedProtocol == "h2"
}

// refusedStream reports whether the server refused the stream that the request
// was.
func (w *watch) refusedStream() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.refused
}
