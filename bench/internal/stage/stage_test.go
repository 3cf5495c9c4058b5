package stage

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBothWaysGiveTheSameAnswer(t *testing.T) {
	m := Answer(`{"access_token":"example"}`)
	m.Status = http.StatusCreated
	srv := httptest.NewServer(m)
	defer srv.Close()
	for name, hc := range map[string]*http.Client{"memory": {Transport: m}, "socket": srv.Client()} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader("example"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := hc.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || string(body) != m.Body || resp.StatusCode != m.Status ||
			resp.Header.Get("Content-Type") != "application/json" || resp.ContentLength != int64(len(m.Body)) {
			t.Errorf("%s: %d %v %q, %v", name, resp.StatusCode, resp.Header, body, err)
		}
	}
}

func TestAnAnswerFromMemoryCostsOneAllocation(t *testing.T) {
	m := Answer("{}")
	body := strings.NewReader("")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://provider.example/", io.NopCloser(body))
	if err != nil {
		t.Fatal(err)
	}
	n := testing.AllocsPerRun(100, func() {
		body.Reset("example")
		if _, err := m.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
		if body.Len() != 0 {
			t.Fatal("the request's body was not read")
		}
	})
	if n != 1 {
		t.Errorf("%v allocations, want 1", n)
	}
}
