package login

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/grantway/grantway"
)

// The bounds of the listener. Whoever is on this machine can reach it.
const (
	maxHeader     = 8 << 10         // bytes; a callback has one or two KiB
	headerTimeout = 5 * time.Second // for a request's header
	maxSilent     = 32              // connections that have not sent one yet
	maxWrong      = 10_000          // requests for the callback that are not it
)

var errTooMany = errors.New("login: too many requests that were not the answer; something on this machine tries to guess it")

// outcome is how a sign-in ended.
type outcome struct {
	token *grantway.Token
	err   error
}

// server answers one path, once. Everything else is refused, and the sign-in
// goes on.
type server struct {
	flow    *flow
	host    string // what Host must be: a page that was rebound to this address sends another
	path    string
	outcome chan outcome
	http    *http.Server
	serving sync.WaitGroup

	mu       sync.Mutex
	answered bool
	wrong    int
	silent   []net.Conn // oldest first
}

func newServer(f *flow, redirect string) *server {
	u, _ := url.Parse(redirect) // it was made or checked before
	s := &server{flow: f, host: u.Host, path: u.EscapedPath(), outcome: make(chan outcome, 1)}
	if s.path == "" {
		s.path = "/"
	}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       headerTimeout,
		MaxHeaderBytes:    maxHeader,
		ConnState:         s.connState,
		ErrorLog:          log.New(io.Discard, "", 0), // it would quote what was sent
	}
	s.http.SetKeepAlivesEnabled(false)
	return s
}

func (s *server) serve(listeners []net.Listener) {
	for _, l := range listeners {
		s.serving.Go(func() { _ = s.http.Serve(l) }) // returns http.ErrServerClosed
	}
}

// close ends the listeners and every connection, and returns when nothing of
// the server runs any more.
func (s *server) close() {
	_ = s.http.Close()
	s.serving.Wait()
}

// connState keeps the connections that have sent no request yet few: for each
// that is too many the oldest goes, since a browser sends its request at once.
func (s *server) connState(c net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.serving.Add(1)
	}
	s.mu.Lock()
	for i, known := range s.silent {
		if known == c {
			s.silent = append(s.silent[:i], s.silent[i+1:]...)
			break
		}
	}
	if state == http.StateNew {
		if len(s.silent) >= maxSilent {
			_ = s.silent[0].Close()
			s.silent = s.silent[1:]
		}
		s.silent = append(s.silent, c)
	}
	s.mu.Unlock()
	if state == http.StateClosed || state == http.StateHijacked {
		s.serving.Done()
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	w.Header().Set("Content-Security-Policy", policy())
	switch {
	case r.Host != s.host:
		http.Error(w, "not here", http.StatusMisdirectedRequest)
	case r.URL.EscapedPath() != s.path:
		http.Error(w, "not found", http.StatusNotFound)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "wrong method", http.StatusMethodNotAllowed)
	case !isNavigation(r.Header):
		http.Error(w, "not a navigation", http.StatusForbidden)
	default:
		s.callback(w, r)
	}
}

// isNavigation reports whether the request can be the provider's redirect, of
// a browser that says what it does: no script, image or frame of some page.
func isNavigation(h http.Header) bool {
	mode, dest := h.Get("Sec-Fetch-Mode"), h.Get("Sec-Fetch-Dest")
	return (mode == "" || mode == "navigate") && (dest == "" || dest == "document")
}

const againInTerminal = "Close this tab and run the command again."

func (s *server) callback(w http.ResponseWriter, r *http.Request) {
	code, last, err := s.take(r)
	name := s.flow.Client.Name()
	if !last {
		stray(name).write(w)
		return
	}
	o := outcome{err: err}
	if err == nil {
		o.token, o.err = s.flow.finish(r.Context(), code)
	}
	if o.err == nil {
		succeeded(name, "You can close this tab and go back to the terminal.").write(w)
	} else {
		failed(name, o.err, againInTerminal).write(w)
	}
	// The page is on its way before the server is closed.
	_ = http.NewResponseController(w).Flush()
	s.outcome <- o
}

// take reports whether r ends the sign-in: it has the state. Of several that
// have, the first counts.
func (s *server) take(r *http.Request) (code grantway.AuthorizationCode, last bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answered {
		return code, false, nil
	}
	code, err = s.flow.Client.Callback(s.flow.auth, r)
	if err == nil || s.flow.auth.Spent() {
		s.answered = true
		return code, true, err
	}
	switch s.wrong++; s.wrong {
	case 1:
		s.flow.say("A request came that is not the answer, and was refused. Still waiting.")
	case maxWrong:
		s.answered = true
		return code, true, errTooMany
	}
	return code, false, err
}
