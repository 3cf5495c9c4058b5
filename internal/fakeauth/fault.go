package fakeauth

import (
	"errors"
	"fmt"
)

// Fault is something that goes wrong with one request. Faults lists them all;
// Status, Redirect and RetryAfter make more. They can be compared with ==.
//
// A fault of the request or of the status stands for something in front of
// the provider: the operation is not carried out and spends nothing, unless
// CarriedOut says otherwise. A fault of the headers or of the body spoils the
// answer of an operation that was carried out.
type Fault interface {
	// String is the fault's name, fit for that of a subtest.
	String() string

	check() error
	serve(x *exchange)
}

// StandardFault is a fault without a parameter. Its text is its name.
type StandardFault string

// The request.
const (
	// ReadNothing leaves the body unread, says no 100 Continue and never
	// answers. It ends when the server closes, or when the client goes away,
	// which can be seen only if what it sent fits into the first 4 KiB.
	ReadNothing StandardFault = "read nothing"
	// ResetMidRequest reads half of the body, then breaks the connection off.
	ResetMidRequest StandardFault = "reset in the middle of the request"
	// ResetAfterRequest reads the whole request, then breaks the connection
	// off. With CarriedOut it is the answer that got lost.
	ResetAfterRequest StandardFault = "reset after the request"
	// StallBeforeHeaders reads the whole request and never answers.
	StallBeforeHeaders StandardFault = "stall before the headers"
	// StallAfterContinue says 100 Continue, asked or not, and nothing more.
	StallAfterContinue StandardFault = "stall after 100 Continue"
)

// The headers. What is wrong with them apart, the answer is the right one.
const (
	// HugeHeaders puts 9 MiB of headers before the answer, 1 KiB each.
	HugeHeaders StandardFault = "9 MiB of headers"
	// ManyHeaders puts 100,000 small headers before the answer.
	ManyHeaders StandardFault = "100,000 headers"
	// BadStatusLine has letters for the digits of the status.
	BadStatusLine StandardFault = "bad status line"
	// HTTP10 answers in HTTP/1.0, the body ending with the connection.
	HTTP10 StandardFault = "HTTP/1.0"
	// InterimFlood puts 100,000 answers of status 103 before the real one.
	InterimFlood StandardFault = "flood of 1xx"
	// TwoLengths has two Content-Length that differ.
	TwoLengths StandardFault = "two Content-Lengths"
	// LengthTooBig announces 10 bytes more than come.
	LengthTooBig StandardFault = "Content-Length too big"
	// LengthTooSmall announces one byte less than comes.
	LengthTooSmall StandardFault = "Content-Length too small"
	// LengthNegative announces -1 bytes.
	LengthNegative StandardFault = "Content-Length negative"
	// LengthAndChunked announces a length for a body that is chunked.
	LengthAndChunked StandardFault = "Content-Length and chunked"
)

// The body.
const (
	// StallAfterHeaders sends the headers and not one byte of the body.
	StallAfterHeaders StandardFault = "stall after the headers"
	// SlowBody sends one byte of the body a second.
	SlowBody StandardFault = "one byte a second"
	// TruncatedJSON cuts the body off at a random place (by the seed), with
	// headers that fit.
	TruncatedJSON StandardFault = "truncated JSON"
	// ResetMidBody breaks the connection off after half of the body.
	ResetMidBody StandardFault = "reset in the middle of the body"
	// HugeBody puts spaces before the body until it has 256 MiB.
	HugeBody StandardFault = "256 MiB of body"
	// EndlessBody sends chunks of spaces until the client goes away.
	EndlessBody StandardFault = "body without end"
	// GzipBomb puts 512 MiB of spaces before the body, all of it in about
	// 525 KB of gzip.
	GzipBomb StandardFault = "gzip bomb"
	// BrokenGzip has a wrong checksum.
	BrokenGzip StandardFault = "broken gzip"
	// DoubleGzip is compressed twice and says so once.
	DoubleGzip StandardFault = "double gzip"
	// UnaskedBrotli is compressed with br, asked or not.
	UnaskedBrotli StandardFault = "brotli unasked"
	// WrongCharset says that the body is in ISO 8859-1.
	WrongCharset StandardFault = "wrong charset"
	// ByteOrderMark puts the mark of UTF-8 before the body.
	ByteOrderMark StandardFault = "byte order mark"
	// UTF16Body is in UTF-16, with its mark, under an unchanged content type.
	UTF16Body StandardFault = "UTF-16"
	// CaptivePortal answers 200 with a sign-in page, in front of the provider.
	CaptivePortal StandardFault = "captive portal"
	// EmptyBody has no byte, NullBody null, ArrayBody [] in place of the body.
	EmptyBody StandardFault = "empty body"
	NullBody  StandardFault = "null for a body"
	ArrayBody StandardFault = "array for a body"
	// DuplicateKeys has each member of the body twice; a text is another one
	// the first time.
	DuplicateKeys StandardFault = "duplicate keys"
	// CaseVariantKeys adds, behind the body's members, one of the same name in
	// upper case for each, with another value.
	CaseVariantKeys StandardFault = "case-variant keys"
	// DeepNesting adds a member of 100,000 arrays in each other.
	DeepNesting StandardFault = "deep nesting"
	// TrailingBytes puts a second document and garbage behind the body.
	TrailingBytes StandardFault = "trailing bytes"
	// ExpiryPast says that the token issued ended an hour ago, by the fake's
	// clock. The fake takes it all the same.
	ExpiryPast StandardFault = "expiry past"
)

// standard is what each fault without a parameter does.
func standard() []struct {
	fault StandardFault
	serve func(*exchange)
} {
	return []struct {
		fault StandardFault
		serve func(*exchange)
	}{
		{ReadNothing, readNothing},
		{ResetMidRequest, resetMidRequest},
		{ResetAfterRequest, resetAfterRequest},
		{StallBeforeHeaders, stallBeforeHeaders},
		{StallAfterContinue, stallAfterContinue},

		{HugeHeaders, raw(hugeHeaders, hangUp)},
		{ManyHeaders, raw(manyHeaders, hangUp)},
		{BadStatusLine, raw(badStatusLine, hangUp)},
		{HTTP10, raw(http10, hangUp)},
		{InterimFlood, raw(interimFlood, hangUp)},
		{TwoLengths, raw(twoLengths, hangUp)},
		{LengthTooBig, raw(lengthOffBy(10), hangUp)},
		{LengthTooSmall, raw(lengthOffBy(-1), hangUp)},
		{LengthNegative, raw(lengthNegative, hangUp)},
		{LengthAndChunked, raw(lengthAndChunked, hangUp)},

		{StallAfterHeaders, raw(headersOnly, stall)},
		{SlowBody, slowBody},
		{TruncatedJSON, truncated},
		{ResetMidBody, raw(halfOfTheBody, reset)},
		{HugeBody, hugeBody},
		{EndlessBody, endlessBody},
		{GzipBomb, gzipBomb},
		{BrokenGzip, spoil(brokenGzip)},
		{DoubleGzip, spoil(doubleGzip)},
		{UnaskedBrotli, spoil(brotli)},
		{WrongCharset, spoil(wrongCharset)},
		{ByteOrderMark, spoil(byteOrderMark)},
		{UTF16Body, spoil(utf16Body)},
		{CaptivePortal, captivePortal},
		{EmptyBody, replaced("")},
		{NullBody, replaced("null")},
		{ArrayBody, replaced("[]")},
		{DuplicateKeys, spoil(duplicateKeys)},
		{CaseVariantKeys, spoil(caseVariantKeys)},
		{DeepNesting, spoil(deepNesting)},
		{TrailingBytes, spoil(trailingBytes)},
		{ExpiryPast, expiryPast},
	}
}

// Faults lists the catalogue: every fault without a parameter, every status of
// Statuses with every body of shapes, redirects, and values of Retry-After.
func Faults() []Fault {
	var all []Fault
	for _, f := range standard() {
		all = append(all, f.fault)
	}
	return append(all, statusFaults()...)
}

// String is the name.
func (f StandardFault) String() string { return string(f) }

func (f StandardFault) check() error {
	if f.find() == nil {
		return fmt.Errorf("there is no fault %q", string(f))
	}
	return nil
}

func (f StandardFault) serve(x *exchange) { f.find()(x) }

func (f StandardFault) find() func(*exchange) {
	for _, s := range standard() {
		if s.fault == f {
			return s.serve
		}
	}
	return nil
}

// CarriedOut is the same fault after the operation has been carried out: what
// the request spends is spent, and the client does not learn of it.
func CarriedOut(f Fault) Fault { return carriedOut{f} }

type carriedOut struct{ fault Fault }

func (f carriedOut) String() string { return f.fault.String() + ", carried out" }

func (f carriedOut) check() error {
	if f.fault == nil {
		return errors.New("no fault is carried out")
	}
	return f.fault.check()
}

func (f carriedOut) serve(x *exchange) {
	if _, ok := x.answer(); ok {
		f.fault.serve(x)
	}
}
