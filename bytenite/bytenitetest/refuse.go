package bytenitetest

import (
	"net/http"

	"github.com/grantway/grantway/internal/fakeauth"
)

// refuse words a refusal in the shape that Options.Errors asks for. ByteNite
// has no place for the reason why that it is known to fill, so it is not sent.
func (s *Server) refuse(status int, _ string) fakeauth.Answer {
	name := http.StatusText(status)
	switch s.opts.Errors {
	case GenericErrors:
		return fakeauth.JSON(status, map[string]any{
			"ok":        false,
			"requestId": "xyz-123",
			"message":   "Request failed",
			"error":     map[string]any{"code": status, "message": name, "description": "An invented description."},
		})
	case TextErrors:
		return fakeauth.Text(status, name)
	}
	code, message := 3, "invalid argument" // gRPC's code for it
	switch status {
	case http.StatusUnauthorized:
		code, message = 16, "unauthenticated"
	case http.StatusNotFound:
		code, message = 5, "not found"
	case http.StatusMethodNotAllowed:
		code, message = 12, "unimplemented"
	}
	return fakeauth.JSON(status, map[string]any{"code": code, "message": message, "details": []any{}})
}

// violated refuses what breaks the spec. Members that it does not have are
// ignored: nothing says that ByteNite minds them.
func (s *Server) violated(_ fakeauth.Call, v fakeauth.Violation) *fakeauth.Answer {
	if v.Problem == fakeauth.UnknownMember || v.Problem == fakeauth.UndeclaredCredential && s.opts.AllowAuthorizationHeader {
		return nil
	}
	return s.refuse(v.Status, v.Why()).Refusal()
}
