// Package faults names everything that can go wrong between a client and a
// provider. Each name is a fault that the fakes (squaretest, builtbybittest,
// bytenitetest) can commit, so that a test shows what a program does about it.
//
// There are three types, by the place where something is wrong:
//
//   - A [Fault] spoils one request. A fake commits it on the request that it is
//     armed for: fake.Arm("obtainToken", faults.ResetAfterRequest, 1) breaks the
//     connection of the next request for a token. The constants of type [Named]
//     are faults, and so is what [Status], [Redirect], [RetryAfter] and
//     [CarriedOut] make. [All] lists the catalogue.
//   - A [DialFault] is a network on which no connection comes to be. The client
//     under test is given its Transport; [DialFaults] lists them.
//   - A [TLSFault] is a server whose handshake fails. Start runs one; [TLSFaults]
//     lists them.
//
// A fault is wrong in one thing only. A client that overlooks this thing
// succeeds, and the test sees it.
//
// Over a [Pipe] and under testing/synctest, a stall costs no time.
//
// What a provider itself may do against a client is an option of its fake: codes
// spent on sight, reuse that revokes, scopes that shrink. A clock that is off is
// a client whose configuration has another Now than the fake's. A token that
// dies between issue and use is revoked at the fake in between.
//
// Left out: HTTP/2, because the standard library writes no single frames (the
// module conformance commits those faults); half a dual stack, which net.Dialer
// hides from its caller; a token issued twice.
//
// The package takes nothing from the testing package, so that a demo can use it.
// It opens no port, except for a [TLSFault] that is started without a listener.
package faults
