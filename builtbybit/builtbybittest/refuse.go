package builtbybittest

import (
	"net/http"

	"github.com/grantway/grantway/internal/fakeauth"
)

// refused is an error in the shape that Options.Errors asks for. The text is
// ours and says so.
func (s *Server) refused(status int, code, why string) fakeauth.Answer {
	text := ours + why
	if s.opts.Errors == EnvelopeErrors {
		return fakeauth.JSON(status, map[string]any{
			"result": "error",
			"error":  map[string]string{"code": "InvalidWithHint", "message": text},
		})
	}
	return fakeauth.JSON(status, map[string]string{"error": code, "error_description": text})
}

func (s *Server) invalidRequest(why string) fakeauth.Answer {
	return s.refused(http.StatusBadRequest, "invalid_request", why)
}

func (s *Server) invalidGrant(why string) fakeauth.Answer {
	return s.refused(http.StatusBadRequest, "invalid_grant", why)
}

// refuse is for what the engine refuses on its own.
func (s *Server) refuse(status int, why string) fakeauth.Answer {
	return s.refused(status, "invalid_request", why)
}

// violated refuses what breaks the spec. Parameters that BuiltByBit does not
// document are ignored, but for a second way to authenticate.
func (s *Server) violated(_ fakeauth.Call, v fakeauth.Violation) *fakeauth.Answer {
	switch v.Problem {
	case fakeauth.NoCredential, fakeauth.BadCredential:
		return s.notClient()
	case fakeauth.Missing:
		if v.Field == "grant_type" {
			return nil // requestToken looks after the code first
		}
	case fakeauth.UnknownMember:
		if v.Field != "client_secret" {
			return nil
		}
		return s.invalidRequest("the secret is in the body too (RFC 6749 section 2.3: one method)").Refusal()
	}
	return s.refuse(v.Status, v.Why()).Refusal()
}

// isClient compares the credentials, which are in the one encoding that is wanted.
func (s *Server) isClient(c fakeauth.Call) *fakeauth.Answer {
	if c.Credential != (fakeauth.Credential{ID: s.opts.ClientID, Secret: s.secret}) {
		return s.notClient()
	}
	return nil
}

func (s *Server) notClient() *fakeauth.Answer {
	return s.refused(http.StatusUnauthorized, "invalid_client", "the Authorization header is not Basic with the client's credentials in the encoding wanted").
		WithHeader("WWW-Authenticate", `Basic realm="builtbybittest"`).Refusal()
}
