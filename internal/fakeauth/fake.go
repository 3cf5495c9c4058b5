package fakeauth

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/conns"
)

const (
	// maxBody bounds a request's body. The longest real one is a few KiB.
	maxBody = 1 << 20
	// maxRequests and maxLogged bound the log, the latter in bytes.
	maxRequests = 100_000
	maxLogged   = 64 << 20
)

// Config is what Start takes.
type Config struct {
	// Book is what the fake remembers. The engine reads its clock, and holds its
	// lock while a Route works. nil means an empty one.
	Book *Book
	// Consent is the authorize page; nil if the provider has none.
	Consent *Consent
	// Routes are the operations. Anything else is refused.
	Routes []Route
	// Refuse is the provider's answer for what the engine itself refuses: 404,
	// 405, 413, and what breaks a rule if there is no Violated.
	Refuse func(status int, why string) Answer
	// Violated is the provider's answer to a request that breaks a rule of its
	// operation. Nil lets the request pass. What was wrong is then taken as it
	// is if that can be, and as left out if it cannot.
	Violated func(Call, Violation) *Answer
	// Around is called for each operation that has Rules, before they are looked
	// at. What it is for are headers that every operation has. It may be nil.
	Around func(c Call, answer func(Call) Answer) Answer
	// Listener is served, and closed by Close; nil means a free port of
	// 127.0.0.1.
	Listener net.Listener
	// Seed decides what is random about a fault.
	Seed uint64
}

// Fake is what every provider's fake is: a server with an address and a clock,
// which remembers the requests and commits faults. The Server of the package on
// top embeds it. It is safe for concurrent use.
type Fake struct {
	cfg   Config
	book  *Book
	http  *http.Server
	l     net.Listener
	done  chan struct{}  // closed when Serve has returned
	conns sync.WaitGroup // connections that are still served
	taken *conns.Set     // those that a fault took from net/http
	bomb  func() bomb

	mu     sync.Mutex
	log    []Request
	logged int // bytes of log
	queued []Answer
	armed  []armed
	random *rand.Rand
}

// Start listens and serves until Close.
func Start(cfg Config) (*Fake, error) {
	if cfg.Book == nil {
		cfg.Book = NewBook("fakeauth", nil)
	}
	if cfg.Listener == nil {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", cfg.Book.fake, err)
		}
		cfg.Listener = l
	}
	f := &Fake{
		cfg:    cfg,
		book:   cfg.Book,
		l:      cfg.Listener,
		done:   make(chan struct{}),
		taken:  conns.New(),
		bomb:   sync.OnceValue(newBomb),
		random: rand.New(rand.NewPCG(cfg.Seed, 0)),
	}
	if c := cfg.Consent; c != nil {
		c.base = f.URL()
		f.cfg.Routes = slices.Concat(c.routes(), cfg.Routes)
	}
	f.http = &http.Server{
		Handler:           http.HandlerFunc(f.serve),
		ReadHeaderTimeout: time.Minute,
		ConnState:         f.connState,
		ErrorLog:          log.New(io.Discard, "", 0), // broken requests are what a fake is for
	}
	go func() {
		defer close(f.done)
		_ = f.http.Serve(f.l) // returns http.ErrServerClosed
	}()
	return f, nil
}

// connState counts the connections, so that Close can wait for them.
func (f *Fake) connState(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		f.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		f.conns.Done()
	}
}

// URL is the base URL, http on a loopback address such as
// "http://127.0.0.1:PORT", without a trailing slash.
func (f *Fake) URL() string { return "http://" + f.l.Addr().String() }

// HTTPClient reaches a fake that listens on a faults.Pipe. It is nil, which is
// any client, for one that listens on something else.
func (f *Fake) HTTPClient() *http.Client {
	if p, ok := f.l.(*faults.PipeListener); ok {
		return &http.Client{Transport: p.Transport()}
	}
	return nil
}

// ClientConfig is what every client needs that is to reach the fake and to live
// by its clock. The Config of the package on top has it.
func (f *Fake) ClientConfig() grantway.ClientConfig {
	return grantway.ClientConfig{BaseURL: f.URL(), HTTPClient: f.HTTPClient(), Now: f.Now}
}

// Now is the time by the fake's clock, in UTC: that of Options.Now, or the real
// one, and ahead of it by what Advance was told.
func (f *Fake) Now() time.Time { return f.book.Now() }

// Advance sets the fake's clock ahead by d, such as over the life of a token.
// A client with the Config of the fake goes by the same clock.
func (f *Fake) Advance(d time.Duration) { f.book.Advance(d) }

// Close stops listening, breaks off what is under way, and returns when
// nothing of the fake runs any more. A second call does nothing.
func (f *Fake) Close() {
	_ = f.http.Close()
	f.taken.CloseAll()
	<-f.done
	f.conns.Wait()
}

// Requests returns what has arrived so far, refused requests included, in
// order of arrival. Of a fake that runs for long, those are the last 100,000, or
// fewer if they are more than 64 MiB.
func (f *Fake) Requests() []Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

// AnswerNext gives the next n requests of f the answer a, whatever they ask for
// and before anything is spent. Calls add up. A request that an armed fault
// leaves without an answer does not count. It is no method, because whoever uses
// the package on top has no Answer to give.
func AnswerNext(f *Fake, n int, a Answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queued = append(f.queued, slices.Repeat([]Answer{a}, max(n, 0))...)
}

// serve logs the request, then answers it, or does what was armed for it.
func (f *Fake) serve(w http.ResponseWriter, r *http.Request) {
	x := &exchange{fake: f, w: w, r: r}
	if fault := f.disarm(f.operation(r)); fault != nil {
		commit(fault, x)
		return
	}
	if a, ok := x.answer(); ok {
		a.write(w)
	}
}

// request copies what is logged of r.
func (f *Fake) request(r *http.Request, body []byte) Request {
	return Request{
		Method:   r.Method,
		Path:     r.URL.EscapedPath(),
		RawQuery: r.URL.RawQuery,
		Header:   r.Header.Clone(),
		Body:     body,
		At:       f.Now(),
	}
}

func (f *Fake) record(req Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log, f.logged = append(f.log, req), f.logged+req.size()
	for len(f.log) > maxRequests || f.logged > maxLogged && len(f.log) > 1 {
		f.logged -= f.log[0].size()
		f.log[0] = Request{} // the array stays for a while
		f.log = f.log[1:]
	}
}

// queuedAnswer takes the answer that AnswerNext queued, if any.
func (f *Fake) queuedAnswer() (a Answer, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queued) == 0 {
		return Answer{}, false
	}
	a, f.queued = f.queued[0], f.queued[1:]
	return a, true
}

// randomBelow is a number from 0 to n-1, by the seed.
func (f *Fake) randomBelow(n int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.random.IntN(n)
}
