// Command quickstart takes every operation of the three providers through the
// SDK and prints what went over the wire: method, path, the shape of the auth
// header, the outcome. Then it does one thing wrong per provider and prints
// the typed error that comes of it. Last, token sources: a hundred goroutines and
// one refresh, and a bad day with its Status before, during and after.
//
// Without flags it starts a fake of each provider on a loopback address. With
// -credentials it calls the real providers that the file names; what it
// obtains there it revokes again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"

	"github.com/grantway/grantway"
)

func main() {
	credentials := flag.String("credentials", "", "a JSON `file` with real credentials; its form is in credentials.go")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *credentials); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, credentials string) error {
	d := &demo{out: out, wire: &recorder{}, seen: map[string]bool{}}
	if credentials != "" {
		return d.real(ctx, credentials)
	}
	return d.fakes(ctx)
}

// demo prints each step and counts what was not as expected.
type demo struct {
	out      io.Writer
	wire     *recorder
	provider string
	seen     map[string]bool // provider.operation that succeeded
	failures int             // deliberate ones that failed the way they should
	anyKind  bool            // a real provider may word a refusal differently
	wrong    []string
}

// begin starts a provider's part.
func (d *demo) begin(name, provider string) {
	d.provider = provider
	fmt.Fprintf(d.out, "\n%s\n", name)
}

// step runs one operation and prints its line. It reports whether the call
// succeeded, so that what builds on it can be left out.
func (d *demo) step(operation string, call func() (string, error)) bool {
	outcome, err := call()
	if err != nil {
		outcome = "FAILED: " + err.Error()
		d.wrong = append(d.wrong, d.provider+"."+operation)
	} else {
		d.seen[d.provider+"."+operation] = true
	}
	sent := d.wire.last()
	fmt.Fprintf(d.out, "  %-20s %-5s %-52s %s\n", operation, sent.method, sent.path, sent.auth)
	fmt.Fprintf(d.out, "  %-20s       %s\n", "", outcome)
	return err == nil
}

// failure runs a call that must fail, in the way that want says.
func (d *demo) failure(what string, want error, call func() error) {
	err := call()
	var e *grantway.Error
	fmt.Fprintf(d.out, "\n  on purpose: %s\n", what)
	if !errors.As(err, &e) || !d.anyKind && !errors.Is(err, want) {
		d.wrong = append(d.wrong, what)
		fmt.Fprintf(d.out, "    FAILED: got %v, want an error that matches %q\n", err, want)
		return
	}
	d.failures++
	fmt.Fprintf(d.out, "    %v\n    kind %q, status %d, code %q\n", err, e.Kind, e.Status, e.Code)
}

// verdict ends the program: an error if anything was not as expected.
func (d *demo) verdict() error {
	if d.wrong != nil {
		return fmt.Errorf("not as expected: %s", strings.Join(d.wrong, ", "))
	}
	return nil
}

// recorder notes what goes out, and of the auth header its shape only.
type recorder struct {
	mu   sync.Mutex
	sent sent
}

type sent struct{ method, path, auth string }

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.sent = sent{req.Method, req.URL.Path, shape(req.Header.Get("Authorization"))}
	if req.URL.RawQuery != "" {
		r.sent.path += "?…"
	}
	r.mu.Unlock()
	return http.DefaultTransport.RoundTrip(req)
}

// last returns the last request and forgets it.
func (r *recorder) last() sent {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.sent
	r.sent = sent{}
	return s
}

// shape keeps the scheme of an Authorization header and nothing else.
func shape(header string) string {
	scheme, _, ok := strings.Cut(header, " ")
	switch {
	case header == "":
		return "no Authorization header"
	case !ok:
		return "Authorization: [redacted]"
	}
	return "Authorization: " + scheme + " [redacted]"
}
