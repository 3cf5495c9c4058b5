package squaretest

import (
	"net/http"
	"time"

	"github.com/grantway/grantway/internal/fakeauth"
)

// ours marks a detail that Square is not known to write.
const ours = "squaretest: "

// documented is Square's documented error shape, with one error in it.
func documented(status int, category, code, detail, field string) fakeauth.Answer {
	e := map[string]string{"category": category, "code": code}
	if detail != "" {
		e["detail"] = detail
	}
	if field != "" {
		e["field"] = field
	}
	return fakeauth.JSON(status, map[string]any{"errors": []any{e}})
}

// legacy is the older shape, undocumented and still sent.
func legacy(status int, message, typ string) fakeauth.Answer {
	return fakeauth.JSON(status, map[string]string{"message": message, "type": typ})
}

// The answers that were observed (api/SOURCES.md, Square errors).

func notAuthorized() fakeauth.Answer {
	return legacy(http.StatusUnauthorized, "Not Authorized", "service.not_authorized")
}

func (s *Server) codeNotFound() fakeauth.Answer {
	return documented(http.StatusUnauthorized, "AUTHENTICATION_ERROR", "UNAUTHORIZED",
		"Authorization code not found for app "+s.opts.ApplicationID, "")
}

// invalidRefresh has its status from the legacy type; no capture shows it.
func invalidRefresh() fakeauth.Answer {
	return legacy(http.StatusUnauthorized, "Invalid refresh token", "service.not_authorized")
}

func missing(name string) fakeauth.Answer {
	return documented(http.StatusBadRequest, "INVALID_REQUEST_ERROR", "MISSING_REQUIRED_PARAMETER",
		"missing required parameter '"+name+"'", "")
}

func badAuthorizationHeader() fakeauth.Answer {
	return legacy(http.StatusBadRequest, "bad authorization header", "bad_request.invalid_parameter")
}

func renewRevoked() fakeauth.Answer {
	return legacy(http.StatusBadRequest, "cannot renew revoked token", "bad_request")
}

// badBearer has the part of the detail that the captures show.
func badBearer() fakeauth.Answer {
	return documented(http.StatusUnauthorized, "AUTHENTICATION_ERROR", "UNAUTHORIZED",
		"The `Authorization` http header of your request was incorrect or expired.", "")
}

// The answers below have Square's documented shape and codes; that Square
// gives them here is not known.

func badRequest(code, why, field string) fakeauth.Answer {
	return documented(http.StatusBadRequest, "INVALID_REQUEST_ERROR", code, ours+why, field)
}

func unauthorized(code, why string) fakeauth.Answer {
	return documented(http.StatusUnauthorized, "AUTHENTICATION_ERROR", code, ours+why, "")
}

func notFound(why string) fakeauth.Answer {
	return documented(http.StatusNotFound, "INVALID_REQUEST_ERROR", "NOT_FOUND", ours+why, "")
}

// refuse is for what the engine refuses on its own.
func refuse(status int, why string) fakeauth.Answer {
	code := map[int]string{
		http.StatusBadRequest:            "BAD_REQUEST",
		http.StatusNotFound:              "NOT_FOUND",
		http.StatusMethodNotAllowed:      "METHOD_NOT_ALLOWED",
		http.StatusRequestEntityTooLarge: "REQUEST_ENTITY_TOO_LARGE",
		http.StatusUnsupportedMediaType:  "UNSUPPORTED_MEDIA_TYPE",
	}[status]
	return documented(status, "INVALID_REQUEST_ERROR", code, ours+why, "")
}

// codes are Square's for what breaks its spec.
var codes = map[fakeauth.Problem]string{
	fakeauth.NotJSON:       "EXPECTED_JSON_BODY",
	fakeauth.Twice:         "EXPECTED_JSON_BODY",
	fakeauth.UnknownMember: "UNKNOWN_BODY_PARAMETER",
	fakeauth.NotText:       "EXPECTED_STRING",
	fakeauth.NotFlag:       "EXPECTED_BOOLEAN",
	fakeauth.NotList:       "EXPECTED_ARRAY",
	fakeauth.Empty:         "VALUE_EMPTY",
	fakeauth.TooShort:      "VALUE_TOO_SHORT",
	fakeauth.TooLong:       "VALUE_TOO_LONG",
}

// violated refuses what breaks the spec, and what it does not have: a member that
// it does not name, and null, which it allows for a field that is not needed.
func violated(_ fakeauth.Call, v fakeauth.Violation) *fakeauth.Answer {
	switch v.Problem {
	case fakeauth.UndeclaredCredential:
		return nil // for obtainToken to judge
	case fakeauth.NoCredential, fakeauth.BadCredential:
		if v.Field == "bearerToken" {
			return badBearer().Refusal()
		}
		return badAuthorizationHeader().Refusal()
	case fakeauth.Missing:
		return missing(v.Field).Refusal()
	}
	if code := codes[v.Problem]; code != "" {
		return badRequest(code, v.Why(), v.Field).Refusal()
	}
	return refuse(v.Status, v.Why()).Refusal()
}

// around checks Square-Version and echoes it. Which versions exist is not checked.
func (s *Server) around(c fakeauth.Call, answer func(fakeauth.Call) fakeauth.Answer) fakeauth.Answer {
	version := c.Header.Get("Square-Version")
	if _, err := time.Parse(time.DateOnly, version); err != nil && version != "" {
		return badRequest("INVALID_SQUARE_VERSION_FORMAT", "Square-Version is not YYYY-MM-DD", "")
	}
	if c.Operation == "renewToken" && !s.opts.RenewEnabled {
		answer = func(fakeauth.Call) fakeauth.Answer {
			return notFound("the endpoint is retired; see Options.RenewEnabled")
		}
	}
	return answer(c).WithHeader("Square-Version", version)
}
