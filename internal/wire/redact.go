package wire

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// String redacts. Convert to string for the credential itself.
func (Credential) String() string { return redacted }

// Format writes String for every verb.
func (Credential) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue redacts under log/slog.
func (Credential) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts under every encoder that asks for text.
func (Credential) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// String redacts. Convert to string for the credential itself.
func (Visible) String() string { return redacted }

// Format writes String for every verb.
func (Visible) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue redacts under log/slog.
func (Visible) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts under every encoder that asks for text.
func (Visible) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format redacts for every verb: what a provider sent is a credential until it
// is known to be none.
func (Value) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue redacts under log/slog.
func (Value) LogValue() slog.Value { return slog.StringValue(redacted) }

// String redacts: a Decoder has the whole document.
func (Decoder) String() string { return redacted }

// Format writes String for every verb.
func (Decoder) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue redacts under log/slog.
func (Decoder) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts under every encoder that asks for text.
func (Decoder) MarshalText() ([]byte, error) { return []byte(redacted), nil }
