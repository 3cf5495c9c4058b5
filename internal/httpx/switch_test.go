package httpx

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/grantway/grantway"
)

// TestASwitchOfProtocolsEndsTheCall: a server that answers 101 and keeps the
// connection would hold a call for as long as it may last.
func TestASwitchOfProtocolsEndsTheCall(t *testing.T) {
	for status, held := range map[string]bool{"101 Switching Protocols": true, "400 Bad Request": false} {
		t.Run(status, func(t *testing.T) {
			gone := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				conn, buffered, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				header := "HTTP/1.1 " + status + "\r\nUpgrade: example\r\nConnection: Upgrade\r\n\r\n"
				if _, err := buffered.WriteString(header); err != nil || buffered.Flush() != nil {
					t.Error("the answer is not sent")
				}
				if held {
					_, _ = io.Copy(io.Discard, conn) // until the client closes it
				}
				close(gone)
			}))
			t.Cleanup(server.Close)
			s := sender(t, server, &http.Transport{})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			answer, failure := s.Send(ctx, s.Build(&Request{Method: http.MethodPost, Path: "/x", ContentType: "text/plain", Body: []byte("x")}), time.Now().Add(time.Minute))
			if !held {
				if failure.Kind != 0 || answer.Status != http.StatusBadRequest {
					t.Errorf("inverse: %d, %v", answer.Status, failure)
				}
				return
			}
			if failure.Kind != grantway.KindMalformed || failure.Status != http.StatusSwitchingProtocols || failure.Cause != nil {
				t.Errorf("%d, %v", answer.Status, failure)
			}
			select {
			case <-gone:
			case <-ctx.Done():
				t.Error("the connection stays, or the call lasted until its deadline")
			}
		})
	}
}
