package login

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/internal/address"
)

// The bounds of the listener. Whoever is on this machine can reach it.
const (
	maxHeader     = 8 << 10         // bytes; a callback has one or two KiB
	headerTimeout = 5 * time.Second // for a request's header, and for a page
	maxSilent     = 32              // connections that have not sent one yet
	maxRepeats    = 8               // requests with the right state that wait for the first

	// Wrong requests end nothing: a state of 256 bits is not guessed. Those
	// beyond patience are answered more slowly, maxSlowed of them at a time, and
	// the rest with a line.
	patience  = 1_000
	slowdown  = time.Millisecond
	maxSlowed = 16
	nuisance  = 10_000 // after so many the user is told
)

// outcome is how a sign-in ended.
type outcome struct {
	token *grantway.Token
	err   error
}

// server answers one path, and one sign-in. Everything else is refused, and the
// sign-in goes on.
type server struct {
	flow    *flow
	at      address.Location // where requests must go: a page that was rebound to this address sends another Host
	outcome chan outcome
	http    *http.Server
	serving sync.WaitGroup
	slowed  chan struct{}

	ended  chan struct{} // closed once result is there
	result outcome

	taking     sync.Mutex
	answering  sync.WaitGroup // of the repeats
	saidDenial atomic.Bool

	mu       sync.Mutex
	answered bool
	wrong    int
	repeats  int
	closing  bool
	silent   []net.Conn // oldest first
}

func newServer(f *flow, redirect string) *server {
	at, _ := address.Locate(redirect) // it was made or checked before
	s := &server{flow: f, at: at, outcome: make(chan outcome, 1), ended: make(chan struct{}), slowed: make(chan struct{}, maxSlowed)}
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
	varyByPurpose(w.Header())
	w.Header().Set("Content-Security-Policy", policy())
	switch {
	case address.SentHost("http", r.Host) != s.at.Host:
		http.Error(w, "not here", http.StatusMisdirectedRequest)
	case address.SentPath(r.URL) != s.at.Path:
		http.Error(w, "not found", http.StatusNotFound)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "wrong method", http.StatusMethodNotAllowed)
	case isSpeculative(r.Header):
		comeBack(w, s.flow.Client.Name())
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

const (
	nextInTerminal  = "You can close this tab and go back to the terminal."
	againInTerminal = "Close this tab and run the command again."
)

// role is what a request is to the sign-in.
type role uint8

const (
	wrong  role = iota // it has not the state
	first              // it ends the sign-in
	repeat             // it has the state, and comes after the first
	again              // nothing was spent, and it may come once more
)

func (s *server) callback(w http.ResponseWriter, r *http.Request) {
	switch t := s.take(r); t.role {
	case first:
		s.finish(w, r, t)
	case repeat:
		defer s.answering.Done()
		s.repeat(w, r)
	case again:
		hurry(w)
		failed(s.flow.Client.Name(), t.err, "Load this page again.").write(w)
	default:
		s.refuse(w, r, t.count)
	}
}

// hurry bounds how long the page takes that is written next: nobody may hold it
// up.
func hurry(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(headerTimeout))
}

// finish ends the sign-in, and answers with how.
func (s *server) finish(w http.ResponseWriter, r *http.Request, t taken) {
	o := outcome{err: t.err}
	if t.err == nil {
		o.token, o.err = s.flow.finish(r.Context(), t.code)
	}
	s.result = o
	close(s.ended)
	s.page(succeeded).write(w)
	// The page is on its way before the server is closed.
	_ = http.NewResponseController(w).Flush()
	s.outcome <- o
}

// repeat answers as the first one was: of two clicks the browser shows the
// answer to the second.
func (s *server) repeat(w http.ResponseWriter, r *http.Request) {
	timer := time.NewTimer(repeatWait)
	defer timer.Stop()
	select {
	case <-s.ended:
		hurry(w)
		s.page(already).write(w)
	case <-timer.C:
		hurry(w)
		underWay(s.flow.Client.Name(), "the terminal").write(w)
	case <-r.Context().Done():
	}
	_ = http.NewResponseController(w).Flush()
}

// page tells the result.
func (s *server) page(good func(name, next string) page) page {
	if s.result.err != nil {
		return failed(s.flow.Client.Name(), s.result.err, againInTerminal)
	}
	return good(s.flow.Client.Name(), nextInTerminal)
}

// taken is one request for the callback.
type taken struct {
	role  role
	code  grantway.AuthorizationCode
	err   error
	count int // of the wrong ones so far
}

// take says what r is, and counts it.
func (s *server) take(r *http.Request) taken {
	s.taking.Lock() // of several that have the state, the first counts
	defer s.taking.Unlock()
	code, err := s.flow.Client.Callback(s.flow.auth, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	var e *grantway.Error
	switch {
	case !s.answered && (err == nil || s.flow.auth.Spent()):
		s.answered = true
		return taken{role: first, code: code, err: err}
	case s.answered && errors.Is(err, authcode.ErrUsed) && s.repeats < maxRepeats && !s.closing:
		s.repeats++
		s.answering.Add(1)
		return taken{role: repeat}
	case !s.answered && errors.As(err, &e) && e.Kind == grantway.KindStore:
		return taken{role: again, err: err}
	}
	s.wrong++
	return taken{role: wrong, count: s.wrong}
}

// refuse answers a request that is not the answer, the nth of them. What the
// user is told is a few lines, however many there are.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, n int) {
	name := s.flow.Client.Name()
	denial := maybeDenial(r.URL.RawQuery)
	switch {
	case denial && s.saidDenial.CompareAndSwap(false, true):
		s.flow.say("An answer came that names no sign-in, and was refused. If you said no on the page of %s, end this with Ctrl-C. Still waiting.", name)
	case n == 1:
		s.flow.say("A request came that is not the answer, and was refused. Still waiting.")
	case n == nuisance:
		s.flow.say("Something on this machine sends many requests that are not the answer. They are refused. Still waiting.")
	}
	inTime := n <= patience || s.slow(r)
	hurry(w)
	switch {
	case !inTime:
		http.Error(w, "not the answer", http.StatusTooManyRequests)
	case denial:
		strayDenial(name).write(w)
	default:
		stray(name).write(w)
	}
}

// slow holds one request up, and reports whether there was room for that.
func (s *server) slow(r *http.Request) bool {
	select {
	case s.slowed <- struct{}{}:
	default:
		return false
	}
	defer func() { <-s.slowed }()
	timer := time.NewTimer(slowdown)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
	return true
}

// answerRepeats returns once those who came a second time have their page.
func (s *server) answerRepeats() {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.answering.Wait()
}
