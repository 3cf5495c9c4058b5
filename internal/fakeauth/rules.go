package fakeauth

// Rules are what a spec says of the requests of one operation. specgen writes
// them, and the engine holds each request against them before it calls the
// Route's Handle.
type Rules struct {
	// Credentials are the security schemes, all of which a request has to
	// satisfy. Without any, a request that has an Authorization header breaks the
	// rules.
	Credentials []Scheme
	// Optional says that a request may have no credential at all.
	Optional bool
	// Parameters stand in the path, the query or a header.
	Parameters []Field
	// Body are the members of the body: a JSON object or a form.
	Body []Field
	// Open says that the spec declares members beside those in Body.
	Open bool
	// AnyJSON says that the body is JSON of any shape, and has no members to
	// look at.
	AnyJSON bool
	// BodyOptional says that there may be no body.
	BodyOptional bool
}

// Scheme is how a credential stands in a request.
type Scheme struct {
	// Name is that of the security scheme.
	Name string
	// Header is where it stands. If it is empty, Query is the parameter that it
	// stands in.
	Header, Query string
	// Before and After stand around it, such as "Bearer ".
	Before, After string
	// Basic says that it is an id and a secret (RFC 7617). FormEncoded says that
	// both are form-encoded first (RFC 6749 section 2.3.1).
	Basic, FormEncoded bool
	// Check judges a credential that stands as it should, by what the fake
	// remembers. The credential is Call.Credential, and empty if the request has
	// none and may have none. nil takes it.
	Check func(Call) *Answer
}

// Credential is what a request shows.
type Credential struct {
	ID     string // of Basic
	Secret string
}

// Kind is what a value has to be.
type Kind uint8

// The kinds of values.
const (
	KindText   Kind = iota
	KindFlag        // true or false
	KindWhole       // a number without a fraction
	KindNumber      // any number
	KindAny         // any JSON
)

// Field is a member of a body, or a parameter.
type Field struct {
	Name string
	// In is "path", "query" or "header" for a parameter.
	In   string
	Kind Kind
	// List says that it is a list, whose elements Kind and the rest is about.
	List bool
	// Required says that it may not be left out; Nullable, that it may be null, which
	// a Call has for empty.
	Required, Nullable bool
	// Least and Most bound the characters of a text. Most 0 is no bound.
	Least, Most int
	// Pattern is a regular expression that a text matches somewhere.
	Pattern string
	// OneOf are the only values, if there are any.
	OneOf []string
}

// Problem is in which way a request breaks a rule.
type Problem string

// The problems, each with the words that Why has for it.
const (
	UndeclaredQuery      Problem = "the operation has no query"
	UndeclaredBody       Problem = "the operation has no body"
	WrongContentType     Problem = "the content type is not " // Field
	NoCredential         Problem = "there is no credential"
	BadCredential        Problem = "the credential is not in the form that the operation wants"
	UndeclaredCredential Problem = "an Authorization header where none belongs"
	NotQuery             Problem = "the query cannot be read"
	NotJSON              Problem = "the body is not one JSON object"
	NotForm              Problem = "the body is not a form"
	Twice                Problem = "a name comes twice"
	UnknownParameter     Problem = "the parameter is not known"
	UnknownMember        Problem = "the field is not known"
	Missing              Problem = " is missing" // Field
	NotText              Problem = "the field is not a string"
	NotFlag              Problem = "the field is not a boolean"
	NotNumber            Problem = "the field is not a number"
	NotList              Problem = "the field is not a list of the right kind"
	Empty                Problem = "the field is empty"
	TooShort             Problem = "the field is too short"
	TooLong              Problem = "the field is too long"
	NoMatch              Problem = "the field does not match the pattern"
	NotListed            Problem = "the field is none of the values that there are"
)

// Violation is a rule that a request breaks.
type Violation struct {
	Problem Problem
	// Field is the parameter, the member, the security scheme, or the content
	// type that was wanted. It is empty if the problem is the body or the query
	// as a whole.
	Field string
	// Status is the usual one for it.
	Status int
}

// Why says what is wrong in words of ours, none of them from the request.
func (v Violation) Why() string {
	switch v.Problem {
	case WrongContentType:
		return string(v.Problem) + v.Field
	case Missing:
		return v.Field + string(v.Problem)
	}
	return string(v.Problem)
}
