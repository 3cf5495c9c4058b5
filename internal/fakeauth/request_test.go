package fakeauth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func TestAPrintedRequestShowsNoCredential(t *testing.T) {
	const secret = "example-marker"
	r := Request{Method: "POST", Path: "/oauth2/token", RawQuery: "s=" + secret,
		Header: http.Header{"Authorization": {"Client " + secret}}, Body: []byte(secret)}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "request", r)
	doc, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprintf("%v %+v %#v %s %q %d %v", r, r, r, r, r, r, []Request{r}) + log.String() + string(doc)
	if strings.Contains(printed, secret) {
		t.Errorf("printed: %s", printed)
	}
	if !strings.Contains(printed, "POST /oauth2/token") {
		t.Errorf("method and path are missing: %s", printed)
	}
	if !strings.Contains(string(r.Body), secret) { // the test would have seen one
		t.Error("the marker is not where it was put")
	}
}

func TestTwoAuthorizationHeadersEqualNoneThatIsWanted(t *testing.T) {
	r := Request{Header: http.Header{"Authorization": {"Client x", "Client x"}}}
	if got := r.Authorization(); got == "Client x" || got == "Client x, Client x" {
		t.Errorf("Authorization is %q", got)
	}
}
