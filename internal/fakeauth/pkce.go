package fakeauth

import (
	"crypto/sha256"
	"encoding/base64"
)

// Challenge is the S256 transformation of a verifier (RFC 7636 section 4.2).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// IsChallenge reports whether c has the form of an S256 challenge: 32 bytes.
func IsChallenge(c string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(c)
	return err == nil && len(b) == 32 && len(c) == 43
}
