package onecall

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/grantway/grantway/bench/internal/measure"
	"github.com/grantway/grantway/bench/internal/stage"
)

const example = "https://provider.example"

func TestTheAnswersHaveTheSizeOfRealOnes(t *testing.T) {
	for _, a := range []string{SquareAnswer, BuiltByBitAnswer} {
		if len(a) < 380 || len(a) > 420 || !json.Valid([]byte(a)) {
			t.Errorf("%d bytes: %s", len(a), a)
		}
	}
}

// columns are both columns, for the tests.
var columns = []struct {
	name, answer string
	clients      []client
}{
	{JSON, SquareAnswer, jsonClients},
	{Form, BuiltByBitAnswer, formClients},
}

// recorder is a Memory that keeps the last request.
type recorder struct {
	*stage.Memory
	requests int
	last     *http.Request
	body     string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	r.requests++
	r.last, r.body = req, string(body)
	return r.Memory.RoundTrip(req)
}

func TestEveryClientSendsTheSameAndReturnsTheToken(t *testing.T) {
	for _, col := range columns {
		for _, c := range col.clients {
			t.Run(col.name+"/"+c.name, func(t *testing.T) {
				rec := &recorder{Memory: stage.Answer(col.answer)}
				before := rec.Header.Clone()
				do, err := c.make(target{example, rec})
				if err != nil {
					t.Fatal(err)
				}
				for n := 1; n <= 2; n++ { // the second call must not live off the first
					token, err := do(context.Background())
					if err != nil || token != accessToken {
						t.Fatalf("got %q, %v", token, err)
					}
					if rec.requests != n {
						t.Fatalf("%d requests after %d calls", rec.requests, n)
					}
				}
				if got := rec.last.Method + " " + rec.last.URL.String(); got != "POST "+example+"/oauth2/token" {
					t.Errorf("sent %s", got)
				}
				id, secret, hasBasic := rec.last.BasicAuth()
				if wantBasic := col.name == Form; hasBasic != wantBasic || wantBasic && (id != clientID || secret != clientSecret) {
					t.Errorf("Basic %v with %q and %q", hasBasic, id, secret)
				}
				if got, want := fieldsOf(t, rec.last.Header.Get("Content-Type"), rec.body), wantFields(col.name); !maps.Equal(got, want) {
					t.Errorf("sent %v, want %v", got, want)
				}
				if !maps.EqualFunc(before, rec.Header, func(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }) {
					t.Errorf("changed the answer's header, which all share: %v", rec.Header)
				}
			})
		}
	}
}

func wantFields(column string) map[string]string {
	if column == Form {
		return map[string]string{"grant_type": grantType, "code": code}
	}
	return map[string]string{"client_id": clientID, "client_secret": clientSecret, "grant_type": grantType, "code": code}
}

func fieldsOf(t *testing.T, contentType, body string) map[string]string {
	t.Helper()
	fields := map[string]string{}
	switch contentType {
	case "application/json":
		if err := json.Unmarshal([]byte(body), &fields); err != nil {
			t.Fatal(err)
		}
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range form {
			fields[k] = strings.Join(v, ",")
		}
	default:
		t.Fatalf("content type %q", contentType)
	}
	return fields
}

// The inverse: whatever is wrong with the answer, no client gets through.
func TestNoClientPassesWithAWrongAnswer(t *testing.T) {
	for _, col := range columns {
		another := stage.Answer(strings.Replace(col.answer, accessToken, "another"+accessToken[len("another"):], 1))
		refused := stage.Answer(col.answer)
		refused.Status = http.StatusBadRequest
		empty := stage.Answer("{}")
		for name, m := range map[string]*stage.Memory{"another token": another, "a 400": refused, "no token": empty} {
			for _, c := range col.clients {
				t.Run(col.name+"/"+name+"/"+c.name, func(t *testing.T) {
					g, err := group(col.name, []client{c}, target{example, m})
					if err != nil {
						t.Fatal(err)
					}
					if g.Contestants[0].Run() == nil {
						t.Error("passes")
					}
				})
			}
		}
	}
}

func TestBothStagesWork(t *testing.T) {
	sq, bbb := httptest.NewServer(stage.Answer(SquareAnswer)), httptest.NewServer(stage.Answer(BuiltByBitAnswer))
	defer sq.Close()
	defer bbb.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	memory, err := InMemory()
	if err != nil {
		t.Fatal(err)
	}
	loopback, err := OverLoopback(sq.URL, bbb.URL, transport)
	if err != nil {
		t.Fatal(err)
	}
	for name, groups := range map[string][]measure.Group{"memory": memory, "loopback": loopback} {
		for _, g := range groups {
			for _, c := range g.Contestants {
				if err := c.Run(); err != nil {
					t.Errorf("%s: %s: %s: %v", name, g.Name, c.Name, err)
				}
			}
		}
	}
}

func TestOverTLSEachClientSpeaksWhatItsColumnSays(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	serve := func(http2 bool) *httptest.Server {
		answer := stage.Answer(SquareAnswer)
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			seen[r.Proto]++
			if r.TLS.DidResume {
				seen["resumed"]++
			}
			mu.Unlock()
			answer.ServeHTTP(w, r)
		}))
		s.EnableHTTP2 = http2
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				mu.Lock()
				seen["connections"]++
				mu.Unlock()
			}
		}
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	http2, http1 := serve(true), serve(false)
	roots := x509.NewCertPool()
	roots.AddCert(http1.Certificate())
	groups, done, err := OverTLS(http2.URL, http1.URL, roots)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	want := map[string]map[string]int{
		HTTP2 + handWritten:        {"HTTP/2.0": 3, "connections": 1},
		HTTP2 + ours:               {"HTTP/2.0": 3, "connections": 1},
		HTTP1 + handWritten:        {"HTTP/1.1": 3, "connections": 3},
		HTTP1 + handWrittenResumed: {"HTTP/1.1": 3, "connections": 3, "resumed": 2},
		HTTP1 + ours:               {"HTTP/1.1": 3, "connections": 3, "resumed": 2},
	}
	rows := 0
	for _, g := range groups {
		for _, c := range g.Contestants {
			rows++
			mu.Lock()
			clear(seen)
			mu.Unlock()
			for range 3 {
				if err := c.Run(); err != nil {
					t.Fatalf("%s: %s: %v", g.Name, c.Name, err)
				}
			}
			mu.Lock()
			if !maps.Equal(seen, want[g.Name+c.Name]) {
				t.Errorf("%s: %s: %v, want %v", g.Name, c.Name, seen, want[g.Name+c.Name])
			}
			mu.Unlock()
		}
	}
	if rows != len(want) {
		t.Errorf("%d rows, want %d", rows, len(want))
	}
	for _, m := range MarksOverTLS {
		if want[m.Column+m.Row] == nil {
			t.Errorf("no row for %+v", m)
		}
	}
}

func TestEveryMarkHasARow(t *testing.T) {
	groups, err := InMemory()
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, g := range groups {
		for _, c := range g.Contestants {
			rows[g.Name+"/"+c.Name] = true
		}
	}
	for _, m := range Marks {
		if !rows[m.Column+"/"+m.Row] {
			t.Errorf("no row for %+v", m)
		}
	}
}
