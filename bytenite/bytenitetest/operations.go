package bytenitetest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/fakeauth"
)

// accessToken is POST /v1/auth/access_token.
func (s *Server) accessToken(c fakeauth.Call) fakeauth.Answer {
	body, err := fakeauth.ParseObject(c.Body)
	if err != nil {
		return s.refuse(http.StatusBadRequest, err.Error())
	}
	var key string
	if !body.Get("apiKey", &key) || key == "" {
		return s.refuse(http.StatusBadRequest, "apiKey is missing")
	}
	if c.Authorization() != "" && !s.opts.AllowAuthorizationHeader {
		return s.refuse(http.StatusBadRequest, "an Authorization header on the exchange")
	}
	if !s.key.Equal(grantway.NewSecret(key)) {
		return s.refuse(http.StatusUnauthorized, "the key is unknown or revoked")
	}
	return fakeauth.JSON(200, map[string]string{
		"token":     s.tokens.Issue("access", struct{}{}, s.book.In(s.opts.Lifetime)),
		"expiresIn": strconv.FormatInt(int64(s.opts.Lifetime/time.Second), 10),
		"scope":     s.opts.Scope,
	})
}

// bearer returns the token in the header if it is live.
func (s *Server) bearer(c fakeauth.Call) (token string, ok bool) {
	token = c.Authorization()
	if s.opts.AcceptBearer {
		token = strings.TrimPrefix(token, "Bearer ")
	}
	return token, s.tokens.Live(token) != nil
}

// signOut is POST /v1/auth/signout: the token in the header ends, others of
// the same key live on.
func (s *Server) signOut(c fakeauth.Call) fakeauth.Answer {
	token, ok := s.bearer(c)
	if !ok {
		return s.refuse(http.StatusUnauthorized, "no live token")
	}
	if _, err := fakeauth.ParseObject(c.Body); err != nil {
		return s.refuse(http.StatusBadRequest, err.Error())
	}
	s.tokens.Delete(token)
	return fakeauth.JSON(200, map[string]any{"ok": true, "requestId": "", "message": "", "error": nil})
}

// skip is GET /v1/auth/skip.
func (s *Server) skip(c fakeauth.Call) fakeauth.Answer {
	if _, ok := s.bearer(c); !ok {
		return s.refuse(http.StatusUnauthorized, "no live token")
	}
	query, err := url.ParseQuery(c.RawQuery)
	challenges := query["loginChallenge"]
	if err != nil || len(challenges) > 1 || len(query) > len(challenges) {
		return s.refuse(http.StatusBadRequest, "the query is not one loginChallenge or nothing")
	}
	redirect, skip := "", false
	if len(challenges) == 1 {
		redirect, skip = s.skips[challenges[0]]
	}
	return fakeauth.JSON(200, map[string]any{"skip": skip, "redirectTo": redirect})
}
