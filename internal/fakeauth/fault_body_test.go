package fakeauth

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
)

func TestTheBodyIsSpoiltInTheWayNamed(t *testing.T) {
	const typ = "application/json"
	is := func(want string) func(string) bool { return func(body string) bool { return body == want } }
	for _, c := range []struct {
		fault   faults.Fault
		typ     string
		spoilt  func(body string) bool
		carried int64
	}{
		{faults.TruncatedJSON, typ, func(b string) bool {
			return len(b) > 0 && len(b) < len(issuedBody) && strings.HasPrefix(issuedBody, b)
		}, 1},
		{faults.WrongCharset, typ + "; charset=iso-8859-1", is(issuedBody), 1},
		{faults.ByteOrderMark, typ, is("\ufeff" + issuedBody), 1},
		{faults.UTF16Body, typ, func(b string) bool {
			var units []uint16
			for i := 0; i+1 < len(b); i += 2 {
				units = append(units, binary.LittleEndian.Uint16([]byte(b[i:i+2])))
			}
			return string(utf16.Decode(units)) == "\ufeff"+issuedBody
		}, 1},
		{faults.CaptivePortal, "text/html; charset=utf-8", is(portal), 0},
		{faults.EmptyBody, typ, is(""), 1},
		{faults.NullBody, typ, is("null"), 1},
		{faults.ArrayBody, typ, is("[]"), 1},
		{faults.DuplicateKeys, typ, is(`{"access_token":"example-first","access_token":"example-access",` +
			`"expiresIn":"example-first","expiresIn":"3600",` +
			`"expires_at":"example-first","expires_at":"2030-01-02T03:04:05Z",` +
			`"expires_in":3600,"expires_in":3600,"scope":"example-first","scope":"é"}`), 1},
		{faults.CaseVariantKeys, typ, is(`{"access_token":"example-access","expiresIn":"3600","expires_at":"2030-01-02T03:04:05Z","expires_in":3600,"scope":"é",` +
			`"ACCESS_TOKEN":"example-variant","EXPIRESIN":"example-variant","EXPIRES_AT":"example-variant","EXPIRES_IN":"example-variant","SCOPE":"example-variant"}`), 1},
		{faults.DeepNesting, typ, func(b string) bool {
			return strings.HasSuffix(b, "],"+issuedBody[1:]) && strings.Count(b, "[") == 100_000 && strings.Count(b, "]") == 100_000
		}, 1},
		{faults.TrailingBytes, typ, is(issuedBody + ` {"x":1} garbage`), 1},
		{faults.ExpiryPast, typ, func(b string) bool {
			var v struct {
				At     string `json:"expires_at"`
				In     int    `json:"expires_in"`
				Camel  string `json:"expiresIn"`
				Access string `json:"access_token"`
			}
			return json.Unmarshal([]byte(b), &v) == nil && v.At < "2030" && v.In == -3600 && v.Camel == "-3600" && v.Access == "example-access"
		}, 1},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			wire, carried, err := onTheWire(t, c.fault)
			if err != nil || carried != c.carried {
				t.Errorf("%v, carried out %d times", err, carried)
			}
			resp, body := parted(t, wire)
			if !c.spoilt(body) {
				t.Errorf("the body is %.300q", body)
			}
			if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || got != c.typ {
				t.Errorf("%d, %s", resp.StatusCode, got)
			}
			if got := resp.Header.Get("Content-Length"); c.fault != faults.DeepNesting && got != strconv.Itoa(len(body)) {
				t.Errorf("Content-Length is %s, the body has %d bytes", got, len(body))
			}
		})
	}
}

func TestWhereJSONIsCutFollowsTheSeed(t *testing.T) {
	cuts := func(seed uint64) (at [8]int) {
		s, err := Start(Config{Seed: seed, Routes: []Route{issuing(new(atomic.Int64))}, Refuse: Text})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for i := range at {
			if err := s.Arm("issue", faults.TruncatedJSON, 1); err != nil {
				t.Fatal(err)
			}
			r := faketest.Send(t, "POST", s.URL()+"/token", "x", plain)
			at[i] = len(r.Body)
		}
		return at
	}
	if a, b := cuts(7), cuts(7); a != b {
		t.Errorf("seed 7 twice: %v, %v", a, b)
	}
	if a, b := cuts(7), cuts(8); a == b {
		t.Errorf("seeds 7 and 8: %v", a)
	}
}

func TestAnAnswerThatIsNoObjectIsSpoiltIntoOne(t *testing.T) {
	for _, change := range []func(Answer) Answer{duplicateKeys, caseVariantKeys, deepNesting} {
		for _, body := range []string{"", "x", "[1]", "{}"} {
			if got := change(Text(200, body)).Body; !json.Valid(got) && len(got) < 100 {
				t.Errorf("%q becomes %q", body, got)
			}
		}
	}
}

// fetch reads the whole body of the fault without net/http's own decompression.
func fetch(t *testing.T, fault faults.Fault, read func(*http.Response)) {
	t.Helper()
	s := start(t, issuing(new(atomic.Int64)))
	if err := s.Arm("issue", fault, 1); err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL()+"/token", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/plain")
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	read(resp)
}

// ending counts what is written to it and keeps the end.
type ending struct {
	n    int
	last string
}

func (e *ending) Write(b []byte) (int, error) {
	e.n += len(b)
	keep := string(b[max(0, len(b)-len(issuedBody)):])
	e.last += keep
	e.last = e.last[max(0, len(e.last)-len(issuedBody)):]
	return len(b), nil
}

func TestAHugeBodyHas256MiBAndEndsWithTheAnswer(t *testing.T) {
	fetch(t, faults.HugeBody, func(resp *http.Response) {
		var e ending
		if _, err := io.Copy(&e, resp.Body); err != nil || e.n != 256<<20 || e.last != issuedBody {
			t.Errorf("%d bytes, %v, ending in %q", e.n, err, e.last)
		}
		if resp.ContentLength != 256<<20 {
			t.Errorf("Content-Length is %d", resp.ContentLength)
		}
	})
}

func TestABodyWithoutEndIsChunkedAndGoesOn(t *testing.T) {
	fetch(t, faults.EndlessBody, func(resp *http.Response) {
		if n, err := io.CopyN(io.Discard, resp.Body, 16<<20); err != nil {
			t.Errorf("it ended after %d bytes: %v", n, err)
		}
		if resp.ContentLength != -1 || len(resp.TransferEncoding) != 1 || resp.TransferEncoding[0] != "chunked" {
			t.Errorf("length %d, %v", resp.ContentLength, resp.TransferEncoding)
		}
	})
}
