package scorecard

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
)

const realHost = "https://api.builtbybit.com"

func TestCheck001_BasicIsRawUnlessAskedOtherwise(t *testing.T) {
	const id, secret = "a b%c+/=é", "s:b%c+/=é"
	// decode tells which of the two encodings a header carries, by the rules
	// of each and with a secret on which they differ.
	decode := func(header string) string {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(header, "Basic "))
		if err != nil {
			return "neither"
		}
		if string(raw) == id+":"+secret {
			return "raw"
		}
		i, s, _ := strings.Cut(string(raw), ":")
		i, err1 := url.QueryUnescape(i)
		s, err2 := url.QueryUnescape(s)
		if err1 == nil && err2 == nil && i == id && s == secret {
			return "form"
		}
		return "neither"
	}
	send := func(encoding builtbybit.BasicEncoding) string {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"revoked":true}`}}
		c, err := builtbybit.New(builtbybit.Config{ClientID: id, ClientSecret: grantway.NewSecret(secret), BasicEncoding: encoding,
			ClientConfig: grantway.ClientConfig{HTTPClient: wire.Client()}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.RevokeToken(context.Background(), token); err != nil {
			t.Fatal(err)
		}
		return decode(wire.Requests()[0].Header.Get("Authorization"))
	}
	if got := send(builtbybit.BasicRaw); got != "raw" {
		t.Errorf("the default sends %s", got)
	}
	if got := send(builtbybit.BasicForm); got != "form" {
		t.Errorf("BasicForm sends %s", got)
	}
	// Inverse: what x/oauth2 does to every provider.
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, realHost, nil)
	req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	if got := decode(req.Header.Get("Authorization")); got == "raw" {
		t.Errorf("inverse: query-escaped credentials pass for %s", got)
	}
	t.Log("figure: 2 encodings, each as asked")
}

// places counts where a request carries the client's secret.
func places(r wiretest.Request, secret string) int {
	n := strings.Count(r.URL, secret) + strings.Count(r.Body, secret)
	for _, values := range r.Header {
		for _, v := range values {
			if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(v, "Basic ")); err == nil {
				v += string(raw)
			}
			n += strings.Count(v, secret)
		}
	}
	return n
}

func TestCheck002_OneClientAuthMethodPerRequestAndNoProbing(t *testing.T) {
	// once fails unless there is one request with the secret at one place. A
	// refusal must not make the client try another way.
	once := func(wire *wiretest.Transport, secret string) error {
		got := wire.Requests()
		if len(got) != 1 {
			return fmt.Errorf("%d requests", len(got))
		}
		if n := places(got[0], secret); n > 1 {
			return fmt.Errorf("the secret stands at %d places", n)
		}
		return nil
	}
	refuse := wiretest.Reply{Status: 401, Body: `{"error":"invalid_client"}`}
	for _, op := range operations {
		wire := &wiretest.Transport{Reply: refuse}
		if err := op.over(t, wire.Client()); err == nil {
			t.Errorf("%s: no error", op.name)
		}
		for _, secret := range canaries {
			if err := once(wire, secret); err != nil {
				t.Errorf("%s: %s: %v", op.name, secret, err)
			}
		}
	}
	wire := &wiretest.Transport{Reply: refuse}
	_, _ = naive{wire.Client(), realHost}.exchange()
	if once(wire, canarySecret) == nil {
		t.Error("inverse: the naive client passes")
	}
	t.Logf("figure: %d operations, 1 request and at most 1 place each", len(operations))
}

// A fault is what can go wrong with an answer.
type fault struct {
	name   string
	answer func(wiretest.Request) (*http.Response, error)
}

func status(code int, body string) fault {
	return fault{fmt.Sprint("status ", code), func(wiretest.Request) (*http.Response, error) {
		return wiretest.Reply{Status: code, Body: body}.Response(), nil
	}}
}

func broken(name string, err error) fault {
	return fault{name, func(wiretest.Request) (*http.Response, error) { return nil, err }}
}

var failures = []fault{
	status(429, `{}`), status(500, `{}`), status(502, `<html></html>`), status(503, ``), status(504, `{}`),
	status(401, `{}`), status(400, `{}`), status(200, `{"access_`),
	broken("reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}),
	broken("timeout", &net.OpError{Op: "read", Err: syscall.ETIMEDOUT}),
	broken("closed", io.ErrUnexpectedEOF),
}

func TestCheck003_EveryCallIsSentOnceWhateverHappens(t *testing.T) {
	once := func(wire *wiretest.Transport) error {
		if n := len(wire.Requests()); n != 1 {
			return fmt.Errorf("%d requests", n)
		}
		if wire.Requests()[0].Replayable {
			return errors.New("GetBody lets the transport send it again")
		}
		return nil
	}
	calls := 0
	for _, op := range operations {
		for _, f := range failures {
			wire := &wiretest.Transport{Answer: f.answer}
			if err := op.over(t, wire.Client()); err == nil {
				t.Errorf("%s, %s: no error", op.name, f.name)
			}
			if err := once(wire); err != nil {
				t.Errorf("%s, %s: %v", op.name, f.name, err)
			}
			calls++
		}
	}
	// Asked to retry, the client still repeats nothing that spends.
	synctest.Test(t, func(t *testing.T) {
		for _, op := range operations {
			wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 503}}
			_ = op.call(context.Background(), newClients(t, grantway.ClientConfig{HTTPClient: wire.Client(), MaxRetries: 2}))
			want := 1
			if !op.spends {
				want = 3
			}
			if n := len(wire.Requests()); n != want {
				t.Errorf("%s with two retries: %d requests, want %d", op.name, n, want)
			}
			for i, r := range wire.Requests() {
				if r.Body != wire.Requests()[0].Body || r.Replayable {
					t.Errorf("%s: request %d differs from the first", op.name, i+1)
				}
			}
		}
	})
	wire := &wiretest.Transport{Answer: failures[1].answer}
	_, _ = naive{wire.Client(), realHost}.exchange()
	if once(wire) == nil {
		t.Error("inverse: the naive client passes")
	}
	t.Logf("figure: %d calls (%d operations, %d faults), %d requests", calls, len(operations), len(failures), calls)
}

// errorBodies are the shapes that the providers document or were seen to send,
// and those that anything in between does.
var errorBodies = []struct{ name, typ, body string }{
	{"RFC 6749 invalid_grant", "", `{"error":"invalid_grant","error_description":"x"}`},
	{"RFC 6749 invalid_client", "", `{"error":"invalid_client"}`},
	{"RFC 6749 with an unknown code", "", `{"error":"something_new"}`},
	{"Square, unauthorized", "", `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED","detail":"Authorization code not found for app example"}]}`},
	{"Square, expired", "", `{"errors":[{"code":"ACCESS_TOKEN_EXPIRED","category":"AUTHENTICATION_ERROR"}]}`},
	{"Square, missing parameter", "", `{"errors":[{"category":"INVALID_REQUEST_ERROR","code":"MISSING_REQUIRED_PARAMETER","field":"client_secret"}]}`},
	{"Square, two errors", "", `{"errors":[{"category":"API_ERROR","code":"INTERNAL_SERVER_ERROR"},{"category":"API_ERROR","code":"GATEWAY_TIMEOUT"}]}`},
	{"Square, a code of next year", "", `{"errors":[{"category":"NEW","code":"NEW_CODE"}]}`},
	{"Square, no errors in the list", "", `{"errors":[]}`},
	{"Square legacy, not authorized", "", `{"message":"Not Authorized","type":"service.not_authorized"}`},
	{"Square legacy, bad header", "", `{"message":"bad authorization header","type":"bad_request.invalid_parameter"}`},
	{"Square legacy, revoked", "", `{"type":"oauth.revoked","message":"x"}`},
	{"BuiltByBit envelope", "", `{"result":"error","error":{"code":"InvalidWithHint","message":"x"}}`},
	{"BuiltByBit envelope without a code", "", `{"result":"error","error":{}}`},
	{"ByteNite generic", "", `{"ok":false,"requestId":"xyz-123","message":"Request failed","error":{"code":404,"message":"Not Found","description":"x"}}`},
	{"ByteNite rpcStatus", "", `{"code":16,"message":"unauthenticated","details":[]}`},
	{"ByteNite rpcStatus with details", "", `{"code":7,"message":"x","details":[{"@type":"t","a":1}]}`},
	{"plain text", "text/plain", `temporarily unavailable`},
	{"HTML", "text/html", `<html><body>error</body></html>`},
	{"JSON called text", "text/plain", `{"error":"invalid_grant"}`},
	{"no content type", "-", `{"error":"invalid_grant"}`},
	{"empty", "-", ``},
	{"null", "", `null`},
	{"a list", "", `[{"code":1}]`},
	{"truncated", "", `{"errors":[{"code":"UNAUTH`},
}

var errorStatuses = []int{400, 401, 403, 404, 429, 500, 503, 504}

func TestCheck007_EveryErrorShapeBecomesOneTypedError(t *testing.T) {
	// typed fails unless err is one *grantway.Error that names provider,
	// operation and status, whose kind fits the status, and that has a code
	// wherever the shape is the provider's own.
	typed := func(err error, op operation, code int) error {
		var e *grantway.Error
		switch {
		case err == nil:
			return errors.New("no error")
		case !errors.As(err, &e):
			return fmt.Errorf("a %T", err)
		case e.Provider+"."+e.Operation != op.id():
			return fmt.Errorf("it names %s.%s", e.Provider, e.Operation)
		case e.Status != code:
			return fmt.Errorf("its status is %d", e.Status)
		case e.Kind < grantway.KindRejected:
			return fmt.Errorf("its kind is %v", e.Kind)
		}
		return nil
	}
	cells := 0
	for _, op := range operations {
		for _, b := range errorBodies {
			for _, code := range errorStatuses {
				wire := &wiretest.Transport{Reply: wiretest.Reply{Status: code, Type: b.typ, Body: b.body}}
				err := op.over(t, wire.Client())
				if err := typed(err, op, code); err != nil {
					t.Errorf("%s, %s, %d: %v", op.name, b.name, code, err)
				}
				cells++
			}
		}
	}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 401, Body: errorBodies[0].body}}
	_, err := naive{wire.Client(), realHost}.exchange()
	if typed(err, operations[0], 401) == nil {
		t.Error("inverse: the naive client passes")
	}
	t.Logf("figure: %d cells (%d bodies, %d statuses, %d operations), all typed", cells, len(errorBodies), len(errorStatuses), len(operations))
}

// The codes of the shapes, for the provider that sends each.
func TestCheck007_EachProvidersOwnShapesKeepTheirCode(t *testing.T) {
	for _, tt := range []struct {
		op     string
		status int
		body   string
		code   string
		kind   grantway.Kind
	}{
		{"square.obtainToken code", 401, `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED","detail":"Authorization code not found for app x"}]}`, "UNAUTHORIZED", grantway.KindRejected},
		{"square.obtainToken code", 401, `{"message":"Not Authorized","type":"service.not_authorized"}`, "service.not_authorized", grantway.KindBadClient},
		{"square.obtainToken code", 401, `{"message":"Authorization code not found for app [x]","type":"service.not_authorized"}`, "service.not_authorized", grantway.KindRejected},
		{"square.obtainToken refresh", 401, `{"message":"Invalid refresh token","type":"service.not_authorized"}`, "service.not_authorized", grantway.KindRejected},
		{"square.obtainToken code", 401, `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"APPLICATION_DISABLED"}]}`, "APPLICATION_DISABLED", grantway.KindBadClient},
		{"square.obtainToken code", 400, `{"errors":[{"category":"INVALID_REQUEST_ERROR","code":"MISSING_REQUIRED_PARAMETER"}]}`, "MISSING_REQUIRED_PARAMETER", grantway.KindBadClient},
		{"square.obtainToken code", 429, `{"errors":[{"category":"RATE_LIMIT_ERROR","code":"RATE_LIMITED"}]}`, "RATE_LIMITED", grantway.KindThrottled},
		{"square.obtainToken code", 500, `{"errors":[{"category":"API_ERROR","code":"INTERNAL_SERVER_ERROR"}]}`, "INTERNAL_SERVER_ERROR", grantway.KindAmbiguous},
		{"square.obtainToken code", 503, `{"errors":[{"category":"API_ERROR","code":"SERVICE_UNAVAILABLE"}]}`, "SERVICE_UNAVAILABLE", grantway.KindUnavailable},
		{"square.revokeToken", 401, `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED"}]}`, "UNAUTHORIZED", grantway.KindBadClient},
		{"square.retrieveTokenStatus", 401, `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"ACCESS_TOKEN_EXPIRED"}]}`, "ACCESS_TOKEN_EXPIRED", grantway.KindRejected},
		{"square.retrieveTokenStatus", 500, `{"errors":[{"category":"API_ERROR","code":"INTERNAL_SERVER_ERROR"}]}`, "INTERNAL_SERVER_ERROR", grantway.KindUnavailable},
		{"builtbybit.requestToken refresh", 400, `{"error":"invalid_grant"}`, "invalid_grant", grantway.KindRejected},
		{"builtbybit.requestToken refresh", 401, `{"error":"invalid_client"}`, "invalid_client", grantway.KindBadClient},
		{"builtbybit.requestToken refresh", 400, `{"result":"error","error":{"code":"InvalidWithHint"}}`, "InvalidWithHint", grantway.KindBadClient},
		{"builtbybit.requestToken refresh", 400, `{"error":"something_new"}`, "something_new", grantway.KindBadClient},
		{"bytenite.accessToken", 401, `{"code":16,"message":"unauthenticated","details":[]}`, "16", grantway.KindBadClient},
		{"bytenite.signOut", 401, `{"code":16,"message":"unauthenticated","details":[]}`, "16", grantway.KindRejected},
		{"bytenite.signOut", 404, `{"ok":false,"error":{"code":404,"message":"Not Found"}}`, "404", grantway.KindBadClient},
		{"bytenite.skip", 503, `{"code":14,"message":"unavailable"}`, "14", grantway.KindUnavailable},
	} {
		t.Run(fmt.Sprint(tt.op, " ", tt.status, " ", tt.code), func(t *testing.T) {
			wire := &wiretest.Transport{Reply: wiretest.Reply{Status: tt.status, Body: tt.body}}
			err := find(t, tt.op).over(t, wire.Client())
			var e *grantway.Error
			if !errors.As(err, &e) || e.Code != tt.code || e.Kind != tt.kind {
				t.Errorf("got %+v, want code %s, %v", err, tt.code, tt.kind)
			}
		})
	}
}

func find(t testing.TB, name string) operation {
	t.Helper()
	for _, op := range operations {
		if op.name == name {
			return op
		}
	}
	t.Fatalf("no operation %s", name)
	return operation{}
}

func TestCheck008_A200ThatIsNotASuccessIsAnError(t *testing.T) {
	bodies := []struct{ name, typ, body string }{
		{"an RFC 6749 error", "", `{"error":"invalid_grant"}`},
		{"a Square error", "", `{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED"}]}`},
		{"a Square error beside a token", "", `{"access_token":"example-access","token":"example-access","client_id":"x","success":true,"errors":[{"category":"API_ERROR","code":"INTERNAL_SERVER_ERROR"}]}`},
		{"an envelope error", "", `{"result":"error","error":{"code":"InvalidWithHint"}}`},
		{"a ByteNite error", "", `{"ok":false,"error":{"code":404}}`},
		{"null", "", `null`}, {"a list", "", `[]`}, {"a string", "", `"ok"`}, {"nothing", "", ``},
		{"HTML", "text/html", `<html></html>`}, {"JSON called text", "text/plain", `{"access_token":"example-access"}`},
		{"an empty object", "", `{}`}, {"an empty token", "", `{"access_token":"","token":"","success":false,"revoked":false,"client_id":""}`},
	}
	// What is no error for an operation that documents it.
	fine := map[string]string{
		"builtbybit.revokeToken/an empty object":                        "revoked defaults to true in the schema",
		"bytenite.skip/an empty object":                                 "both members are optional and false is an answer",
		"bytenite.skip/an empty token":                                  "unknown names are ignored",
		"square.obtainToken code/JSON called text":                      "a label is noted (check 88)",
		"square.obtainToken refresh/JSON called text":                   "a label is noted (check 88)",
		"square.renewToken/JSON called text":                            "a label is noted (check 88)",
		"builtbybit.requestToken code/JSON called text":                 "a label is noted (check 88)",
		"builtbybit.requestToken refresh/JSON called text":              "a label is noted (check 88)",
		"builtbybit.revokeToken/JSON called text":                       "revoked defaults to true in the schema",
		"bytenite.skip/JSON called text":                                "unknown names are ignored",
		"builtbybit.revokeToken/a Square error":                         "unknown names are ignored",
		"bytenite.skip/a Square error":                                  "unknown names are ignored",
		"builtbybit.revokeToken/a Square error beside a token":          "unknown names are ignored",
		"bytenite.skip/a Square error beside a token":                   "unknown names are ignored",
		"builtbybit.requestToken code/a Square error beside a token":    "unknown names are ignored",
		"builtbybit.requestToken refresh/a Square error beside a token": "unknown names are ignored",
		"bytenite.accessToken/a Square error beside a token":            "unknown names are ignored",
	}
	errored := 0
	for _, op := range operations {
		for _, b := range bodies {
			wire := &wiretest.Transport{Reply: wiretest.Reply{Type: b.typ, Body: b.body}}
			err := op.over(t, wire.Client())
			_, ok := fine[op.name+"/"+b.name]
			if a, isAdded := addedOperations[op.name]; isAdded {
				ok = a.takes(b.body) // what its file says
			}
			if ok {
				if err != nil {
					t.Errorf("%s, %s: %v%s", op.name, b.name, err, op.hint("its `refused` says that this is a success: give x-refused to the answer in the spec and to the row alike"))
				}
				continue
			}
			if err == nil {
				t.Errorf("%s, %s: no error%s", op.name, b.name, op.hint("its `refused` says that this is none: give x-refused to the answer in the spec"))
			}
			errored++
		}
	}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"error":"invalid_grant"}`}}
	if _, err := (naive{wire.Client(), realHost}).exchange(); err != nil {
		t.Errorf("inverse: the naive client notices: %v", err)
	}
	t.Logf("figure: %d cells are errors, %d are documented successes", errored, len(fine))
}

// with is an object with one member changed, or taken out if raw is empty.
func with(t testing.TB, doc, member, raw string) string {
	t.Helper()
	var list []string
	for _, m := range members(t, doc) {
		if m[0] == member {
			m[1] = raw
		}
		if m[1] != "" {
			list = append(list, `"`+m[0]+`":`+m[1])
		}
	}
	return "{" + strings.Join(list, ",") + "}"
}

func TestCheck009_UnknownTokenTypesAreRefused(t *testing.T) {
	body := func(typ string) string { return `{"access_token":"example-access"` + typ + `}` }
	n := 0
	var names []string
	for _, op := range operations {
		// An addition has a type at the top, and says that another one is refused, or
		// none of this is about it.
		a, isAdded := addedOperations[op.name]
		if strings.Contains(op.success, `"token_type"`) && (!isAdded || a.refused["token_type"] == "not-bearer") {
			names = append(names, op.name)
		}
	}
	if len(names) < 5 {
		t.Errorf("only %v answer with a token type", names)
	}
	for _, name := range names {
		for typ, ok := range map[string]bool{`,"token_type":"bEaReR"`: true, `,"token_type":"Bearer"`: true, ``: true,
			`,"token_type":"mac"`: false, `,"token_type":"DPoP"`: false, `,"token_type":"N_A"`: false} {
			answer := body(typ)
			if _, isAdded := addedOperations[name]; isAdded { // whose success may need more
				answer = with(t, find(t, name).success, "token_type", strings.TrimPrefix(typ, `,"token_type":`))
			}
			wire := &wiretest.Transport{Reply: wiretest.Reply{Body: answer}}
			err := find(t, name).over(t, wire.Client())
			if (err == nil) != ok {
				t.Errorf("%s, %s: %v%s", name, typ, err, find(t, name).hint("give `token_type: not-bearer` to x-refused of the answer"))
			}
			if err != nil && !errors.Is(err, grantway.ErrMalformed) {
				t.Errorf("%s, %s: %v, want malformed", name, typ, err)
			}
			n++
		}
	}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: body(`,"token_type":"mac"`)}}
	if _, err := (naive{wire.Client(), realHost}).exchange(); err != nil {
		t.Errorf("inverse: the naive client notices: %v", err)
	}
	t.Logf("figure: %d answers", n)
}

func TestCheck010_EveryEncodingOfAnExpiry(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	in := func(d time.Duration) grantway.Expiry { return grantway.ExpiresAt(now.Add(d)) }
	unknown := grantway.Expiry{}
	const huge = 100 * 365 * 24 * time.Hour
	lifetimes := []struct {
		raw  string
		want grantway.Expiry
	}{
		{`3600`, in(time.Hour)}, {`"3600"`, in(time.Hour)}, {`3600.0`, in(time.Hour)}, {`3.6e3`, in(time.Hour)},
		{`""`, unknown}, {`0`, unknown}, {`null`, unknown}, {`"soon"`, unknown}, {`99999999999999`, unknown},
		{`-5`, in(-5 * time.Second)}, {`-99999999999999`, in(-huge)},
	}
	moments := []struct {
		raw  string
		want grantway.Expiry
	}{
		{`"2026-01-02T04:04:05Z"`, in(time.Hour)}, {`"2026-01-02T05:04:05+01:00"`, in(time.Hour)},
		{`"2026-01-02T04:04:05.000Z"`, in(time.Hour)}, {`""`, unknown}, {`null`, unknown}, {`"tomorrow"`, unknown},
	}
	ask := func(body string) (sq, bb, bn grantway.Expiry) {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Body: body}}
		c := newClients(t, grantway.ClientConfig{HTTPClient: wire.Client(), Now: func() time.Time { return now }})
		ctx := context.Background()
		code := grantway.AuthorizationCode{Code: grantway.NewSecret(canaryCode)}
		t1, err1 := c.square.Exchange(ctx, code)
		t2, err2 := c.builtbybit.Exchange(ctx, code)
		t3, err3 := c.bytenite.Exchange(ctx)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		return t1.Expiry, t2.Expiry, t3.Expiry
	}
	const rest = `"access_token":"example-access","token":"example-access"`
	for _, l := range lifetimes {
		_, bb, bn := ask(`{` + rest + `,"expires_in":` + l.raw + `,"expiresIn":` + l.raw + `}`)
		if !bb.Equal(l.want) || !bn.Equal(l.want) {
			t.Errorf("%s: %v and %v, want %v", l.raw, bb, bn, l.want)
		}
	}
	for _, m := range moments {
		if sq, _, _ := ask(`{` + rest + `,"expires_at":` + m.raw + `}`); !sq.Equal(m.want) {
			t.Errorf("%s: %v, want %v", m.raw, sq, m.want)
		}
	}
	if sq, bb, bn := ask(`{` + rest + `}`); sq.Known() || bb.Known() || bn.Known() {
		t.Errorf("missing: %v, %v, %v", sq, bb, bn)
	}
	// Square's status says "never" with an empty string.
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"client_id":"x","expires_at":""}`}}
	st, err := newClients(t, grantway.ClientConfig{HTTPClient: wire.Client()}).square.TokenStatus(context.Background(), token)
	if err != nil || !st.ExpiresAt.Never() {
		t.Errorf("status: %+v, %v", st, err)
	}
	// Inverse: the arithmetic that wraps.
	if n := int64(-99999999999999); time.Duration(n)*time.Second < -huge {
		t.Error("inverse: the plain product does not wrap")
	}
	t.Logf("figure: %d encodings", len(lifetimes)+len(moments)+2)
}

func TestCheck012_RefreshTokenIsReplacedOrKept(t *testing.T) {
	const rest = `{"access_token":"example-access","token_type":"bearer"`
	n := 0
	for _, tt := range []struct{ name, answer, want string }{
		{"a new one replaces it", `,"refresh_token":"next"}`, "next"},
		{"the same one stays", `,"refresh_token":"` + canaryRefresh + `"}`, canaryRefresh},
		{"none keeps it", `}`, canaryRefresh},
		{"an empty one keeps it", `,"refresh_token":""}`, canaryRefresh},
		{"null keeps it", `,"refresh_token":null}`, canaryRefresh},
	} {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Body: rest + tt.answer}}
		c := newClients(t, grantway.ClientConfig{HTTPClient: wire.Client()})
		sq, err1 := c.square.Refresh(context.Background(), token)
		bb, err2 := c.builtbybit.Refresh(context.Background(), token)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if sq.RefreshToken.Reveal() != tt.want || bb.RefreshToken.Reveal() != tt.want {
			t.Errorf("%s: got another", tt.name)
		}
		if token.RefreshToken.Reveal() != canaryRefresh {
			t.Errorf("%s: the caller's token changed", tt.name)
		}
		n += 2
	}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: rest + `}`}}
	if got, err := (naive{wire.Client(), realHost}).exchange(); err != nil || got.RefreshToken != "" {
		t.Errorf("inverse: the naive client keeps it: %v", err)
	}
	t.Logf("figure: %d answers", n)
}

func TestCheck014_RevocationIsBelievedOnlyWhenTheAnswerSaysSo(t *testing.T) {
	var revokes []string
	for _, op := range operations {
		if op.spends && !op.issues {
			revokes = append(revokes, op.name)
		}
	}
	if len(revokes) < 3 {
		t.Errorf("only %v revoke", revokes)
	}
	n := 0
	for _, tt := range []struct {
		name   string
		reply  wiretest.Reply
		want   error            // for all three
		unlike map[string]error // where a provider's own rule differs
	}{
		{"the documented success", wiretest.Reply{Body: `{"success":true,"revoked":true,"ok":true}`}, nil, nil},
		{"success: false", wiretest.Reply{Body: `{"success":false,"revoked":false,"ok":false}`}, grantway.ErrBadClient, nil},
		{"200 with an empty object", wiretest.Reply{Body: `{}`}, grantway.ErrBadClient,
			map[string]error{"builtbybit.revokeToken": nil}}, // the schema's default
		{"200 with nothing", wiretest.Reply{Type: "-"}, grantway.ErrMalformed, nil},
		{"a captive portal", wiretest.Reply{Type: "text/html", Body: `<html></html>`}, grantway.ErrMalformed, nil},
		{"an error in a 200", wiretest.Reply{Body: `{"success":true,"revoked":true,"ok":true,"errors":[{"category":"INVALID_REQUEST_ERROR","code":"BAD_REQUEST"}],"error":{"code":404}}`}, grantway.ErrBadClient, nil},
		{"503: the token still lives", wiretest.Reply{Status: 503, Header: map[string]string{"Retry-After": "7"}}, grantway.ErrUnavailable, nil},
		{"500: nobody knows", wiretest.Reply{Status: 500}, grantway.ErrAmbiguous, nil},
		{"429", wiretest.Reply{Status: 429, Header: map[string]string{"Retry-After": "7"}}, grantway.ErrThrottled, nil},
	} {
		for _, name := range revokes {
			wire := &wiretest.Transport{Reply: tt.reply}
			err := find(t, name).over(t, wire.Client())
			want, special := tt.unlike[name]
			if !special {
				want = tt.want
			}
			if a, isAdded := addedOperations[name]; isAdded && tt.reply.Status == 0 && tt.reply.Type == "" {
				// What its file says of the answer counts, and not what others answer.
				if a.takes(tt.reply.Body) {
					want = nil
				} else if want = grantway.ErrBadClient; errors.Is(err, grantway.ErrMalformed) {
					want = grantway.ErrMalformed
				}
			}
			if want == nil && err != nil || want != nil && !errors.Is(err, want) {
				t.Errorf("%s, %s: %v, want %v%s", name, tt.name, err, want, find(t, name).hint("say with x-refused in the spec what tells a revocation that happened"))
			}
			var e *grantway.Error
			if tt.reply.Header != nil && (!errors.As(err, &e) || e.RetryAfter != 7*time.Second) {
				t.Errorf("%s, %s: Retry-After is lost: %v", name, tt.name, err)
			}
			n++
		}
	}
	wire := &wiretest.Transport{Reply: wiretest.Reply{Body: `{"success":false}`}}
	if _, err := (naive{wire.Client(), realHost}).exchange(); err != nil {
		t.Errorf("inverse: the naive client notices: %v", err)
	}
	t.Logf("figure: %d answers", n)
}

// Compile-time: the three wrappers share the names that mean the same.
var (
	_ interface {
		Exchange(context.Context, grantway.AuthorizationCode) (*grantway.Token, error)
		Refresh(context.Context, *grantway.Token) (*grantway.Token, error)
		RevokeToken(context.Context, *grantway.Token) error
	} = (*square.Client)(nil)
	_ interface {
		Exchange(context.Context, grantway.AuthorizationCode) (*grantway.Token, error)
		Refresh(context.Context, *grantway.Token) (*grantway.Token, error)
		RevokeToken(context.Context, *grantway.Token) error
	} = (*builtbybit.Client)(nil)
	_ interface {
		Exchange(context.Context) (*grantway.Token, error)
		SignOut(context.Context, *grantway.Token) error
	} = (*bytenite.Client)(nil)
)
