package fakeauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"unicode/utf8"
)

// Form reads an application/x-www-form-urlencoded body in which every
// parameter comes once. One without a value counts as left out, as it does on
// the authorize page (RFC 6749 section 3.2).
func Form(body []byte) (map[string]string, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("the body is not a form")
	}
	form := make(map[string]string, len(values))
	for name, v := range values {
		if len(v) != 1 {
			return nil, errors.New("a parameter comes twice")
		}
		if v[0] != "" {
			form[name] = v[0]
		}
	}
	return form, nil
}

// Object is a JSON object, its values not yet read.
type Object map[string]json.RawMessage

// ParseObject reads a body that is one JSON object in UTF-8 and nothing else,
// with no name twice.
func ParseObject(body []byte) (Object, error) {
	object, problem := parseObject(body)
	if problem != "" {
		return nil, errors.New(string(problem))
	}
	return object, nil
}

func parseObject(body []byte) (Object, Problem) {
	if !utf8.Valid(body) {
		return nil, NotJSON
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, NotJSON
	}
	object := Object{}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, NotJSON
		}
		if _, twice := object[name]; twice {
			return nil, Twice
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, NotJSON
		}
		object[name] = value
	}
	if _, err := dec.Token(); err != nil { // '}'
		return nil, NotJSON
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, NotJSON
	}
	return object, ""
}

// Get reads the value of name into dst, which keeps its value if the object
// does not have the name. It reports whether the type was right; null is no
// type of any field.
func (o Object) Get(name string, dst any) bool {
	raw, ok := o[name]
	if !ok {
		return true
	}
	return string(raw) != "null" && json.Unmarshal(raw, dst) == nil
}
