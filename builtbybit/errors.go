package builtbybit

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
)

// undocumentedRefusal is what a 400 or 401 without a code that we know counts
// as: BuiltByBit documents no error of these endpoints, and to send a user
// through the browser again on a guess is the worse mistake.
const undocumentedRefusal = grantway.KindBadClient

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

// refine reads the v2 envelope and the object of RFC 6749, in whichever the
// member "error" comes.
func refine(body []byte, e *grantway.Error) bool {
	e.Code = errorCode(body)
	switch e.Code {
	case "invalid_grant", "invalid_token", "access_denied":
		e.Kind = grantway.KindRejected
	case "invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type",
		"unsupported_token_type", "invalid_scope":
		e.Kind = grantway.KindBadClient
	case "temporarily_unavailable":
		e.Kind = grantway.KindUnavailable
	case "slow_down":
		e.Kind = grantway.KindThrottled
	case "server_error":
		if e.Status/100 == 2 {
			e.Kind = grantway.KindAmbiguous
		}
	default:
		// Any other body may be a gateway's: a 4xx with it is not judged.
		if known := e.Code == codeInvalidWithHint; known || e.Status/100 == 2 || e.Status == http.StatusBadRequest && e.Code != "" {
			e.Kind = undocumentedRefusal
			return known
		}
		return false
	}
	return true
}

// codeInvalidWithHint is the one code of the envelope seen in the wild.
const codeInvalidWithHint = "InvalidWithHint"

// errorCode returns the code of either shape, or "".
func errorCode(body []byte) string {
	var code string
	err := provider.DecodeObject(body, []provider.Field{{Name: "error", Into: func(v provider.Value) error {
		if s, err := v.String(); err == nil {
			code = s
			return nil
		}
		return v.Object([]provider.Field{{Name: "code", Into: &code}})
	}}})
	if err != nil {
		return ""
	}
	return code
}

// anyError notes whether a 200 carries an error in either shape.
func anyError(found *bool) func(provider.Value) error {
	return func(v provider.Value) error {
		*found = !v.IsNull()
		return nil
	}
}
