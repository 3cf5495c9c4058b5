package http2

import (
	"fmt"

	"golang.org/x/net/http2"
)

// Moment is when a fault is committed: behind one frame and before the next.
type Moment int

const (
	// Never is the zero value.
	Never Moment = iota
	// Connected: after the handshake of TLS, before a frame either way.
	Connected
	// Settled: after the server's SETTINGS.
	Settled
	// RequestHeaders: after the request's HEADERS; a body is not read.
	RequestHeaders
	// Request: after the whole request.
	Request
	// Interim: after an answer 103.
	Interim
	// Headers: after the HEADERS of the answer.
	Headers
	// HalfBody: after a DATA frame with half of the answer's body.
	HalfBody
	// Body: after the last byte of the body, without END_STREAM.
	Body
	// End: after END_STREAM.
	End
)

// Moments are all of them.
func Moments() []Moment {
	return []Moment{Connected, Settled, RequestHeaders, Request, Interim, Headers, HalfBody, Body, End}
}

// String names the moment.
func (m Moment) String() string {
	return [...]string{"never", "after the handshake", "after SETTINGS", "after the request's HEADERS", "after the request", "after a 103",
		"after the answer's HEADERS", "after half a body", "after the body", "after END_STREAM"}[m]
}

// Act is what is done to a stream or a connection.
type Act int

const (
	// Close ends the connection with a FIN.
	Close Act = iota
	// Reset ends it with a RST.
	Reset
	// Garbage is a frame that no server may send, and then a FIN.
	Garbage
	// EndStream is RST_STREAM with the fault's code.
	EndStream
	// GoAwayZero is GOAWAY with the fault's code and the last stream 0.
	GoAwayZero
	// GoAwayBelow names the stream before this one as the last.
	GoAwayBelow
	// GoAwayAt names this stream as the last, and closes.
	GoAwayAt
	// GoAwayAbove names the highest stream there is, and closes.
	GoAwayAbove
	// GoAwayBelowAndClose is GoAwayBelow, and closes.
	GoAwayBelowAndClose
	// GoAwayAboveAndAnswer is how a server shuts down in good order.
	GoAwayAboveAndAnswer
	// Silence is no answer to the stream, which stays open. It is none of
	// Faults, for it takes the client's patience.
	Silence
)

func (a Act) String() string {
	return [...]string{"FIN", "RST", "garbage", "RST_STREAM", "GOAWAY 0", "GOAWAY below", "GOAWAY at, closed", "GOAWAY above, closed",
		"GOAWAY below, closed", "GOAWAY above, answered", "silence"}[a]
}

// Fault is one act at one moment.
type Fault struct {
	At   Moment
	Do   Act
	Code http2.ErrCode // of EndStream and the GoAways
}

// String names the fault.
func (f Fault) String() string {
	if f.At == Never {
		return "no fault"
	}
	if f.Do < EndStream {
		return fmt.Sprintf("%s %s", f.Do, f.At)
	}
	return fmt.Sprintf("%s %s %s", f.Do, f.Code, f.At)
}

// Refuses reports whether the fault says by number that the request was not
// taken (RFC 9113 sections 8.7 and 6.8). Once there is an answer it was.
func (f Fault) Refuses() bool {
	if f.At >= Headers {
		return false
	}
	switch f.Do {
	case EndStream:
		return f.Code == http2.ErrCodeRefusedStream
	case GoAwayZero, GoAwayBelow, GoAwayBelowAndClose:
		return true
	}
	return false
}

// Faults are every act at every moment at which it can be done, with every code
// that a client is likely to see.
func Faults() []Fault {
	var all []Fault
	for _, m := range Moments() {
		all = append(all, Fault{At: m, Do: Close}, Fault{At: m, Do: Reset})
		if m == Connected {
			continue // SETTINGS come first
		}
		all = append(all, Fault{At: m, Do: Garbage})
		for _, code := range []http2.ErrCode{http2.ErrCodeNo, http2.ErrCodeEnhanceYourCalm, http2.ErrCodeProtocol, http2.ErrCodeInternal} {
			all = append(all, Fault{m, GoAwayZero, code}, Fault{m, GoAwayAbove, code})
			if m != Settled {
				all = append(all, Fault{m, GoAwayBelow, code}, Fault{m, GoAwayAt, code}, Fault{m, GoAwayBelowAndClose, code})
			}
		}
		if m == Settled {
			continue // there is no stream yet
		}
		all = append(all, Fault{m, GoAwayAboveAndAnswer, http2.ErrCodeNo})
		for _, code := range []http2.ErrCode{http2.ErrCodeRefusedStream, http2.ErrCodeCancel, http2.ErrCodeProtocol, http2.ErrCodeInternal,
			http2.ErrCodeEnhanceYourCalm, http2.ErrCodeNo, http2.ErrCodeHTTP11Required} {
			all = append(all, Fault{m, EndStream, code})
		}
	}
	return all
}

// highest is the number that no stream has.
const highest = 1<<31 - 1

// at commits the fault if this is its moment. id is 0 where there is no stream.
func (c *conn) at(m Moment, id uint32) error {
	c.server.mu.Lock()
	f := c.server.script.Fault
	c.server.mu.Unlock()
	if f.At != m {
		return nil
	}
	if id > 0 && f.Refuses() {
		c.server.count(c.requests[id], func(seen *Seen) { seen.Refused++ })
	}
	goAway := func(last uint32) error {
		c.last = last
		return c.framer.WriteGoAway(last, f.Code, []byte("REFUSED_STREAM; received from peer"))
	}
	below := uint32(0)
	if id > 2 {
		below = id - 2
	}
	switch f.Do {
	case Close:
		return errEnded
	case Reset:
		_ = c.raw.SetLinger(0)
		_ = c.raw.Close()
		return errEnded
	case Garbage:
		_ = c.framer.WriteRawFrame(http2.FrameData, 0, 0, []byte("example"))
		return errEnded
	case Silence:
		delete(c.requests, id)
	case EndStream:
		delete(c.requests, id)
		return c.framer.WriteRSTStream(id, f.Code)
	case GoAwayZero:
		c.requests = map[uint32]string{}
		return goAway(0)
	case GoAwayBelow:
		delete(c.requests, id)
		return goAway(below)
	case GoAwayBelowAndClose:
		_ = goAway(below)
		return errEnded
	case GoAwayAt:
		_ = goAway(id)
		return errEnded
	case GoAwayAbove:
		_ = goAway(highest)
		return errEnded
	case GoAwayAboveAndAnswer:
		return goAway(highest)
	}
	return nil
}
