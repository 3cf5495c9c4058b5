package square

import (
	"errors"
	"net/http"
	"strings"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi"
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
	if r, ok := squareapi.DecodeErrorResponse(body); ok && len(r.Errors) > 0 {
		list := make([]ErrorDetail, len(r.Errors))
		for i, d := range r.Errors {
			list[i] = ErrorDetail{Category: d.Category, Code: d.Code, Field: d.Field, Detail: grantway.NewSecret(d.Detail)}
		}
		return list
	}
	if l, ok := squareapi.DecodeLegacyError(body); ok && l.Message != "" && isLegacyType(l.Type) {
		return []ErrorDetail{{Code: l.Type, Detail: grantway.NewSecret(l.Message)}}
	}
	return nil
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

// refine judges every refusal but that of a refresh.
func refine(body []byte, e *grantway.Error) bool {
	d, ok := read(body, e)
	switch e.Operation {
	case "obtainToken":
		// It takes the client's credentials and a grant in one body: only the shape
		// and the text tell which of them was refused. A legacy text that is not
		// known is taken to be about the client, which may be wrong from the start.
		if ok && isLegacy(d) && e.Kind == grantway.KindRejected && !aboutGrant(d) {
			e.Kind = grantway.KindBadClient
		}
	case "revokeToken", "renewToken":
		// The application's secret opens these: a 401 means the secret, unless the
		// body names the token.
		if ok && e.Status == http.StatusUnauthorized && !blamesToken(d.Code) {
			e.Kind = grantway.KindBadClient
		}
	}
	return ok && isKnown(d.Code)
}

// refineRefresh is for obtainToken and a refresh token, which the same client got
// there. A legacy text that is not known is taken to be about the token, unless the
// type blames the request.
func refineRefresh(body []byte, e *grantway.Error) bool {
	d, ok := read(body, e)
	if ok && isLegacy(d) && e.Status/100 == 4 {
		e.Kind = grantway.KindRejected
		if hasText(d, textNotAuthorized) || strings.HasPrefix(d.Code, "bad_request") && !aboutGrant(d) && !namesToken(d) {
			e.Kind = grantway.KindBadClient
		}
	}
	return ok && isKnown(d.Code)
}

// read takes code and kind from the first error: Square's status is about that one
// too. It returns false for what is none of Square's.
func read(body []byte, e *grantway.Error) (ErrorDetail, bool) {
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
	kind, _ := squareapi.KnownCode(first.Code)
	switch {
	case first.Category == "RATE_LIMIT_ERROR":
		e.Kind = grantway.KindThrottled
	case kind == grantway.KindAmbiguous, kind == grantway.KindNotJudged && first.Category == "API_ERROR":
		if e.Status/100 == 2 {
			e.Kind = grantway.KindAmbiguous
		}
	case kind != grantway.KindNotJudged:
		e.Kind = kind
	case aboutGrant(first), first.Category == "AUTHENTICATION_ERROR":
		e.Kind = grantway.KindRejected
	case first.Category == "INVALID_REQUEST_ERROR", strings.HasPrefix(first.Code, "bad_request"):
		e.Kind = grantway.KindBadClient
	}
	return first, true
}

// isSquares reports whether an error is in one of Square's two shapes as they are
// documented and observed: a category or a code of Square's, or a legacy body
// with a message and a known type.
func isSquares(d ErrorDetail) bool {
	return strings.HasSuffix(d.Category, "_ERROR") || isKnown(d.Code)
}

// namesToken reports whether d finds fault with a token that was there.
func namesToken(d ErrorDetail) bool {
	return d.Code != "bad_request.missing_parameter" && strings.Contains(strings.ToLower(d.Detail.Reveal()), "token")
}

// aboutGrant reports whether Square's text blames a code or a token.
func aboutGrant(d ErrorDetail) bool {
	return hasText(d, textCodeNotFound, textCodeClaimed, textInvalidRefresh, textRenewRevoked) || blamesToken(d.Code)
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

// blamesToken reports whether a code is about a token, whoever asks.
func blamesToken(code string) bool {
	kind, _ := squareapi.KnownCode(code)
	return kind == grantway.KindRejected
}

// isKnown reports whether error text may show the code.
func isKnown(code string) bool {
	_, known := squareapi.KnownCode(code)
	return known
}

// isLegacyType reports whether a type is one of the legacy shape. They are in lower
// case, the codes in capitals.
func isLegacyType(typ string) bool { return isKnown(typ) && typ == strings.ToLower(typ) }

// isLegacy reports whether d was in the legacy shape.
func isLegacy(d ErrorDetail) bool { return d.Category == "" && isLegacyType(d.Code) }
