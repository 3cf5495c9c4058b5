package squaretest

import (
	"fmt"

	"github.com/grantway/grantway/internal/fakeauth"
)

// Fault is something that goes wrong with one request: one of the constants
// below, or what Status, Redirect, RetryAfter or CarriedOut make. Its String
// is its name, fit for that of a subtest.
//
// A fault of the request or of the status stands for something in front of
// the provider: the operation is not carried out and spends nothing, unless
// CarriedOut says otherwise. A fault of the headers or of the body spoils the
// answer of an operation that was carried out.
type Fault = fakeauth.Fault

// Arm makes the nth request of an operation from now on, counted from 1, meet
// the fault. operation is the operationId, such as "obtainToken"; "" and "*"
// stand for any request. Of two faults on the same request, the one armed
// first comes, and the other on the next request. It is an error if there is
// no such operation, nth is below 1 or the fault cannot be.
func (s *Server) Arm(operation string, fault Fault, nth int) error {
	if err := s.engine.Arm(operation, fault, nth); err != nil {
		return fmt.Errorf("squaretest: %w", err)
	}
	return nil
}

// Faults lists the catalogue: the constants, statuses from 201 to 524 with
// several bodies each, redirects, and values of Retry-After.
func Faults() []Fault { return fakeauth.Faults() }

// CarriedOut is the same fault after the operation has been carried out: what
// the request spends is spent, and the client does not learn of it.
// CarriedOut(ResetAfterRequest) is the answer that got lost.
func CarriedOut(f Fault) Fault { return fakeauth.CarriedOut(f) }

// Status answers with a status of 200 to 999 and any body. An empty
// contentType sends none.
func Status(status int, contentType, body string) Fault {
	return fakeauth.Status(status, contentType, body)
}

// Redirect answers with a status such as 307 and a Location.
func Redirect(status int, location string) Fault { return fakeauth.Redirect(status, location) }

// RetryAfter answers with a status such as 429 or 503 and one Retry-After
// header for each value.
func RetryAfter(status int, values ...string) Fault { return fakeauth.RetryAfter(status, values...) }

// The request.
const (
	// ReadNothing leaves the body unread, says no 100 Continue and never
	// answers. It ends when the server closes, or when the client goes away,
	// which can be seen only if what it sent fits into the first 4 KiB.
	ReadNothing = fakeauth.ReadNothing
	// ResetMidRequest reads half of the body, then breaks the connection off.
	ResetMidRequest = fakeauth.ResetMidRequest
	// ResetAfterRequest reads the whole request, then breaks the connection
	// off. With CarriedOut it is the answer that got lost.
	ResetAfterRequest = fakeauth.ResetAfterRequest
	// StallBeforeHeaders reads the whole request and never answers.
	StallBeforeHeaders = fakeauth.StallBeforeHeaders
	// StallAfterContinue says 100 Continue, asked or not, and nothing more.
	StallAfterContinue = fakeauth.StallAfterContinue
)

// The headers. What is wrong with them apart, the answer is the right one.
const (
	// HugeHeaders puts 9 MiB of headers before the answer, 1 KiB each.
	HugeHeaders = fakeauth.HugeHeaders
	// ManyHeaders puts 100,000 small headers before the answer.
	ManyHeaders = fakeauth.ManyHeaders
	// BadStatusLine has letters for the digits of the status.
	BadStatusLine = fakeauth.BadStatusLine
	// HTTP10 answers in HTTP/1.0, the body ending with the connection.
	HTTP10 = fakeauth.HTTP10
	// InterimFlood puts 100,000 answers of status 103 before the real one.
	InterimFlood = fakeauth.InterimFlood
	// TwoLengths has two Content-Length that differ.
	TwoLengths = fakeauth.TwoLengths
	// LengthTooBig announces 10 bytes more than come.
	LengthTooBig = fakeauth.LengthTooBig
	// LengthTooSmall announces one byte less than comes.
	LengthTooSmall = fakeauth.LengthTooSmall
	// LengthNegative announces -1 bytes.
	LengthNegative = fakeauth.LengthNegative
	// LengthAndChunked announces a length for a body that is chunked.
	LengthAndChunked = fakeauth.LengthAndChunked
)

// The body.
const (
	// StallAfterHeaders sends the headers and not one byte of the body.
	StallAfterHeaders = fakeauth.StallAfterHeaders
	// SlowBody sends one byte of the body a second.
	SlowBody = fakeauth.SlowBody
	// TruncatedJSON cuts the body off at a random place (by the seed), with
	// headers that fit.
	TruncatedJSON = fakeauth.TruncatedJSON
	// ResetMidBody breaks the connection off after half of the body.
	ResetMidBody = fakeauth.ResetMidBody
	// HugeBody puts spaces before the body until it has 256 MiB.
	HugeBody = fakeauth.HugeBody
	// EndlessBody sends chunks of spaces until the client goes away.
	EndlessBody = fakeauth.EndlessBody
	// GzipBomb puts 512 MiB of spaces before the body, all of it in about
	// 525 KB of gzip.
	GzipBomb = fakeauth.GzipBomb
	// BrokenGzip has a wrong checksum.
	BrokenGzip = fakeauth.BrokenGzip
	// DoubleGzip is compressed twice and says so once.
	DoubleGzip = fakeauth.DoubleGzip
	// UnaskedBrotli is compressed with br, asked or not.
	UnaskedBrotli = fakeauth.UnaskedBrotli
	// WrongCharset says that the body is in ISO 8859-1.
	WrongCharset = fakeauth.WrongCharset
	// ByteOrderMark puts the mark of UTF-8 before the body.
	ByteOrderMark = fakeauth.ByteOrderMark
	// UTF16Body is in UTF-16, with its mark, under an unchanged content type.
	UTF16Body = fakeauth.UTF16Body
	// CaptivePortal answers 200 with a sign-in page, in front of the provider.
	CaptivePortal = fakeauth.CaptivePortal
	// EmptyBody has no byte, NullBody null, ArrayBody [] in place of the body.
	EmptyBody = fakeauth.EmptyBody
	NullBody  = fakeauth.NullBody
	ArrayBody = fakeauth.ArrayBody
	// DuplicateKeys has each member of the body twice; a text is another one
	// the first time.
	DuplicateKeys = fakeauth.DuplicateKeys
	// CaseVariantKeys adds, behind the body's members, one of the same name in
	// upper case for each, with another value.
	CaseVariantKeys = fakeauth.CaseVariantKeys
	// DeepNesting adds a member of 100,000 arrays in each other.
	DeepNesting = fakeauth.DeepNesting
	// TrailingBytes puts a second document and garbage behind the body.
	TrailingBytes = fakeauth.TrailingBytes
	// ExpiryPast says that the token issued ended an hour ago, by the fake's
	// clock. The fake takes it all the same.
	ExpiryPast = fakeauth.ExpiryPast
)

// DialFault is a network on which no connection to the provider comes to be:
// put its Transport into the client's configuration.
type DialFault = fakeauth.DialFault

// The faults of dialling. None of them touches a network.
const (
	// DialRefused finds nobody listening on the port.
	DialRefused = fakeauth.DialRefused
	// DialBlackHole gets no answer for two minutes, after which a kernel gives
	// up, or until the context is done. net/http dials on when a call has ended:
	// under virtual time, sleep for so long or call CloseIdleConnections.
	DialBlackHole = fakeauth.DialBlackHole
	// DialNoSuchHost resolves no name.
	DialNoSuchHost = fakeauth.DialNoSuchHost
	// DialSlowDNS takes a minute to find that the name server does not answer.
	DialSlowDNS = fakeauth.DialSlowDNS
	// DialProxyAuth finds a proxy that wants credentials (407), which for an
	// http URL is an answer and for an https URL is no connection.
	DialProxyAuth = fakeauth.DialProxyAuth
)

// DialFaults lists them.
func DialFaults() []DialFault { return fakeauth.DialFaults() }

// TLSFault is what is wrong with a server that a TLS client connects to. Its
// Start runs one; put the URL and the HTTPClient of that into the client's
// configuration.
type TLSFault = fakeauth.TLSFault

// TLSServer is a running server with a TLSFault.
type TLSServer = fakeauth.TLSServer

// The faults of TLS. What is wrong with a certificate apart, the client that
// TLSServer hands out trusts it.
const (
	// TLSSelfSigned has a certificate that nobody vouches for.
	TLSSelfSigned = fakeauth.TLSSelfSigned
	// TLSWrongName has a certificate for example.com.
	TLSWrongName = fakeauth.TLSWrongName
	// TLSExpired has a certificate that ended yesterday.
	TLSExpired = fakeauth.TLSExpired
	// TLS11Only speaks TLS 1.1 and nothing newer.
	TLS11Only = fakeauth.TLS11Only
	// TLSHandshakeStall takes the ClientHello and says nothing.
	TLSHandshakeStall = fakeauth.TLSHandshakeStall
	// TLSCloseAfterHello takes the ClientHello and hangs up.
	TLSCloseAfterHello = fakeauth.TLSCloseAfterHello
	// TLSPlainHTTP answers the ClientHello in plain HTTP.
	TLSPlainHTTP = fakeauth.TLSPlainHTTP
)

// TLSFaults lists them.
func TLSFaults() []TLSFault { return fakeauth.TLSFaults() }

// PipeListener is a listener in memory, for Options.Listener.
type PipeListener = fakeauth.PipeListener

// Pipe makes a listener for a fake under testing/synctest, where a real socket
// would keep the virtual time from going on. Make it inside the bubble. What
// Server.Config returns reaches the fake; another client does through the
// listener's Transport.
func Pipe() *PipeListener { return fakeauth.Pipe() }
