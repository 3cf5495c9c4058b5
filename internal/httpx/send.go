// Package httpx sends one request that carries a credential, and reads its
// answer: one request on the wire, no redirect, a deadline that covers the
// body, bounded headers and bodies, and causes without the server's text.
//
// It refuses to send twice, to keep cookies, and to read anything from the
// environment except what the caller's own transport reads (its proxy). Which
// answers are errors, and when a call may be repeated, package provider says.
package httpx

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/address"
)

// firstByteLimit is the longest wait for the first byte of an answer.
const firstByteLimit = 15 * time.Second

// Sender sends requests to one origin.
type Sender struct {
	// Base is the server's URL. Its path ends with a slash.
	Base *url.URL
	// Transport is called directly: there is then no redirect to refuse, and no
	// *url.Error that quotes a URL.
	Transport http.RoundTripper
	// Bound says that Transport ends its connections with the call, but for
	// those of HTTP/2.
	Bound bool
	// UserAgent is sent with each request.
	UserAgent string
}

// Answer is an answer read to its end, whatever its status.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Failure says why a request has no Answer. Its Kind is zero if it has one.
type Failure struct {
	Kind   grantway.Kind
	Reason string
	// Status is that of an answer whose rest was of no use; 0 if none came.
	Status int
	// Cause holds no secret and no text of the server.
	Cause error
}

var (
	errNoFirstByte = deadlineError("no answer within the time for the first byte")
	errTotal       = deadlineError("no complete answer within the time for a call")
)

// Send sends out once and reads the whole answer, by the deadline at the
// latest.
func (s *Sender) Send(ctx context.Context, out *Outgoing, deadline time.Time) (Answer, Failure) {
	if err := ctx.Err(); err != nil {
		return Answer{}, Failure{Kind: grantway.KindNotSent, Cause: err}
	}
	// Whatever a builder made of the base and a path, a credential goes to the
	// origin that was checked and to no other.
	if !s.isHome(&out.url) {
		return Answer{}, Failure{Kind: grantway.KindNotSent, Reason: "the request would leave the provider's origin"}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out.watch.cancel = cancel
	out.watch.host = out.url.Host
	limit := firstByteLimit
	if left := time.Until(deadline); left <= limit {
		limit = left
		out.lastLimit.Store(true)
	}
	timer := time.AfterFunc(limit, out.expire)
	defer timer.Stop()

	resp, err := s.Transport.RoundTrip(out.request(s.watched(ctx, out)))
	if err != nil {
		return Answer{}, out.failure(ctx, err)
	}
	defer resp.Body.Close()
	if timer.Stop() {
		out.lastLimit.Store(true)
		timer.Reset(time.Until(deadline))
	}

	if resp.StatusCode == http.StatusSwitchingProtocols {
		// No request of ours asks for it (RFC 9110 section 15.2.2), and what comes
		// next is no body that could end.
		return Answer{}, Failure{Kind: grantway.KindMalformed, Reason: "a switch of protocols that was not asked for", Status: resp.StatusCode}
	}
	if headerSize(resp.Header) > MaxHeader {
		return Answer{}, Failure{Kind: grantway.KindMalformed, Reason: "headers larger than the bound", Status: resp.StatusCode}
	}
	body, err := readBounded(resp.Body, resp.ContentLength)
	switch {
	case len(body) > MaxBody:
		return Answer{}, Failure{Kind: grantway.KindMalformed, Reason: "body larger than the bound", Status: resp.StatusCode}
	case err != nil && resp.StatusCode/100 == 2:
		return Answer{}, Failure{Kind: grantway.KindAmbiguous, Reason: "the answer broke off", Status: resp.StatusCode, Cause: harmless(ctx, err)}
	}
	// A refusal whose body broke off is still a refusal: its status tells.
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, Failure{}
}

// isHome reports whether a request to u stays at the origin of the base.
func (s *Sender) isHome(u *url.URL) bool {
	if u.User != nil {
		return false
	}
	return u.Scheme == s.Base.Scheme && u.Host == s.Base.Host || address.SameOrigin(u, s.Base)
}

// watched returns the context in which the transport is given out, with all
// that watches over what becomes of it.
func (s *Sender) watched(ctx context.Context, out *Outgoing) context.Context {
	switch {
	case out.size == 0:
		out.watch.stopReplay()
	case s.Bound:
		out.watch.noteWriting()
	}
	attempt := out.watch.start(ctx)
	if !s.Bound {
		return attempt
	}
	out.watch.releaseHTTP2()
	out.call = ctx
	return context.WithValue(attempt, callKey{}, out)
}

// failure says what is known of a request that has no answer.
func (o *Outgoing) failure(ctx context.Context, err error) Failure {
	if f, ok := o.watch.proxyFailure(ctx, err); ok {
		return f
	}
	switch {
	case refusedByNumber(err), o.watch.refusedStream():
		return Failure{Kind: grantway.KindNotSent, Cause: errRefusedByNumber}
	case o.watch.notSent(ctx), isDialError(err) && !o.watch.connected.Load() && !o.read():
		return Failure{Kind: grantway.KindNotSent, Cause: harmless(ctx, err)}
	}
	return Failure{Kind: grantway.KindAmbiguous, Cause: harmless(ctx, err)}
}
