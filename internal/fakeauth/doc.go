// Package fakeauth is what the fakes of the providers share. A provider's own
// package (squaretest, builtbybittest, bytenitetest) has its state machine: what
// it grants, what it refuses, and in whose words.
//
// Fake is the engine: a loopback HTTP server with exact routes, a log of what
// arrived, a clock that the test owns, and the faults of package faults, each
// armed for the nth request of an operation. Book and Tokens are what a fake
// remembers: codes and tokens with their ends, and who has granted what. Form
// and ParseObject are strict readers of request bodies.
//
// Consent is the authorize page: who logs in, who is asked, who is sent on, and
// what a form is good for. The package on top says which requests are taken and
// what an answer carries. Its pages have no script and load nothing. They do not
// keep an application from a redirect loop, an open redirect of its own or a
// callback that anybody may call: those are for the tests of the application.
//
// It knows no provider. It opens no port but one of the loopback address, speaks
// plain http, and takes nothing from the testing package, so that programs such
// as a demo can use it too.
package fakeauth
