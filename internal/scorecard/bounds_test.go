package scorecard

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/httpx"
	"github.com/grantway/grantway/internal/wiretest"
)

// slack is what buffers below the bound may have read ahead.
const slack = 64 << 10

// filler is a body of n equal bytes that counts what is read of it.
type filler struct {
	head []byte
	fill byte
	left int
	read int
}

func (f *filler) Read(p []byte) (int, error) {
	if len(f.head) > 0 {
		n := copy(p, f.head)
		f.head, f.read = f.head[n:], f.read+n
		return n, nil
	}
	if f.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), f.left, 32<<10)
	copy(p[:n], f.block())
	f.left, f.read = f.left-n, f.read+n
	return n, nil
}

// block is what one read gets. Byte by byte it would be slow under the race
// detector.
func (f *filler) block() []byte {
	b, ok := blocks[f.fill]
	if !ok {
		b = bytes.Repeat([]byte{f.fill}, 32<<10)
		blocks[f.fill] = b
	}
	return b
}

var blocks = map[byte][]byte{}

// client answers with the filler.
func (f *filler) client(status int) *http.Client {
	return &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		resp := wiretest.Reply{Status: status}.Response()
		resp.Body, resp.ContentLength = io.NopCloser(f), -1
		return resp, nil
	})}
}

// bounded fails if more was read or allocated than a call may.
func bounded(read, alloc uint64) error {
	if read > httpx.MaxBody+slack {
		return fmt.Errorf("%d bytes were read", read)
	}
	if alloc > maxAlloc {
		return fmt.Errorf("%d bytes were allocated", alloc)
	}
	return nil
}

func TestCheck026_ABodyBeyondTheBoundIsAnErrorAndIsNotRead(t *testing.T) {
	var read, alloc uint64
	try := func(name string, op operation, call func() error, bytesRead func() uint64) {
		var err error
		a := allocated(func() { err = call() })
		r := bytesRead()
		if err := typed(err, nil, grantway.KindMalformed); err != nil {
			t.Errorf("%s, %s: %v", op.name, name, err)
		}
		if err := bounded(r, a); err != nil {
			t.Errorf("%s, %s: %v", op.name, name, err)
		}
		read, alloc = max(read, r), max(alloc, a)
	}
	for _, op := range operations {
		f := &filler{fill: ' ', left: 256 << 20}
		c := newClients(t, grantway.ClientConfig{HTTPClient: f.client(200)})
		try("a transport of the caller's", op, func() error { return op.call(context.Background(), c) }, func() uint64 { return uint64(f.read) })

		for _, fault := range []faults.Fault{faults.HugeBody, faults.EndlessBody} {
			s, d := op.serve(t, nil), &dialer{}
			arm(t, s, fault, 1)
			c := newClients(t, grantway.ClientConfig{BaseURL: s.URL(), HTTPClient: d.client()})
			try(fault.String(), op, func() error { return op.call(context.Background(), c) }, func() uint64 { return uint64(d.read.Load()) })
			s.Close()
		}
	}
	// A body at the bound is no error: the bound is where it is said to be.
	op := operations[0]
	f := &filler{head: []byte(op.success), fill: ' ', left: httpx.MaxBody - len(op.success)}
	if err := op.over(t, f.client(200)); err != nil {
		t.Errorf("a body of %d bytes: %v", f.read, err)
	}
	// Inverse: the naive client reads on.
	f = &filler{fill: ' ', left: 16 << 20}
	a := allocated(func() { _, _ = naive{f.client(200), realHost}.exchange() })
	if bounded(uint64(f.read), 0) == nil || bounded(0, a) == nil {
		t.Errorf("inverse: the naive client reads %d bytes and allocates %d", f.read, a)
	}
	t.Logf("figure: %d operations, of 256 MiB at most %d KiB read, %d KiB allocated", len(operations), read>>10, alloc>>10)
}

// gzipOf is n MiB of spaces, as one gzip member for each MiB: members repeat,
// so that no more than one is compressed.
func gzipOf(t testing.TB, mib int) []byte {
	t.Helper()
	var member bytes.Buffer
	w, err := gzip.NewWriterLevel(&member, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.Repeat(member.Bytes(), mib)
}

func TestCheck027_TheBoundHoldsAfterDecompression(t *testing.T) {
	answer := func(body []byte) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(body)
		})
	}
	bomb := gzipOf(t, 512)
	s := count(t, answer(bomb))
	var alloc uint64
	for _, op := range operations {
		c := newClients(t, grantway.ClientConfig{BaseURL: s.URL, HTTPClient: (&dialer{}).client()})
		var err error
		a := allocated(func() { err = op.call(context.Background(), c) })
		if err := typed(err, nil, grantway.KindMalformed); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		if err := bounded(0, a); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		alloc = max(alloc, a)
	}
	// A compressed answer that is fair is read.
	for _, op := range operations {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(op.success))
		_ = w.Close()
		if err := op.at(context.Background(), t, count(t, answer(b.Bytes())).URL, (&dialer{}).client()); err != nil {
			t.Errorf("%s, compressed: %v", op.name, err)
		}
	}
	// Inverse: to the naive client a hundredth of the bomb is too much.
	small := count(t, answer(gzipOf(t, 8)))
	if a := allocated(func() { _, _ = naive{(&dialer{}).client(), small.URL}.exchange() }); bounded(0, a) == nil {
		t.Errorf("inverse: the naive client allocates %d bytes", a)
	}
	t.Logf("figure: %d operations, %d KiB that become 512 MiB, at most %d KiB allocated", len(operations), len(bomb)>>10, alloc>>10)
}

func TestCheck028_ErrorTextIsShortWhateverTheServerSends(t *testing.T) {
	long := strings.Repeat("A", 128<<10)
	replies := []wiretest.Reply{
		{Status: 400, Body: `{"error":"` + long + `","error_description":"` + long[:64<<10] + `"}`},
		{Status: 400, Body: `{"errors":[{"category":"` + long + `","code":"` + long[:64<<10] + `"}]}`},
		{Status: 401, Body: `{"message":"` + long + `","type":"` + long[:64<<10] + `"}`},
		{Status: 400, Body: `{"result":"error","error":{"code":"` + long + `"}}`},
		{Status: 400, Body: `{"ok":false,"requestId":"` + long + `","error":{"code":404,"message":"x"}}`},
		{Status: 400, Body: `{"errors":[` + strings.Repeat(`{"code":"UNAUTHORIZED"},`, 1000) + `{"code":"NOT_FOUND"}]}`},
		{Status: 400, Body: `{"` + long + `":1}`},
		{Status: 429, Header: map[string]string{"Retry-After": long[:60<<10]}},
		{Status: 500, Header: map[string]string{"X-Request-Id": long[:60<<10]}, Body: `{}`},
		{Status: 307, Header: map[string]string{"Location": "https://example.com/" + long[:60<<10]}},
		{Status: 200, Body: `{"access_token":"` + long + `","token":` + long + `}`},
		{Status: 200, Type: "text/" + long[:60<<10], Body: long},
	}
	longest, n := 0, 0
	for _, op := range operations {
		try := func(name string, hc *http.Client) {
			err := op.over(t, hc)
			if err := typed(err, []string{long[:200]}); err != nil {
				t.Errorf("%s, %s: %v", op.name, name, err)
				return
			}
			longest = max(longest, len(err.Error()))
			n++
		}
		for _, status := range []int{400, 401, 500} {
			try(fmt.Sprint("256 MiB at ", status), (&filler{head: []byte(`{"error":"`), fill: 'A', left: 256 << 20}).client(status))
		}
		for i, r := range replies {
			try(fmt.Sprint("reply ", i), (&wiretest.Transport{Reply: r}).Client())
		}
	}
	_, err := naive{(&filler{fill: 'A', left: 1 << 20}).client(400), realHost}.exchange()
	if err == nil || len(err.Error()) <= maxErrorText {
		t.Errorf("inverse: the naive client's error is short: %v", err)
	}
	t.Logf("figure: %d errors, the longest has %d bytes", n, longest)
}

func TestCheck037_ResponseHeadersAreBounded(t *testing.T) {
	headers := func(total int) map[string]string {
		h := map[string]string{}
		value := strings.Repeat("x", 1<<10-len("X-Fill-0000: \r\n"))
		for i := range total >> 10 {
			h[fmt.Sprintf("X-Fill-%04d", i)] = value
		}
		return h
	}
	huge := &wiretest.Transport{}
	var read int64
	var alloc uint64
	n := 0
	small, big := headers(60<<10), headers(9<<20)
	for i, op := range operations {
		try := func(name string, base string, hc *http.Client) {
			var err error
			a := allocated(func() { err = op.at(context.Background(), t, base, hc) })
			if err := typed(err, nil, grantway.KindMalformed, grantway.KindAmbiguous); err != nil {
				t.Errorf("%s, %s: %v", op.name, name, err)
			}
			if name != "a transport of the caller's" && a > maxAlloc {
				t.Errorf("%s, %s: %d bytes were allocated", op.name, name, a)
			}
			alloc = max(alloc, a)
			n++
		}
		floods := []faults.Fault{faults.HugeHeaders}
		if i == 0 {
			floods = append(floods, faults.ManyHeaders) // slow to write, and the same to the client
		}
		for _, fault := range floods {
			s, d := op.serve(t, nil), &dialer{}
			arm(t, s, fault, 1)
			arm(t, s, fault, 1)
			try("net/http's transport, "+fault.String(), s.URL(), nil)
			hc := d.client()
			hc.Transport.(*http.Transport).MaxResponseHeaderBytes = 64 << 20 // the caller does not mind
			try("an *http.Transport of the caller's, "+fault.String(), s.URL(), hc)
			if got := d.read.Load(); got > httpx.MaxHeader+slack {
				t.Errorf("%s, %v: %d bytes were read", op.name, fault, got)
			} else {
				read = max(read, got)
			}
			s.Close()
		}
		huge.Reply = wiretest.Reply{Header: big, Body: op.success}
		before := alloc
		try("a transport of the caller's", "", huge.Client())
		alloc = before // the transport has the headers in memory already
		huge.Reply.Header = small
		if err := op.over(t, huge.Client()); err != nil {
			t.Errorf("%s: 60 KiB of headers: %v", op.name, err)
		}
	}
	// Inverse: net/http as it comes takes 9 MiB.
	s := operations[0].serve(t, nil)
	arm(t, s, faults.HugeHeaders, 1)
	d := &dialer{}
	if _, err := (naive{d.client(), s.URL()}).exchange(); err != nil || d.read.Load() <= httpx.MaxHeader+slack {
		t.Errorf("inverse: the naive client reads %d bytes: %v", d.read.Load(), err)
	}
	t.Logf("figure: %d calls, of 9 MiB at most %d KiB read, %d KiB allocated", n, read>>10, alloc>>10)
}
