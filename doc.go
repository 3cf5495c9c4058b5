// Package grantway holds the vocabulary that the provider packages share: a
// [Secret] that does not print, a [Token] whose unknown expiry stays unknown,
// and one [Error] whose [Kind] says what to do next.
//
// A program imports a provider package (square, builtbybit, bytenite) and
// meets these types in its signatures. The package talks to no network, reads
// nothing from the environment, keeps no global state and starts no goroutine.
package grantway
