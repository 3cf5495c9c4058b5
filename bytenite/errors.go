package bytenite

import (
	"net/http"
	"strconv"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/gen/byteniteapi"
	"github.com/grantway/grantway/provider"
)

// refine reads the generic response, else an RPC status, whichever brings a code.
func refine(body []byte, e *grantway.Error) bool {
	known := refineToken(body, e)
	// No user can authorize again where the API key is what was refused: that is
	// the client's to fix.
	if e.Operation == "accessToken" && e.Kind == grantway.KindRejected {
		e.Kind = grantway.KindBadClient
	}
	return known
}

func refineToken(body []byte, e *grantway.Error) bool {
	g, ok := byteniteapi.DecodeGenericResponse(body)
	rpc, isRPC := byteniteapi.DecodeRPCStatus(body)
	if !ok && !isRPC {
		return false
	}
	code, rpcCode := 0, int32(0)
	if g.Error != nil && g.Error.Code != nil {
		code = int(*g.Error.Code)
	}
	if rpc.Code != nil {
		rpcCode = *rpc.Code
	}
	if g.RequestID != "" {
		e.RequestID = g.RequestID
	}
	saysNo := g.Ok != nil && !*g.Ok || g.Error != nil || rpcCode != 0
	if e.Kind == grantway.KindNotJudged && (saysNo || g.RequestID != "") {
		e.Kind = provider.KindOfStatus(e.Status)
	}
	switch {
	case code >= 100 && code < 600:
		e.Code = strconv.Itoa(code)
		if e.Status/100 == 2 {
			e.Kind = kindOfHTTP(code, e.Kind)
		}
		return true
	case rpcCode > 0 && rpcCode <= 16:
		e.Code = strconv.Itoa(int(rpcCode))
		e.Kind = kindOfRPC(rpcCode, e.Kind)
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
func kindOfRPC(code int32, otherwise grantway.Kind) grantway.Kind {
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
