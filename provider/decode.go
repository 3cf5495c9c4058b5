package provider

import "github.com/grantway/grantway/internal/wire"

// DecodeObject reads doc, one JSON object, strictly: no duplicate names, no
// names that differ in case only, no invalid UTF-8, nothing after the object,
// at most 32 levels. Names that fields does not list are ignored (RFC 6749
// section 5.1). The error names the field and repeats nothing of doc.
func DecodeObject(doc []byte, fields []Field) error { return wire.Object(doc, fields) }

// Field says where the value of one member goes. It has two fields: Name, the
// member's, and Into, which is one of *string, **string, *Credential, *Visible,
// *bool, **bool, *int64, *[]string, *Lifetime, *Timestamp or a
// func(Value) error; any other panics. A null leaves the destination as it is,
// but is given to a function.
type Field = wire.Field

// Value is one JSON value, given to a Field's function. Its methods are
//
//	Object(fields []Field) error          // decodes it as DecodeObject does
//	Each(visit func(Value) error) error   // the elements of an array
//	String() (string, error)              // of a string; an error for any other
//	IsNull() bool
type Value = wire.Value

// Credential is a string that must be an access token as RFC 6750 section 2.1
// allows it in a header: letters, digits, "-._~+/", then "=". Empty counts as
// absent.
type Credential = wire.Credential

// Visible is a string of visible ASCII without spaces, what RFC 6749 appendix
// A.17 allows in a refresh token less the space. Empty counts as absent.
type Visible = wire.Visible

// Lifetime is a number of seconds, as a number or a string. Missing, empty,
// zero, unreadable and more than 100 years mean unknown; negative means that it
// is over. Its one method is
//
//	After(start time.Time) (end time.Time, known bool)
type Lifetime = wire.Lifetime

// Timestamp is a moment, in RFC 3339 or near it. It has three fields: At, in
// UTC, zero if the text was empty or unreadable; Present, true if the member was
// there and not null; Empty, true if it was the empty string.
type Timestamp = wire.Timestamp

// IsBearer reports whether tokenType, as an answer gave it, means a bearer
// token: the word in any case, or nothing at all.
func IsBearer(tokenType string) bool { return wire.IsBearer(tokenType) }
