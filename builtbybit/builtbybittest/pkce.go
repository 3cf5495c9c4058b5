package builtbybittest

import "github.com/grantway/grantway/internal/fakeauth"

// PKCE is what the fake makes of PKCE (RFC 7636). Nothing says that BuiltByBit
// knows it, and what it does with the parameters is not known.
type PKCE uint8

const (
	// IgnorePKCE takes no notice of code_challenge and code_verifier, the
	// default: so does a server that does not know them (RFC 6749 sections 3.1
	// and 3.2).
	IgnorePKCE PKCE = iota
	// RefusePKCE refuses both: the page an authorization request with a
	// code_challenge, the token endpoint an exchange with a code_verifier.
	RefusePKCE
	// CheckPKCE holds the verifier against the challenge, by the method S256
	// only. A code that was asked for without a challenge takes no verifier (RFC
	// 9700 section 2.1.1).
	CheckPKCE
)

// badChallenge says why the page refuses what a request has of PKCE; empty if it
// does not.
func (s *Server) badChallenge(challenge, method string) string {
	switch {
	case challenge == "" || s.opts.PKCE == IgnorePKCE:
		return ""
	case s.opts.PKCE == RefusePKCE:
		return ours + "code_challenge is refused; see Options.PKCE"
	case method != "S256": // a missing one is plain (RFC 7636 section 4.3)
		return ours + "code_challenge_method is not S256"
	case !fakeauth.IsChallenge(challenge):
		return ours + "code_challenge is not 43 characters of base64url, the S256 of a verifier"
	}
	return ""
}

// badVerifier is the refusal of what an exchange has of PKCE; nil if there is
// none.
func (s *Server) badVerifier(challenge, verifier string) *fakeauth.Answer {
	var a fakeauth.Answer
	switch {
	case s.opts.PKCE == RefusePKCE && verifier != "":
		a = s.invalidRequest("code_verifier is refused; see Options.PKCE")
	case s.opts.PKCE != CheckPKCE || challenge == "" && verifier == "":
		return nil
	case challenge == "":
		a = s.invalidGrant("code_verifier for a code that was asked for without a code_challenge")
	case fakeauth.Challenge(verifier) != challenge:
		a = s.invalidGrant("code_verifier is missing or not that of the code_challenge")
	default:
		return nil
	}
	return &a
}
