package bytenitetest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth"
)

// accessToken is POST /v1/auth/access_token.
func (s *Server) accessToken(c fakeauth.Call) fakeauth.Answer {
	if !s.key.Equal(grantway.NewSecret(c.Text("apiKey"))) {
		return s.refuse(http.StatusUnauthorized, "the key is unknown or revoked")
	}
	return fakeauth.JSON(200, map[string]string{
		"token":     s.tokens.Issue("access", struct{}{}, s.book.In(s.opts.Lifetime)),
		"expiresIn": strconv.FormatInt(int64(s.opts.Lifetime/time.Second), 10),
		"scope":     s.opts.Scope,
	})
}

// token is the one in the header.
func (s *Server) token(c fakeauth.Call) string {
	if s.opts.AcceptBearer {
		return strings.TrimPrefix(c.Credential.Secret, "Bearer ")
	}
	return c.Credential.Secret
}

// bareToken wants a live token.
func (s *Server) bareToken(c fakeauth.Call) *fakeauth.Answer {
	token := s.token(c)
	if s.tokens.Live(token) != nil || token == "" && c.Operation == "skip" && s.opts.AnonymousSkip {
		return nil
	}
	return s.refuse(http.StatusUnauthorized, "no live token").Refusal()
}

// signOut is POST /v1/auth/signout: the token in the header ends, others of
// the same key live on.
func (s *Server) signOut(c fakeauth.Call) fakeauth.Answer {
	s.tokens.Delete(s.token(c))
	return fakeauth.JSON(200, map[string]any{"ok": true, "requestId": "", "message": "", "error": nil})
}

// skip is GET /v1/auth/skip.
func (s *Server) skip(c fakeauth.Call) fakeauth.Answer {
	redirect, skip := s.skips.Get(c.Query("loginChallenge"))
	return fakeauth.JSON(200, map[string]any{"skip": skip, "redirectTo": redirect})
}
