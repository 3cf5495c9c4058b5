package bytenitetest

import "github.com/grantway/grantway"

// RevokeAPIKey ends the key, as its owner does in the web UI or as its validity
// does by running out. Tokens made from it live on.
func (s *Server) RevokeAPIKey() { s.book.Locked(func() { s.key = grantway.Secret{} }) }

// SetAPIKey replaces the key, as its owner does in the web UI by making a new one
// and revoking the old. Tokens made from the old one live on.
func (s *Server) SetAPIKey(key grantway.Secret) { s.book.Locked(func() { s.key = key }) }

// Live reports whether the fake takes the access token now. With it, a test's
// own API can check what it is sent.
func (s *Server) Live(token grantway.Secret) bool { return s.tokens.IsLive(token) }

// ExpireToken ends an access token's life now. It reports whether the fake
// knows the token.
func (s *Server) ExpireToken(token grantway.Secret) bool { return s.tokens.Expire(token) }

// SetSkip lets the user skip the login that loginChallenge stands for, and go
// on at redirectTo. Any other challenge, and none at all, cannot be skipped.
func (s *Server) SetSkip(loginChallenge, redirectTo string) {
	s.book.Locked(func() { s.skips.Put(loginChallenge, redirectTo) })
}
