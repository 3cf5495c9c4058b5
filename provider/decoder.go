package provider

import (
	"context"
	"errors"
	"log/slog"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/grantway/grantway/internal/wire"
)

// Decoder reads one JSON object, a member at a time, without reflection. It is
// strict about the document: no duplicate names, no names that differ from a known
// one in case only, no invalid UTF-8, at most 32 levels, nothing behind it. It is
// lenient about a member: one that is not what its reader asks for is noted, and
// not there, unless Strict or the reader of a credential says otherwise. After the
// first error all of its methods do nothing. They are
//
//	Open() bool                      // into the object that is next; at first the document
//	OpenList() bool                  // into the array that is next
//	Next() bool                      // to the next member; false at the end
//	Element() bool                   // to the next element; false at the end
//	Name() []byte                    // the member's
//	Unknown(known ...string)         // passes over a member that is none of known
//	Skip()                           // passes over any value
//	Close(missing string) bool       // out again; missing is a required member without a value
//	Strict() *Decoder                // what is read next must be good
//	Null() bool                      // takes a null
//	Err() error                      // the first error, or what stands behind the document
//	Notes() []string                 // what was odd: members of the spec, by path
//
// and the readers, whose second result is false for null, for what they do not take
// and after an error:
//
//	Text, Bool, Int32, Int64, Float32, Float64
//	Time              // RFC 3339
//	Timestamp         // an Expiry: RFC 3339 or near it; "" says nothing
//	TimestampOrNever  // an Expiry: the same, and "" and null mean never
//	Lifetime          // an Expiry: seconds from the arrival, a number or a string
//	Secret            // any text; what is no text is an error
//	Token68           // RFC 6750 section 2.1, or an error
//	Visible           // visible ASCII, or an error
//	Raw               // the JSON text of any value
//
// A name is known, so that an error or a note may show it, once a reader, Null, Open or
// OpenList has been called for its value.
//
// A credential is at most 16 KiB as encoding/json writes it, another text 8 KiB, a
// list of texts 16 KiB.
type Decoder = wire.Decoder

// NewDecoder returns a Decoder for the body of resp. A label that is not that of
// JSON in UTF-8 is noted; Client.Decoded says what else becomes of it.
func NewDecoder(resp *Response) Decoder {
	return wire.NewDecoder(resp.Body, resp.At, labelNotes(resp))
}

// DecodeBody returns a Decoder for the body of an error. Lifetimes in it are
// unknown.
func DecodeBody(body []byte) Decoder { return wire.NewDecoder(body, time.Time{}, nil) }

// Decoded ends the decoding of a 2xx. What was odd in it is logged. An error of d
// becomes one of grantway.KindMalformed.
func (c *Client) Decoded(ctx context.Context, op *Operation, resp *Response, d *Decoder) error {
	err := d.Err()
	notes := d.Notes()
	if err == nil {
		if len(notes) > 0 && c.logger != nil {
			c.logger.LogAttrs(ctx, slog.LevelWarn, "grantway: odd answer",
				slog.String("provider", c.provider), slog.String("operation", op.Name), slog.Any("noted", slices.Clone(notes)))
		}
		return nil
	}
	reason, where := "", new(wire.Error)
	atMember := errors.As(err, &where) && where.Field != "" // in a document that is sound, as a rule
	if !atMember && (slices.Contains(notes, wire.NoteContentType) || slices.Contains(notes, wire.NoteCharset)) {
		reason = notJSON
	}
	return c.Malformed(op, resp, reason, err)
}

const notJSON = "the content type is not JSON in UTF-8"

// labelNotes says what is wrong with the label of an answer.
func labelNotes(r *Response) []string {
	labels := r.Header["Content-Type"]
	if len(labels) != 1 { // of two, neither is to be believed (RFC 9110 section 8.3)
		return []string{wire.NoteContentType}
	}
	switch labels[0] {
	case "application/json", "application/json; charset=utf-8": // what nearly all answers say
		return nil
	}
	var notes []string
	t, params, err := mime.ParseMediaType(labels[0])
	if err != nil || t != "application/json" && !strings.HasSuffix(t, "+json") {
		notes = append(notes, wire.NoteContentType)
	}
	if charset, said := params["charset"]; said && !strings.EqualFold(charset, "utf-8") {
		notes = append(notes, wire.NoteCharset)
	}
	return notes
}

// IsBearer reports whether a token_type stands for a bearer token: without regard
// to case (RFC 6749 section 7.1), and when it is missing, since none of the providers
// documents another and not all document that they send it.
func IsBearer(tokenType string) bool {
	return tokenType == "" || strings.EqualFold(tokenType, "bearer")
}
