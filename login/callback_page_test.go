package login

import (
	"errors"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/grantway/grantway"
)

// pages are all that a user can meet.
func pages() map[string]page {
	failure := func(op string, kind grantway.Kind) error {
		return &grantway.Error{Provider: "acme", Operation: op, Kind: kind, Reason: "canary", Field: "canary", Code: "canary"}
	}
	out := map[string]page{
		"success":         succeeded("Acme", "You can close this tab."),
		"already":         already("Acme", "You can close this tab."),
		"under way":       underWay("Acme", "the app"),
		"stray":           stray("Acme"),
		"stray denial":    strayDenial("Acme"),
		"no sign-in":      failed("Acme", ErrNoSignIn, "Again."),
		"maybe denied":    failed("Acme", ErrMaybeDenied, "Again."),
		"failed before":   failed("Acme", ErrFailedBefore, "Again."),
		"memory failed":   failed("Acme", failure("callback", grantway.KindStore), "Again."),
		"denied":          failed("Acme", failure("callback", grantway.KindRejected), "Again."),
		"over":            failed("Acme", failure("callback", grantway.KindInvalid), "Again."),
		"provider failed": failed("Acme", failure("callback", grantway.KindBadClient), "Again."),
		"code refused":    failed("Acme", failure("token", grantway.KindRejected), "Again."),
		"unreachable":     failed("Acme", failure("token", grantway.KindNotSent), "Again."),
		"not saved":       failed("Acme", failure("save", grantway.KindStore), "Again."),
		"app failed":      failed("Acme", errors.New("canary"), "Again."),
	}
	return out
}

// STD-23: nothing from elsewhere, nothing kept, nothing told, and no word of
// what went wrong that is not ours.
func TestThePages(t *testing.T) {
	elsewhere := regexp.MustCompile(`(?i)https?:|//|src=|href=|url\(|@import|<script|<img|<link|<iframe|<form|style="`)
	for name, p := range pages() {
		w := httptest.NewRecorder()
		p.write(w)
		body := w.Body.String()
		if found := elsewhere.FindString(body); found != "" {
			t.Errorf("%s has %q", name, found)
		}
		if strings.Contains(body, "canary") || !strings.Contains(body, "Acme") && name != "over" && name != "no sign-in" && name != "denied" {
			t.Errorf("%s: %s", name, body)
		}
		if (name == "success" || name == "already") != strings.Contains(body, `class="good"`) || w.Code != p.Status || p.Status < 200 {
			t.Errorf("%s: status %d: %s", name, w.Code, body)
		}
		for header, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8"} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		csp := w.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", name, csp)
		}
	}
	// The inverse: the search sees what it is for.
	for _, bad := range []string{`<img src=x>`, `<link href="https://example.com">`, `url(x)`, `<script>`} {
		if !elsewhere.MatchString(bad) {
			t.Errorf("%s would pass", bad)
		}
	}
	w := httptest.NewRecorder()
	page{Status: 200, Title: "<script>x</script>", Text: "<b>"}.write(w)
	if strings.Contains(w.Body.String(), "<script>") || strings.Contains(w.Body.String(), "<b>") {
		t.Errorf("not escaped: %s", w.Body)
	}
}
