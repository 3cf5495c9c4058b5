package fakeauth

import "slices"

// Call is a request that has found its route. What a method does not find is
// empty: a value that was not sent, or is of another kind.
type Call struct {
	Request
	// Operation is the name of the route.
	Operation string
	// Credential is the one that a Scheme's Check is to judge, and after that the
	// one of the route's first Scheme.
	Credential Credential

	segments map[string]string // of the path, by the parameter
	query    map[string]value
	body     map[string]value
}

// value is what was read of a Field: a string, a bool, a number as text, or a
// list of those.
type value any

// Segment is what stood in the path in the place of a parameter, unescaped.
func (c Call) Segment(name string) string { return c.segments[name] }

// Query is a parameter of the query: a text, or a number as it was sent.
func (c Call) Query(name string) string { return text(c.query[name]) }

// Text is a member of the body: a text, or a number as it was sent.
func (c Call) Text(name string) string { return text(c.body[name]) }

// Flag is a member of the body that is true or false.
func (c Call) Flag(name string) bool {
	flag, _ := c.body[name].(bool)
	return flag
}

// Texts is a member of the body that is a list. sent is false if there is none.
func (c Call) Texts(name string) (list []string, sent bool) {
	values, sent := c.body[name].([]value)
	for _, v := range values {
		list = append(list, text(v))
	}
	return slices.Clip(list), sent
}

func text(v value) string {
	s, _ := v.(string)
	return s
}
