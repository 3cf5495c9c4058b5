package fakeauth

import "github.com/grantway/grantway/faults"

// commits says what each Named fault does to a request.
var commits = map[faults.Named]func(*exchange){
	faults.ReadNothing:        readNothing,
	faults.ResetMidRequest:    resetMidRequest,
	faults.ResetAfterRequest:  resetAfterRequest,
	faults.StallBeforeHeaders: stallBeforeHeaders,
	faults.StallAfterContinue: stallAfterContinue,

	faults.HugeHeaders:      raw(hugeHeaders, hangUp),
	faults.ManyHeaders:      raw(manyHeaders, hangUp),
	faults.BadStatusLine:    raw(badStatusLine, hangUp),
	faults.HTTP10:           raw(http10, hangUp),
	faults.InterimFlood:     raw(interimFlood, hangUp),
	faults.TwoLengths:       raw(twoLengths, hangUp),
	faults.LengthTooBig:     raw(lengthOffBy(10), hangUp),
	faults.LengthTooSmall:   raw(lengthOffBy(-1), hangUp),
	faults.LengthNegative:   raw(lengthNegative, hangUp),
	faults.LengthAndChunked: raw(lengthAndChunked, hangUp),

	faults.StallAfterHeaders: raw(headersOnly, stall),
	faults.SlowBody:          slowBody,
	faults.TruncatedJSON:     truncated,
	faults.ResetMidBody:      raw(halfOfTheBody, reset),
	faults.HugeBody:          hugeBody,
	faults.EndlessBody:       endlessBody,
	faults.GzipBomb:          gzipBomb,
	faults.BrokenGzip:        spoil(brokenGzip),
	faults.DoubleGzip:        spoil(doubleGzip),
	faults.UnaskedBrotli:     spoil(brotli),
	faults.WrongCharset:      spoil(wrongCharset),
	faults.ByteOrderMark:     spoil(byteOrderMark),
	faults.UTF16Body:         spoil(utf16Body),
	faults.CaptivePortal:     captivePortal,
	faults.EmptyBody:         replaced(""),
	faults.NullBody:          replaced("null"),
	faults.ArrayBody:         replaced("[]"),
	faults.DuplicateKeys:     spoil(duplicateKeys),
	faults.CaseVariantKeys:   spoil(caseVariantKeys),
	faults.DeepNesting:       spoil(deepNesting),
	faults.TrailingBytes:     spoil(trailingBytes),
	faults.ExpiryPast:        expiryPast,
}

// commit does to the request of x what the fault says.
func commit(fault faults.Fault, x *exchange) {
	switch f := fault.(type) {
	case faults.Named:
		commits[f](x)
	case faults.Answer:
		if x.swallow() {
			f.ServeHTTP(x.w, x.r)
		}
	case faults.Late:
		if _, ok := x.answer(); ok {
			commit(f.Fault, x)
		}
	}
}
