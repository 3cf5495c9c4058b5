package square_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
)

const notificationURL = "https://app.example/webhooks/square"

var (
	oldKey   = grantway.NewSecret("example-old-key")
	newKey   = grantway.NewSecret("example-new-key")
	wrongKey = grantway.NewSecret("example-wrong-key")
)

// received is one request of check 92, and what must come of it.
type received struct {
	name   string
	send   squaretest.Notification
	change func(*http.Request)
	// fails is what the user's function does, once.
	fails  func() error
	status int
	calls  int // of the user's function, in all
	// naive says that what one writes in an afternoon gets it wrong.
	naive bool
}

// fakeBody is a notification in which one thing can be replaced.
func fakeBody(old, new string) []byte {
	const good = `{"merchant_id":"EXAMPLE-MERCHANT","type":"oauth.authorization.revoked","event_id":"example-event",` +
		`"created_at":"2026-01-02T03:04:05Z","data":{"type":"revocation","id":"example-id","object":{"revocation":` +
		`{"revoked_at":"2026-01-02T03:04:00Z","revoker_type":"MERCHANT"}}}}`
	if !strings.Contains(good, old) {
		panic(old)
	}
	return []byte(strings.Replace(good, old, new, 1))
}

func notifications() []received {
	signature := func(change func(string) string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set(square.SignatureHeader, change(r.Header.Get(square.SignatureHeader)))
		}
	}
	unknownLength := func(r *http.Request) { r.ContentLength = -1 }
	large := append(fakeBody("{", "{"), bytes.Repeat([]byte(" "), 10<<20)...)
	type n = squaretest.Notification
	signed := func(body []byte) n { return n{URL: notificationURL, SignatureKey: newKey, Body: body} }
	plain := signed(nil)
	return []received{
		{name: "a revocation", send: plain, status: 200, calls: 1},
		{name: "signed with the key before the rotation", send: n{URL: notificationURL, SignatureKey: oldKey}, status: 200, calls: 1, naive: true},
		{name: "behind a proxy that changes host and path", send: n{URL: notificationURL, To: "http://10.0.0.1:8080/internal", SignatureKey: newKey}, status: 200, calls: 1, naive: true},
		{name: "signed with another key", send: n{URL: notificationURL, SignatureKey: wrongKey}, status: 403},
		{name: "signed for another URL", send: n{URL: notificationURL + "/", To: notificationURL, SignatureKey: newKey}, status: 403},
		{name: "signed for the URL that a stranger's Host makes", send: n{URL: "https://evil.example/webhooks/square", SignatureKey: newKey}, status: 403, naive: true},
		{name: "another body under the signature", send: plain, change: func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader(fakeBody("EXAMPLE", "OTHER"))) }, status: 403},
		{name: "no signature", send: n{URL: notificationURL}, status: 403},
		{name: "two signatures, one of them right", send: plain, change: func(r *http.Request) { r.Header.Add(square.SignatureHeader, "x") }, status: 403, naive: true},
		{name: "a signature cut short", send: plain, change: signature(func(s string) string { return s[:20] }), status: 403},
		{name: "a signature with bytes after it", send: plain, change: signature(func(s string) string { return s + "AAAA" }), status: 403},
		{name: "a signature in hexadecimal", send: plain, change: signature(func(s string) string { b, _ := base64.StdEncoding.DecodeString(s); return fmt.Sprintf("%x", b) }), status: 403},
		{name: "the signature of the header of before 2021", send: plain, change: func(r *http.Request) {
			r.Header.Set("X-Square-Signature", r.Header.Get(square.SignatureHeader))
			r.Header.Del(square.SignatureHeader)
		}, status: 403},
		{name: "an empty body, signed", send: signed([]byte{}), status: 400},
		{name: "an empty body, not signed", send: n{URL: notificationURL, Body: []byte{}}, status: 400, naive: true},
		{name: "10 MiB whose length is told", send: signed(large), status: 413, naive: true},
		{name: "10 MiB whose length is not told", send: signed(large), change: unknownLength, status: 413, naive: true},
		{name: "a GET", send: plain, change: func(r *http.Request) { r.Method = http.MethodGet }, status: 405, naive: true},
		{name: "no JSON", send: signed([]byte("merchant_id=EXAMPLE-MERCHANT")), status: 400},
		{name: "JSON and more behind it", send: signed(append(fakeBody("{", "{"), "{}"...)), status: 400},
		{name: "a member twice", send: signed(fakeBody(`"type"`, `"merchant_id":"OTHER","type"`)), status: 400, naive: true},
		{name: "a member twice, deep inside", send: signed(fakeBody(`"revoker_type"`, `"revoked_at":"2030-01-01T00:00:00Z","revoker_type"`)), status: 400, naive: true},
		{name: "a member in another case", send: signed(fakeBody(`"merchant_id"`, `"Merchant_Id"`)), status: 400, naive: true},
		{name: "no merchant", send: signed(fakeBody(`"EXAMPLE-MERCHANT"`, `null`)), status: 400, naive: true},
		{name: "no event id", send: signed(fakeBody(`"event_id"`, `"id"`)), status: 400, naive: true},
		{name: "no moment of creation", send: signed(fakeBody(`"2026-01-02T03:04:05Z"`, `"soon"`)), status: 400, naive: true},
		{name: "the zero moment", send: signed(fakeBody(`"2026-01-02T03:04:05Z"`, `"0001-01-01T00:00:00Z"`)), status: 400, naive: true},
		{name: "data that is a list", send: signed(fakeBody(`{"type":"revocation"`, `["revocation"],"x":{"type":"revocation"`)), status: 400, naive: true},
		{name: "no data at all", send: signed(fakeBody(`"data"`, `"other"`)), status: 200, calls: 1},
		{name: "an unknown revoker", send: signed(fakeBody(`"MERCHANT"`, `"SOMEBODY"`)), status: 200, calls: 1},
		{name: "created five days ago", send: n{URL: notificationURL, SignatureKey: newKey, CreatedAt: squareNow().Add(-120 * time.Hour)}, status: 200, naive: true},
		{name: "created in five days", send: n{URL: notificationURL, SignatureKey: newKey, CreatedAt: squareNow().Add(120 * time.Hour)}, status: 200, naive: true},
		{name: "created 72 hours ago, which Square repeats", send: n{URL: notificationURL, SignatureKey: newKey, CreatedAt: squareNow().Add(-72 * time.Hour)}, status: 200, calls: 1},
		{name: "another type", send: n{URL: notificationURL, SignatureKey: newKey, Type: "payment.created"}, status: 200},
		{name: "a function that fails", send: plain, fails: func() error { return errors.New("example failure") }, status: 500, calls: 1, naive: true},
		{name: "a function that panics", send: plain, fails: func() error { panic("example-secret") }, status: 500, calls: 1, naive: true},
	}
}

func squareNow() time.Time { return time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC) }

// webhookMaker makes the handler that is tried.
type webhookMaker func(revoked func(context.Context, square.Revocation) error) http.Handler

func ours(t *testing.T, log io.Writer) webhookMaker {
	return func(revoked func(context.Context, square.Revocation) error) http.Handler {
		wh, err := square.NewWebhook(square.WebhookConfig{
			NotificationURL: notificationURL, SignatureKeys: []grantway.Secret{newKey, oldKey},
			Revoked: revoked, Now: squareNow, Logger: slog.New(slog.NewTextHandler(log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		return wh
	}
}

// faults says whether the request came to something else than it should.
func (r received) faults(t *testing.T, fake *squaretest.Server, handler webhookMaker) string {
	t.Helper()
	calls := 0
	h := handler(func(_ context.Context, got square.Revocation) error {
		if calls++; r.fails != nil && calls == 1 {
			return r.fails()
		}
		if got.MerchantID != "EXAMPLE-MERCHANT" || got.EventID == "" || got.RevokedAt.IsZero() {
			t.Logf("%s: %+v", r.name, got)
			calls += 100
		}
		return nil
	})
	deliver := func(change func(*http.Request)) (status int) {
		req, err := fake.NewNotification(t.Context(), r.send)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(req)
		}
		w := httptest.NewRecorder()
		defer func() {
			if recover() != nil {
				status = 0 // net/http would end the connection
			}
		}()
		h.ServeHTTP(w, req)
		if w.Body.Len() > 0 {
			t.Errorf("%s: the answer has a body: %s", r.name, w.Body)
		}
		return w.Code
	}
	if status := deliver(r.change); status != r.status || calls != r.calls {
		return fmt.Sprintf("%d and %d calls, want %d and %d", status, calls, r.status, r.calls)
	}
	return ""
}

func TestCheck092_NotificationsAreVerifiedBoundedAndTakenOnce(t *testing.T) {
	fake, err := squaretest.Start(squaretest.Options{Now: squareNow})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	var log bytes.Buffer
	requests := notifications()
	for _, r := range requests {
		if fault := r.faults(t, fake, ours(t, &log)); fault != "" {
			t.Errorf("%s: %s", r.name, fault)
		}
		// Inverse: what one writes in an afternoon.
		if fault := r.faults(t, fake, naive{}.handler); (fault != "") != r.naive {
			t.Errorf("inverse: %s: the naive handler: %q", r.name, fault)
		}
		// And one that verifies nothing takes all that is wrongly signed.
		if fault := r.faults(t, fake, naive{trusting: true}.handler); r.status == 403 && fault == "" {
			t.Errorf("inverse: %s: a handler that verifies nothing refuses it", r.name)
		}
	}
	for _, secret := range []string{"example-secret", "-key", "EXAMPLE-MERCHANT"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log repeats what was sent, %s:\n%s", secret, log.String())
		}
	}
	repeated(t, fake, ours(t, io.Discard), true)
	repeated(t, fake, naive{}.handler, false)
	t.Logf("figure: %d requests, and 2 notifications that come again", len(requests))
}

// repeated delivers notifications more than once.
func repeated(t *testing.T, fake *squaretest.Server, handler webhookMaker, once bool) {
	t.Helper()
	fail, calls := false, 0
	h := handler(func(context.Context, square.Revocation) error {
		calls++
		if fail {
			return errors.New("example failure")
		}
		return nil
	})
	deliver := func(id string) int {
		req, err := fake.NewNotification(t.Context(), squaretest.Notification{URL: notificationURL, SignatureKey: newKey, EventID: id})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		return w.Code
	}
	first, second := deliver("event-1"), deliver("event-1")
	if good := first == 200 && second == 200 && calls == 1; good != once {
		t.Errorf("the same twice: %d, %d, %d calls", first, second, calls)
	}
	fail = true
	failed := deliver("event-2")
	fail, calls = false, 0
	again, third := deliver("event-2"), deliver("event-2")
	if good := failed == 500 && again == 200 && third == 200 && calls == 1; good != once {
		t.Errorf("again after a failure: %d, %d, %d, %d calls", failed, again, third, calls)
	}
}

// naive is a handler as the first page about webhooks shows it.
type naive struct{ trusting bool }

func (n naive) handler(revoked func(context.Context, square.Revocation) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte(newKey.Reveal()))
		_, _ = io.WriteString(mac, "https://"+r.Host+r.URL.Path)
		_, _ = mac.Write(body)
		if !n.trusting && r.Header.Get(square.SignatureHeader) != base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		var event struct {
			Type       string `json:"type"`
			EventID    string `json:"event_id"`
			MerchantID string `json:"merchant_id"`
		}
		if json.Unmarshal(body, &event) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if event.Type == square.EventRevoked {
			_ = revoked(r.Context(), square.Revocation{EventID: event.EventID, MerchantID: event.MerchantID, RevokedAt: squareNow()})
		}
	})
}

// A body that is too long is not read to its end: the reader says how far it got.
func TestATooLongNotificationIsNotReadToItsEnd(t *testing.T) {
	h := ours(t, io.Discard)(func(context.Context, square.Revocation) error { return nil })
	for name, c := range map[string]struct {
		length int64
		most   int
	}{"its length is told": {10 << 20, 0}, "its length is not told": {-1, 1<<20 + 64<<10}} {
		endless := &counted{}
		r := httptest.NewRequest("POST", notificationURL, endless)
		r.ContentLength = c.length
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 413 || endless.n > c.most {
			t.Errorf("%s: %d after %d bytes", name, w.Code, endless.n)
		}
	}
}

type counted struct{ n int }

func (c *counted) Read(p []byte) (int, error) { c.n += len(p); return len(p), nil }

func TestVerifyNamesWhatIsWrongAndTheStatus(t *testing.T) {
	wh, err := square.NewWebhook(square.WebhookConfig{NotificationURL: notificationURL, SignatureKeys: []grantway.Secret{newKey},
		Revoked: func(context.Context, square.Revocation) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	signed := func(body []byte) string {
		mac := hmac.New(sha256.New, []byte(newKey.Reveal()))
		_, _ = mac.Write(append([]byte(notificationURL), body...))
		return base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	good := fakeBody("{", "{")
	for name, c := range map[string]struct {
		signature string
		body      []byte
		field     string
		status    int
	}{
		"no signature":  {"", good, square.SignatureHeader, 403},
		"a wrong one":   {signed([]byte("x")), good, square.SignatureHeader, 403},
		"no body":       {signed(nil), nil, "body", 400},
		"a long body":   {"", make([]byte, 10<<20), "body", 413},
		"no event id":   {signed(fakeBody(`"event_id"`, `"x"`)), fakeBody(`"event_id"`, `"x"`), "event_id", 400},
		"a broken body": {signed(good[:40]), good[:40], "body", 400},
		"nothing wrong": {signed(good), good, "", 0},
	} {
		n, err := wh.Verify(c.signature, c.body)
		var e *grantway.Error
		if c.status == 0 {
			want := square.Revocation{EventID: "example-event", MerchantID: "EXAMPLE-MERCHANT", RevokerType: square.RevokerMerchant,
				CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), RevokedAt: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)}
			if err != nil || n.Revocation == nil || *n.Revocation != want || !bytes.Equal(n.Body(), good) {
				t.Errorf("%s: %+v, %v", name, n.Revocation, err)
			}
			continue
		}
		if !errors.As(err, &e) || e.Kind != grantway.KindInvalid || e.Field != c.field || e.Status != c.status {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(fmt.Sprintf("%+v %#v", err, err), "EXAMPLE") {
			t.Errorf("%s: %v repeats the body", name, err)
		}
	}
}

// TestARevocationIsReadAsFarAsItIsThere: what Square does not say of when it was is
// the moment of the notification. What is there in another shape is refused.
func TestARevocationIsReadAsFarAsItIsThere(t *testing.T) {
	wh, err := square.NewWebhook(square.WebhookConfig{NotificationURL: notificationURL, SignatureKeys: []grantway.Secret{newKey},
		Revoked: func(context.Context, square.Revocation) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	const good = `{"type":"revocation","id":"example-id","object":{"revocation":{"revoked_at":"2026-01-02T03:04:00Z","revoker_type":"MERCHANT"}}}`
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		name, data string
		at         time.Time // of the revocation; zero for data that is refused
		by         string
		reason     string
	}{
		{"all of it", good, created.Add(-5 * time.Second), "MERCHANT", ""},
		{"all of it, in another order", `{"object":{"x":[{"revocation":1}],"revocation":{"revoker_type":"SQUARE","revoked_at":"2026-01-02T03:04:00.5z"}},"x":{}}`, created.Add(-4500 * time.Millisecond), "SQUARE", ""},
		{"null", `null`, created, "", ""},
		{"an object that is null", `{"object":null}`, created, "", ""},
		{"a revocation that is null", `{"object":{"revocation":null}}`, created, "", ""},
		{"nothing of it", `{}`, created, "", ""},
		{"both null", `{"object":{"revocation":{"revoked_at":null,"revoker_type":null}}}`, created, "", ""},
		{"no moment", `{"object":{"revocation":{"revoked_at":"soon"}}}`, created, "", ""},
		{"a number for the moment", `{"object":{"revocation":{"revoked_at":1767323040}}}`, created, "", ""},
		{"the zero moment", `{"object":{"revocation":{"revoked_at":"0001-01-01T00:00:00Z"}}}`, created, "", ""},
		{"a list", `[]`, time.Time{}, "", "data: not an object"},
		{"a text for an object", `{"object":"revocation"}`, time.Time{}, "", "data.object: not an object"},
		{"a list for a revocation", `{"object":{"revocation":[]}}`, time.Time{}, "", "data.object.revocation: not an object"},
		{"a number for the revoker", `{"object":{"revocation":{"revoker_type":7}}}`, time.Time{}, "", "data.object.revocation.revoker_type: not a string"},
		{"the object in another case", `{"Object":{}}`, time.Time{}, "", "data.object: name in the wrong case"},
		{"the object in another case behind it", `{"object":{},"Object":{}}`, time.Time{}, "", "data.object: name in the wrong case"},
		{"the moment in another case", `{"object":{"revocation":{"Revoked_At":"2030-01-01T00:00:00Z"}}}`, time.Time{}, "", "revocation.revoked_at: name in the wrong case"},
	} {
		body := fakeBody(good, c.data)
		mac := hmac.New(sha256.New, []byte(newKey.Reveal()))
		_, _ = mac.Write(append([]byte(notificationURL), body...))
		n, err := wh.Verify(base64.StdEncoding.EncodeToString(mac.Sum(nil)), body)
		if c.at.IsZero() {
			var e *grantway.Error
			if !errors.As(err, &e) || e.Field != "data" || e.Status != 400 || !strings.Contains(e.Reason, c.reason) || n.Revocation != nil {
				t.Errorf("%s: %+v, %v", c.name, n.Revocation, err)
			}
			continue
		}
		want := square.Revocation{EventID: "example-event", MerchantID: "EXAMPLE-MERCHANT", CreatedAt: created, RevokedAt: c.at, RevokerType: c.by}
		if err != nil || n.Revocation == nil || *n.Revocation != want {
			t.Errorf("%s: %+v, %v", c.name, n.Revocation, err)
		}
	}
}

func TestNewWebhookNamesTheFieldThatIsWrong(t *testing.T) {
	good := square.WebhookConfig{NotificationURL: notificationURL, SignatureKeys: []grantway.Secret{newKey},
		Revoked: func(context.Context, square.Revocation) error { return nil }}
	for name, c := range map[string]struct {
		field  string
		change func(*square.WebhookConfig)
	}{
		"no URL":             {"NotificationURL", func(c *square.WebhookConfig) { c.NotificationURL = "" }},
		"a path for a URL":   {"NotificationURL", func(c *square.WebhookConfig) { c.NotificationURL = "/webhooks/square" }},
		"a URL with a space": {"NotificationURL", func(c *square.WebhookConfig) { c.NotificationURL += " " }},
		"no key":             {"SignatureKeys", func(c *square.WebhookConfig) { c.SignatureKeys = nil }},
		"an empty key":       {"SignatureKeys", func(c *square.WebhookConfig) { c.SignatureKeys = []grantway.Secret{newKey, {}} }},
		"a key with a break": {"SignatureKeys", func(c *square.WebhookConfig) {
			c.SignatureKeys = []grantway.Secret{grantway.NewSecret("example-key\n")}
		}},
		"no function":    {"Revoked", func(c *square.WebhookConfig) { c.Revoked = nil }},
		"a negative age": {"MaxAge", func(c *square.WebhookConfig) { c.MaxAge = -1 }},
		"nothing":        {"", func(*square.WebhookConfig) {}},
	} {
		cfg := good
		c.change(&cfg)
		_, err := square.NewWebhook(cfg)
		var e *grantway.Error
		if errors.As(err, &e) != (c.field != "") || e != nil && (e.Field != c.field || e.Kind != grantway.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// While a function runs, the same notification is sent back to come later; the
// memory of what was done is bounded.
func TestOneNotificationIsHandledByOneAtATime(t *testing.T) {
	fake, err := squaretest.Start(squaretest.Options{Now: squareNow})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	var mu sync.Mutex
	calls, entered, leave := 0, make(chan bool), make(chan bool)
	h := ours(t, io.Discard)(func(context.Context, square.Revocation) error {
		mu.Lock()
		calls++
		isFirst := calls == 1
		mu.Unlock()
		if isFirst {
			entered <- true
			<-leave
		}
		return nil
	})
	deliver := func(id string) int {
		req, err := fake.NewNotification(t.Context(), squaretest.Notification{URL: notificationURL, SignatureKey: newKey, EventID: id})
		if err != nil {
			t.Error(err)
			return 0
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		return w.Code
	}
	var wg sync.WaitGroup
	first := make(chan int, 1)
	wg.Go(func() { first <- deliver("slow") })
	select {
	case <-entered:
	case status := <-first:
		t.Fatalf("the first was not handled: %d", status)
	}
	if status := deliver("slow"); status != 503 {
		t.Errorf("the second meanwhile: %d", status)
	}
	close(leave)
	wg.Wait()
	if status := <-first; status != 200 {
		t.Errorf("the first: %d", status)
	}
	if status := deliver("slow"); status != 200 || calls != 1 {
		t.Errorf("the third: %d, %d calls", status, calls)
	}
	for i := range 4096 { // as many as are remembered
		deliver(fmt.Sprint(i))
	}
	if deliver("4095"); calls != 4097 {
		t.Errorf("%d calls, and the last one is remembered", calls)
	}
	if deliver("slow"); calls != 4098 {
		t.Errorf("%d calls, and the first one is forgotten", calls)
	}
}

// Other types go to Other, with the whole body.
func TestOtherNotificationsGoToOther(t *testing.T) {
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	var got []square.Notification
	wh, err := square.NewWebhook(square.WebhookConfig{NotificationURL: notificationURL, SignatureKeys: []grantway.Secret{newKey},
		Revoked: func(context.Context, square.Revocation) error { t.Error("a revocation"); return nil },
		Other:   func(_ context.Context, n square.Notification) error { got = append(got, n); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(wh)
	defer server.Close()
	n := squaretest.Notification{URL: notificationURL, To: server.URL, SignatureKey: newKey, Type: "payment.created", EventID: "event-1"}
	for range 2 {
		if status, err := fake.SendNotification(t.Context(), n); status != 200 || err != nil {
			t.Errorf("%d, %v", status, err)
		}
	}
	if len(got) != 1 || got[0].Revocation != nil || got[0].Type != n.Type || !bytes.Contains(got[0].Body(), []byte(`"payment.created"`)) {
		t.Errorf("%+v", got)
	}
}

// A revocation told late does not take the token of a sign-in since.
func TestARevocationForgetsOnlyWhatWasObtainedBefore(t *testing.T) {
	fake, err := squaretest.Start(squaretest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	sq, err := square.New(fake.Config())
	if err != nil {
		t.Fatal(err)
	}
	src, err := sq.TokenSource(tokens.NewMemoryStore(), "EXAMPLE-MERCHANT", tokens.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	signIn := func() {
		tok, err := sq.Exchange(t.Context(), fake.IssueCode(squaretest.Grant{}))
		if err == nil {
			err = src.Save(t.Context(), tok)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	signIn()
	fake.Advance(time.Hour)
	fake.RevokeMerchant("EXAMPLE-MERCHANT")
	first := square.Revocation{RevokedAt: fake.Now()}
	if forgotten, err := first.Forget(t.Context(), src); !forgotten || err != nil {
		t.Errorf("%v, %v", forgotten, err)
	}
	fake.Advance(time.Hour)
	signIn()
	if forgotten, err := first.Forget(t.Context(), src); forgotten || err != nil {
		t.Errorf("told again after the seller signed in: %v, %v", forgotten, err)
	}
	if _, err := src.TokenContext(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := first.Forget(t.Context(), nil); !errors.Is(err, grantway.ErrInvalidArgument) {
		t.Errorf("no source: %v", err)
	}
}
