// Package peer puts one method set over clients that do the same job: our own,
// golang.org/x/oauth2, the client that oapi-codegen makes of our specs, and a
// careless one that stands for the inverse of every check.
//
// An adapter does what the types of its client ask of a caller, and nothing
// that they let pass: it looks at a pointer before it follows it, and it does
// not check a value that the client handed out as good. It must never make a
// peer look worse than its documentation would let a program be.
package peer

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Token is what a client hands its caller.
type Token struct {
	Access, Refresh string
	// Expiry is zero where the client knows of none.
	Expiry time.Time
}

// Client is one client of one provider.
type Client interface {
	// Exchange trades Code for a token at base.
	Exchange(ctx context.Context, base string, hc *http.Client) (Token, error)
	// Refresh trades refresh for a token at base. What the Token returned has
	// as Refresh is what a program would store.
	Refresh(ctx context.Context, base string, hc *http.Client, refresh string) (Token, error)
	// Code gives the provider's error code as the client's own error type has
	// it; typed is false if err is of no such type.
	Code(err error) (code string, typed bool)
}

// Role says what is expected of a Peer.
type Role int

// A check asserts that Ours passes and that Careless fails. It only reports
// what Measured does.
const (
	Measured Role = iota
	Ours
	Careless
)

// Peer is one way to call the token endpoints of the two providers that have
// one: BuiltByBit (a form, HTTP Basic) and Square (the secret in the body).
type Peer struct {
	Name               string
	Role               Role
	BuiltByBit, Square Client
	// AsItComes is the same peer with no setting made, where the Peer itself
	// has a Setting that a program may well leave out.
	AsItComes *Peer
	Setting   string
}

// Credentials are what a Peer sends.
type Credentials struct{ ID, Secret string }

// Example are the credentials of a check that does not care. They look like
// nothing that a server would say of its own accord.
var Example = Credentials{ID: "example-client", Secret: "canary_secret"}

// Code and RefreshToken are what the clients trade.
const (
	Code         = "canary_code"
	RefreshToken = "canary_refresh"
)

// Names of the peers that are measured, as the scorecard prints them.
const (
	NameXOAuth2     = "x/oauth2"
	NameOapiCodegen = "oapi-codegen"
)

// All are the contestants of a check.
func All(c Credentials) []Peer {
	return []Peer{grantwayPeer(c), xoauth2Peer(c), oapiPeer(c), carelessPeer(c)}
}

// NothingDecoded is the error of an adapter, not of a client: the client
// returned no error and no decoded body either.
type NothingDecoded struct{ Status int }

func (e *NothingDecoded) Error() string {
	return fmt.Sprintf("nil error and nothing decoded, status %d", e.Status)
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
