package bytenite

import (
	"net/http"
	"strconv"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
)

// generic is ByteNite's response envelope, which also carries errors under
// status 200, together with what rpcStatus adds to it.
type generic struct {
	ok        *bool
	requestID string
	message   string
	rpcCode   int64
	hasError  bool
	errorCode int64
}

func (g *generic) fields() []provider.Field {
	return append(make([]provider.Field, 0, 8),
		provider.Field{Name: "ok", Into: &g.ok},
		provider.Field{Name: "requestId", Into: &g.requestID},
		provider.Field{Name: "message", Into: &g.message},
		provider.Field{Name: "code", Into: &g.rpcCode},
		provider.Field{Name: "error", Into: func(v provider.Value) error {
			if v.IsNull() {
				return nil
			}
			g.hasError = true
			return v.Object([]provider.Field{{Name: "code", Into: &g.errorCode}})
		}},
	)
}

// carriesError reports whether the body says no: ok is false, or an error is in it.
func (g *generic) carriesError() bool {
	return g.ok != nil && !*g.ok || g.hasError || g.rpcCode != 0
}

// refineKey is for the exchange of the API key: no user can authorize again
// there, so a refused key is the client's to fix.
func refineKey(body []byte, e *grantway.Error) bool {
	known := refineToken(body, e)
	if e.Kind == grantway.KindRejected {
		e.Kind = grantway.KindBadClient
	}
	return known
}

// refineToken is for the operations that a token opens. It reads the generic
// response, else rpcStatus.
func refineToken(body []byte, e *grantway.Error) bool {
	var g generic
	if provider.DecodeObject(body, g.fields()) != nil {
		return false
	}
	if g.requestID != "" {
		e.RequestID = g.requestID
	}
	if e.Kind == grantway.KindNotJudged && (g.carriesError() || g.requestID != "") {
		e.Kind = provider.KindOfStatus(e.Status)
	}
	switch {
	case g.hasError && g.errorCode >= 100 && g.errorCode < 600:
		e.Code = strconv.FormatInt(g.errorCode, 10)
		if e.Status/100 == 2 {
			e.Kind = kindOfHTTP(int(g.errorCode), e.Kind)
		}
		return true
	case g.rpcCode > 0 && g.rpcCode <= 16:
		e.Code = strconv.FormatInt(g.rpcCode, 10)
		e.Kind = kindOfRPC(g.rpcCode, e.Kind)
		return true
	}
	if e.Status/100 == 2 {
		e.Kind = grantway.KindBadClient
	}
	return false
}

// kindOfHTTP is for an error code inside a 200, which reads like a status.
func kindOfHTTP(code int, otherwise grantway.Kind) grantway.Kind {
	switch {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return grantway.KindRejected
	case code == http.StatusTooManyRequests:
		return grantway.KindThrottled
	case code >= 500:
		return grantway.KindUnavailable
	case code >= 400:
		return grantway.KindBadClient
	}
	return otherwise
}

// kindOfRPC reads a gRPC code, which rpcStatus is inferred to carry.
func kindOfRPC(code int64, otherwise grantway.Kind) grantway.Kind {
	switch code {
	case 7, 16: // permission denied, unauthenticated
		return grantway.KindRejected
	case 8: // resource exhausted
		return grantway.KindThrottled
	case 14: // unavailable
		return grantway.KindUnavailable
	case 3, 5, 6, 9, 11, 12: // invalid, not found, exists, precondition, range, unimplemented
		return grantway.KindBadClient
	}
	return otherwise
}
