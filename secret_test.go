package grantway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/grantway/grantway"
)

func TestSecretPrintsRedacted(t *testing.T) {
	s := grantway.NewSecret("example-secret")
	type private struct{ s grantway.Secret }
	type public struct{ S grantway.Secret }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%T %v"} {
		for _, v := range []any{s, &s, private{s}, &private{s}, public{s}, []grantway.Secret{s}, map[string]grantway.Secret{"k": s}} {
			args := []any{v, v}[:strings.Count(verb, "%")]
			if got := fmt.Sprintf(verb, args...); strings.Contains(got, "example-secret") || strings.Contains(got, fmt.Sprintf("%x", "example-secret")) {
				t.Errorf("%s of a %T: %s", verb, v, got)
			}
		}
	}
	if got := fmt.Sprint(s, grantway.Secret{}); got != "[redacted] [none]" {
		t.Errorf("got %q", got)
	}
	raw, err := json.Marshal(public{s})
	if err != nil || string(raw) != `{"S":"[redacted]"}` {
		t.Errorf("JSON: %s, %v", raw, err)
	}
	var buf bytes.Buffer
	slog.New(slog.NewJSONHandler(&buf, nil)).Info("m", "s", s, "p", public{s}, "q", private{s})
	slog.New(slog.NewTextHandler(&buf, nil)).Info("m", "s", s, "p", public{s}, "q", private{s})
	if strings.Contains(buf.String(), "example-secret") {
		t.Error(buf.String())
	}
}

// The inverse: what the tests above look for is what a plain string prints.
func TestAPlainStringWouldPrint(t *testing.T) {
	type private struct{ s string }
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if got := fmt.Sprintf(verb, private{"example-secret"}); !strings.Contains(got, "example-secret") {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

func TestSecretValue(t *testing.T) {
	var zero grantway.Secret
	if !zero.IsZero() || zero.Reveal() != "" || !grantway.NewSecret("").IsZero() {
		t.Error("the zero Secret is not empty")
	}
	a, b := grantway.NewSecret("example-secret"), grantway.NewSecret("example-secret")
	if !a.Equal(b) || a.Equal(zero) || a.Equal(grantway.NewSecret("example-secres")) || !reflect.DeepEqual(a, b) {
		t.Error("equality is wrong")
	}
	if a.Reveal() != "example-secret" {
		t.Error("Reveal does not reveal")
	}
	if reflect.TypeOf(a).Comparable() {
		t.Error("a Secret compares with ==, in variable time")
	}
}
