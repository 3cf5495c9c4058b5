package grantway

import (
	"net/url"
)

// maxCallbackQuery bounds what ParseCallback looks at. Square's code has at
// most 191 characters and its state 2048.
const maxCallbackQuery = 8 << 10

// callbackErrors are the codes of RFC 6749 section 4.1.2.1, which may be
// printed.
var callbackErrors = map[string]bool{
	"access_denied": true, "invalid_request": true, "invalid_scope": true, "server_error": true,
	"temporarily_unavailable": true, "unauthorized_client": true, "unsupported_response_type": true,
}

// ParseCallback reads the query of the redirect that brings the user back
// (RFC 6749 section 4.1.2) and returns the authorization code. state is the one
// that was sent out with this user's request: it is compared in constant time,
// on a refusal too, and using it once is the caller's part. issuer, if it is
// not empty, must come back as iss (RFC 9207).
//
// A parameter without a value counts as absent, and one given twice is refused.
// An error of the provider is an *Error with its code: access_denied matches
// ErrReauthorize. Anything else wrong is an invalid argument. No text of the
// query is in an error.
func ParseCallback(provider, rawQuery string, state Secret, issuer string) (Secret, error) {
	invalid := func(field, reason string) error {
		return &Error{Provider: provider, Operation: "callback", Kind: KindInvalid, Field: field, Reason: reason}
	}
	if state.IsZero() {
		return Secret{}, invalid("state", "is not known: there is nothing to compare the callback's with")
	}
	if len(rawQuery) > maxCallbackQuery {
		return Secret{}, invalid("query", "is longer than 8 KiB")
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return Secret{}, invalid("query", "cannot be parsed")
	}
	get := map[string]string{}
	for _, name := range []string{"state", "iss", "error", "code"} {
		values := query[name]
		if len(values) > 1 {
			return Secret{}, invalid(name, "is there more than once")
		}
		if len(values) == 1 {
			get[name] = values[0]
		}
	}
	if get["state"] == "" || !state.Equal(NewSecret(get["state"])) {
		return Secret{}, invalid("state", "is missing or another one: this callback belongs to no request of this user")
	}
	if issuer != "" && get["iss"] != issuer {
		return Secret{}, invalid("iss", "is missing or names another issuer")
	}
	if code := get["error"]; code != "" {
		e := &Error{Provider: provider, Operation: "callback", Kind: KindBadClient}
		switch code {
		case "access_denied":
			e.Kind, e.Reason = KindRejected, "access was denied"
		case "server_error", "temporarily_unavailable":
			e.Kind = KindUnavailable
		}
		if callbackErrors[code] {
			e.Code = code
		}
		return Secret{}, e.With(ErrorDetail{KnownCode: callbackErrors[code]})
	}
	if get["code"] == "" {
		return Secret{}, invalid("code", "is missing")
	}
	return NewSecret(get["code"]), nil
}
