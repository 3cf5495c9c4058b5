package bytenitetest

import "github.com/grantway/grantway"

// RevokeAPIKey ends the key, as its owner does in the web UI or as its validity
// does by running out. Tokens made from it live on.
func (s *Server) RevokeAPIKey() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keyDead = true
}

// Live reports whether the fake takes the access token now. With it, a test's
// own API can check what it is sent.
func (s *Server) Live(token grantway.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live(token.Reveal())
}

func (s *Server) live(token string) bool {
	until, ok := s.tokens[token]
	return ok && s.engine.Now().Before(until)
}

// ExpireToken ends an access token's life now. It reports whether the fake
// knows the token.
func (s *Server) ExpireToken(token grantway.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.tokens[token.Reveal()]
	if ok {
		s.tokens[token.Reveal()] = s.engine.Now()
	}
	return ok
}

// SetSkip lets the user skip the login that loginChallenge stands for, and go
// on at redirectTo. Any other challenge, and none at all, cannot be skipped.
func (s *Server) SetSkip(loginChallenge, redirectTo string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skips[loginChallenge] = redirectTo
}
