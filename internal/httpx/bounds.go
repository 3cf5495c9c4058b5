package httpx

import (
	"io"
	"net/http"
)

const (
	// MaxBody bounds an answer in bytes, counted after decompression.
	MaxBody = 1 << 20
	// MaxHeader bounds the answer's headers in bytes.
	MaxHeader = 64 << 10
)

// readBounded reads to the end, but no more than one byte beyond MaxBody. The
// size that the server announced is a hint for the first buffer and no more;
// each further one is twice as large, so that all of them together are at most
// twice the bound.
func readBounded(r io.Reader, announced int64) ([]byte, error) {
	first := int64(4 << 10)
	if announced >= 0 && announced < first {
		first = announced + 1 // one more, to find the end
	}
	b := make([]byte, 0, first)
	for {
		if len(b) == cap(b) {
			if len(b) > MaxBody {
				return b, nil
			}
			b = append(make([]byte, 0, min(2*cap(b), MaxBody+1)), b...)
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

func headerSize(h http.Header) int {
	n := 0
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return n
}
