package squaretest

import (
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/grantway/grantway/internal/fakeauth"
)

// rule is what Square's spec says of a field of a request.
type rule struct {
	kind     kind
	min, max int // characters of a string; max 0: no limit
}

type kind uint8

const (
	text kind = iota
	flag
	texts
)

var obtainRules = map[string]rule{
	"client_id":       {max: 191},
	"client_secret":   {min: 2, max: 1024},
	"code":            {max: 191},
	"redirect_uri":    {max: 2048},
	"grant_type":      {min: 10, max: 20},
	"refresh_token":   {min: 2, max: 1024},
	"migration_token": {min: 2, max: 1024},
	"scopes":          {kind: texts},
	"short_lived":     {kind: flag},
	"code_verifier":   {},
	"use_jwt":         {kind: flag},
}

var revokeRules = map[string]rule{
	"client_id":                {max: 191},
	"access_token":             {min: 2, max: 1024},
	"merchant_id":              {},
	"revoke_only_access_token": {kind: flag},
}

var renewRules = map[string]rule{
	"access_token": {min: 2, max: 1024},
}

// fields is a request body that keeps the rules. A field that was not sent
// has its zero value.
type fields struct {
	text  map[string]string
	flag  map[string]bool
	texts map[string][]string
}

// parse reads a body by its rules. It is stricter than Square's spec in two
// points: null, which the spec allows for a field that is not needed, is
// refused, as is a field that the spec does not have.
func parse(body []byte, rules map[string]rule) (fields, *fakeauth.Answer) {
	f := fields{text: map[string]string{}, flag: map[string]bool{}, texts: map[string][]string{}}
	bad := func(code, why, field string) (fields, *fakeauth.Answer) {
		a := badRequest(code, why, field)
		return f, &a
	}
	object, err := fakeauth.ParseObject(body)
	if err != nil {
		return bad("EXPECTED_JSON_BODY", err.Error(), "")
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		rule, known := rules[name]
		if !known {
			return bad("UNKNOWN_BODY_PARAMETER", "the field is not known", name)
		}
		switch rule.kind {
		case text:
			var v string
			switch ok := object.Get(name, &v); {
			case !ok:
				return bad("EXPECTED_STRING", "the field is not a string", name)
			case v == "":
				return bad("VALUE_EMPTY", "the field is empty", name)
			case utf8.RuneCountInString(v) < rule.min:
				return bad("VALUE_TOO_SHORT", "the field is too short", name)
			case rule.max > 0 && utf8.RuneCountInString(v) > rule.max:
				return bad("VALUE_TOO_LONG", "the field is too long", name)
			}
			f.text[name] = v
		case flag:
			var v bool
			if !object.Get(name, &v) {
				return bad("EXPECTED_BOOLEAN", "the field is not a boolean", name)
			}
			f.flag[name] = v
		case texts:
			var v []string
			if !object.Get(name, &v) {
				return bad("EXPECTED_ARRAY", "the field is not a list of strings", name)
			}
			f.texts[name] = v
		}
	}
	return f, nil
}
