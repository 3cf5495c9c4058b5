package grantway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/detail"
)

func TestErrorText(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  *grantway.Error
		want string
	}{
		{"an argument", &grantway.Error{Provider: "square", Operation: "config", Kind: grantway.KindInvalid, Field: "BaseURL", Reason: "is not a URL"},
			"square: config: invalid argument: BaseURL: is not a URL"},
		{"an answer with a listed code", (&grantway.Error{Provider: "square", Operation: "obtainToken", Kind: grantway.KindRejected, Status: 401, Code: "UNAUTHORIZED", RequestID: "r-1"}).
			With(detail.Error{KnownCode: true}),
			"square: obtainToken: rejected: the user must authorize again: status 401, code UNAUTHORIZED, request id r-1"},
		{"an answer with a code that is on no list", &grantway.Error{Provider: "square", Operation: "obtainToken", Kind: grantway.KindRejected, Status: 401, Code: "canary"},
			"square: obtainToken: rejected: the user must authorize again: status 401"},
		{"a wait", &grantway.Error{Provider: "square", Operation: "obtainToken", Kind: grantway.KindThrottled, Status: 429, RetryAfter: 1500 * time.Millisecond},
			"square: obtainToken: throttled: status 429, retry after 1.5s"},
		{"a cause", (&grantway.Error{Provider: "square", Operation: "obtainToken", Kind: grantway.KindAmbiguous}).With(detail.Error{Cause: io.ErrUnexpectedEOF}),
			"square: obtainToken: sent, outcome unknown: unexpected EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
				if got := fmt.Sprintf(verb, tt.err); got != tt.want {
					t.Errorf("%s\ngot  %s\nwant %s", verb, got, tt.want)
				}
			}
			if raw, err := json.Marshal(tt.err); err != nil || !strings.Contains(string(raw), tt.want) {
				t.Errorf("JSON: %s, %v", raw, err)
			}
			if s := tt.err.LogValue().String(); strings.Contains(s, "canary") {
				t.Errorf("slog: %s", s)
			}
		})
	}
}

func TestEveryKindHasItsSentinel(t *testing.T) {
	all := []error{grantway.ErrInvalidArgument, grantway.ErrNotSent, grantway.ErrReauthorize, grantway.ErrBadClient,
		grantway.ErrThrottled, grantway.ErrUnavailable, grantway.ErrMalformed, grantway.ErrAmbiguous,
		grantway.ErrStore, grantway.ErrNotPersisted}
	for k := grantway.KindInvalid; k <= grantway.KindNotPersisted; k++ {
		err := fmt.Errorf("wrapped: %w", &grantway.Error{Kind: k})
		for i, sentinel := range all {
			want := i == int(k)-1 || k == grantway.KindInvalid && errors.Is(sentinel, grantway.ErrNotSent)
			if errors.Is(err, sentinel) != want {
				t.Errorf("%v: errors.Is(%v) = %v", k, sentinel, !want)
			}
		}
		if k.String() == "unclassified" {
			t.Errorf("kind %d has no name", k)
		}
	}
	if grantway.Kind(99).String() != "unclassified" {
		t.Error("a kind that does not exist has a name")
	}
}

func TestErrorAsRetrieveError(t *testing.T) {
	e := (&grantway.Error{Provider: "builtbybit", Status: 400, Code: "invalid_grant", Kind: grantway.KindRejected}).
		With(detail.Error{KnownCode: true, Body: []byte("canary")})
	var re *oauth2.RetrieveError
	if !errors.As(e, &re) || re.ErrorCode != "invalid_grant" || re.Response.StatusCode != 400 || len(re.Body) != 0 {
		t.Errorf("got %+v", re)
	}
	if strings.Contains(re.Error(), "canary") {
		t.Error("the body is in its text")
	}
	if string(e.Body()) != "canary" {
		t.Error("Body does not give the body")
	}
	re = nil
	if errors.As(&grantway.Error{Kind: grantway.KindNotSent}, &re) {
		t.Error("an error without an answer is a RetrieveError")
	}
}

func TestErrorUnwrapsItsCause(t *testing.T) {
	e := (&grantway.Error{Kind: grantway.KindNotSent}).With(detail.Error{Cause: context.Canceled})
	if !errors.Is(e, context.Canceled) || !errors.Is(e, grantway.ErrNotSent) {
		t.Error("the cause is lost")
	}
}
