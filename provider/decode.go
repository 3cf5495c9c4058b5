package provider

import "github.com/grantway/grantway/internal/wire"

// DecodeObject reads doc, one JSON object, strictly: no duplicate names, no
// names that differ in case only, no invalid UTF-8, nothing after the object,
// at most 32 levels. Names that fields does not list are ignored (RFC 6749
// section 5.1). The error names the field and repeats nothing of doc.
func DecodeObject(doc []byte, fields []Field) error { return wire.Object(doc, fields) }

// Field says where the value of one member goes. Its Name is the member's; its
// Into is one of *string, **string, *Credential, *Visible, *bool, **bool,
// *int64, *[]string, *Lifetime, *Timestamp or a func(Value) error. A null
// leaves the destination as it is.
type Field = wire.Field

// Value is one JSON value, given to a Field's function. Its methods are Object
// (decode it as DecodeObject does), Each (visit an array), String and IsNull.
type Value = wire.Value

// Credential is a string that must be an access token as RFC 6750 section 2.1
// allows it in a header: letters, digits, "-._~+/", then "=". Empty counts as
// absent.
type Credential = wire.Credential

// Visible is a string of visible ASCII without spaces, what RFC 6749 appendix
// A.17 allows in a refresh token less the space. Empty counts as absent.
type Visible = wire.Visible

// Lifetime is a number of seconds, as a number or a string. Missing, empty,
// zero, absurd and unreadable mean unknown; negative means that it is over. Its
// method After gives the moment at which it ends.
type Lifetime = wire.Lifetime

// Timestamp is a moment, in RFC 3339 or near it. Its field At is zero if the
// text was empty or unreadable; Present and Empty tell what was there.
type Timestamp = wire.Timestamp

// IsBearer reports whether tokenType, as an answer gave it, means a bearer
// token: the word in any case, or nothing at all.
func IsBearer(tokenType string) bool { return wire.IsBearer(tokenType) }
