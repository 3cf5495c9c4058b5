package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantway/grantway/faults"
)

func TestDemoShowsEveryOperationAndEveryFailure(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out, ""); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	text := out.String()
	for _, want := range []string{
		"9 of 9 operations, 3 of 3 typed failures",
		"100 goroutines on an expired token: 1 refresh, 0 failed", "still there: true, without a call: true",
		"before   good until 2", "Square answers 503, 5 times in ", "a gateway answers 403, 5 times in ", "5 of 5 callers got the token",
		"last refresh failed, next try at ", "after    good until 2", "OnEvent  saved, failed ×10, refreshed",
		"POST  /oauth2/token  ", "POST  /oauth2/revoke  ", "/access-token/renew", "POST  /oauth2/token/status",
		"POST  /oauth2/token/revoke", "POST  /v1/auth/access_token", "POST  /v1/auth/signout", "GET   /v1/auth/skip",
		"Authorization: Client [redacted]", "Authorization: Bearer [redacted]", "Authorization: Basic [redacted]",
		"Authorization: [redacted]", "no Authorization header",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing from\n%s", want, text)
		}
	}
	for _, secret := range []string{"example-access", "example-refresh", "example-code", "secret/", "application-secret", "example-api-key"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is shown", secret)
		}
	}
}

func TestDemoFailsWhenAStepDoes(t *testing.T) {
	var out bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, &out, ""); err == nil || !strings.Contains(err.Error(), "square.obtainToken") {
		t.Errorf("got %v", err)
	}
}

// The inverse of the blip that is survived: Square itself refuses the grant.
func TestDemoFailsWhenAnOutageEndsTheGrant(t *testing.T) {
	was := outages
	t.Cleanup(func() { outages = was })
	outages = slices.Clone(was)
	outages[1].fault = faults.Status(401, "application/json", `{"message":"Invalid refresh token","type":"service.not_authorized"}`)
	d := &demo{out: &bytes.Buffer{}}
	if err := d.blip(context.Background()); err == nil && d.wrong == nil {
		t.Error("it says that all went well")
	}
}

func TestBadCredentialFilesAreRefusedWithoutTheirContent(t *testing.T) {
	for _, tt := range []struct{ name, content, want string }{
		{"no JSON", "canary", "byte 0: not the JSON object"},
		{"an unknown name", `{"canary":1}`, "or a name it does not have"},
		{"a wrong type", `{"bytenite":{"api_key":7}}`, "api_key must be a string"},
		{"no provider", `{}`, "names no provider"},
		{"an environment that does not exist", `{"square":{"environment":"canary"}}`, "square.environment is neither production nor sandbox"},
		{"no id", `{"square":{}}`, "ApplicationID: is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "credentials.json")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			err := run(context.Background(), &bytes.Buffer{}, path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
