package builtbybittest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/grantway/grantway/builtbybit"
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

// authenticated checks the client and the form.
func (s *Server) authenticated(handle func(form map[string]string) fakeauth.Answer) func(fakeauth.Call) fakeauth.Answer {
	return func(c fakeauth.Call) fakeauth.Answer {
		if !s.isClient(c.Authorization()) {
			return s.refused(http.StatusUnauthorized, "invalid_client", "the Authorization header is not Basic with the client's credentials in the encoding wanted").
				WithHeader("WWW-Authenticate", `Basic realm="builtbybittest"`)
		}
		form, err := fakeauth.Form(c.Body)
		if err != nil {
			return s.invalidRequest(err.Error())
		}
		if _, twice := form["client_secret"]; twice {
			return s.invalidRequest("the secret is in the body too (RFC 6749 section 2.3: one method)")
		}
		return handle(form)
	}
}

// isClient compares the credentials in the one encoding that is wanted.
func (s *Server) isClient(header string) bool {
	encoded, ok := strings.CutPrefix(header, "Basic ")
	if !ok {
		return false
	}
	plain, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return false
	}
	id, secret, ok := strings.Cut(string(plain), ":")
	if !ok {
		return false
	}
	if s.opts.BasicEncoding == builtbybit.BasicForm {
		// What may stand unescaped in a form is a matter of taste; whether
		// anything was left that must be escaped is not.
		if id, ok = unescape(id); !ok {
			return false
		}
		if secret, ok = unescape(secret); !ok {
			return false
		}
	}
	return id == s.opts.ClientID && secret == s.secret
}

// unescape decodes a form-encoded value and refuses one that was not encoded.
func unescape(v string) (string, bool) {
	for i := 0; i < len(v); i++ {
		c := v[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~*!'()%+", c) >= 0
		if !plain {
			return "", false
		}
	}
	u, err := url.QueryUnescape(v)
	return u, err == nil
}
