// Package login is sign-in through the browser, from the first URL to a stored
// token: [Run] for a command-line tool, [NewWeb] for a web app. Both work with
// any provider package that has BeginAuth: square and builtbybit.
//
// It keeps to RFC 8252 and RFC 9700: the user's own browser and no embedded
// one, a state that is bound to that browser and good once, a listener on a
// loopback IP address that is there for this sign-in alone and answers one
// path. Whatever else comes to that listener is refused and ends nothing, a
// request that no user has meant spends nothing, and whoever comes a second time
// hears how it ended.
//
// A program that signs nobody in need not import it: no provider package does.
package login

import (
	"context"
	"net/http"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
)

// Client is what a sign-in needs of a provider: *square.Client and
// *builtbybit.Client have it.
type Client interface {
	// Name is the provider's name for people, such as "Square".
	Name() string
	// Callback checks what the browser came back with.
	Callback(*authcode.Request, *http.Request) (grantway.AuthorizationCode, error)
	// Exchange trades the code for a token.
	Exchange(context.Context, grantway.AuthorizationCode) (*grantway.Token, error)
}
