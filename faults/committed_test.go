package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/faults"
	"github.com/grantway/grantway/internal/fakeauth"
	"github.com/grantway/grantway/internal/fakeauth/faketest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// fake is what the three have in common.
type fake interface {
	Arm(operation string, fault faults.Fault, nth int) error
	Requests() []fakeauth.Request
	Close()
}

type issue func(context.Context) (*grantway.Token, error)

// provider issues a token over a fake, each in its own way.
type provider struct {
	name, operation string
	// change may alter the client's configuration.
	start func(p *faults.PipeListener, change func(*grantway.ClientConfig)) (fake, issue)
}

var providers = []provider{
	{"square", "obtainToken", func(p *faults.PipeListener, change func(*grantway.ClientConfig)) (fake, issue) {
		s := faketest.Must(squaretest.Start(squaretest.Options{Listener: p}))
		cfg, code := s.Config(), s.IssueCode(squaretest.Grant{})
		change(&cfg.ClientConfig)
		c := faketest.Must(square.New(cfg))
		return s, func(ctx context.Context) (*grantway.Token, error) { return c.Exchange(ctx, code) }
	}},
	{"builtbybit", "requestToken", func(p *faults.PipeListener, change func(*grantway.ClientConfig)) (fake, issue) {
		s := faketest.Must(builtbybittest.Start(builtbybittest.Options{Listener: p}))
		cfg, code := s.Config(), s.IssueCode(builtbybittest.Grant{})
		change(&cfg.ClientConfig)
		c := faketest.Must(builtbybit.New(cfg))
		return s, func(ctx context.Context) (*grantway.Token, error) { return c.Exchange(ctx, code) }
	}},
	{"bytenite", "accessToken", func(p *faults.PipeListener, change func(*grantway.ClientConfig)) (fake, issue) {
		s := faketest.Must(bytenitetest.Start(bytenitetest.Options{Listener: p}))
		cfg := s.Config()
		change(&cfg.ClientConfig)
		return s, faketest.Must(bytenite.New(cfg)).Exchange
	}},
}

func unchanged(*grantway.ClientConfig) {}

// outcome is what a call may come to. A kind of 0 is a success.
type outcome struct {
	kinds []grantway.Kind
	took  time.Duration // in virtual time; below 0 over a real network, where it says nothing
}

func is(kind grantway.Kind) outcome { return outcome{kinds: []grantway.Kind{kind}} }

func after(took time.Duration, kind grantway.Kind) outcome {
	return outcome{[]grantway.Kind{kind}, took}
}

const (
	firstByte = 15 * time.Second
	total     = 30 * time.Second
)

// standard is what each fault must come to. Three are harmless by design and
// end in a success: HTTP/1.0 is a version that the client speaks and the body
// was whole; of a length beside chunked, chunked counts (RFC 9112 section
// 6.3), and as no connection is used twice nothing can be smuggled in behind;
// and a token that has ended is handed over as one that says so.
var standard = map[faults.Fault]outcome{
	faults.ReadNothing:        after(firstByte, grantway.KindAmbiguous),
	faults.ResetMidRequest:    is(grantway.KindAmbiguous),
	faults.ResetAfterRequest:  is(grantway.KindAmbiguous),
	faults.StallBeforeHeaders: after(firstByte, grantway.KindAmbiguous),
	faults.StallAfterContinue: after(firstByte, grantway.KindAmbiguous),

	faults.HugeHeaders:      is(grantway.KindAmbiguous),
	faults.ManyHeaders:      is(grantway.KindAmbiguous),
	faults.BadStatusLine:    is(grantway.KindAmbiguous),
	faults.HTTP10:           is(0),
	faults.InterimFlood:     is(grantway.KindAmbiguous),
	faults.TwoLengths:       is(grantway.KindAmbiguous),
	faults.LengthTooBig:     is(grantway.KindAmbiguous),
	faults.LengthTooSmall:   is(grantway.KindMalformed),
	faults.LengthNegative:   is(grantway.KindAmbiguous),
	faults.LengthAndChunked: is(0),

	faults.StallAfterHeaders: after(total, grantway.KindAmbiguous),
	faults.SlowBody:          after(total, grantway.KindAmbiguous),
	faults.TruncatedJSON:     is(grantway.KindMalformed),
	faults.ResetMidBody:      is(grantway.KindAmbiguous),
	faults.HugeBody:          is(grantway.KindMalformed),
	faults.EndlessBody:       is(grantway.KindMalformed),
	faults.GzipBomb:          is(grantway.KindMalformed),
	faults.BrokenGzip:        is(grantway.KindAmbiguous),
	faults.DoubleGzip:        is(grantway.KindMalformed),
	faults.UnaskedBrotli:     is(grantway.KindMalformed),
	faults.WrongCharset:      is(0), // a note: the token is good,
	faults.ByteOrderMark:     is(0),
	faults.UTF16Body:         is(grantway.KindMalformed),
	faults.CaptivePortal:     is(grantway.KindMalformed),
	faults.EmptyBody:         is(grantway.KindMalformed),
	faults.NullBody:          is(grantway.KindMalformed),
	faults.ArrayBody:         is(grantway.KindMalformed),
	faults.DuplicateKeys:     is(grantway.KindMalformed),
	faults.CaseVariantKeys:   is(grantway.KindMalformed),
	faults.DeepNesting:       is(grantway.KindMalformed),
	faults.TrailingBytes:     is(grantway.KindMalformed),
	faults.ExpiryPast:        is(0),
}

// expected finds the outcome of a fault; that of a status is its class's, or
// what the body says where it is an error of the provider's shape.
func expected(f faults.Fault) outcome {
	if o, ok := standard[f]; ok {
		return o
	}
	name := f.String()
	name = strings.TrimPrefix(strings.TrimPrefix(name, "status "), "redirect ")
	status, err := strconv.Atoi(name[:min(3, len(name))])
	if err != nil {
		return outcome{}
	}
	var kinds []grantway.Kind
	switch {
	case status < 400:
		kinds = []grantway.Kind{grantway.KindMalformed}
	case status == 429:
		kinds = []grantway.Kind{grantway.KindThrottled}
	case status == 408 || status == 425 || status == 503:
		kinds = []grantway.Kind{grantway.KindUnavailable}
	case status < 500: // in nobody's own shape
		kinds = []grantway.Kind{grantway.KindNotJudged}
	default:
		kinds = []grantway.Kind{grantway.KindAmbiguous, grantway.KindUnavailable}
	}
	if strings.Contains(name, "temporarily_un") { // what the body says outweighs the status
		kinds = append(kinds, grantway.KindUnavailable)
	}
	return outcome{kinds: kinds}
}

// hold checks one call against what it may come to.
func hold(t *testing.T, call issue, want outcome) *grantway.Error {
	t.Helper()
	began := time.Now()
	tok, err := call(context.Background()) // no deadline: the limits are the SDK's own
	took := time.Since(began)
	var e *grantway.Error
	kind := grantway.Kind(0)
	if err != nil {
		if !errors.As(err, &e) {
			t.Fatalf("a %T: %v", err, err)
		}
		kind = e.Kind
	}
	if !slices.Contains(want.kinds, kind) || (tok == nil) != (err != nil) {
		t.Errorf("kind %d, %v, want %d", kind, err, want.kinds)
	}
	if took != want.took && want.took >= 0 {
		t.Errorf("after %v, want %v", took, want.took)
	}
	return e
}

func TestEveryFakeArmsEveryFault(t *testing.T) {
	for _, p := range providers {
		t.Run(p.name, func(t *testing.T) {
			s, _ := p.start(faults.Pipe(), unchanged)
			defer s.Close()
			for _, f := range faults.All() {
				if err := s.Arm(p.operation, f, 1); err != nil {
					t.Errorf("%s: %v", f, err)
				}
			}
			err := s.Arm("noOperation", faults.EmptyBody, 1)
			if err == nil || !strings.HasPrefix(err.Error(), p.name+"test: arm: ") {
				t.Errorf("an operation that the fake does not have: %v", err)
			}
		})
	}
}

func TestEveryFaultEndsACallInOneTypedError(t *testing.T) {
	for _, p := range providers {
		for _, f := range faults.All() {
			t.Run(p.name+"/"+f.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, call := p.start(faults.Pipe(), unchanged)
					defer s.Close()
					if err := s.Arm(p.operation, f, 1); err != nil {
						t.Fatal(err)
					}
					e := hold(t, call, expected(f))
					if n := len(s.Requests()); n != 1 {
						t.Errorf("%d requests", n)
					}
					if e != nil && (e.RetryAfter < 0 || e.RetryAfter > 24*time.Hour || len(e.Error()) > 300) {
						t.Errorf("retry after %v: %v", e.RetryAfter, e)
					}
				})
			})
		}
	}
}

// naive issues a token the way that is written in an afternoon.
func naive(ctx context.Context, hc *http.Client, url string) (token string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/auth/access_token", strings.NewReader(`{"apiKey":"example-api-key=="}`))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := hc.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var body struct{ Token string }
	err = json.NewDecoder(resp.Body).Decode(&body)
	return body.Token, err
}

// The inverse: each of these faults gets past a client that overlooks the one
// thing that is wrong.
func TestANaiveClientTakesManyAFaultForASuccess(t *testing.T) {
	for fault, want := range map[faults.Fault]string{
		faults.HugeHeaders:                           "example-access-1",
		faults.ManyHeaders:                           "example-access-1",
		faults.InterimFlood:                          "example-access-1",
		faults.WrongCharset:                          "example-access-1",
		faults.BrokenGzip:                            "example-access-1",
		faults.DuplicateKeys:                         "example-access-1",
		faults.TrailingBytes:                         "example-access-1",
		faults.CaseVariantKeys:                       "example-variant",
		faults.NullBody:                              "",
		faults.Status(502, "application/json", "{}"): "",
		faults.Redirect(307, "http://127.0.0.1:1/v1/auth/access_token"):            "example-access-1", // sends the key once more
		faults.CarriedOut(faults.Status(401, "application/json", `{"error":"x"}`)): "",
	} {
		t.Run(fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := faults.Pipe()
				s := faketest.Must(bytenitetest.Start(bytenitetest.Options{Listener: p}))
				defer s.Close()
				if err := s.Arm("accessToken", fault, 1); err != nil {
					t.Fatal(err)
				}
				tr := p.Transport()
				defer tr.CloseIdleConnections()
				if got, err := naive(t.Context(), &http.Client{Transport: tr}, s.URL()); err != nil || got != want {
					t.Errorf("%q, %v", got, err)
				}
			})
		})
	}
}

// The faults spoil something: without one the same calls succeed, and at once.
func TestWithoutAFaultTheSameCallsSucceed(t *testing.T) {
	for _, p := range providers {
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, call := p.start(faults.Pipe(), unchanged)
				defer s.Close()
				if err := s.Arm(p.operation, faults.StallBeforeHeaders, 2); err != nil {
					t.Fatal(err)
				}
				hold(t, call, is(0))
			})
		})
	}
}

func TestNoFaultOfDiallingIsTakenForARequestThatWasSent(t *testing.T) {
	for _, p := range providers {
		for _, f := range faults.DialFaults() {
			for _, base := range []string{"http://127.0.0.1:1", "https://127.0.0.1:1"} {
				t.Run(p.name+"/"+f.String()+"/"+base, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s, call := p.start(faults.Pipe(), func(c *grantway.ClientConfig) {
							c.BaseURL, c.HTTPClient = base, &http.Client{Transport: f.Transport()}
						})
						defer s.Close()
						want := is(grantway.KindNotSent)
						switch {
						case f == faults.DialBlackHole, f == faults.DialSlowDNS:
							want.took = firstByte
						case f == faults.DialProxyAuth && base[:5] == "http:":
							want = is(grantway.KindNotJudged) // the proxy's own answer, 407
						case f == faults.DialProxyAuth:
							want = is(grantway.KindInvalid) // its answer to CONNECT: nothing was sent, and the configuration is wrong
						}
						hold(t, call, want)
						time.Sleep(5 * time.Minute) // net/http dials on, and the bubble ends with all it holds
					})
				})
			}
		}
	}
}

func TestNoFaultOfTLSIsTakenForARequestThatWasSent(t *testing.T) {
	for _, p := range providers {
		for _, f := range faults.TLSFaults() {
			t.Run(p.name+"/"+f.String(), func(t *testing.T) {
				if f == faults.TLSHandshakeStall {
					synctest.Test(t, func(t *testing.T) {
						holdTLS(t, p, faketest.Must(f.Start(faults.Pipe())), after(firstByte, grantway.KindNotSent))
					})
					return
				}
				holdTLS(t, p, faketest.Must(f.Start(nil)), after(-1, grantway.KindNotSent))
			})
		}
	}
}

func holdTLS(t *testing.T, p provider, srv *faults.TLSServer, want outcome) {
	t.Helper()
	defer srv.Close()
	s, call := p.start(faults.Pipe(), func(c *grantway.ClientConfig) {
		c.BaseURL, c.HTTPClient = srv.URL(), srv.HTTPClient()
	})
	defer s.Close()
	hold(t, call, want)
	if srv.Requests() != 0 || len(s.Requests()) != 0 {
		t.Error("a request got through")
	}
}
