package peers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/peer"
)

func TestPeers016_NoErrorShowsASecret(t *testing.T) {
	compareCells(t, "errors", func(_ string, c peer.Client, cells *tally) {
		for _, secret := range []string{peer.Example.Secret, peer.Code} {
			for _, shape := range []string{
				`{"error":"%s","error_description":"%s"}`, `{"errors":[{"category":"%s","code":"%s","detail":"%s"}]}`,
				`{"message":"%s","type":"%s"}`, `{"result":"error","error":{"code":"%s","message":"%s"}}`, `%s`, `{"access_token":"%s`,
			} {
				for _, status := range []int{200, 400, 401, 500} {
					a := ask(t, c, replyJSON(status, strings.ReplaceAll(shape, "%s", secret)))
					var err error
					if a.err != nil && strings.Contains(printed(a.err), secret) {
						err = errors.New("the error prints what was echoed")
					}
					cells.note(fmt.Sprint("status ", status), err)
				}
			}
		}
	})
}

// printed is what a program might print of an error and all that it wraps.
func printed(err error) string {
	var b strings.Builder
	for err != nil {
		fmt.Fprintf(&b, "%v\n%+v\n%#v\n%s\n", err, err, err, err.Error())
		if text, jsonErr := json.Marshal(err); jsonErr == nil {
			b.Write(text)
		}
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				b.WriteString(printed(e))
			}
		}
		err = errors.Unwrap(err)
	}
	return b.String()
}

func TestPeers019_NoRedirectOnCredentialedPost(t *testing.T) { compare(t, noRedirect) }

func noRedirect(t *testing.T, p peer.Peer) (string, error) {
	const redirects = 2 * 5
	elsewhere := serve(t, replyJSON(200, `{"access_token":"stolen","token_type":"bearer"}`))
	defer elsewhere.Close()
	accepted := 0
	_ = each(p, func(_ string, c peer.Client) error {
		for _, status := range []int{301, 302, 303, 307, 308} {
			a := ask(t, c, http.RedirectHandler(elsewhere.URL+"/oauth2/token", status).ServeHTTP)
			if a.err == nil {
				accepted++
			}
		}
		return nil
	})
	secrets := 0
	for _, r := range elsewhere.seen() {
		if strings.Contains(r.body, peer.Code) || strings.Contains(r.body, peer.Example.Secret) || r.header.Get("Authorization") != "" {
			secrets++
		}
	}
	if n := elsewhere.connections.Load(); n > 0 {
		return "", fmt.Errorf("a second server got %d of %d requests, %d with secrets, and had %d tokens accepted",
			len(elsewhere.seen()), redirects, secrets, accepted)
	}
	return fmt.Sprintf("%d redirects, 0 connections at the second server", redirects), nil
}

// recorder is a transport that refuses everything and counts it.
type recorder struct{ requests int }

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.requests++
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return nil, errors.New("no network here")
}

func TestPeers021_HTTPSOnly(t *testing.T) {
	compareCells(t, "addresses", func(_ string, c peer.Client, cells *tally) {
		for _, base := range []string{"http://api.example.com", "http://localhost:8080", "http://192.0.2.1", "http://127.0.0.1.example.com"} {
			wire := &recorder{}
			_, _ = c.Exchange(context.Background(), base, &http.Client{Transport: wire})
			var err error
			if wire.requests > 0 {
				err = errors.New("sent in clear")
			}
			cells.note(base, err)
		}
	})
}

func TestPeers023_TokensThatAHeaderCannotCarryAreRefused(t *testing.T) {
	compareCells(t, "tokens", func(_ string, c peer.Client, cells *tally) {
		for _, token := range []string{`a\r\nX-Evil: 1`, `a\u0000b`, `a b`, `a\tb`, `é`, `a\"b`} {
			cells.note(token, ask(t, c, replyJSON(200, `{"access_token":"`+token+`","token_type":"bearer"}`)).refused())
		}
	})
}
