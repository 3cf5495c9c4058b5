package scorecard

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/wiretest"
)

// mislabelled are Content-Type headers that a sound JSON answer must not be lost
// over (fault C1), and what is noted of each.
var mislabelled = map[string]string{
	"-":                                      "content type", // none at all
	"text/html":                              "content type",
	"text/html; charset=utf-8":               "content type",
	"text/plain":                             "content type",
	"text/javascript":                        "content type",
	"application/octet-stream":               "content type",
	"application/x-www-form-urlencoded":      "content type",
	"application/xml":                        "content type",
	"json":                                   "content type",
	"application/json;;":                     "content type",
	"application/json; charset":              "content type",
	"*/*":                                    "content type",
	"application/json; charset=ISO-8859-1":   "charset",
	"application/json; charset=us-ascii":     "charset",
	"application/json; charset=windows-1252": "charset",
	"application/json; charset=utf8":         "charset", // no registered name
}

// informative are members that a token answer must not be lost over (fault C2).
var informative = map[string][][2]string{ // member and value
	"square.obtainToken code": {
		{"short_lived", `"false"`}, {"short_lived", `1`}, {"merchant_id", `12345`}, {"merchant_id", `{}`}, {"expires_at", `1767225600`},
		{"expires_at", `[]`}, {"refresh_token_expires_at", `true`}, {"plan_id", `[1]`}, {"subscription_id", `0`}, {"token_type", `7`},
	},
	"square.renewToken": {{"expires_at", `1767225600`}, {"merchant_id", `1`}, {"plan_id", `{}`}},
	"builtbybit.requestToken code": {
		{"expires_in", `true`}, {"expires_in", `{}`}, {"scope", `["a"]`}, {"scope", `1`}, {"token_type", `[]`},
	},
	"bytenite.accessToken": {
		{"expiresIn", `[]`}, {"expiresIn", `true`}, {"scope", `1`}, {"requestId", `{}`}, {"message", `false`},
	},
}

func TestCheck088_ACredentialIsNotLostOverALabelOrAnInformativeMember(t *testing.T) {
	n := 0
	call := func(op operation, reply wiretest.Reply) (noted string, err error) {
		var b bytes.Buffer
		wire := &wiretest.Transport{Reply: reply}
		cfg := grantway.ClientConfig{HTTPClient: &http.Client{Transport: wire}, Logger: slog.New(slog.NewTextHandler(&b, nil))}
		err = op.call(t.Context(), newClients(t, cfg))
		return b.String(), err
	}
	kept := func(op operation, what, note string, reply wiretest.Reply) {
		t.Helper()
		n++
		noted, err := call(op, reply)
		if err != nil {
			t.Errorf("%s, %s: %v", op.name, what, err)
		} else if !strings.Contains(noted, "odd answer") || !strings.Contains(noted, note) {
			t.Errorf("%s, %s: %q is not noted in %q", op.name, what, note, noted)
		}
		if strings.Contains(noted, "example-") {
			t.Errorf("%s, %s: the note shows a token: %s", op.name, what, noted)
		}
	}
	for _, op := range operations {
		if !op.issues {
			continue
		}
		for label, note := range mislabelled {
			kept(op, label, note, wiretest.Reply{Type: label, Body: op.success})
		}
		kept(op, "a byte order mark", "byte order mark", wiretest.Reply{Body: "\ufeff" + op.success})
		if noted, err := call(op, wiretest.Reply{Body: op.success}); err != nil || strings.Contains(noted, "odd answer") {
			t.Errorf("inverse: %s, a right answer: %v, %q", op.name, err, noted)
		}
		for _, wrong := range []string{"<html></html>", `{"`, "access_token=example-access", "\ufeff\ufeff" + op.success} {
			if noted, err := call(op, wiretest.Reply{Type: "text/html", Body: wrong}); err == nil || strings.Contains(noted, "odd answer") {
				t.Errorf("inverse: %s takes %q", op.name, wrong)
			}
		}
	}
	for name, members := range informative {
		op := find(t, name)
		for _, m := range members {
			body := without(op.success, m[0])
			body = strings.TrimSuffix(body, "}") + fmt.Sprintf(`,"%s":%s}`, m[0], m[1])
			kept(op, m[0]+" "+m[1], m[0], wiretest.Reply{Body: body})
		}
	}
	t.Logf("figure: %d answers, each kept with a note", n)
}

// without takes a member of text or a number out of a flat object.
func without(object, member string) string {
	begin := strings.Index(object, `,"`+member+`":`)
	if begin < 0 {
		return object
	}
	rest := object[begin+1:]
	end := strings.IndexByte(rest, ',')
	if end < 0 {
		end = len(rest) - 1
	}
	return object[:begin] + rest[end:]
}
