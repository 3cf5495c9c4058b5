// Package tokens keeps the token of one account fresh, whoever asks for it, and
// keeps it across restarts.
//
// A program gets a [Source] from its provider's client
// (square.Client.TokenSource) and gives it a [Store]: a [MemoryStore], a
// directory (package filestore), or one of its own that passes package
// storetest. A [Sealer] encrypts what is stored.
//
// The package refuses to hand out a token that is not in the store, to send a
// refresh token twice without being allowed to, and to run anything in the
// background that nobody waits for or whose token nobody holds.
//
// # For the author of a store
//
// [Store] says what a store must do and [Leaser] what it may offer besides;
// [CheckKey] and [CheckSwap] refuse what no store may take.
package tokens
