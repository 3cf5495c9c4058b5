package login_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/login"
)

func TestRunSignsIn(t *testing.T) {
	for _, mode := range []struct {
		name   string
		change func(*login.Config, string)
		url    func(port string) string
	}{
		{"on an ephemeral port", func(*login.Config, string) {}, func(string) string { return "" }},
		{"on a fixed port", fixed, func(port string) string { return "http://127.0.0.1:" + port + "/signed-in" }},
		{"on a fixed port of localhost", fixed, func(port string) string { return "http://localhost:" + port + "/signed-in" }},
		{"on a fixed port, without a path", fixed, func(port string) string { return "http://127.0.0.1:" + port }},
	} {
		t.Run(mode.name, func(t *testing.T) {
			redirect := mode.url(freePort(t))
			providers(t, func(name string) string {
				if redirect != "" {
					return redirect
				}
				return ephemeral(name)
			}, func(t *testing.T, p provider) {
				var saved *grantway.Token
				r := run(t, p, func(c *login.Config) {
					mode.change(c, redirect)
					c.Save = func(_ context.Context, token *grantway.Token) error { saved = token; return nil }
				})
				r.succeeds()
				if saved == nil || p.exchanges() != 1 {
					t.Errorf("saved %v, %d exchanges", saved, p.exchanges())
				}
				for _, words := range []string{"Sign in to " + p.client.Name(), r.address, "Ctrl-C", "Signed in to " + p.client.Name()} {
					if !strings.Contains(r.out.String(), words) {
						t.Errorf("%q is not in %s", words, r.out)
					}
				}
			})
		})
	}
}

func fixed(c *login.Config, redirect string) {
	c.Mode, c.RedirectURL = login.Fixed, redirect
}

func TestRunTellsADenialFromAFailure(t *testing.T) {
	providers(t, ephemeral, func(t *testing.T, p provider) {
		r := run(t, p)
		callback, err := p.deny(r.address)
		if err != nil {
			t.Fatal(err)
		}
		a := get(t, callback)
		o := <-r.ended
		if !errors.Is(o.err, grantway.ErrReauthorize) || a.status != http.StatusForbidden || !strings.Contains(a.body, "Access was not granted") || p.exchanges() != 0 {
			t.Errorf("%v, status %d, %d exchanges", o.err, a.status, p.exchanges())
		}
		r.closed()

		r = run(t, p)
		callback = r.allowed()
		p.failNext()
		a = get(t, callback)
		o = <-r.ended
		if !errors.Is(o.err, grantway.ErrThrottled) || a.status != http.StatusBadGateway || !strings.Contains(a.body, "could not be reached") {
			t.Errorf("%v, status %d", o.err, a.status)
		}
		r.closed()
	})
}

func TestRunShowsSuccessOnlyOnceTheTokenIsSaved(t *testing.T) {
	full := errors.New("the disk is full")
	r := run(t, newSquare(t, ephemeral("square")), func(c *login.Config) {
		c.Save = func(context.Context, *grantway.Token) error { return full }
	})
	a := get(t, r.allowed())
	if o := <-r.ended; !errors.Is(o.err, full) || o.token != nil || a.status != http.StatusInternalServerError || strings.Contains(a.body, "disk") {
		t.Errorf("%v, %v, status %d: %s", o.token, o.err, a.status, a.body)
	}
}

// STD-28: it ends with its context, its timeout and Ctrl-C, and leaves nothing.
func TestRunEnds(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*login.Config)
		end    func(*running)
		want   error
	}{
		{"with its context", func(*login.Config) {}, func(r *running) { r.cancel() }, context.Canceled},
		{"with its timeout", func(c *login.Config) { c.Timeout = 20 * time.Millisecond }, func(*running) {}, context.DeadlineExceeded},
		{"with Ctrl-C", func(*login.Config) {}, func(r *running) { interrupt(r.t) }, context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := run(t, newSquare(t, ephemeral("square")), tt.change)
			open, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimSuffix(strings.TrimPrefix(r.redirect(), "http://"), "/callback/square"))
			if err != nil && !errors.Is(tt.want, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			tt.end(r)
			if o := <-r.ended; !errors.Is(o.err, tt.want) || o.token != nil {
				t.Errorf("%v, %v", o.token, o.err)
			}
			r.closed()
			if err == nil { // a connection that was open is closed too
				if _, err := bufio.NewReader(open).ReadByte(); err == nil {
					t.Error("the connection answers")
				}
				_ = open.Close()
			}
		})
	}
}

func interrupt(t testing.TB) {
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Signal(os.Interrupt)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// STD-21: what is under way when the program is told to end is not lost.
func TestACodeThatIsBeingExchangedIsWaitedFor(t *testing.T) {
	p := newSquare(t, ephemeral("square"))
	saving, goOn := make(chan struct{}), make(chan struct{})
	r := run(t, p, func(c *login.Config) {
		c.Save = func(ctx context.Context, _ *grantway.Token) error {
			close(saving)
			<-goOn
			return ctx.Err()
		}
	})
	callback := r.allowed()
	go func() { _, _ = try(callback) }()
	<-saving
	r.waits()
	r.cancel()
	for { // until the listener is gone
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimSuffix(strings.TrimPrefix(r.redirect(), "http://"), "/callback/square"))
		if err != nil {
			break
		}
		_ = c.Close()
	}
	r.waits()
	close(goOn)
	if o := <-r.ended; o.err != nil || o.token == nil {
		t.Errorf("%v, %v", o.token, o.err)
	}
}

// A second Ctrl-C ends a program that waits for what is under way. The child
// is this test in a process of its own.
func TestASecondCtrlCEndsTheProgram(t *testing.T) {
	if os.Getenv("LOGIN_CHILD") != "" {
		p := newSquare(t, ephemeral("square"))
		_, _ = login.Run(context.Background(), login.Config{Client: p.client, Begin: p.begin, Out: io.Discard,
			OpenBrowser: func(address string) error {
				callback, err := p.allow(address)
				go func() { _, _ = try(callback) }()
				return err
			},
			Save: func(context.Context, *grantway.Token) error {
				fmt.Println("saving")
				select {} // a disk that hangs
			},
		})
		return
	}
	if runtime.GOOS == "windows" {
		t.Skip("no process can send it to another")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestASecondCtrlCEndsTheProgram$")
	child.Env = append(os.Environ(), "LOGIN_CHILD=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "saving\n" {
		t.Fatalf("%q, %v", line, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for range 500 {
		_ = child.Process.Signal(os.Interrupt) // again and again, as one does
		select {
		case err := <-ended:
			if err == nil {
				t.Error("it ended as if nothing had happened")
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	_ = child.Process.Kill()
	t.Error("it did not end")
}

// STD-27: an ephemeral port by default, so that two sign-ins do not meet; a
// fixed one has to be asked for, and one that is taken is an error.
func TestPorts(t *testing.T) {
	p := newSquare(t, ephemeral("square"))
	a, b := run(t, p), run(t, p)
	if a.redirect() == b.redirect() {
		t.Error("two sign-ins have one address")
	}
	b.succeeds()
	a.succeeds()

	for _, host := range []string{"127.0.0.1", "localhost"} {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		redirect := "http://" + net.JoinHostPort(host, strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)) + "/cb"
		_, err = login.Run(context.Background(), login.Config{Client: p.client, Begin: p.begin, Out: &syncBuffer{}, Mode: login.Fixed, RedirectURL: redirect,
			OpenBrowser: func(string) error { t.Error("the browser was opened"); return nil }})
		if err == nil || !strings.Contains(err.Error(), "cannot be listened on") {
			t.Errorf("%s: %v", host, err)
		}
		_ = taken.Close()
	}
	// The inverse of localhost: somebody has the other family of the port.
	if taken, err := net.Listen("tcp", "[::1]:0"); err == nil {
		redirect := "http://localhost:" + strconv.Itoa(taken.Addr().(*net.TCPAddr).Port) + "/cb"
		_, err = login.Run(context.Background(), login.Config{Client: p.client, Begin: p.begin, Out: &syncBuffer{}, Mode: login.Fixed, RedirectURL: redirect})
		if err == nil || !strings.Contains(err.Error(), "cannot be listened on") {
			t.Errorf("[::1] is taken: %v", err)
		}
		_ = taken.Close()
	}
}

// STD-26: a loopback address and nothing else is listened on.
func TestTheListenerIsOnALoopbackAddress(t *testing.T) {
	r := run(t, newSquare(t, ephemeral("square")))
	host, port, err := net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(r.redirect(), "http://"), "/callback/square"))
	if err != nil || host != "127.0.0.1" {
		t.Fatalf("%s, %v", r.redirect(), err)
	}
	if runtime.GOOS == "linux" {
		n, err := strconv.Atoi(port)
		if err != nil {
			t.Fatal(err)
		}
		found := listening(t, n)
		if len(found) != 1 || found[0] != "0100007F" {
			t.Errorf("the system says that port %s listens on %q", port, found)
		}
		// The inverse: the same search sees a listener on every address.
		all, err := net.Listen("tcp4", ":0")
		if err != nil {
			t.Fatal(err)
		}
		if found := listening(t, all.Addr().(*net.TCPAddr).Port); len(found) != 1 || found[0] != "00000000" {
			t.Errorf("a listener on every address: %q", found)
		}
		_ = all.Close()
	}
	r.succeeds()
}

// listening is the addresses that a port listens on, as the system writes them.
func listening(t *testing.T, port int) (addresses []string) {
	t.Helper()
	for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		data, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(data), "\n") {
			f := strings.Fields(line)
			if len(f) < 4 || f[3] != "0A" { // LISTEN
				continue
			}
			address, p, _ := strings.Cut(f[1], ":")
			if n, err := strconv.ParseInt(p, 16, 32); err == nil && int(n) == port {
				addresses = append(addresses, address)
			}
		}
	}
	return addresses
}

func TestRunRefuses(t *testing.T) {
	p := newSquare(t, ephemeral("square"))
	for _, tt := range []struct {
		name   string
		change func(*login.Config)
		want   string
	}{
		{"no client", func(c *login.Config) { c.Client = nil }, "Config.Client"},
		{"no Begin", func(c *login.Config) { c.Begin = nil }, "Config.Begin"},
		{"an unknown mode", func(c *login.Config) { c.Mode = 9 }, "Config.Mode"},
		{"a negative timeout", func(c *login.Config) { c.Timeout = -1 }, "Config.Timeout"},
		{"a timeout beyond the state's life", func(c *login.Config) { c.Timeout = authcode.Lifetime + 1 }, "Config.Timeout"},
		{"an ephemeral port that is given", func(c *login.Config) { c.RedirectURL = "http://127.0.0.1:1/cb" }, "Config.RedirectURL"},
		{"a fixed port that is not", func(c *login.Config) { c.Mode = login.Fixed }, "Config.RedirectURL"},
		{"STD-27: no port at all", func(c *login.Config) { fixed(c, "http://127.0.0.1/cb") }, "Config.RedirectURL"},
		{"any port", func(c *login.Config) { fixed(c, "http://127.0.0.1:0/cb") }, "Config.RedirectURL"},
		{"STD-26: every address", func(c *login.Config) { fixed(c, "http://0.0.0.0:8788/cb") }, "Config.RedirectURL"},
		{"another machine", func(c *login.Config) { fixed(c, "http://app.example:8788/cb") }, "Config.RedirectURL"},
		{"https where it would have to listen", func(c *login.Config) { fixed(c, "https://127.0.0.1:8788/cb") }, "Config.RedirectURL"},
		{"nothing to come back to", func(c *login.Config) { c.Mode = login.Paste }, "Config.RedirectURL"},
		{"a Begin that goes its own way", func(c *login.Config) {
			c.Begin = func(string) (*authcode.Request, error) { return p.begin("http://127.0.0.1:1/callback") }
		}, "Config.Begin"},
		{"a Begin that does nothing", func(c *login.Config) { c.Begin = func(string) (*authcode.Request, error) { return nil, nil } }, "Config.Begin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := login.Config{Client: p.client, Begin: p.begin, Out: &syncBuffer{},
				OpenBrowser: func(string) error { t.Error("the browser was opened"); return nil }}
			tt.change(&cfg)
			if _, err := login.Run(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWithoutABrowserTheAddressIsShown(t *testing.T) {
	opened := make(chan string, 1)
	p := newSquare(t, ephemeral("square"))
	out := &syncBuffer{}
	ended := make(chan error, 1)
	go func() {
		_, err := login.Run(context.Background(), login.Config{Client: p.client, Begin: p.begin, Out: out, OpenBrowser: func(address string) error {
			opened <- address
			return errors.New("there is none")
		}})
		ended <- err
	}()
	callback, err := p.allow(<-opened)
	if err != nil {
		t.Fatal(err)
	}
	get(t, callback)
	if err := <-ended; err != nil || !strings.Contains(out.String(), "open the address yourself") {
		t.Errorf("%v: %s", err, out)
	}
}
