package login_test

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/authcode"
	"github.com/grantway/grantway/login"
)

const pasted = "https://app.example/callback"

// pasting is a Paste sign-in whose input is given as soon as it is asked for.
type pasting struct {
	out   *syncBuffer
	in    *os.File // what the user types
	ended chan result
	url   chan string
}

// paste starts one. The address is told through Begin, for no browser opens.
func paste(t *testing.T, p provider, change ...func(*login.Config)) *pasting {
	t.Helper()
	in, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = typed.Close() })
	s := &pasting{out: &syncBuffer{}, in: typed, ended: make(chan result, 1), url: make(chan string, 1)}
	cfg := login.Config{Client: p.client, Mode: login.Paste, RedirectURL: pasted, In: in, Out: s.out,
		Begin: func(redirect string) (*authcode.Request, error) {
			a, err := p.begin(redirect)
			s.url <- a.URL()
			return a, err
		},
		OpenBrowser: func(string) error { t.Error("a browser was opened"); return nil }}
	for _, c := range change {
		c(&cfg)
	}
	go func() {
		token, err := login.Run(context.Background(), cfg)
		s.ended <- result{token, err}
	}()
	return s
}

func (s *pasting) types(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if _, err := io.WriteString(s.in, line+"\n"); err != nil {
			t.Error(err)
		}
	}
}

func TestPasteSignsIn(t *testing.T) {
	providers(t, func(string) string { return pasted }, func(t *testing.T, p provider) {
		s := paste(t, p)
		callback, err := p.allow(<-s.url)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(callback)
		if err != nil {
			t.Fatal(err)
		}
		s.types(t, "",
			"what do you mean?",
			"https://evil.example/callback?"+u.RawQuery, // another host
			"http://app.example/callback?"+u.RawQuery,   // another scheme
			"https://app.example/other?"+u.RawQuery,     // another path
			"https://me@app.example/callback?"+u.RawQuery,
			pasted, // without its query
			pasted+"?code=x&state=junk",
			callback+"&state=x",
			strings.Repeat("x", 1<<16), // too long
			"  "+callback+"  \r")
		o := <-s.ended
		if o.err != nil || o.token == nil || p.exchanges() != 1 {
			t.Fatalf("%v, %v, %d exchanges", o.token, o.err, p.exchanges())
		}
		if n := strings.Count(s.out.String(), "That is not the address"); n != 10 {
			t.Errorf("%d lines were called wrong: %s", n, s.out)
		}
		if strings.Contains(s.out.String(), "junk") || strings.Contains(s.out.String(), u.Query().Get("code")) {
			t.Errorf("the terminal repeats what was pasted: %s", s.out)
		}
	})
}

func TestPasteLeavesTheRestOfTheInput(t *testing.T) {
	p := newSquare(t, pasted)
	in, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	s := paste(t, p, func(c *login.Config) { c.In = in })
	callback, err := p.allow(<-s.url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(typed, callback+"\nthe program's own\n"); err != nil {
		t.Fatal(err)
	}
	_ = typed.Close()
	if o := <-s.ended; o.err != nil {
		t.Fatal(o.err)
	}
	if rest, err := io.ReadAll(in); err != nil || string(rest) != "the program's own\n" {
		t.Errorf("%q is left, %v", rest, err)
	}
}

func TestPasteEnds(t *testing.T) {
	t.Run("with a denial", func(t *testing.T) {
		p := newSquare(t, pasted)
		s := paste(t, p)
		callback, err := p.deny(<-s.url)
		if err != nil {
			t.Fatal(err)
		}
		s.types(t, callback)
		if o := <-s.ended; !errors.Is(o.err, grantway.ErrReauthorize) {
			t.Errorf("got %v", o.err)
		}
	})
	t.Run("with the input", func(t *testing.T) {
		s := paste(t, newSquare(t, pasted))
		<-s.url
		_ = s.in.Close()
		if o := <-s.ended; o.err == nil || !strings.Contains(o.err.Error(), "the input ended") {
			t.Errorf("got %v", o.err)
		}
	})
	t.Run("with a last line that has no end", func(t *testing.T) {
		p := newSquare(t, pasted)
		s := paste(t, p)
		callback, err := p.allow(<-s.url)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(s.in, callback)
		_ = s.in.Close()
		if o := <-s.ended; o.err != nil {
			t.Error(o.err)
		}
	})
	t.Run("after too many wrong lines", func(t *testing.T) {
		s := paste(t, newSquare(t, pasted))
		<-s.url
		for range 20 {
			s.types(t, "x")
		}
		if o := <-s.ended; o.err == nil || !strings.Contains(o.err.Error(), "too many lines") {
			t.Errorf("got %v", o.err)
		}
	})
	t.Run("with its timeout, and the input can be read again", func(t *testing.T) {
		in, typed, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = in.Close() }()
		s := paste(t, newSquare(t, pasted), func(c *login.Config) { c.In, c.Timeout = in, 20*time.Millisecond })
		if o := <-s.ended; !errors.Is(o.err, context.DeadlineExceeded) {
			t.Errorf("got %v", o.err)
		}
		_, _ = io.WriteString(typed, "the program's own")
		_ = typed.Close()
		if rest, err := io.ReadAll(in); err != nil || string(rest) != "the program's own" {
			t.Errorf("%q, %v", rest, err)
		}
	})
}
