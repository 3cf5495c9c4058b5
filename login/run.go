package login

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/internal/address"
)

// Mode is how the browser's answer reaches the program.
type Mode uint8

const (
	// Ephemeral listens on a free port of 127.0.0.1, or of [::1] where there
	// is no IPv4 (RFC 8252 section 7.3). It is for providers that take any
	// port of a registered loopback address; neither Square nor BuiltByBit is
	// known to. With a RedirectURL such as "http://localhost:<port>/callback" it
	// comes back there, on the port that was free.
	Ephemeral Mode = iota
	// Fixed listens on the port of Config.RedirectURL, which is what is
	// registered: BuiltByBit, and Square's sandbox.
	Fixed
	// Paste listens on nothing. The user opens the address on any machine,
	// and pastes what the browser shows in the end: Square's production, which
	// redirects to https only, and shells on another machine.
	Paste
)

const (
	defaultTimeout = 5 * time.Minute
	ephemeralPath  = "/callback/" // and the provider's name
	anyPort        = ":<port>"
	portTries      = 8 // to find one that is free on both families
)

// Config is what Run takes.
type Config struct {
	// Client is the provider's.
	Client Client
	// Begin makes the authorization request: BeginAuth, with this redirect URL.
	Begin func(redirectURL string) (*authcode.Request, error)
	// Mode is Ephemeral unless it is set.
	Mode Mode
	// RedirectURL is what is registered with the provider, for Fixed (http on
	// 127.0.0.1, [::1] or localhost, with its port) and for Paste. It is given to
	// the provider as it is written, and compared as a browser sends it. Ephemeral
	// makes its own, or puts its port in place of "<port>".
	RedirectURL string
	// Save, if set, keeps the token before the browser shows success.
	Save func(ctx context.Context, token *grantway.Token) error
	// Timeout is how long the user has; 0 means 5 minutes, and 10 are the most.
	Timeout time.Duration
	// OpenBrowser opens an address; nil means the system's browser. Return an
	// error to leave it to the user, who is shown the address in any case.
	OpenBrowser func(address string) error
	// Out is where the words for the user go; nil means os.Stderr.
	Out io.Writer
	// In is where Paste reads; nil means os.Stdin. A terminal cannot be told
	// to stop reading: after a timeout, one read stays until the next line.
	In io.Reader
}

// Run signs one user in, and returns the token once it is saved. It ends with
// ctx, with the timeout (an error that matches context.DeadlineExceeded) or
// with Ctrl-C (context.Canceled), and leaves nothing open. A denial matches
// grantway.ErrReauthorize. The error names a wrong field of cfg.
func Run(ctx context.Context, cfg Config) (*grantway.Token, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program, as ever
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	f := &flow{Config: cfg}
	var token *grantway.Token
	var err error
	if cfg.Mode == Paste {
		token, err = f.paste(ctx)
	} else {
		token, err = f.listen(ctx)
	}
	if err != nil {
		f.say("Sign-in to %s did not work.", f.Client.Name())
		return nil, err
	}
	f.say("Signed in to %s.", f.Client.Name())
	return token, nil
}

func (cfg *Config) check() error {
	switch {
	case cfg.Client == nil:
		return errors.New("login: Config.Client is missing")
	case cfg.Begin == nil:
		return errors.New("login: Config.Begin is missing")
	case cfg.Timeout < 0 || cfg.Timeout > authcode.Lifetime:
		return fmt.Errorf("login: Config.Timeout is not between 0 and %v", authcode.Lifetime)
	case cfg.Mode > Paste:
		return errors.New("login: Config.Mode is none")
	case cfg.Mode == Ephemeral && cfg.RedirectURL != "" && strings.Count(cfg.RedirectURL, anyPort) != 1:
		return errors.New("login: Config.RedirectURL has no \"" + anyPort[1:] + "\", and Ephemeral takes a free port; Fixed uses what is given")
	case cfg.Mode != Ephemeral && cfg.RedirectURL == "":
		return errors.New("login: Config.RedirectURL is missing")
	}
	if cfg.RedirectURL != "" {
		if err := cfg.checkRedirect(); err != nil {
			return err
		}
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, defaultTimeout)
	if cfg.OpenBrowser == nil {
		cfg.OpenBrowser = openBrowser
	}
	if cfg.Out == nil {
		cfg.Out = os.Stderr
	}
	if cfg.In == nil {
		cfg.In = os.Stdin
	}
	return nil
}

func (cfg *Config) checkRedirect() error {
	raw := cfg.RedirectURL
	if cfg.Mode == Ephemeral {
		raw = strings.Replace(raw, anyPort, ":1", 1)
	}
	u, reason := address.Redirect(raw)
	switch at, ok := address.Locate(raw); {
	case reason != "":
		return errors.New("login: Config.RedirectURL " + reason)
	case !ok:
		return errors.New("login: Config.RedirectURL cannot be called")
	case cfg.Mode != Paste && u.Scheme != "http":
		return errors.New("login: Config.RedirectURL is not http on this machine, where the program listens; Paste does without")
	case cfg.Mode == Ephemeral && u.Port() != "1":
		return errors.New("login: Config.RedirectURL has no \"" + anyPort[1:] + "\" for its port")
	case cfg.Mode == Fixed && (u.Port() == "" || at.Port() == "0"):
		return errors.New("login: Config.RedirectURL has no port")
	}
	return nil
}

// flow is one sign-in.
type flow struct {
	Config
	auth *authcode.Request
}

// say writes a line for the user. That it cannot be written ends nothing.
func (f *flow) say(format string, args ...any) { _, _ = fmt.Fprintf(f.Out, format+"\n", args...) }

// begin makes the request, which has to come back to redirect.
func (f *flow) begin(redirect string) error {
	auth, err := f.Begin(redirect)
	if err != nil {
		return err
	}
	if auth == nil || auth.RedirectURL() != redirect {
		return errors.New("login: Config.Begin did not use the redirect URL that it was given")
	}
	f.auth = auth
	return nil
}

// finish spends the code and saves what it brings, whatever becomes of the
// browser or the deadline: from here on there is something to lose.
func (f *flow) finish(ctx context.Context, code grantway.AuthorizationCode) (*grantway.Token, error) {
	ctx = context.WithoutCancel(ctx)
	token, err := f.Client.Exchange(ctx, code)
	if err == nil && f.Save != nil {
		err = f.Save(ctx, token)
	}
	_ = f.auth.Settle(ctx, err) // it only tells others what to say
	if err != nil {
		return nil, err
	}
	return token, nil
}

// listen waits for the browser on this machine.
func (f *flow) listen(ctx context.Context) (*grantway.Token, error) {
	listeners, redirect, err := f.bind(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.begin(redirect); err != nil {
		for _, l := range listeners {
			_ = l.Close()
		}
		return nil, err
	}
	s := newServer(f, redirect)
	s.serve(listeners)
	defer s.close()

	f.say("Sign in to %s in your browser. If none opens, this is the address:\n\n  %s\n", f.Client.Name(), f.auth.URL())
	if err := f.OpenBrowser(f.auth.URL()); err != nil {
		f.say("No browser could be opened: open the address yourself.")
	}
	f.say("Waiting for it, %v at most. Ctrl-C ends it.", f.Timeout)
	select {
	case o := <-s.outcome:
		s.answerRepeats()
		return o.token, o.err
	case <-ctx.Done():
	}
	s.close() // a code that is being exchanged is waited for: there is a token to lose
	select {
	case o := <-s.outcome:
		return o.token, o.err
	default:
		return nil, ended(ctx)
	}
}

// ended tells why ctx is done.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("login: nobody came back in time: %w", ctx.Err())
	}
	return fmt.Errorf("login: stopped before the browser came back: %w", ctx.Err())
}

// bind listens on IP literals, never on a name (RFC 8252 section 8.3), and
// returns the redirect URL that leads there.
func (f *flow) bind(ctx context.Context) ([]net.Listener, string, error) {
	switch {
	case f.Mode == Fixed:
		at, _ := address.Locate(f.RedirectURL) // check has located it before
		listeners, err := listenAll(ctx, at.Port(), loopbacks(at)...)
		return listeners, f.RedirectURL, err
	case f.RedirectURL != "":
		return f.bindAnyPort(ctx)
	}
	l, err := listenAny(ctx, "0", "127.0.0.1", "::1")
	if err != nil {
		return nil, "", err
	}
	return []net.Listener{l}, "http://" + l.Addr().String() + ephemeralPath + url.PathEscape(strings.ToLower(f.Client.Name())), nil
}

// bindAnyPort takes a port that is free on every address that a browser may go
// to.
func (f *flow) bindAnyPort(ctx context.Context) (listeners []net.Listener, redirect string, err error) {
	at, _ := address.Locate(strings.Replace(f.RedirectURL, anyPort, ":1", 1)) // check has located it before
	hosts := loopbacks(at)
	for range portTries {
		var l net.Listener
		if l, err = listenAny(ctx, "0", hosts...); err != nil {
			return nil, "", err
		}
		host, port, _ := net.SplitHostPort(l.Addr().String())
		listeners = []net.Listener{l}
		rest := slices.DeleteFunc(slices.Clone(hosts), func(h string) bool { return h == host })
		if len(rest) > 0 {
			var more []net.Listener
			if more, err = listenAll(ctx, port, rest...); err != nil && !isMissing(err) {
				_ = l.Close() // somebody else has the port there
				continue
			}
			listeners = append(listeners, more...)
		}
		return listeners, strings.Replace(f.RedirectURL, anyPort, ":"+port, 1), nil
	}
	return nil, "", err
}

// loopbacks are the addresses that a browser may take for the host of at.
func loopbacks(at address.Location) []string {
	if at.Hostname() == "localhost" {
		return []string{"127.0.0.1", "::1"}
	}
	return []string{at.Hostname()}
}
