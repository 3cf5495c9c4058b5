package builtbybit

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/builtbybitapi"
	"github.com/grantway/grantway/provider"
)

// RetryAfterMilliseconds is where a whole Retry-After stops being seconds.
// BuiltByBit's own wrappers read milliseconds, one client in the wild seconds:
// a value this large is milliseconds, a smaller one seconds, the longer wait of
// the two readings.
const RetryAfterMilliseconds = 1000

func retryAfter(value string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil && n >= RetryAfterMilliseconds {
		return time.Duration(min(n, math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
	}
	return provider.ParseRetryAfter(value, now)
}

// refine reads the object of RFC 6749 and the v2 envelope, in whichever the
// member "error" comes.
func refine(body []byte, e *grantway.Error) bool {
	if oauth, ok := builtbybitapi.DecodeOAuthError(body); ok {
		e.Code = oauth.Error
	} else if v2, ok := builtbybitapi.DecodeEnvelopeError(body); ok && v2.Error != nil {
		e.Code = v2.Error.Code
	}
	success := e.Status/100 == 2
	kind, known := builtbybitapi.KnownCode(e.Code)
	switch {
	case known && kind != grantway.KindNotJudged:
		e.Kind = kind
	case known && success:
		e.Kind = grantway.KindAmbiguous // the server failed, whatever the status says
	case !known && (success || e.Status == http.StatusBadRequest && e.Code != ""):
		// To send a user through the browser again on a guess is the worse mistake.
		// Any other body may be a gateway's: a 4xx with it is not judged.
		e.Kind = grantway.KindBadClient
	}
	if success && e.Code == "" && e.Operation == "revokeToken" {
		e.Reason = "the answer says that nothing was revoked"
	}
	return known
}
