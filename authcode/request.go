package authcode

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/tokens"
)

// Lifetime is how long an authorization request waits for its callback.
// The user signs in and reads a consent page meanwhile; the code that comes
// back has a lifetime of its own, which begins later.
const Lifetime = 10 * time.Minute

// Request is one authorization request on its way: begun, and not come back yet.
// It holds the state and the PKCE verifier, belongs to the browser that it was
// begun for, and must be there when that browser comes back: keep the Request
// itself, or what Sealed returns, in a cookie. It does not print.
type Request struct {
	// Behind a func for the same reason as a tokens.MemoryStore's state.
	pending func() *pendingAuth
	spent   *atomic.Bool
}

// pendingAuth is what goes into a cookie.
type pendingAuth struct {
	Provider string   `json:"provider"`
	ClientID string   `json:"client"`
	TokenURL string   `json:"token"`
	Redirect string   `json:"redirect,omitempty"`
	State    string   `json:"state"`
	Verifier string   `json:"verifier,omitempty"`
	Expires  int64    `json:"expires"` // Unix milliseconds
	Bound    []byte   `json:"bound,omitempty"`
	Scopes   []string `json:"scopes,omitempty"`

	url  string                 // where to send the browser; of no use once it was sent
	used atomic.Pointer[usedBy] // where its state was taken
}

// usedBy is the memory in which a state was taken.
type usedBy struct{ UsedStates }

func newAuth(p *pendingAuth) *Request {
	return &Request{pending: func() *pendingAuth { return p }, spent: new(atomic.Bool)}
}

// URL is where to send the browser. It carries the state and the challenge,
// never the verifier: show it to the user it is for, and do not log it. It is
// empty on a Request that Open returned.
func (a *Request) URL() string { return a.get().url }

// RedirectURL is where the browser will come back to, empty if the request
// left that to what is registered.
func (a *Request) RedirectURL() string { return a.get().Redirect }

// Provider is the package name of the provider that it is for.
func (a *Request) Provider() string { return a.get().Provider }

// maxBound is the most that a Request carries: a cookie has room for it.
const maxBound = 1 << 10

// Bind ties a to what began it, such as the account or the session of the app
// that asked: 1 to 1024 bytes, once, before a is sealed. The value travels
// encrypted with the state and comes back with it, whatever session the browser
// has by then. It is not shown to the provider.
func (a *Request) Bind(value string) error {
	p := a.get()
	switch {
	case a == nil || a.pending == nil:
		return errNoAuth
	case value == "" || len(value) > maxBound:
		return invalidArgument(p.Provider, "begin auth", "value", "is not 1 to 1024 bytes long")
	case p.Bound != nil || p.url == "":
		return invalidArgument(p.Provider, "begin auth", "value", "is bound when a request is begun, and once")
	}
	p.Bound = []byte(value)
	return nil
}

// Bound is what Bind was given, empty if nothing.
func (a *Request) Bound() string { return string(a.get().Bound) }

// Settle notes how the sign-in of a ended, after Callback has returned its
// code: err is nil once the token is kept. Callback notes a failure of its own.
// A second callback can then be told the truth: Outcome.
func (a *Request) Settle(ctx context.Context, err error) error {
	p := a.get()
	used := p.used.Load()
	if used == nil {
		return errNotTaken
	}
	outcome := Failed
	var e *grantway.Error
	switch {
	case err == nil:
		outcome = Succeeded
	case errors.As(err, &e) && e.Operation == "callback" && e.Kind == grantway.KindRejected:
		outcome = Denied
	}
	return used.Settle(ctx, stateID(p.State), outcome)
}

// Outcome is how the sign-in of a ended, after Callback has returned an error
// that matches ErrUsed.
func (a *Request) Outcome(ctx context.Context) (Outcome, error) {
	p := a.get()
	used := p.used.Load()
	if used == nil {
		return UnderWay, errNotTaken
	}
	return used.Outcome(ctx, stateID(p.State))
}

// Expires is when a callback comes too late.
func (a *Request) Expires() time.Time { return time.UnixMilli(a.get().Expires).UTC() }

// Spent reports whether a callback with its state was given to Callback with this
// Request. No later one is accepted, even if that one had no code.
func (a *Request) Spent() bool { return a != nil && a.spent != nil && a.spent.Load() }

// ID names the request without telling its state: 16 hexadecimal digits, good
// for the name of a cookie or of a session's entry. IDOf finds it again.
func (a *Request) ID() string { return authID(a.get().State) }

// IDOf returns the ID of the request that r, a callback, says it answers;
// empty if r has no state. Several requests of one browser (its tabs) can then
// be kept apart. It proves nothing: Callback checks the state.
func IDOf(r *http.Request) string {
	if c, err := parseCallback("", r.URL.RawQuery); err == nil && c.state != "" {
		return authID(c.state)
	}
	return ""
}

func authID(state string) string {
	sum := sha256.Sum256([]byte("id of " + state))
	return hex.EncodeToString(sum[:8])
}

// authPlace is where sealed requests belong. No store has such a key, so that
// none of its entries opens as a request, nor the other way round.
const authPlace = "\x00authorization request"

// Sealed is a in the form of a cookie's value, about 600 characters of
// base64url: encrypted and authenticated, with the expiry inside.
func (a *Request) Sealed(s *tokens.Sealer) (string, error) {
	if a == nil || a.pending == nil {
		return "", errNoAuth
	}
	clear, err := json.Marshal(a.pending())
	if err != nil {
		return "", err
	}
	sealed, err := s.Seal(authPlace, 0, clear)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open is the inverse of Sealed. Its errors are those of tokens.Sealer.Open; it
// does not look at the expiry, which Callback does.
func Open(s *tokens.Sealer, value string) (*Request, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil || strings.ContainsAny(value, "\r\n") { // which the decoder skips
		return nil, tokens.ErrNotSealed
	}
	clear, err := s.Open(authPlace, 0, sealed)
	if err != nil {
		return nil, err
	}
	p := &pendingAuth{}
	if err := json.Unmarshal(clear, p); err != nil || p.State == "" {
		return nil, tokens.ErrSealVersion // it was sealed by us, so it is not of this release
	}
	return newAuth(p), nil
}

func (a *Request) get() *pendingAuth {
	if a == nil || a.pending == nil {
		return &pendingAuth{}
	}
	return a.pending()
}

var (
	errNoAuth   = errors.New("authcode: a Request is made by Begin or Open")
	errAuthJSON = errors.New("authcode: a Request is not written as JSON: use Sealed")
	errNotTaken = errors.New("authcode: no callback with this state has arrived here")
)

// String tells the provider, never the state or the verifier.
func (a Request) String() string { return "Request{" + a.get().Provider + "}" }

// Format writes String for every verb.
func (a Request) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue redacts under log/slog.
func (a Request) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalJSON always fails, as a Token's does: use Sealed.
func (a Request) MarshalJSON() ([]byte, error) {
	return nil, errAuthJSON
}
