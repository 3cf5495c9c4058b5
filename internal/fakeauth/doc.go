// Package fakeauth is the engine under squaretest, builtbybittest and
// bytenitetest: a loopback HTTP server with exact routes, strict readers of
// request bodies, a log of what arrived, and a clock that the test owns.
//
// It commits the faults of package faults, each armed for the nth request of an
// operation (Server.Arm).
//
// Consent is the authorize page that two of them have: who logs in, who is
// asked, who is sent on, and what a form is good for. The package on top says
// which requests are taken and what an answer carries. Its pages have no script
// and load nothing. They do not keep an application from a redirect loop, an
// open redirect of its own or a callback that anybody may call: those are for
// the tests of the application.
//
// It knows no provider: what is refused, and in whose words, is said by the
// package on top. It opens no port but one of the loopback address, speaks
// plain http, and takes nothing from the testing package, so that programs such
// as a demo can use it too.
package fakeauth
