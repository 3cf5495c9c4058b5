// Package grantway holds the words that the provider packages have in their
// signatures: a [Secret] that does not print, an [AuthorizationCode], a [Token]
// with an [Expiry] that stays unknown if nobody said, one [Error] whose [Kind]
// says what to do next, and the [ClientConfig] of every client.
//
// A program imports the package of its provider (square, builtbybit, bytenite)
// and meets these types there. What acts is elsewhere: package tokens keeps a
// token fresh, package login signs a user in, and package provider is for who
// writes the package of another provider.
//
// This package holds values. It opens no connection, starts no goroutine, reads
// neither the clock nor the environment, and has no state of its own.
package grantway
