package fakeauth

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"runtime"
	"testing"

	"github.com/grantway/grantway/faults"
)

func gunzip(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func TestABombIsAValidGzipOf512MiB(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped by -short: 512 MiB are unpacked")
	}
	fetch(t, faults.GzipBomb, func(resp *http.Response) {
		var compressed ending
		r, err := gzip.NewReader(io.TeeReader(resp.Body, &compressed))
		if err != nil {
			t.Fatal(err)
		}
		var e ending
		if _, err := io.Copy(&e, r); err != nil || e.n != 512<<20+len(issuedBody) || e.last != issuedBody {
			t.Errorf("%d bytes, %v, ending in %q", e.n, err, e.last)
		}
		if compressed.n < 500<<10 || compressed.n > 530<<10 || resp.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%d bytes of %q", compressed.n, resp.Header.Get("Content-Encoding"))
		}
	})
}

func TestABombIsNeverThereAsAWhole(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b := newBomb()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 || len(b.unit) > 4<<10 {
		t.Errorf("%d bytes allocated, %d kept", got, len(b.unit))
	}
}

func TestTheCompressionIsWrongInTheWayNamed(t *testing.T) {
	for _, c := range []struct {
		fault    faults.Named
		encoding string
		check    func(body []byte) bool
	}{
		{faults.BrokenGzip, "gzip", func(b []byte) bool {
			plain, err := gunzip(b)
			return errors.Is(err, gzip.ErrChecksum) && string(plain) == issuedBody
		}},
		{faults.DoubleGzip, "gzip", func(b []byte) bool {
			once, err1 := gunzip(b)
			twice, err2 := gunzip(once)
			return err1 == nil && err2 == nil && string(twice) == issuedBody
		}},
		{faults.UnaskedBrotli, "br", func(b []byte) bool { // by hand: there is no reader in the standard library
			n := int(b[0])>>4 | int(b[1])<<4 | int(b[2]&0x0f)<<12
			return b[0]&0x0f == 0 && b[2]>>4 == 1 && n+1 == len(issuedBody) && string(b[3:]) == issuedBody+"\x03"
		}},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			fetch(t, c.fault, func(resp *http.Response) {
				b, err := io.ReadAll(resp.Body)
				if err != nil || !c.check(b) || resp.Header.Get("Content-Encoding") != c.encoding {
					t.Errorf("%q %q, %v", resp.Header.Get("Content-Encoding"), b, err)
				}
			})
		})
	}
}

func TestBrotliOfWhatDoesNotFitIsAnEmptyObject(t *testing.T) {
	for _, body := range []string{"", string(make([]byte, 1<<16+1))} {
		if got := brotli(Text(200, body)).Body; string(got) != "\x10\x00\x10{}\x03" {
			t.Errorf("%q", got)
		}
	}
}
