package scorecard

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth"
	"github.com/grantway/grantway/provider"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
)

// trouble is one kind of outage: an answer from in front of the provider, or a
// network on which no connection comes to be.
type trouble struct {
	name   string
	answer faults.Fault
	dial   faults.DialFault
	// foreign says that it is a refusal in a shape that is not the provider's.
	foreign bool
}

// hidesTheOutcome reports whether the provider may have carried out what it was
// asked, for all that a client can know.
func (k trouble) hidesTheOutcome() bool {
	return !k.foreign && k.dial == "" && k.name != unavailable
}

// unavailable is the one page that says that nothing was carried out.
const unavailable = "a 503 page"

// reuse is what a provider does with a refresh token that is spent.
type reuse struct {
	name string
	fakeauth.Reuse
}

// reuses are the ways to treat it. The first is that of a provider which says
// nothing.
func reuses() []reuse {
	return []reuse{
		{"refuses reuse", fakeauth.Reuse{}},
		{"answers reuse with fresh tokens for a minute", fakeauth.Reuse{Within: reuseGrace}},
		{"answers reuse with the same tokens for a minute, and then revokes", fakeauth.Reuse{Within: reuseGrace, Answer: fakeauth.SameTokens, After: fakeauth.RevokeFamily}},
		{"revokes on reuse", fakeauth.Reuse{After: fakeauth.RevokeFamily}},
	}
}

// outageNetwork lies between the processes and the fake: well, or in trouble.
type outageNetwork struct {
	fake *fakeauth.Fake
	pipe *faults.PipeListener

	mu         sync.Mutex
	trouble    *trouble
	carriesOut bool // the next request; its answer gets lost
	requests   int
	refused    int // by the provider itself
	afterNext  func()
}

func (n *outageNetwork) begin(kind trouble, carriesOut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.trouble, n.carriesOut, n.requests = &kind, carriesOut, 0
}

func (n *outageNetwork) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.trouble = nil
}

func (n *outageNetwork) sent() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.requests
}

func (n *outageNetwork) refusals() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.refused
}

// fault takes what happens to the next request: nil is nothing.
func (n *outageNetwork) fault() faults.Fault {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.requests++
	if n.trouble == nil {
		return nil
	}
	f := n.trouble.answer
	if n.carriesOut {
		if f == nil {
			f = faults.ResetAfterRequest // before the network went down
		}
		f = faults.CarriedOut(f)
	}
	return f
}

// roundTrip counts a request and has it meet the trouble there is.
func (n *outageNetwork) roundTrip(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	fault := n.fault()
	if fault != nil {
		if err := n.fake.Arm("", fault, 1); err != nil {
			return nil, err
		}
	}
	resp, err := next.RoundTrip(r)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.carriesOut = false
	if fault == nil && err == nil && resp.StatusCode/100 == 4 {
		n.refused++
	}
	if n.afterNext != nil {
		n.afterNext()
		n.afterNext = nil
	}
	return resp, err
}

func (n *outageNetwork) dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	down := faults.DialFault("")
	if n.trouble != nil && !n.carriesOut {
		down = n.trouble.dial
	}
	n.mu.Unlock()
	if down != "" {
		return down.Transport().DialContext(ctx, network, address)
	}
	return n.pipe.DialContext(ctx, network, address)
}

// client is the configuration of a client that lives on this network, by the
// clock of the bubble.
func (n *outageNetwork) client() grantway.ClientConfig {
	return grantway.ClientConfig{
		BaseURL:    n.fake.URL(),
		HTTPClient: &http.Client{Transport: &http.Transport{DialContext: n.dial}},
		WrapTransport: func(next http.RoundTripper) http.RoundTripper {
			return roundTripperFunc(func(r *http.Request) (*http.Response, error) { return n.roundTrip(next, r) })
		},
	}
}

// outageFlow is a way to have a token of a provider.
type outageFlow struct {
	name string
	// rotates says that a refresh spends the refresh token.
	rotates bool
	start   func(l net.Listener, how reuse) (outageFake, error)
}

// outageFake is the fake of a flow, and how it is used.
type outageFake struct {
	fake *fakeauth.Fake
	live func(grantway.Secret) bool
	// open makes a client, as each process does.
	open func(grantway.ClientConfig) (outageClient, error)
}

// outageClient is a client of a flow.
type outageClient struct {
	// first gets the first token; nil where a Source needs none.
	first   func(context.Context) (*grantway.Token, error)
	refresh func(context.Context, *grantway.Token) (*grantway.Token, error)
	source  func(tokens.Store, string, tokens.Options) (*tokens.Source, error)
	// margin is how long before its end a token is no longer handed out.
	margin time.Duration
}

func outageFlows() []outageFlow {
	return []outageFlow{
		{name: "Square's code flow", start: func(l net.Listener, how reuse) (outageFake, error) { return startSquare(l, how, "") }},
		{name: "Square's PKCE flow", rotates: true, start: func(l net.Listener, how reuse) (outageFake, error) {
			return startSquare(l, how, "example-verifier-example-verifier-example-verifier")
		}},
		{name: "BuiltByBit", rotates: true, start: startBuiltByBit},
		{name: "ByteNite", start: startByteNite},
	}
}

// startSquare starts Square, for the PKCE flow if there is a verifier.
func startSquare(l net.Listener, how reuse, verifier string) (outageFake, error) {
	s, err := squaretest.Start(squaretest.Options{Listener: l, Reuse: how.Reuse})
	if err != nil {
		return outageFake{}, err
	}
	return outageFake{s.Fake, s.Live, func(net grantway.ClientConfig) (outageClient, error) {
		cfg, grant := s.Config(), squaretest.Grant{}
		cfg.ClientConfig = net
		if verifier != "" {
			cfg.ApplicationSecret, grant.CodeChallenge = grantway.Secret{}, fakeauth.Challenge(verifier)
		}
		c, err := square.New(cfg)
		if err != nil {
			return outageClient{}, err
		}
		first := func(ctx context.Context) (*grantway.Token, error) {
			code := s.IssueCode(grant)
			code.Verifier = grantway.NewSecret(verifier)
			return c.Exchange(ctx, code)
		}
		return outageClient{first, c.Refresh, c.TokenSource, time.Minute}, nil
	}}, nil
}

func startBuiltByBit(l net.Listener, how reuse) (outageFake, error) {
	s, err := builtbybittest.Start(builtbybittest.Options{Listener: l, Reuse: how.Reuse})
	if err != nil {
		return outageFake{}, err
	}
	return outageFake{s.Fake, s.Live, func(net grantway.ClientConfig) (outageClient, error) {
		cfg := s.Config()
		cfg.ClientConfig = net
		c, err := builtbybit.New(cfg)
		if err != nil {
			return outageClient{}, err
		}
		first := func(ctx context.Context) (*grantway.Token, error) {
			return c.Exchange(ctx, s.IssueCode(builtbybittest.Grant{}))
		}
		return outageClient{first, c.Refresh, c.TokenSource, 30 * time.Second}, nil
	}}, nil
}

func startByteNite(l net.Listener, _ reuse) (outageFake, error) {
	s, err := bytenitetest.Start(bytenitetest.Options{Listener: l})
	if err != nil {
		return outageFake{}, err
	}
	return outageFake{s.Fake, s.Live, func(net grantway.ClientConfig) (outageClient, error) {
		cfg := s.Config()
		cfg.ClientConfig = net
		c, err := bytenite.New(cfg)
		if err != nil {
			return outageClient{}, err
		}
		refresh := func(ctx context.Context, _ *grantway.Token) (*grantway.Token, error) { return c.Exchange(ctx) }
		return outageClient{nil, refresh, c.TokenSource, 30 * time.Second}, nil
	}}, nil
}

// outageRules make the Source of a client: those that there are, or worse ones.
type outageRules func(outageFlow, outageClient, tokens.Store) (*tokens.Source, error)

func currentRules(_ outageFlow, c outageClient, store tokens.Store) (*tokens.Source, error) {
	return c.source(store, "one", tokens.Options{})
}

// statusRules believe a 4xx whatever its body is: the first edition's.
func statusRules(flow outageFlow, c outageClient, store tokens.Store) (*tokens.Source, error) {
	return worseRules(flow, c, store, tokens.Options{}, func(ctx context.Context, t *grantway.Token) (*grantway.Token, error) {
		next, err := c.refresh(ctx, t)
		var e *grantway.Error
		if errors.As(err, &e) && e.Kind == grantway.KindNotJudged {
			e.Kind = grantway.KindRejected
		}
		return next, err
	})
}

// twoTriesRules send a refresh of unknown outcome twice, and then never again:
// the first edition's too.
func twoTriesRules(flow outageFlow, c outageClient, store tokens.Store) (*tokens.Source, error) {
	if !flow.rotates {
		return currentRules(flow, c, store)
	}
	never := tokens.ReplayNever
	return worseRules(flow, c, store, tokens.Options{Replay: &never}, func(ctx context.Context, t *grantway.Token) (*grantway.Token, error) {
		next, err := c.refresh(ctx, t)
		if errors.Is(err, grantway.ErrAmbiguous) || errors.Is(err, grantway.ErrMalformed) {
			time.Sleep(3 * time.Second)
			next, err = c.refresh(ctx, t)
		}
		return next, err
	})
}

// worseRules are those of the flow with another refresh.
func worseRules(flow outageFlow, c outageClient, store tokens.Store, opts tokens.Options, refresh func(context.Context, *grantway.Token) (*grantway.Token, error)) (*tokens.Source, error) {
	return tokens.NewSource(provider.TokenRules{
		Provider: "example", Origin: "https://api.example.com", Scheme: "Bearer",
		Refresh: refresh,
		Mints:   c.first == nil,
		Advise: func(*grantway.Token) provider.Advice {
			return provider.Advice{RefreshAfter: 0.2, Margin: c.margin, Reusable: !flow.rotates}
		},
	}, store, "one", opts)
}

// outageWorld is one outage: a fake, a network, a store, and the process that is
// there now.
type outageWorld struct {
	outageCase
	rules   outageRules
	fake    outageFake
	net     *outageNetwork
	store   *tokens.MemoryStore
	process *outageProcess
	client  outageClient
}

func newOutageWorld(t *testing.T, c outageCase, rules outageRules) *outageWorld {
	t.Helper()
	pipe := faults.Pipe()
	fake, err := c.flow.start(pipe, c.reuse)
	if err != nil {
		t.Fatal(err)
	}
	w := &outageWorld{outageCase: c, rules: rules, fake: fake, net: &outageNetwork{fake: fake.fake, pipe: pipe}, store: tokens.NewMemoryStore()}
	w.start(t)
	if w.client.first != nil {
		tok, err := w.client.first(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.source().Save(t.Context(), tok); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// start starts a process, which finds what is in the store.
func (w *outageWorld) start(t *testing.T) {
	t.Helper()
	var err error
	if w.client, err = w.fake.open(w.net.client()); err != nil {
		t.Fatal(err)
	}
	w.process = &outageProcess{MemoryStore: w.store}
	if w.process.source, err = w.rules(w.flow, w.client, w.process); err != nil {
		t.Fatal(err)
	}
}

// killWithinARequest kills the process while a request of its is under way, or
// now if it sends none, and starts another one.
func (w *outageWorld) killWithinARequest(t *testing.T) {
	t.Helper()
	w.net.mu.Lock()
	w.net.afterNext = w.process.kill
	w.net.mu.Unlock()
	_, _ = w.source().TokenContext(t.Context())
	time.Sleep(time.Minute)
	w.process.kill()
	w.start(t)
}

func (w *outageWorld) source() *tokens.Source { return w.process.source }

// ask returns the token, or nil.
func (w *outageWorld) ask(t *testing.T) *grantway.Token {
	t.Helper()
	tok, err := w.source().TokenContext(t.Context())
	if err != nil {
		return nil
	}
	return tok
}

// end is when a token is no longer handed out.
func (w *outageWorld) end(tok *grantway.Token) time.Time {
	at, _ := tok.Expiry.Time()
	return at.Add(-w.client.margin)
}

func (w *outageWorld) isUsable(tok *grantway.Token) bool { return time.Now().Before(w.end(tok)) }

func (w *outageWorld) close() {
	_ = w.source().Close()
	w.fake.fake.Close()
	time.Sleep(time.Hour) // for what ends by its timer
}

// outageProcess is a process that can be killed: it is the Source, and the store
// as that process sees it, which it writes nothing into any more when it is dead.
type outageProcess struct {
	*tokens.MemoryStore
	source *tokens.Source
	mu     sync.Mutex
	dead   bool
}

var errKilled = errors.New("the process was killed")

func (p *outageProcess) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = true
}

func (p *outageProcess) alive() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return errKilled
	}
	return nil
}

func (p *outageProcess) Load(ctx context.Context, key string) (tokens.Entry, error) {
	if err := p.alive(); err != nil {
		return tokens.Entry{}, err
	}
	return p.MemoryStore.Load(ctx, key)
}

func (p *outageProcess) CompareAndSwap(ctx context.Context, old uint64, e tokens.Entry) error {
	if err := p.alive(); err != nil {
		return err
	}
	return p.MemoryStore.CompareAndSwap(ctx, old, e)
}

func (p *outageProcess) Acquire(ctx context.Context, key string, ttl time.Duration) (tokens.Lease, error) {
	if err := p.alive(); err != nil {
		return nil, err
	}
	l, err := p.MemoryStore.Acquire(ctx, key, ttl)
	return outageLease{l, p}, err
}

// outageLease is held until it runs out if its process is killed.
type outageLease struct {
	tokens.Lease
	p *outageProcess
}

func (l outageLease) Renew(ctx context.Context) error {
	if err := l.p.alive(); err != nil {
		return err
	}
	return l.Lease.Renew(ctx)
}

func (l outageLease) Release(ctx context.Context) error {
	if err := l.p.alive(); err != nil {
		return err
	}
	return l.Lease.Release(ctx)
}
