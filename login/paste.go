package login

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/internal/address"
)

const (
	maxPasted = 16 << 10 // bytes of one line
	maxPastes = 20       // wrong lines
)

// paste waits for the address that the browser shows in the end.
func (f *flow) paste(ctx context.Context) (*grantway.Token, error) {
	if err := f.begin(f.RedirectURL); err != nil {
		return nil, err
	}
	f.say("Sign in to %s with any browser, at this address:\n\n  %s\n", f.Client.Name(), f.auth.URL())
	at, _ := address.Locate(f.RedirectURL) // check has located it before
	f.say("In the end the browser goes to an address that begins with\n\n  %s\n\nand it does not matter if that page shows an error.", at)
	f.say("Paste the whole address here and press Enter (%v at most, Ctrl-C ends it):", f.Timeout)
	for range maxPastes {
		line, err := f.readLine(ctx)
		if err != nil {
			return nil, err
		}
		code, err := f.pasted(line, at)
		if err == nil {
			return f.finish(ctx, code)
		}
		if f.auth.Spent() {
			return nil, err
		}
		if errors.Is(err, ErrMaybeDenied) {
			f.say("That address tells of no sign-in. If you said no on the page of %s, end this with Ctrl-C. Otherwise paste the one that begins with %s:", f.Client.Name(), at)
			continue
		}
		f.say("That is not the address of this sign-in. Paste the one that begins with %s:", at)
	}
	return nil, errors.New("login: too many lines that were not the address")
}

// pasted reads one line as the request that the browser would have made. It goes
// to at, in whatever spelling.
func (f *flow) pasted(line string, at address.Location) (grantway.AuthorizationCode, error) {
	line = strings.TrimSpace(line)
	place, _, _ := strings.Cut(line, "#") // a browser does not send the rest
	u, err := url.Parse(place)
	if to, ok := address.Locate(place); err != nil || !ok || to != at {
		return grantway.AuthorizationCode{}, errors.New("login: another address than the redirect URL's")
	}
	asSent, err := url.ParseRequestURI(at.Path)
	if err != nil {
		return grantway.AuthorizationCode{}, err // check has located it before
	}
	asSent.RawQuery = u.RawQuery
	code, err := f.Client.Callback(f.auth, &http.Request{Method: http.MethodGet, URL: asSent})
	if err != nil && !f.auth.Spent() && u.Query().Get("error") != "" {
		return code, ErrMaybeDenied
	}
	return code, err
}

// readLine reads one line and nothing behind it, which is the program's own
// input. If ctx ends first, the read is stopped where that is possible.
func (f *flow) readLine(ctx context.Context) (string, error) {
	type result struct {
		line string
		err  error
	}
	read := make(chan result, 1)
	go func() {
		line, err := readLine(f.In)
		read <- result{line, err}
	}()
	select {
	case r := <-read:
		return r.line, r.err
	case <-ctx.Done():
		in, ok := f.In.(interface{ SetReadDeadline(time.Time) error })
		if ok && in.SetReadDeadline(time.Unix(1, 0)) == nil {
			<-read
			_ = in.SetReadDeadline(time.Time{})
		}
		return "", ended(ctx)
	}
}

// readLine reads byte by byte, to take no more than the line. A line that is
// too long to be an address comes back empty.
func readLine(in io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		n, err := in.Read(b)
		switch {
		case n == 1 && b[0] == '\n':
			if len(line) > maxPasted {
				line = nil
			}
			return string(line), nil
		case n == 1 && len(line) <= maxPasted:
			line = append(line, b[0])
		}
		if err != nil {
			if len(line) > 0 && len(line) <= maxPasted && errors.Is(err, io.EOF) {
				return string(line), nil
			}
			return "", errors.New("login: the input ended before an address was pasted")
		}
	}
}
