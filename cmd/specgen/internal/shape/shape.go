// Package shape reads from a spec what calls and types look like in Go.
//
// It knows OpenAPI and Go's names, and writes no Go code: package emit does that,
// and oapi-codegen writes the types. What it cannot say in Go it refuses at its
// place; nothing is dropped.
package shape

import (
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// Kind is what a value is on the wire and in Go.
type Kind uint8

const (
	Text   Kind = iota
	Secret      // format: password
	Expiry      // x-expiry
	Moment      // format: date-time
	Bool
	Int
	Float
	Enum
	Raw // JSON of any shape: a union, or an object of which nothing is said
	List
	Dict
	Object
)

// Type is the type of a value.
type Type struct {
	Kind     Kind
	Bits     int  // of Int and Float
	Nullable bool // null is a value of its own
	Charset  string
	Expires  string // the value of x-expiry
	Schema   *openapi3.Schema
	Elem     *Type // of List and Dict
	Struct   *Struct
	Enum     *EnumType
}

// Struct is an object with members that are known.
type Struct struct {
	Name    string   // in Go
	Spec    string   // the component's name, or where it stands
	Fields  []*Field // the members
	Params  []*Field // of an operation that takes it: path, query and header
	Doc     string
	Schema  *openapi3.Schema
	Answer  bool   // the whole body of a success
	Request bool   // sent
	Read    bool   // received
	Decoder string // of the body of an error: the function that decodes it, in Go
	Refused []Refusal
	Whole   bool // the one field is the whole body

	path []string // where it stands, for findings
}

// Field is one member.
type Field struct {
	Key                 string // on the wire
	Name                string // in Go
	Type                *Type
	Required            bool
	Default             any
	Doc                 string
	In                  string // of a parameter: path, query or header
	Param               *openapi3.Parameter
	Synthetic           bool // in no body: ObtainedAt
	ReadOnly, WriteOnly bool
}

// Refusal is a condition of x-refused.
type Refusal struct {
	Field *Field
	When  string
}

// EnumType is a named type of text or numbers with constants.
type EnumType struct {
	Name, Spec, Doc string
	Schema          *openapi3.Schema
}

// Operation is one call.
type Operation struct {
	ID, Name, Method, Path string
	Security               string // the names of its schemes, as the list of the operations has them
	Summary, Description   string
	Deprecated             string // why; empty if it is not
	Safe                   bool
	Params                 *Struct // what has the parameters: that of the body, if there is one; nil if there are none
	Body                   *Type   // nil if there is none
	BodyType               string  // its media type
	BodyRequired           bool
	Answer                 *Struct // nil if a success has no body
	Opaque                 bool    // the answer is no JSON: its text
	Success                []int   // the statuses of a success
	Auth                   []Credential
	AuthOptional           bool
}

// Joined tells whether the parameters stand beside the members of the body.
func (op *Operation) Joined() bool {
	return op.Body != nil && op.Body.Kind == Object && op.Params == op.Body.Struct
}

// NoBody tells whether a call has no argument for a body: there is none, or one that
// always is the same.
func (op *Operation) NoBody() bool {
	return op.Body == nil || op.Body.Kind == Object && len(op.Body.Struct.Fields)+len(op.Body.Struct.Params) == 0
}

// Credential is a security scheme as one operation uses it.
type Credential struct{ *Scheme }

// Scheme is a security scheme.
type Scheme struct {
	Key, Name     string // in the spec, in Go
	Doc           string
	Basic         bool
	FormEncoded   bool
	Client        bool   // configured once; else given with each call
	Header        string // Authorization, or another one
	Query         string // the query parameter that it stands in, or empty
	Before, After string // what stands around the credential
	Charset       string
}

// Package is all that is generated of one spec.
type Package struct {
	Structs    []*Struct
	Enums      []*EnumType
	Operations []*Operation
	Schemes    []*Scheme // those that operations use, in the order of use
	Codes      []Code
	Scopes     []Scope
	Errors     []*Struct       // bodies of errors, each with a function that decodes it
	Names      map[string]bool // the exported names of the package, in Go
}

// Code is an error code of x-codes.
type Code struct{ Code, Kind string }

// Scope is one of an oauth2 scheme's.
type Scope struct{ Name, Value, Doc string }

// Go is the type without a pointer.
func (t *Type) Go() string {
	switch t.Kind {
	case Secret, Raw:
		return "grantway.Secret"
	case Expiry:
		return "grantway.Expiry"
	case Moment:
		return "time.Time"
	case Bool:
		return "bool"
	case Int:
		return "int" + strconv.Itoa(t.Bits)
	case Float:
		return "float" + strconv.Itoa(t.Bits)
	case Enum:
		return t.Enum.Name
	case List:
		return "[]" + t.Elem.element()
	case Dict:
		return "map[string]" + t.Elem.element()
	case Object:
		return t.Struct.Name
	}
	return "string"
}

// element is the type of what stands in a list or a map.
func (t *Type) element() string {
	if t.Nullable && t.pointable() {
		return "*" + t.Go()
	}
	return t.Go()
}

// pointable tells whether the zero value says something else than nothing.
func (t *Type) pointable() bool {
	switch t.Kind {
	case Bool, Int, Float, Object:
		return true
	case Enum:
		return t.Enum.IsNumber()
	}
	return false
}

// IsNumber tells whether the constants are numbers.
func (e *EnumType) IsNumber() bool { return !e.Schema.Type.Is("string") }

// Pointer tells whether a field has a pointer: where absent, or null, says
// something else than the zero value.
func (f *Field) Pointer(s *Struct) bool {
	t := f.Type
	switch {
	case f.Synthetic:
		return false
	case t.Kind == Text && t.Nullable && (f.Required || s.Read):
		return true
	case !t.pointable():
		return false
	case t.Kind == Object && reaches(t.Struct, s, nil):
		return true
	case f.Required && !t.Nullable:
		return false
	case t.Nullable:
		return true
	case f.Default != nil && (isZero(f.Default) || !s.Request):
		return false // absent means the default
	}
	return true
}

// PointerElement tells whether the elements of a list or a map have a pointer.
func (t *Type) PointerElement() bool { return t.Elem.Nullable && t.Elem.pointable() }

// Go is the type of the field.
func (f *Field) Go(s *Struct) string {
	if f.Pointer(s) {
		return "*" + f.Type.Go()
	}
	return f.Type.Go()
}

func isZero(v any) bool {
	switch v := v.(type) {
	case bool:
		return !v
	case float64:
		return v == 0
	case int:
		return v == 0
	case string:
		return v == ""
	}
	return false
}

// reaches tells whether s is a part of from, through members that are objects.
func reaches(from, s *Struct, seen []*Struct) bool {
	if from == s {
		return true
	}
	if slices.Contains(seen, from) {
		return false
	}
	seen = append(seen, from)
	for _, f := range from.Fields {
		if f.Type.Kind == Object && reaches(f.Type.Struct, s, seen) {
			return true
		}
	}
	return false
}
