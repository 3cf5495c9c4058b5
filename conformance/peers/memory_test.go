package peers_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/grantway/grantway/conformance/internal/peer"
)

const mib = 1 << 20

// allocated is how many bytes f made the process allocate.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// chunk is written again and again, so that a server's own memory stays out of
// the measurement.
var chunk = bytes.Repeat([]byte{' '}, 64<<10)

// flood writes head and then fill until huge bytes are written or the client
// has had enough.
func flood(w io.Writer, head string, fill byte) {
	_, _ = io.WriteString(w, head)
	text := chunk
	if fill != ' ' {
		text = bytes.Repeat([]byte{fill}, len(chunk))
	}
	for n := 0; n < huge; n += len(text) {
		if _, err := w.Write(text); err != nil {
			return
		}
	}
}

func flooding(status int, head string, fill byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		flood(w, head, fill)
	}
}

// bounded fails unless the answer is an error, at the cost of 1 MiB read (and
// what stood in buffers) and budget allocated; for each request, as how many
// there are is another check.
func bounded(a answer, alloc int64) error {
	requests := int64(max(1, len(a.requests)))
	switch {
	case a.read > requests*(mib+mib/8):
		return fmt.Errorf("reads %d MiB, allocates %d MiB", a.read/mib, alloc/mib)
	case alloc > requests*budget:
		return fmt.Errorf("allocates %d MiB", alloc/mib)
	}
	return a.refused()
}

func TestPeers026_ABodyIsBoundedAndOverflowIsAnError(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: bodies without end")
	}
	compare(t, func(t *testing.T, p peer.Peer) (string, error) {
		var most int64
		for _, body := range []struct {
			name, head string
			fill       byte
		}{
			{"a token without end", `{"access_token":"`, 'a'},
			{"a good token, then blanks without end", goodToken, ' '},
		} {
			var a answer
			alloc := allocated(func() { a = ask(t, p.BuiltByBit, flooding(200, body.head, body.fill)) })
			if err := bounded(a, alloc); err != nil {
				return "", fmt.Errorf("%s: %w", body.name, err)
			}
			most = max(most, alloc)
		}
		return fmt.Sprintf("2 bodies of %d MiB, at most %d KiB allocated", huge/mib, most>>10), nil
	})
}

func TestPeers027_TheBoundHoldsAfterDecompression(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: bodies without end")
	}
	var bomb bytes.Buffer
	z, err := gzip.NewWriterLevel(&bomb, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	flood(z, `{"access_token":"`, 'a')
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	h := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	}
	compare(t, func(t *testing.T, p peer.Peer) (string, error) {
		var a answer
		alloc := allocated(func() { a = ask(t, p.BuiltByBit, h) })
		if err := bounded(a, alloc); err != nil {
			return "", fmt.Errorf("%w for a bomb of %d KiB", err, bomb.Len()>>10)
		}
		return fmt.Sprintf("%d KiB to %d MiB, %d KiB allocated", bomb.Len()>>10, huge/mib, alloc>>10), nil
	})
}

func TestPeers028_TheTextOfAnErrorIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: large answers to every client")
	}
	compare(t, func(t *testing.T, p peer.Peer) (string, error) {
		longest := 0
		for _, contentType := range []string{"application/json", "text/html"} {
			a := ask(t, p.BuiltByBit, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", contentType)
				w.WriteHeader(400)
				flood(w, "error: ", 'x')
			})
			if a.err == nil {
				return "", errors.New("no error")
			}
			longest = max(longest, len(a.err.Error()))
		}
		if longest > 2048 {
			return "", fmt.Errorf("an error of %d KiB of text", longest>>10)
		}
		return fmt.Sprintf("%d bytes at most", longest), nil
	})
}

func TestPeers037_ResponseHeadersAreBounded(t *testing.T) {
	const size = 9 * 1000 * 1000 // net/http's own bound is 10 MiB
	line := "X-Filler: " + strings.Repeat("x", 8<<10)
	h := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
		for n := 0; n < size; n += len(line) {
			if _, err := fmt.Fprintf(conn, "%s\r\n", line); err != nil {
				return
			}
		}
		_, _ = fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", len(goodToken), goodToken)
	}
	compare(t, func(t *testing.T, p peer.Peer) (string, error) {
		a := ask(t, p.BuiltByBit, h)
		if a.read > 256<<10 {
			return "", fmt.Errorf("reads %d KiB of headers", a.read>>10)
		}
		return fmt.Sprintf("%d KiB read", a.read>>10), a.refused()
	})
}
