// Package fakeauth is the engine under squaretest, builtbybittest and
// bytenitetest: a loopback HTTP server with exact routes, strict readers of
// request bodies, a log of what arrived, and a clock that the test owns.
//
// It also has the catalogue of faults: what can go wrong between a client and
// a provider, armed for the nth request of an operation (Server.Arm), on the
// way to it (DialFault) and in the handshake (TLSFault). A fault is wrong in
// one thing only, so that a client which overlooks that thing succeeds and is
// caught. Pipe lets all of it run under testing/synctest.
//
// What a provider itself does to spite a client is not here but an option of
// its fake: codes burnt on sight, reuse that revokes, scopes that shrink. A
// clock that is off is a client configured with another Now than the fake's;
// a token that dies between issue and use is revoked at the fake in between.
//
// Consent is the authorize page that two of them have: who logs in, who is
// asked, who is sent on, and what a form is good for. The package on top says
// which requests are taken and what an answer carries. Its pages have no script
// and load nothing. They do not keep an application from a redirect loop, an
// open redirect of its own or a callback that anybody may call: those are for
// the tests of the application.
//
// Left out: HTTP/2 (GOAWAY, REFUSED_STREAM, a flood of CONTINUATION, windows
// of 0), for the standard library has nothing that writes single frames, and
// the clients here use each connection once; half a dual stack, which
// net.Dialer hides from its caller; a token issued twice.
//
// It knows no provider: what is refused, and in whose words, is said by the
// package on top. It opens no port but one of the loopback address, speaks
// plain http (a TLSServer apart), and takes nothing from the testing package,
// so that programs such as a demo can use it too.
package fakeauth
