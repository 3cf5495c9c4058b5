package peers_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway/conformance/internal/peer"
	"github.com/grantway/grantway/faults"
)

// patience is when the caller's context ends a call that would not end by
// itself, in virtual time.
const patience = time.Hour

func TestPeers029_AStalledBodyEnds(t *testing.T) { compare(t, bodyDeadline) }

func bodyDeadline(t *testing.T, p peer.Peer) (string, error) {
	return ends(t, p, 30*time.Second, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"access_`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
}

func TestPeers030_StalledHeadersEnd(t *testing.T) {
	compare(t, func(t *testing.T, p peer.Peer) (string, error) {
		return ends(t, p, 15*time.Second, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see the client go
			<-r.Context().Done()
		})
	})
}

// ends fails unless a call to a server that stalls ends within limit of virtual
// time, although nobody set a deadline that short.
func ends(t *testing.T, p peer.Peer, limit time.Duration, h http.HandlerFunc) (string, error) {
	var worst time.Duration
	_ = each(p, func(_ string, c peer.Client) error {
		synctest.Test(t, func(t *testing.T) {
			l := faults.Pipe()
			s := &http.Server{Handler: h}
			go func() { _ = s.Serve(l) }()
			hc := &http.Client{Transport: l.Transport()}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			began := time.Now()
			_, err := c.Exchange(ctx, "http://127.0.0.1:1", hc)
			if err == nil {
				t.Error("a server that stalls gave a token")
			}
			worst = max(worst, time.Since(began))
			cancel()
			hc.CloseIdleConnections()
			_ = s.Close()
		})
		return nil
	})
	switch {
	case worst >= patience:
		return "", fmt.Errorf("hangs: still waiting after %.0f h", patience.Hours())
	case worst > limit:
		return "", fmt.Errorf("ends after %v", worst)
	}
	return fmt.Sprintf("ends after %v", worst), nil
}
