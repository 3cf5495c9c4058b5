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
	success := e.Status/100 == 2
	kind, known := byteniteapi.KnownCode(strconv.Itoa(int(rpcCode)))
	switch {
	case code >= 100 && code < 600:
		known, e.Code = true, strconv.Itoa(code)
		if success {
			e.Kind = kindOfHTTP(code)
		}
	case known:
		e.Code = strconv.Itoa(int(rpcCode))
		if kind != grantway.KindNotJudged {
			e.Kind = kind
		}
	case success:
		e.Kind = grantway.KindBadClient
	}
	// No user can authorize again where the API key is what was refused: that is
	// the client's to fix.
	if e.Operation == "accessToken" && e.Kind == grantway.KindRejected {
		e.Kind = grantway.KindBadClient
	}
	return known
}

// kindOfHTTP is for an error code inside a 200, which reads like a status.
func kindOfHTTP(code int) grantway.Kind {
	switch {
	case code == http.StatusTooManyRequests:
		return grantway.KindThrottled
	case code >= 500:
		return grantway.KindUnavailable
	}
	return provider.KindOfStatus(code)
}
