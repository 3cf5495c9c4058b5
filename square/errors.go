package square

import (
	"errors"
	"net/http"
	"strings"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/squareapi"
	"github.com/grantway/grantway/provider"
)

// ErrorDetails returns what Square said in the answer that err is about; nil if
// err is none of Square's or its body has neither of Square's two shapes. In the
// legacy shape there is one, with its type as the Code, its message as the Detail
// and no Category. A Detail prints only when revealed.
func ErrorDetails(err error) []squareapi.Error {
	var e *grantway.Error
	if !errors.As(err, &e) || e.Provider != name {
		return nil
	}
	return parseErrors(e.Body())
}

// parseErrors reads either of the two shapes that Square answers with, on the
// same statuses; nil if the body has neither. The legacy shape has a message and
// a type that is known: a gateway in between says {"message":"Forbidden"} too.
func parseErrors(body []byte) []squareapi.Error {
	if r, ok := squareapi.DecodeErrorResponse(body); ok && len(r.Errors) > 0 {
		return r.Errors
	}
	if l, ok := squareapi.DecodeLegacyError(body); ok && !l.Message.IsZero() && isLegacyType(l.Type) {
		return []squareapi.Error{{Code: l.Type, Detail: l.Message}}
	}
	return nil
}

// isLegacyType reports whether a type is one of the legacy shape. They are in lower
// case, the codes in capitals.
func isLegacyType(typ string) bool {
	_, known := squareapi.KnownCode(typ)
	return known && typ == strings.ToLower(typ)
}

// refusal is the first error of an answer: Square's status is about that one too.
type refusal struct {
	squareapi.Error
	kind       grantway.Kind // what its code means; 0 for an answer that is not Square's
	known      bool          // it has a code that error text may show
	legacy     bool          // it is in the legacy shape
	aboutGrant bool          // its code or its text blames a code or a token
}

// refine judges every refusal but that of a refresh.
func refine(body []byte, e *grantway.Error) bool {
	r := read(body, e)
	switch e.Operation {
	case "obtainToken":
		// It takes the client's credentials and a grant in one body: only the shape
		// and the text tell which of them was refused. A legacy text that is not
		// known is taken to be about the client, which may be wrong from the start.
		if r.legacy && e.Kind == grantway.KindRejected && !r.aboutGrant {
			e.Kind = grantway.KindBadClient
		}
	case "revokeToken", "renewToken":
		// The application's secret opens these: a 401 means the secret, unless the
		// code names the token.
		if r.kind != 0 && r.kind != grantway.KindRejected && e.Status == http.StatusUnauthorized {
			e.Kind = grantway.KindBadClient
		}
	}
	return r.known
}

// refineRefresh is for obtainToken and a refresh token, which the same client got
// there. A legacy text that is not known is taken to be about the token, unless the
// type blames the request.
func refineRefresh(body []byte, e *grantway.Error) bool {
	r := read(body, e)
	if r.legacy && e.Status/100 == 4 {
		e.Kind = grantway.KindRejected
		namesToken := r.Code != "bad_request.missing_parameter" && strings.Contains(strings.ToLower(r.Detail.Reveal()), "token")
		if begins(r.Detail, "Not Authorized") || strings.HasPrefix(r.Code, "bad_request") && !r.aboutGrant && !namesToken {
			e.Kind = grantway.KindBadClient
		}
	}
	return r.known
}

// read tells e what an answer says. It returns nothing of one that is not Square's.
func read(body []byte, e *grantway.Error) (r refusal) {
	for _, d := range parseErrors(body) {
		e.Codes = append(e.Codes, d.Code)
		if len(e.Codes) == 1 {
			r.Error, e.Code = d, d.Code
		}
	}
	r.kind, r.known = squareapi.KnownCode(r.Code)
	switch {
	case e.Codes == nil:
		return refusal{}
	case !r.known && !strings.HasSuffix(r.Category, "_ERROR"): // a gateway's: it tells its code, and proves nothing
		if e.Status/100 == 2 {
			e.Kind = grantway.KindMalformed
		}
		return refusal{}
	case e.Kind == grantway.KindNotJudged:
		e.Kind = provider.KindOfStatus(e.Status)
	}
	r.legacy = r.Category == "" && isLegacyType(r.Code)
	r.aboutGrant = r.kind == grantway.KindRejected || begins(r.Detail, grantTexts...)
	switch {
	case r.Category == "RATE_LIMIT_ERROR":
		e.Kind = grantway.KindThrottled
	case r.kind == grantway.KindAmbiguous, r.kind == grantway.KindNotJudged && r.Category == "API_ERROR":
		if e.Status/100 == 2 {
			e.Kind = grantway.KindAmbiguous
		}
	case r.kind != grantway.KindNotJudged:
		e.Kind = r.kind
	case r.aboutGrant, r.Category == "AUTHENTICATION_ERROR":
		e.Kind = grantway.KindRejected
	case r.Category == "INVALID_REQUEST_ERROR", strings.HasPrefix(r.Code, "bad_request"):
		e.Kind = grantway.KindBadClient
	}
	return r
}

// grantTexts tell a spent code from a wrong client, both of which Square answers
// with 401 and the same legacy type (api/SOURCES.md, observed).
var grantTexts = []string{"Authorization code not found", "Authorization code is already claimed", "Invalid refresh token", "cannot renew revoked token"}

// begins reports whether a text begins with one of texts, in any case.
func begins(text grantway.Secret, texts ...string) bool {
	detail := text.Reveal()
	for _, text := range texts {
		if len(detail) >= len(text) && strings.EqualFold(detail[:len(text)], text) {
			return true
		}
	}
	return false
}
