package wiretest

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFixturesAreBroughtUpToDateAndThenComparedToTheByte(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pairs.json")
	stale := []Pair{{Name: "a call", Source: "inferred"}}
	stale[0].Request.URL, stale[0].Response.Status = "https://old.example/", 200
	file, err := WritePairs(stale)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	calls := map[string]func(*http.Client) error{"a call": func(hc *http.Client) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://new.example/", strings.NewReader(`{"a":"<b>"}`))
		if err != nil {
			return err
		}
		req.GetBody = nil
		resp, err := hc.Do(req)
		if err == nil {
			err = resp.Body.Close()
		}
		return err
	}}
	updatePairs(t, path, stale, calls)
	fresh, err := ReadPairs(path)
	if err != nil {
		t.Fatal(err)
	}
	if fresh[0].Request.URL != "https://new.example/" || fresh[0].Request.Body != `{"a":"<b>"}` || fresh[0].Source != "inferred" {
		t.Errorf("%+v", fresh[0])
	}
	Run(t, path, calls)
	// Inverse: one byte less is seen.
	wire := &Transport{}
	_ = calls["a call"](wire.Client())
	fresh[0].Request.Body = strings.TrimSuffix(fresh[0].Request.Body, "}")
	if fresh[0].Check(wire.Requests()[0]) == nil {
		t.Error("inverse: a body that lacks a byte passes")
	}
}
