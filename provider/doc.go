// Package provider is what the package of one provider is written with: a
// client that carries credentials, the decoding of answers, the errors, and
// the rules by which tokens are kept fresh. Generated code uses it too, and so
// may a provider that lives outside of this repository.
//
// Each operation is described as an [Operation] and called with [Client.Call]; a
// [Body] writes what is sent, a [Decoder] reads the answer, and a [Judgement] says
// what an error body means. A call goes to https or to a loopback address, is one
// request on the wire unless the operation is safe to repeat and the user opted
// in, follows no redirect, ends by a deadline and reads at most 1 MiB. What is
// not a success becomes a *grantway.Error that shows no text of the server.
//
// It refuses to send twice what spends a credential, to keep cookies, and to
// read anything from the environment except what the caller's own transport
// reads (its proxy).
//
// The example is a whole provider. A program that only uses one needs nothing
// of this package.
package provider
