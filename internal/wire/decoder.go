package wire

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

const (
	// maxElements are those of all lists of a document: a megabyte of the shortest
	// must not become a hundred in memory.
	maxElements = 2048

	maxNotes = 8
	fewNames = 16 // that a Decoder holds without asking for memory
)

// The notes that are no names of members.
const (
	NoteContentType   = "content type"
	NoteCharset       = "charset"
	NoteByteOrderMark = "byte order mark"
)

// Decoder reads one JSON document, an object or a list, a member at a time and in
// the order in which they come. It is strict about the document (see the package)
// and lenient about a member: one that is not what its reader asks for is noted, and
// unknown.
//
// It is used by value. Neither it nor what its methods are given goes to the heap.
// After its first error every method does nothing and returns false.
type Decoder struct {
	s       scanner
	at      time.Time
	err     error
	begun   bool
	pending bool // a value is next, and nobody has read it
	strict  bool // that value must be what its reader asks for
	depth   int
	frames  [maxDepth]frame
	named   int // members of all open objects
	listed  int // elements of all lists
	few     [fewNames]member
	more    []member
	notes   []string
}

// frame is an object or a list that is open.
type frame struct {
	size   int32  // of a list's texts, as encoding/json writes them
	base   uint16 // how many names came before its own
	list   bool
	ended  bool
	later  bool // it has had a member or an element
	strict bool
	bad    bool // a list, one of whose elements was malformed
}

// member is a name in an open object.
type member struct {
	name  []byte
	known bool // its value was read as what the spec says
}

// NewDecoder returns a Decoder for doc, which arrived at the moment at: the zero
// time leaves each lifetime unknown. notes are what was noted before.
func NewDecoder(doc []byte, at time.Time, notes []string) Decoder {
	return Decoder{s: scanner{b: doc}, at: at, notes: notes}
}

// Open goes into the object that is next, and reports whether it is one. At first
// that is the document, which must be.
func (d *Decoder) Open() bool {
	if !d.begun {
		return d.begin('{', "the document is not a JSON object")
	}
	return d.open('{', "not an object")
}

// OpenList goes into the array that is next, and reports whether it is one. At
// first that is the document, as with Open.
func (d *Decoder) OpenList() bool {
	if !d.begun {
		return d.begin('[', "the document is not a JSON array")
	}
	return d.open('[', "not an array")
}

func (d *Decoder) begin(bracket byte, otherwise string) bool {
	if d.err != nil {
		return false
	}
	d.begun = true
	if bytes.HasPrefix(d.s.b, []byte("\ufeff")) { // RFC 8259 section 8.1 allows to pass over it
		d.s.i = len("\ufeff")
		d.note(NoteByteOrderMark)
	}
	d.s.space()
	switch {
	case d.s.i == len(d.s.b):
		return d.fail(d.s.fail("unexpected end"))
	case d.s.b[d.s.i] != bracket:
		return d.fail(d.s.fail(otherwise))
	}
	strict := d.strict
	d.strict = false
	return d.enter(bracket, strict)
}

func (d *Decoder) open(bracket byte, otherwise string) bool {
	strict, ok := d.take()
	if !ok {
		return false
	}
	if d.s.b[d.s.i] != bracket {
		d.wrongType(strict, otherwise)
		return false
	}
	return d.enter(bracket, strict)
}

// enter goes into the object or list whose bracket is next.
func (d *Decoder) enter(bracket byte, strict bool) bool {
	if d.depth == maxDepth {
		return d.fail(d.s.fail("nested too deeply"))
	}
	d.s.i++
	d.frames[d.depth] = frame{base: uint16(d.named), list: bracket == '[', strict: strict}
	d.depth++
	return true
}

// leave forgets the object or list that was entered last, and returns what it was.
func (d *Decoder) leave() frame {
	d.depth--
	f := d.frames[d.depth]
	d.named = int(f.base)
	return f
}

// Next goes to the next member of the open object; false is its end. What
// nobody has read of the one before is passed over.
func (d *Decoder) Next() bool {
	if !d.proceed('}') {
		return false
	}
	f := &d.frames[d.depth-1]
	if d.s.i >= len(d.s.b) {
		return d.fail(d.s.fail("unexpected end"))
	}
	if d.s.b[d.s.i] != '"' {
		return d.fail(d.s.fail("expected a name"))
	}
	name, err := d.s.str()
	if err != nil {
		return d.fail(err)
	}
	if d.named-int(f.base) == maxNames {
		return d.fail(d.s.fail("too many names in one object"))
	}
	for i := int(f.base); i < d.named; i++ {
		if m := d.member(i); bytes.Equal(m.name, name) {
			e := &Error{Reason: "duplicate name", Offset: d.s.i}
			if m.known {
				e.Field = d.path(d.depth-1, string(name))
			}
			return d.fail(e)
		}
	}
	d.s.space()
	if d.s.i >= len(d.s.b) || d.s.b[d.s.i] != ':' {
		return d.fail(d.s.fail("expected a colon"))
	}
	d.s.i++
	d.s.space()
	if d.named < fewNames {
		d.few[d.named] = member{name: name}
	} else {
		d.more = append(d.more[:d.named-fewNames], member{name: name})
	}
	d.named++
	d.pending = true
	return true
}

// Element goes to the next element of the open list; false is its end.
func (d *Decoder) Element() bool {
	if !d.proceed(']') {
		return false
	}
	d.pending = true
	if d.listed++; d.listed > maxElements {
		return d.tooMany()
	}
	return true
}

// tooMany passes over the rest of a list.
func (d *Decoder) tooMany() bool {
	f := &d.frames[d.depth-1]
	if f.strict {
		return d.fail(&Error{Field: d.path(d.depth, ""), Reason: "too many elements", Offset: d.s.i})
	}
	f.bad = true
	d.finish()
	return false
}

// proceed goes on to the next member or element of what is open, and reports
// whether there is one. (A frame that it returned would take the Decoder to the heap.)
func (d *Decoder) proceed(end byte) bool {
	d.Skip()
	if d.err != nil || d.depth == 0 {
		return false
	}
	f := &d.frames[d.depth-1]
	if f.ended || f.list != (end == ']') {
		return false
	}
	d.s.space()
	if d.s.i >= len(d.s.b) {
		return d.fail(d.s.fail("unexpected end"))
	}
	switch c := d.s.b[d.s.i]; {
	case c == end:
		d.s.i++
		f.ended = true
		return false
	case !f.later:
		f.later = true
	case c == ',':
		d.s.i++
		d.s.space()
	case f.list:
		return d.fail(d.s.fail("expected a comma or the end of the array"))
	default:
		return d.fail(d.s.fail("expected a comma or the end of the object"))
	}
	return true
}

// Name is the name of the member at which Next has stopped. It is good until the
// next call.
func (d *Decoder) Name() []byte {
	if d.named == 0 {
		return nil
	}
	return d.member(d.named - 1).name
}

// Unknown passes over a member that is none of known. It refuses one that differs
// in its case only.
func (d *Decoder) Unknown(known ...string) {
	if !d.pending || d.err != nil {
		return
	}
	name := d.Name()
	for _, k := range known {
		if strings.EqualFold(string(name), k) {
			d.fail(&Error{Field: d.path(d.depth-1, k), Reason: "name in the wrong case", Offset: d.s.i})
			return
		}
	}
	d.Skip()
}

// Skip passes over a value and checks its syntax.
func (d *Decoder) Skip() {
	d.strict = false
	if !d.pending || d.err != nil {
		return
	}
	d.pending = false
	d.skip()
}

// skip passes over the value that is next. It reports whether that is one.
func (d *Decoder) skip() bool {
	if d.s.i >= len(d.s.b) {
		return d.fail(d.s.fail("unexpected end"))
	}
	var err error
	switch c := d.s.b[d.s.i]; c {
	case '{', '[':
		if !d.enter(c, false) {
			return false
		}
		d.finish()
		d.leave()
		return d.err == nil
	case '"':
		d.s.drop = true // it is checked and not kept
		_, err = d.s.str()
		d.s.drop = false
	default:
		err = d.s.literal()
	}
	return err == nil || d.fail(err)
}

// finish passes over the rest of what is open.
func (d *Decoder) finish() {
	if d.frames[d.depth-1].list {
		for d.proceed(']') {
			d.pending = true
		}
		return
	}
	for d.Next() {
		continue
	}
}

// Close leaves an object or a list, whose rest it passes over. missing names a
// required member that was not there, or is empty. Close reports whether what was
// read can be used: false means an error, a member that is missing, or a list with
// an element that was malformed.
func (d *Decoder) Close(missing string) bool {
	if d.depth == 0 {
		return false
	}
	if d.finish(); d.err != nil {
		return false
	}
	f := d.leave()
	switch {
	case missing != "" && f.strict:
		return d.fail(&Error{Field: d.path(d.depth, missing), Reason: "is missing", Offset: d.s.i})
	case missing != "":
		d.malformed(missing)
		return false
	case f.bad:
		d.malformed("")
		return false
	}
	return true
}

// Strict makes the value that is read or opened next one that must be there as
// it is asked for. An object must have its required members, and each element of
// a list be good.
func (d *Decoder) Strict() *Decoder {
	d.strict = true
	return d
}

// Err is the first error. It has the path of the member, our own words, and the
// offset in bytes, and repeats nothing of the document but names that were known.
// What nobody has read is read now: it must be well-formed as well, and nothing
// may stand behind it.
func (d *Decoder) Err() error {
	if !d.begun {
		d.Open()
	}
	for d.depth > 0 && d.err == nil {
		d.Close("")
	}
	if d.err != nil {
		return d.err
	}
	if d.s.space(); d.s.i < len(d.s.b) {
		d.fail(d.s.fail("bytes after the document"))
	}
	return d.err
}

// Notes are the members that were not what their readers asked for, and what
// else was odd; at most eight. Names are those of the spec.
func (d *Decoder) Notes() []string { return d.notes }

// take says that the next value is read as what the spec says. It reports whether
// there is one, and whether it must be good, and forgets that Strict was called.
func (d *Decoder) take() (strict, ok bool) {
	strict, d.strict = d.strict, false
	if !d.pending || d.err != nil {
		return false, false
	}
	d.pending = false
	if f := &d.frames[d.depth-1]; f.list {
		strict = strict || f.strict
	} else {
		d.member(d.named - 1).known = true
	}
	if d.s.i >= len(d.s.b) {
		return false, d.fail(d.s.fail("unexpected end"))
	}
	return strict, true
}

// wrongType passes over a value that has not the type asked for. null is none of
// them and yet no fault, but in a list.
func (d *Decoder) wrongType(strict bool, reason string) {
	from := d.s.i
	if !d.skip() {
		return
	}
	if string(d.s.b[from:d.s.i]) == "null" && !d.frames[d.depth-1].list {
		return
	}
	d.bad(strict, from, reason)
}

// bad is for a value that begins at from and is not what was asked for.
func (d *Decoder) bad(strict bool, from int, reason string) {
	if strict {
		d.fail(&Error{Field: d.path(d.depth, ""), Reason: reason, Offset: from})
		return
	}
	d.malformed("")
}

// malformed notes a member that is unknown for what was found in it. If it was
// an element, its list is unknown too.
func (d *Decoder) malformed(member string) {
	if f := &d.frames[max(d.depth, 1)-1]; d.depth > 0 && f.list {
		f.bad = true
	}
	d.note(d.path(d.depth, member))
}

func (d *Decoder) note(what string) {
	if what != "" && len(d.notes) < maxNotes && !slices.Contains(d.notes, what) {
		d.notes = append(d.notes, what)
	}
}

// fail keeps the first error. It returns false.
func (d *Decoder) fail(err error) bool {
	if d.err == nil {
		d.err = err
	}
	d.pending = false
	return false
}

func (d *Decoder) member(i int) *member {
	if i < fewNames {
		return &d.few[i]
	}
	return &d.more[i-fewNames]
}

// path joins the known names that lead through the outer objects to the value
// that is read now, and member behind them.
func (d *Decoder) path(outer int, member string) string {
	var names []string
	for i := range outer {
		end := d.named
		if i+1 < d.depth {
			end = int(d.frames[i+1].base)
		}
		if end > int(d.frames[i].base) && d.member(end-1).known {
			names = append(names, string(d.member(end-1).name))
		}
	}
	if member != "" {
		names = append(names, member)
	}
	return strings.Join(names, ".")
}
