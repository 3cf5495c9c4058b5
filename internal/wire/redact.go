package wire

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// String redacts: a Decoder has the whole document.
func (Decoder) String() string { return redacted }

// Format writes String for every verb.
func (Decoder) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue redacts under log/slog.
func (Decoder) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts under every encoder that asks for text.
func (Decoder) MarshalText() ([]byte, error) { return []byte(redacted), nil }
