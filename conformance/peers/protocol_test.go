package peers_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway/conformance/internal/peer"
)

func TestPeers001_BasicIsRaw(t *testing.T) {
	// With these the encodings differ.
	awkward := peer.Credentials{ID: "a b%c+/=é", Secret: "s:b%c+/=é"}
	compareAs(t, awkward, func(t *testing.T, p peer.Peer) (string, error) {
		a := ask(t, p.BuiltByBit, replyJSON(200, goodToken))
		if len(a.requests) == 0 {
			return "", fmt.Errorf("no request: %w", a.err)
		}
		raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(a.requests[0].header.Get("Authorization"), "Basic "))
		switch string(raw) {
		case awkward.ID + ":" + awkward.Secret:
			return "sent as they are", nil
		case url.QueryEscape(awkward.ID) + ":" + url.QueryEscape(awkward.Secret):
			return "", errors.New("form-encodes what BuiltByBit takes raw")
		}
		return "", errors.New("sends neither of the two encodings")
	})
}

func TestPeers002_OneClientAuthMethodPerRequestAndNoProbing(t *testing.T) {
	compare(t, func(t *testing.T, p peer.Peer) (string, error) {
		return "1 request, the secret at 1 place", each(p, func(_ string, c peer.Client) error {
			a := ask(t, c, replyJSON(401, `{"error":"invalid_client"}`))
			if n := len(a.requests); n != 1 {
				return fmt.Errorf("%d requests for one call", n)
			}
			r := a.requests[0]
			n := strings.Count(r.uri, peer.Example.Secret) + strings.Count(r.body, peer.Example.Secret)
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.header.Get("Authorization"), "Basic "))
			if n += strings.Count(string(raw), peer.Example.Secret); n != 1 {
				return fmt.Errorf("the secret stands at %d places", n)
			}
			return nil
		})
	})
}

func TestPeers003_ACodeIsSentOnceWhateverHappens(t *testing.T) {
	faults := map[string]http.HandlerFunc{
		"reset":          reset,
		"closed":         rawReply(""),
		"half an answer": rawReply("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"access_"),
	}
	for _, code := range []int{400, 401, 429, 500, 502, 503, 504} {
		faults[fmt.Sprint("status ", code)] = replyJSON(code, `{}`)
	}
	compare(t, func(t *testing.T, p peer.Peer) (string, error) {
		worst := 0
		err := each(p, func(_ string, c peer.Client) error {
			for name, h := range faults {
				a := ask(t, c, h)
				if len(a.requests) == 0 {
					return fmt.Errorf("%s: no request", name)
				}
				worst = max(worst, len(a.requests))
			}
			return nil
		})
		if err == nil && worst > 1 {
			err = fmt.Errorf("sends the code %d times", worst)
		}
		return fmt.Sprintf("%d faults, 1 request each", len(faults)), err
	})
}

func TestPeers007_EveryErrorShapeIsTypedAndKeepsItsCode(t *testing.T) {
	// A code is asked for only where the provider's own shape has one.
	shared := []struct{ name, contentType, body, code string }{
		{"text", "text/plain", "temporarily unavailable", ""},
		{"HTML", "text/html", "<html><body>error</body></html>", ""},
		{"nothing", "", "", ""},
		{"null", "application/json", "null", ""},
	}
	own := map[string][]struct{ name, contentType, body, code string }{
		"BuiltByBit": append(slices.Clip(shared), []struct{ name, contentType, body, code string }{
			{"RFC 6749's", "application/json", `{"error":"invalid_grant","error_description":"x"}`, "invalid_grant"},
			{"BuiltByBit's envelope", "application/json", `{"result":"error","error":{"code":"InvalidWithHint","message":"x"}}`, "InvalidWithHint"},
		}...),
		"Square": append(slices.Clip(shared), []struct{ name, contentType, body, code string }{
			{"Square's list", "application/json", `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED","detail":"x"}]}`, "UNAUTHORIZED"},
			{"Square's legacy shape", "application/json", `{"message":"Not Authorized","type":"service.not_authorized"}`, "service.not_authorized"},
		}...),
	}
	compareCells(t, "answers", func(provider string, c peer.Client, cells *tally) {
		for _, s := range own[provider] {
			for _, status := range []int{400, 401, 403, 404, 429, 500, 503} {
				a := ask(t, c, reply(status, s.contentType, s.body))
				cells.note(s.name, typed(c, a, s.code))
			}
		}
	})
}

// typed fails unless the answer is an error of the client's own type, with the
// provider's code where there is one.
func typed(c peer.Client, a answer, want string) error {
	var none *peer.NothingDecoded
	got, ok := c.Code(a.err)
	switch {
	case a.err == nil:
		return a.refused()
	case errors.As(a.err, &none):
		return errors.New("no error at all")
	case !ok:
		return fmt.Errorf("an untyped error")
	case want != "" && got != want:
		return errors.New("its code is lost")
	}
	return nil
}

func TestPeers008_A200WithoutATokenIsAnError(t *testing.T) {
	bodies := []struct{ name, body string }{
		{"{}", `{}`}, {"null", `null`}, {"[]", `[]`}, {"an error", `{"error":"invalid_grant"}`},
		{"Square's error", `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED"}]}`},
		{"an empty token", `{"access_token":""}`}, {"a string", `"ok"`}, {"nothing", ``},
	}
	compareCells(t, "answers", func(_ string, c peer.Client, cells *tally) {
		for _, b := range bodies {
			cells.note(b.name, ask(t, c, replyJSON(200, b.body)).refused())
		}
	})
}

func TestPeers009_UnknownTokenTypesAreRefused(t *testing.T) {
	compareCells(t, "answers", func(_ string, c peer.Client, cells *tally) {
		for _, typ := range []string{"mac", "DPoP", "N_A"} {
			cells.note(typ, ask(t, c, replyJSON(200, `{"access_token":"example-access","token_type":"`+typ+`"}`)).refused())
		}
		for _, typ := range []string{"bearer", "Bearer", "bEaReR"} {
			cells.note(typ, ask(t, c, replyJSON(200, `{"access_token":"example-access","token_type":"`+typ+`"}`)).err)
		}
	})
}

func TestPeers010_EveryEncodingOfAnExpiry(t *testing.T) {
	compare(t, func(t *testing.T, p peer.Peer) (string, error) {
		var cells tally
		// in is what BuiltByBit may send as expires_in. A value that says
		// nothing must not cost the token, which has been paid for.
		for _, tt := range []struct {
			raw string
			in  time.Duration
		}{
			{`3600`, time.Hour}, {`"3600"`, time.Hour}, {`3600.0`, time.Hour}, {`3.6e3`, time.Hour}, {`-5`, -5 * time.Second},
			{`""`, 0}, {`null`, 0}, {`"soon"`, 0},
		} {
			a := ask(t, p.BuiltByBit, replyJSON(200, `{"access_token":"example-access","expires_in":`+tt.raw+`}`))
			cells.note("expires_in "+tt.raw, expires(a, time.Now().Add(tt.in), tt.in == 0))
		}
		for _, raw := range []string{`99999999999999`, `-99999999999999`} {
			a := ask(t, p.BuiltByBit, replyJSON(200, `{"access_token":"example-access","expires_in":`+raw+`}`))
			cells.note("expires_in "+raw, wrapped(a, strings.HasPrefix(raw, "-")))
		}
		at := time.Date(2031, 1, 2, 4, 4, 5, 0, time.UTC)
		for _, tt := range []struct {
			raw     string
			unknown bool
		}{
			{`"2031-01-02T04:04:05Z"`, false}, {`"2031-01-02T05:04:05+01:00"`, false}, {`"2031-01-02T04:04:05.000Z"`, false},
			{`""`, true}, {`null`, true},
		} {
			a := ask(t, p.Square, replyJSON(200, `{"access_token":"example-access","token_type":"bearer","expires_at":`+tt.raw+`}`))
			cells.note("expires_at "+tt.raw, expires(a, at, tt.unknown))
		}
		return cells.result("encodings")
	})
}

// expires fails unless the token came, with the expiry wanted, give or take
// what a slow machine needs; or with none, if the answer says nothing.
func expires(a answer, want time.Time, unknown bool) error {
	switch {
	case a.err != nil:
		return errors.New("an error, with the code spent")
	case unknown && !a.Expiry.IsZero():
		return errors.New("an expiry out of nothing")
	case unknown:
		return nil
	case a.Expiry.IsZero():
		return errors.New("no expiry, which is for ever")
	case a.Expiry.Sub(want).Abs() > 2*time.Minute:
		return errors.New("another expiry")
	}
	return nil
}

// wrapped fails if a lifetime beyond all bounds came out on the wrong side of
// now.
func wrapped(a answer, past bool) error {
	switch {
	case a.err != nil:
		return errors.New("an error, with the code spent")
	case a.Expiry.IsZero():
		if past {
			return errors.New("no expiry, which is for ever")
		}
		return nil // unknown: nobody promised that long
	case past != a.Expiry.Before(time.Now()):
		return errors.New("wrapped round")
	}
	return nil
}

func TestPeers012_RefreshTokenIsReplacedOrKept(t *testing.T) {
	const rest = `{"access_token":"example-access","token_type":"bearer"`
	compareCells(t, "answers", func(_ string, c peer.Client, cells *tally) {
		for _, tt := range []struct{ name, answer, want string }{
			{"a new one", `,"refresh_token":"next"}`, "next"},
			{"none", `}`, peer.RefreshToken},
			{"an empty one", `,"refresh_token":""}`, peer.RefreshToken},
			{"null", `,"refresh_token":null}`, peer.RefreshToken},
		} {
			a := call(t, replyJSON(200, rest+tt.answer), func(ctx context.Context, base string, hc *http.Client) (peer.Token, error) {
				return c.Refresh(ctx, base, hc, peer.RefreshToken)
			})
			var err error
			if a.err != nil || a.Refresh != tt.want {
				err = errors.New("the one to keep is lost")
			}
			cells.note(tt.name, err)
		}
	})
}
