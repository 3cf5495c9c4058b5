// Package authcode is the browser's half of the authorization code grant (RFC
// 6749 section 4.1). It builds the address that the browser is sent to, with a
// fresh state and, if asked, PKCE (RFC 7636), and it reads the callback that
// brings the code.
//
// A provider package has an [Authorizer] inside. A program meets the [Request]
// that its provider's BeginAuth returns, and keeps it until the browser comes
// back: in memory, or sealed in a cookie. Package login does that for it.
//
// The package refuses a callback that does not belong to the Request or comes a
// second time, and an address that is neither https nor on this machine. There
// is no "plain" challenge. It opens no connection: to trade the code for a token
// is the provider package's.
package authcode
