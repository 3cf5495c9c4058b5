package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// set puts a well-formed value where a Field wants it, or says which JSON
// type it should have been.
func set(into any, v Value) error {
	if f, ok := into.(func(Value) error); ok {
		return f(v) // may care about null
	}
	if v.IsNull() {
		return nil
	}
	switch dst := into.(type) {
	case *string:
		return v.into(dst)
	case **string:
		s, err := v.String()
		if err != nil {
			return err
		}
		*dst = &s
	case *Credential:
		var s string
		if err := v.into(&s); err != nil {
			return err
		}
		if !IsToken68(s) && s != "" {
			return &Error{Reason: "characters that an access token cannot have (RFC 6750 section 2.1)"}
		}
		*dst = Credential(s)
	case *Visible:
		var s string
		if err := v.into(&s); err != nil {
			return err
		}
		if !IsVisible(s) {
			return &Error{Reason: "characters that a refresh token cannot have (RFC 6749 appendix A.17)"}
		}
		*dst = Visible(s)
	case *bool:
		return v.bool(dst)
	case **bool:
		b := new(bool)
		if err := v.bool(b); err != nil {
			return err
		}
		*dst = b
	case *int64:
		n, err := strconv.ParseInt(string(v.raw), 10, 64)
		if err != nil {
			return &Error{Reason: "not a whole number"}
		}
		*dst = n
	case *[]string:
		list := []string{}
		if err := v.Each(func(e Value) error {
			s, err := e.String()
			list = append(list, s)
			return err
		}); err != nil {
			return err
		}
		*dst = list
	case *Lifetime:
		return dst.set(v)
	case *Timestamp:
		return dst.set(v)
	default:
		panic(fmt.Sprintf("wire: a Field cannot fill a %T", into)) // a mistake in this module, found by any test
	}
	return nil
}

func (v Value) into(dst *string) error {
	s, err := v.String()
	if err == nil {
		*dst = s
	}
	return err
}

func (v Value) bool(dst *bool) error {
	switch string(v.raw) {
	case "true":
		*dst = true
	case "false":
		*dst = false
	default:
		return &Error{Reason: "not a boolean"}
	}
	return nil
}

// IsToken68 reports whether s may stand in an Authorization header as a bearer
// token (RFC 6750 section 2.1).
func IsToken68(s string) bool {
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/'
		if !ok {
			break
		}
	}
	if i == 0 {
		return false
	}
	for ; i < len(s); i++ {
		if s[i] != '=' {
			return false
		}
	}
	return true
}

// IsVisible reports whether s is visible ASCII without spaces; the empty
// string is.
func IsVisible(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// IsBearer reports whether a token_type stands for a bearer token: without
// regard to case (RFC 6749 section 7.1), and when it is missing, since none of
// the providers documents another and not all document that they send it.
func IsBearer(tokenType string) bool {
	return tokenType == "" || strings.EqualFold(tokenType, "bearer")
}
