package faults

import (
	"fmt"
	"slices"
)

// Named is a fault without parameters: one of the constants below. Its text is
// its name. Anything else is refused when it is armed.
type Named string

// Faults of the request. The operation is not carried out.
const (
	// ReadNothing leaves the body unread, says no 100 Continue and never
	// answers. It ends when the fake closes, or when the client goes away. The
	// fake sees that only if what the client sent fits into the first 4 KiB.
	ReadNothing Named = "read nothing"
	// ResetMidRequest reads half of the body, then breaks the connection off.
	ResetMidRequest Named = "reset in the middle of the request"
	// ResetAfterRequest reads the whole request, then breaks the connection
	// off. With CarriedOut it is the answer that got lost.
	ResetAfterRequest Named = "reset after the request"
	// StallBeforeHeaders reads the whole request and never answers.
	StallBeforeHeaders Named = "stall before the headers"
	// StallAfterContinue says 100 Continue, asked or not, and nothing more.
	StallAfterContinue Named = "stall after 100 Continue"
)

// Faults of the headers. The answer is otherwise correct.
const (
	// HugeHeaders puts 9 MiB of headers before the answer, 1 KiB each.
	HugeHeaders Named = "9 MiB of headers"
	// ManyHeaders puts 100,000 small headers before the answer.
	ManyHeaders Named = "100,000 headers"
	// BadStatusLine has letters for the digits of the status.
	BadStatusLine Named = "bad status line"
	// HTTP10 answers in HTTP/1.0, the body ending with the connection.
	HTTP10 Named = "HTTP/1.0"
	// InterimFlood puts 100,000 answers of status 103 before the real one.
	InterimFlood Named = "flood of 1xx"
	// TwoLengths has two Content-Length that differ.
	TwoLengths Named = "two Content-Lengths"
	// LengthTooBig announces 10 bytes more than come.
	LengthTooBig Named = "Content-Length too big"
	// LengthTooSmall announces one byte less than comes.
	LengthTooSmall Named = "Content-Length too small"
	// LengthNegative announces -1 bytes.
	LengthNegative Named = "Content-Length negative"
	// LengthAndChunked announces a length for a body that is chunked.
	LengthAndChunked Named = "Content-Length and chunked"
)

// Faults of the body. The answer is otherwise correct.
const (
	// StallAfterHeaders sends the headers and not one byte of the body.
	StallAfterHeaders Named = "stall after the headers"
	// SlowBody sends one byte of the body a second.
	SlowBody Named = "one byte a second"
	// TruncatedJSON cuts the body off at a random place (by the fake's seed),
	// with headers that fit.
	TruncatedJSON Named = "truncated JSON"
	// ResetMidBody breaks the connection off after half of the body.
	ResetMidBody Named = "reset in the middle of the body"
	// HugeBody puts spaces before the body until it has 256 MiB.
	HugeBody Named = "256 MiB of body"
	// EndlessBody sends chunks of spaces until the client goes away.
	EndlessBody Named = "body without end"
	// GzipBomb puts 512 MiB of spaces before the body, all of it in about
	// 525 KB of gzip.
	GzipBomb Named = "gzip bomb"
	// BrokenGzip has a wrong checksum.
	BrokenGzip Named = "broken gzip"
	// DoubleGzip is compressed twice and says so once.
	DoubleGzip Named = "double gzip"
	// UnaskedBrotli is compressed with br, asked or not.
	UnaskedBrotli Named = "brotli unasked"
	// WrongCharset says that the body is in ISO 8859-1.
	WrongCharset Named = "wrong charset"
	// ByteOrderMark puts the mark of UTF-8 before the body.
	ByteOrderMark Named = "byte order mark"
	// UTF16Body is in UTF-16, with its mark, under an unchanged content type.
	UTF16Body Named = "UTF-16"
	// CaptivePortal answers 200 with a sign-in page, in front of the provider.
	CaptivePortal Named = "captive portal"
	// EmptyBody has no byte in place of the body.
	EmptyBody Named = "empty body"
	// NullBody has null in place of the body.
	NullBody Named = "null for a body"
	// ArrayBody has [] in place of the body.
	ArrayBody Named = "array for a body"
	// DuplicateKeys has each member of the body twice. A text is another one
	// the first time.
	DuplicateKeys Named = "duplicate keys"
	// CaseVariantKeys adds, behind the body's members, one of the same name in
	// upper case for each, with another value.
	CaseVariantKeys Named = "case-variant keys"
	// DeepNesting adds a member of 100,000 arrays in each other.
	DeepNesting Named = "deep nesting"
	// TrailingBytes puts a second document and garbage behind the body.
	TrailingBytes Named = "trailing bytes"
	// ExpiryPast says that the token issued ended an hour ago, by the fake's
	// clock. The fake takes it all the same.
	ExpiryPast Named = "expiry past"
)

// named are the constants, in order.
func named() []Named {
	return []Named{
		ReadNothing, ResetMidRequest, ResetAfterRequest, StallBeforeHeaders, StallAfterContinue,

		HugeHeaders, ManyHeaders, BadStatusLine, HTTP10, InterimFlood,
		TwoLengths, LengthTooBig, LengthTooSmall, LengthNegative, LengthAndChunked,

		StallAfterHeaders, SlowBody, TruncatedJSON, ResetMidBody, HugeBody, EndlessBody,
		GzipBomb, BrokenGzip, DoubleGzip, UnaskedBrotli, WrongCharset, ByteOrderMark, UTF16Body, CaptivePortal,
		EmptyBody, NullBody, ArrayBody, DuplicateKeys, CaseVariantKeys, DeepNesting, TrailingBytes, ExpiryPast,
	}
}

// String is the name.
func (f Named) String() string { return string(f) }

// Check refuses a name that is not one of the constants.
func (f Named) Check() error {
	if !slices.Contains(named(), f) {
		return fmt.Errorf("there is no fault %q", string(f))
	}
	return nil
}

func (Named) fault() {}
