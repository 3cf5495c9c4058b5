package square

import (
	"errors"
	"net/http"
	"strings"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
)

// ErrorDetail is one entry of Square's error list. In the legacy shape there
// is one, with its type as the Code and its message as the Detail.
type ErrorDetail struct {
	// Category is such as AUTHENTICATION_ERROR; empty in the legacy shape.
	Category string
	// Code is an open set.
	Code string
	// Field names the request's field, if Square blames one.
	Field string
	// Detail is Square's text for people. It can repeat what was sent, the
	// application id for one, and so prints only when revealed.
	Detail grantway.Secret
}

// ErrorDetails returns what Square said in the answer that err is about; nil if
// err is none of Square's or its body has neither of Square's two shapes.
func ErrorDetails(err error) []ErrorDetail {
	var e *grantway.Error
	if !errors.As(err, &e) || e.Provider != name {
		return nil
	}
	return parseErrors(e.Body())
}

// parseErrors reads either of the two shapes that Square answers with, on the
// same statuses; nil if the body has neither. The legacy shape has a message and
// a type that is known: a gateway in between says {"message":"Forbidden"} too.
func parseErrors(body []byte) []ErrorDetail {
	var list []ErrorDetail
	var message, typ string
	err := provider.DecodeObject(body, []provider.Field{
		{Name: "errors", Into: func(v provider.Value) error {
			if v.IsNull() {
				return nil
			}
			return v.Each(func(v provider.Value) error {
				var d ErrorDetail
				var text string
				err := v.Object([]provider.Field{
					{Name: "category", Into: &d.Category},
					{Name: "code", Into: &d.Code},
					{Name: "field", Into: &d.Field},
					{Name: "detail", Into: &text},
				})
				d.Detail = grantway.NewSecret(text)
				list = append(list, d)
				return err
			})
		}},
		{Name: "message", Into: &message},
		{Name: "type", Into: &typ},
	})
	switch {
	case err != nil:
		return nil
	case len(list) > 0:
		return list
	case message != "" && legacyTypes[typ]:
		return []ErrorDetail{{Code: typ, Detail: grantway.NewSecret(message)}}
	}
	return nil
}

// anyError notes whether a 200 carries a list of errors that is not empty.
func anyError(found *bool) func(provider.Value) error {
	return func(v provider.Value) error {
		if v.IsNull() {
			return nil
		}
		return v.Each(func(provider.Value) error { *found = true; return nil })
	}
}

// The texts that tell a spent code from a wrong client, both of which Square
// answers with 401 and the same legacy type (api/SOURCES.md, observed).
const (
	textCodeNotFound   = "Authorization code not found"
	textCodeClaimed    = "Authorization code is already claimed"
	textInvalidRefresh = "Invalid refresh token"
	textRenewRevoked   = "cannot renew revoked token"

	textNotAuthorized = "Not Authorized" // the pair of id and secret
)

// refineExchange is for the endpoint that takes the client's credentials and a
// grant in one body: only the shape and the text tell which of them was refused.
// A legacy text that is not known is taken to be about the client, which may be
// wrong from the start.
func refineExchange(body []byte, e *grantway.Error) bool {
	d, ok := refine(body, e)
	if ok && isLegacy(d) && e.Kind == grantway.KindRejected && !aboutGrant(d) {
		e.Kind = grantway.KindBadClient
	}
	return ok && isKnown(d.Code)
}

// refineRefresh is for the same endpoint and a refresh token, which the same
// client got there. A legacy text that is not known is taken to be about the
// token, unless the type blames the request.
func refineRefresh(body []byte, e *grantway.Error) bool {
	d, ok := refine(body, e)
	if ok && isLegacy(d) && e.Status/100 == 4 {
		e.Kind = grantway.KindRejected
		if hasText(d, textNotAuthorized) || strings.HasPrefix(d.Code, "bad_request") && !aboutGrant(d) && !namesToken(d) {
			e.Kind = grantway.KindBadClient
		}
	}
	return ok && isKnown(d.Code)
}

// isSquares reports whether an error is in one of Square's two shapes as they are
// documented and observed: a category or a code of Square's, or a legacy body
// with a message and a known type.
func isSquares(d ErrorDetail) bool {
	return strings.HasSuffix(d.Category, "_ERROR") || isKnown(d.Code)
}

// isLegacy reports whether d was in the legacy shape.
func isLegacy(d ErrorDetail) bool { return d.Category == "" && legacyTypes[d.Code] }

// namesToken reports whether d finds fault with a token that was there.
func namesToken(d ErrorDetail) bool {
	return d.Code != "bad_request.missing_parameter" && strings.Contains(strings.ToLower(d.Detail.Reveal()), "token")
}

// refineClient is for the endpoints that the application's secret opens: a 401
// there means the secret, unless the body names the token.
func refineClient(body []byte, e *grantway.Error) bool {
	d, ok := refine(body, e)
	if ok && e.Status == http.StatusUnauthorized && !tokenCodes[d.Code] {
		e.Kind = grantway.KindBadClient
	}
	return ok && isKnown(d.Code)
}

// refineBearer is for the endpoint that a token opens.
func refineBearer(body []byte, e *grantway.Error) bool {
	d, ok := refine(body, e)
	return ok && isKnown(d.Code)
}

// refine takes code and kind from the first error: Square's status is about
// that one too.
func refine(body []byte, e *grantway.Error) (ErrorDetail, bool) {
	list := parseErrors(body)
	if len(list) == 0 {
		return ErrorDetail{}, false
	}
	first := list[0]
	e.Code = first.Code
	for _, d := range list {
		e.Codes = append(e.Codes, d.Code)
	}
	if !isSquares(first) { // a gateway's: it tells its code, and proves nothing
		if e.Status/100 == 2 {
			e.Kind = grantway.KindMalformed
		}
		return ErrorDetail{}, false
	}
	if e.Kind == grantway.KindNotJudged {
		e.Kind = provider.KindOfStatus(e.Status)
	}
	switch {
	case first.Category == "RATE_LIMIT_ERROR", first.Code == "RATE_LIMITED":
		e.Kind = grantway.KindThrottled
	case first.Code == "SERVICE_UNAVAILABLE", first.Code == "TEMPORARY_ERROR":
		e.Kind = grantway.KindUnavailable
	case first.Code == "INTERNAL_SERVER_ERROR", first.Code == "GATEWAY_TIMEOUT", first.Category == "API_ERROR":
		if e.Status/100 == 2 {
			e.Kind = grantway.KindAmbiguous
		}
	case brokenClientCodes[first.Code]:
		e.Kind = grantway.KindBadClient
	case tokenCodes[first.Code], aboutGrant(first), first.Category == "AUTHENTICATION_ERROR":
		e.Kind = grantway.KindRejected
	case first.Category == "INVALID_REQUEST_ERROR", strings.HasPrefix(first.Code, "bad_request"):
		e.Kind = grantway.KindBadClient
	}
	return first, true
}

// aboutGrant reports whether Square's text blames a code or a token.
func aboutGrant(d ErrorDetail) bool {
	return hasText(d, textCodeNotFound, textCodeClaimed, textInvalidRefresh, textRenewRevoked) || tokenCodes[d.Code]
}

// hasText reports whether d's text begins with one of texts, in any case.
func hasText(d ErrorDetail, texts ...string) bool {
	detail := d.Detail.Reveal()
	for _, text := range texts {
		if len(detail) >= len(text) && strings.EqualFold(detail[:len(text)], text) {
			return true
		}
	}
	return false
}

// tokenCodes blame a token whoever asks.
var tokenCodes = map[string]bool{
	"ACCESS_TOKEN_EXPIRED": true,
	"ACCESS_TOKEN_REVOKED": true,
	"INSUFFICIENT_SCOPES":  true,
	"oauth.expired":        true,
	"oauth.revoked":        true,
}

// brokenClientCodes blame the application; no new token helps.
var brokenClientCodes = map[string]bool{
	"APPLICATION_DISABLED": true,
	"CLIENT_DISABLED":      true,
	"V1_APPLICATION":       true,
}

// isKnown reports whether error text may show the code.
func isKnown(code string) bool { return knownCodes[code] || legacyTypes[code] }

// knownCodes are the codes of Square's lists that its OAuth endpoints can
// give. Only these appear in error text.
var knownCodes = map[string]bool{
	"ACCESS_TOKEN_EXPIRED":          true,
	"ACCESS_TOKEN_REVOKED":          true,
	"API_VERSION_INCOMPATIBLE":      true,
	"APPLICATION_DISABLED":          true,
	"BAD_GATEWAY":                   true,
	"BAD_REQUEST":                   true,
	"CLIENT_DISABLED":               true,
	"CONFLICT":                      true,
	"CONFLICTING_PARAMETERS":        true,
	"EXPECTED_ARRAY":                true,
	"EXPECTED_BOOLEAN":              true,
	"EXPECTED_JSON_BODY":            true,
	"EXPECTED_OBJECT":               true,
	"EXPECTED_STRING":               true,
	"FORBIDDEN":                     true,
	"GATEWAY_TIMEOUT":               true,
	"GONE":                          true,
	"INCORRECT_TYPE":                true,
	"INSUFFICIENT_SCOPES":           true,
	"INTERNAL_SERVER_ERROR":         true,
	"INVALID_CONTENT_TYPE":          true,
	"INVALID_ENUM_VALUE":            true,
	"INVALID_SQUARE_VERSION_FORMAT": true,
	"INVALID_VALUE":                 true,
	"METHOD_NOT_ALLOWED":            true,
	"MISSING_REQUIRED_PARAMETER":    true,
	"NOT_ACCEPTABLE":                true,
	"NOT_FOUND":                     true,
	"NOT_IMPLEMENTED":               true,
	"RATE_LIMITED":                  true,
	"REQUEST_ENTITY_TOO_LARGE":      true,
	"REQUEST_TIMEOUT":               true,
	"SANDBOX_NOT_SUPPORTED":         true,
	"SERVICE_UNAVAILABLE":           true,
	"TEMPORARY_ERROR":               true,
	"UNAUTHORIZED":                  true,
	"UNKNOWN_BODY_PARAMETER":        true,
	"UNPROCESSABLE_ENTITY":          true,
	"UNSUPPORTED_MEDIA_TYPE":        true,
	"V1_ACCESS_TOKEN":               true,
	"V1_APPLICATION":                true,
	"VALUE_EMPTY":                   true,
	"VALUE_TOO_LONG":                true,
	"VALUE_TOO_SHORT":               true,
}

// legacyTypes are the types of the legacy shape (api/SOURCES.md). Error text may
// show them as well.
var legacyTypes = map[string]bool{
	"bad_request":                   true,
	"bad_request.invalid_parameter": true,
	"bad_request.missing_parameter": true,
	"oauth.expired":                 true,
	"oauth.revoked":                 true,
	"service.not_authorized":        true,
	"unauthorized":                  true,
}
