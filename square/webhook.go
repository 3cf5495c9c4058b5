package square

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
)

// SignatureHeader is the header in which Square signs a notification.
const SignatureHeader = "X-Square-Hmacsha256-Signature"

const (
	// maxNotification bounds a notification: 1 MiB, as for any body here. That of
	// a revocation has less than 1 KiB.
	maxNotification = 1 << 20
	// notificationAge is the default of WebhookConfig.MaxAge: the 72 hours for
	// which Square repeats a notification, and a day for clocks.
	notificationAge = 96 * time.Hour

	tooLong = "is longer than 1 MiB"
)

// WebhookConfig is what NewWebhook takes.
type WebhookConfig struct {
	// NotificationURL is that of the webhook subscription, to the byte: Square
	// signs it. It is not taken from the request, which a proxy may have changed
	// and a stranger may have made.
	NotificationURL string
	// SignatureKeys are the subscription's. A notification is good if any of
	// them signed it: while a key is rotated, give the old one and the new one.
	SignatureKeys []grantway.Secret
	// Revoked is called with each revocation, [Revocation.Forget] with the source
	// of its merchant as a rule. The request's context bounds it; Square waits
	// ten seconds. An error or a panic is answered with 500, and Square sends the
	// notification again. It is called at least once: each process has a memory
	// of its own of what it was told.
	Revoked func(context.Context, Revocation) error
	// Other is called with each notification of another type, in the same way.
	// nil ignores them.
	Other func(context.Context, Notification) error
	// MaxAge is how far a notification's created_at may be from now, either way;
	// one beyond is answered with 200 and ignored. 0 means four days, since
	// Square repeats a notification for 72 hours.
	MaxAge time.Duration
	// Logger gets one record for each request that is refused, ignored or fails.
	// nil logs nothing.
	Logger *slog.Logger
	// Now is a test's clock; nil means time.Now.
	Now func() time.Time
}

// Webhook takes Square's notifications, of revocations before all: the one
// signal that a stored token is dead before it is used. It is an http.Handler for
// NotificationURL and safe for concurrent use. It answers without a body:
//
//	200  done, done before, of no interest, or too old
//	400  signed, and not what Square documents; or empty
//	403  the signature is missing or wrong
//	405  no POST
//	413  longer than 1 MiB, which is not read to its end
//	500  the function failed; Square repeats the notification
//	503  the same notification is being handled; Square repeats it
type Webhook struct {
	cfg  WebhookConfig
	seen *deliveries
}

// NewWebhook checks cfg. Its error names the field and is a *grantway.Error of
// KindInvalid.
func NewWebhook(cfg WebhookConfig) (*Webhook, error) {
	invalid := func(field, reason string) (*Webhook, error) {
		return nil, provider.InvalidConfig(name, field, reason)
	}
	if reason := provider.BadText(cfg.NotificationURL); reason != "" {
		return invalid("NotificationURL", reason)
	}
	u, err := url.Parse(cfg.NotificationURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return invalid("NotificationURL", "is not an absolute URL, as the subscription has it")
	}
	if len(cfg.SignatureKeys) == 0 {
		return invalid("SignatureKeys", "is empty")
	}
	for _, key := range cfg.SignatureKeys {
		if reason := provider.BadText(key.Reveal()); reason != "" {
			return invalid("SignatureKeys", "has one that "+reason)
		}
	}
	if cfg.Revoked == nil {
		return invalid("Revoked", "is nil")
	}
	if cfg.MaxAge < 0 {
		return invalid("MaxAge", "is negative")
	}
	if cfg.MaxAge == 0 {
		cfg.MaxAge = notificationAge
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.SignatureKeys = slices.Clone(cfg.SignatureKeys)
	return &Webhook{cfg: cfg, seen: newDeliveries()}, nil
}

// Verify checks and reads a notification, for a program with a handler of its
// own: signature is the value of SignatureHeader, and body the raw body. What
// ServeHTTP does beyond that, the age, the memory of what was told, is left to
// the program.
//
// The error is a *grantway.Error of KindInvalid that names what is wrong and
// repeats nothing of it. Its Status is the one to answer with.
func (w *Webhook) Verify(signature string, body []byte) (Notification, error) {
	n, refused := w.verify(signature, body)
	if refused != nil {
		return n, refused
	}
	return n, nil
}

func (w *Webhook) verify(signature string, body []byte) (Notification, *grantway.Error) {
	switch {
	case len(body) == 0:
		return badNotification(http.StatusBadRequest, "body", "is empty")
	case len(body) > maxNotification:
		return badNotification(http.StatusRequestEntityTooLarge, "body", tooLong)
	case signature == "":
		return badNotification(http.StatusForbidden, SignatureHeader, "is missing")
	case !w.isSigned(signature, body):
		return badNotification(http.StatusForbidden, SignatureHeader, "is that of none of SignatureKeys over NotificationURL and the body")
	}
	return parseNotification(body)
}

// isSigned takes the same time whichever key it is, and whatever is wrong.
func (w *Webhook) isSigned(signature string, body []byte) bool {
	given, err := base64.StdEncoding.Strict().DecodeString(signature)
	good := false
	for _, key := range w.cfg.SignatureKeys {
		if hmac.Equal(given, sign(key, w.cfg.NotificationURL, body)) {
			good = true
		}
	}
	return good && err == nil
}

func sign(key grantway.Secret, notificationURL string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	_, _ = io.WriteString(mac, notificationURL) // a hash takes whatever it is given
	_, _ = mac.Write(body)
	return mac.Sum(nil)
}

// ServeHTTP takes one notification.
func (w *Webhook) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	status, err := w.serve(rw, r)
	if err != nil && w.cfg.Logger != nil {
		w.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "grantway: notification not taken", slog.Int("status", status), slog.Any("error", err))
	}
	if status == http.StatusMethodNotAllowed {
		rw.Header().Set("Allow", http.MethodPost)
	}
	rw.WriteHeader(status)
}

// serve returns the status to answer with, and why it is none of success or
// nothing was done.
func (w *Webhook) serve(rw http.ResponseWriter, r *http.Request) (status int, err error) {
	n, refused := w.receive(rw, r)
	if refused != nil {
		return refused.Status, refused
	}
	age := w.cfg.Now().Sub(n.CreatedAt)
	if !n.CreatedAt.IsZero() && (age > w.cfg.MaxAge || age < -w.cfg.MaxAge) {
		return http.StatusOK, errors.New("created_at is further from now than MaxAge: ignored")
	}
	return w.handle(r.Context(), n)
}

// receive refuses a body that is too long before it is read, if its length is
// told.
func (w *Webhook) receive(rw http.ResponseWriter, r *http.Request) (Notification, *grantway.Error) {
	if r.Method != http.MethodPost {
		return badNotification(http.StatusMethodNotAllowed, "method", "is not POST")
	}
	signatures := r.Header.Values(SignatureHeader)
	if len(signatures) > 1 {
		return badNotification(http.StatusForbidden, SignatureHeader, "is there more than once")
	}
	var body []byte
	over := r.ContentLength > maxNotification
	if !over {
		var err error
		body, err = io.ReadAll(http.MaxBytesReader(rw, r.Body, maxNotification))
		var reached *http.MaxBytesError
		over = errors.As(err, &reached)
		if err != nil && !over {
			return badNotification(http.StatusBadRequest, "body", "did not arrive whole")
		}
	}
	if over {
		rw.Header().Set("Connection", "close") // nobody wants the rest
		return badNotification(http.StatusRequestEntityTooLarge, "body", tooLong)
	}
	return w.verify(append(signatures, "")[0], body)
}

// handle gives n to the user's function, unless it was given before.
func (w *Webhook) handle(ctx context.Context, n Notification) (status int, err error) {
	call := func() error { return w.cfg.Revoked(ctx, *n.Revocation) }
	if n.Revocation == nil {
		if w.cfg.Other == nil {
			return http.StatusOK, nil
		}
		call = func() error { return w.cfg.Other(ctx, n) }
	}
	switch w.seen.begin(n.ID) {
	case handledBefore:
		return http.StatusOK, nil
	case beingHandled:
		return http.StatusServiceUnavailable, errors.New("the same notification is being handled")
	}
	status, err = http.StatusInternalServerError, errPanicked
	defer func() {
		_ = recover() // what it holds is not ours to show
		w.seen.end(n.ID, err == nil)
	}()
	if err = call(); err == nil {
		status = http.StatusOK
	}
	return status, err
}

// errPanicked stands until the function has returned.
var errPanicked = errors.New("the function panicked")
