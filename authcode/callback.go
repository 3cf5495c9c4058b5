package authcode

import (
	"net/url"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
)

// maxCallbackQuery bounds what a callback may carry. Square's code has at most
// 191 characters and its state 2048.
const maxCallbackQuery = 8 << 10

// callbackErrors are the codes of RFC 6749 section 4.1.2.1, which may be
// printed.
var callbackErrors = map[string]bool{
	"access_denied": true, "invalid_request": true, "invalid_scope": true, "server_error": true,
	"temporarily_unavailable": true, "unauthorized_client": true, "unsupported_response_type": true,
}

// callback is what of the query counts (RFC 6749 section 4.1.2, RFC 9207). A
// parameter without a value counts as absent, and others are ignored.
type callback struct {
	state, issuer, failure, authorizationCode string
}

// parseCallback refuses a query that has a parameter twice. No text of the
// query is in an error.
func parseCallback(provider, rawQuery string) (callback, error) {
	if len(rawQuery) > maxCallbackQuery {
		return callback{}, badCallback(provider, "query", "is longer than 8 KiB")
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return callback{}, badCallback(provider, "query", "cannot be parsed")
	}
	var c callback
	for _, p := range []struct {
		name string
		to   *string
	}{{"state", &c.state}, {"iss", &c.issuer}, {"error", &c.failure}, {"code", &c.authorizationCode}} {
		if len(query[p.name]) > 1 {
			return callback{}, badCallback(provider, p.name, "is there more than once")
		}
		*p.to = query.Get(p.name)
	}
	return c, nil
}

// code is the authorization code, once the state has been checked.
func (c callback) code(provider, issuer string) (grantway.Secret, error) {
	if issuer != "" && c.issuer != issuer {
		return grantway.Secret{}, badCallback(provider, "iss", "is missing or names another issuer")
	}
	if c.failure != "" {
		e := &grantway.Error{Provider: provider, Operation: "callback", Kind: grantway.KindBadClient}
		switch c.failure {
		case "access_denied":
			e.Kind, e.Reason = grantway.KindRejected, "access was denied"
		case "server_error", "temporarily_unavailable":
			e.Kind = grantway.KindUnavailable
		}
		if callbackErrors[c.failure] {
			e.Code = c.failure
		}
		return grantway.Secret{}, e.With(detail.Error{KnownCode: callbackErrors[c.failure]})
	}
	if c.authorizationCode == "" {
		return grantway.Secret{}, badCallback(provider, "code", "is missing")
	}
	return grantway.NewSecret(c.authorizationCode), nil
}

func badCallback(provider, field, reason string) error {
	return invalidArgument(provider, "callback", field, reason)
}
