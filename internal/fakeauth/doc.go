// Package fakeauth is the engine under squaretest, builtbybittest and
// bytenitetest: a loopback HTTP server with exact routes, strict readers of
// request bodies, a log of what arrived, and a clock that the test owns.
//
// It knows no provider: what is refused, and in whose words, is said by the
// package on top. It opens no port but one of the loopback address, speaks
// plain http, and takes nothing from the testing package, so that programs
// such as a demo can use it too.
package fakeauth
