package grantway

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
)

const (
	redacted = "[redacted]"
	noSecret = "[none]"
)

// Secret is a credential that never prints: fmt (every verb), slog, error
// text, encoding/json and encoding.TextMarshaler all show "[redacted]", or
// "[none]" for the zero value. Reveal is the one way out.
//
// The value sits behind a pointer because fmt cannot call the methods of an
// unexported field: a struct that keeps a Secret privately prints an address
// and not the credential. A Secret is not comparable with ==, which would
// compare in variable time; use Equal.
type Secret struct {
	_     [0]func()
	value *string
}

// NewSecret wraps s. An empty s gives the zero Secret.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{value: &s}
}

// Reveal returns the credential itself. What it returns prints like any string.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether there is no credential.
func (s Secret) IsZero() bool { return s.value == nil }

// Equal reports whether both hold the same credential, in constant time for
// any two lengths.
func (s Secret) Equal(t Secret) bool {
	a, b := sha256.Sum256([]byte(s.Reveal())), sha256.Sum256([]byte(t.Reveal()))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// String returns the redaction, never the credential.
func (s Secret) String() string {
	if s.IsZero() {
		return noSecret
	}
	return redacted
}

// GoString is String: %#v redacts too.
func (s Secret) GoString() string { return s.String() }

// Format writes the redaction for every verb, those that fmt would otherwise
// apply to the fields (%d, %x) included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue redacts under log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText redacts under every encoder that asks for text, JSON among them.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
