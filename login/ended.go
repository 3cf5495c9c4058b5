package login

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/tokens"
)

// ending is a sign-in that is over. It stays in the browser's cookie for as long
// as its callback may come again, in place of the request, so that a reload is
// told the truth by any process of the app.
type ending struct {
	outcome authcode.Outcome
	bound   string
}

// endedMark begins the cookie of a sign-in that is over. What is sealed alone is
// base64url and does not begin so.
const endedMark = "."

// endedPlace is what the cookie of a sign-in that is over is sealed for: its own
// id, so that it speaks for no other one. No store has such a key.
func endedPlace(id string) string { return "\x00a sign-in that is over: " + id }

func (e ending) sealed(s *tokens.Sealer, id string) (string, error) {
	sealed, err := s.Seal(endedPlace(id), 0, append([]byte{byte(e.outcome)}, e.bound...))
	if err != nil {
		return "", err
	}
	return endedMark + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// openEnded is the inverse of sealed; ok is false for any other value.
func openEnded(s *tokens.Sealer, id, value string) (e ending, ok bool) {
	if !isEnded(value) {
		return ending{}, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(value[len(endedMark):])
	if err != nil {
		return ending{}, false
	}
	clear, err := s.Open(endedPlace(id), 0, sealed)
	if err != nil || len(clear) == 0 {
		return ending{}, false
	}
	return ending{authcode.Outcome(clear[0]), string(clear[1:])}, true
}

func isEnded(value string) bool { return len(value) > 0 && value[:1] == endedMark }

// How long a second callback waits for the first one to end, and how often it
// looks.
const (
	repeatWait = 5 * time.Second
	firstLook  = 50 * time.Millisecond
	slowLook   = time.Second
)

// waitForOutcome is how the sign-in of auth ended, in whatever process: UnderWay
// if that is not known in time.
func waitForOutcome(ctx context.Context, auth *authcode.Request) authcode.Outcome {
	ctx, cancel := context.WithTimeout(ctx, repeatWait)
	defer cancel()
	for pause := firstLook; ; pause = min(2*pause, slowLook) {
		if outcome, err := auth.Outcome(ctx); err != nil || outcome != authcode.UnderWay {
			return outcome
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return authcode.UnderWay
		}
	}
}
