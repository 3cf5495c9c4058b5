package provider

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
)

// proxyCanary is what a proxy, or its address, has in it and no error may show.
const proxyCanary = "example-proxy-password"

// behind serves one connection after the other as a proxy.
func behind(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

// answers is a proxy that answers CONNECT with text and reads what comes.
func answers(text string) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, text)
		}
	}
}

// socks is a proxy that reads something, writes the first answer, and if there is
// a second reads something and writes that, as one of SOCKS5 does.
func socks(first, second string) func(net.Conn) {
	return func(c net.Conn) {
		b := make([]byte, 64<<10)
		if _, err := c.Read(b); err != nil {
			return
		}
		_, _ = io.WriteString(c, first)
		if second == "" {
			return
		}
		if _, err := c.Read(b); err == nil {
			_, _ = io.WriteString(c, second)
		}
	}
}

func TestC3_FailuresBeforeTheRequestHaveWords(t *testing.T) {
	status := func(line string) func(net.Conn) {
		return answers("HTTP/1.1 " + line + " " + proxyCanary + "\r\nContent-Length: 0\r\n\r\n")
	}
	reply := func(code byte) func(net.Conn) {
		return socks("\x05\x00", "\x05"+string(rune(code))+"\x00\x01\x00\x00\x00\x00\x00\x00")
	}
	noDial := func(err error) func(*http.Transport) {
		return func(tr *http.Transport) {
			tr.DialContext = func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
			}
		}
	}
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	secure.Config.ErrorLog = nil
	for _, c := range []struct {
		name   string
		scheme string
		proxy  func(net.Conn) // nil for one that cannot be reached
		set    func(*http.Transport)
		kind   grantway.Kind
		words  string // behind the proxy's name
	}{
		{"CONNECT is answered with 407", "http", status("407"), nil, grantway.KindInvalid, "status 407"},
		{"CONNECT is answered with 403", "http", status("403"), nil, grantway.KindInvalid, "status 403"},
		{"CONNECT is answered with a redirect", "http", status("302"), nil, grantway.KindInvalid, "status 302"},
		{"CONNECT is answered with 502", "http", status("502"), nil, grantway.KindNotSent, "status 502"},
		{"CONNECT is answered with 429", "http", status("429"), nil, grantway.KindNotSent, "status 429"},
		{"CONNECT is answered with no HTTP", "http", answers(proxyCanary + "\r\n\r\n"), nil, grantway.KindNotSent, "its answer cannot be read"},
		{"CONNECT is not answered", "http", answers(""), nil, grantway.KindNotSent, "the connection was closed too early"},
		{"the way is opened and closed", "http", socks("HTTP/1.1 200 OK\r\n\r\n", " "), nil, grantway.KindNotSent, "the connection was closed too early"},
		{"the way is opened to what is no TLS", "http", socks("HTTP/1.1 200 OK\r\n\r\n", proxyCanary), nil, grantway.KindNotSent, "TLS: the server does not speak it"},
		{"the program's own hook refuses it", "http", status("200"), func(tr *http.Transport) {
			tr.OnProxyConnectResponse = func(context.Context, *url.URL, *http.Request, *http.Response) error { return errors.New(proxyCanary) }
		}, grantway.KindInvalid, "refused by the transport's own OnProxyConnectResponse"},
		{"SOCKS wants credentials", "socks5", socks("\x05\xff", ""), nil, grantway.KindInvalid, "SOCKS: no acceptable authentication methods"},
		{"SOCKS refuses the credentials", "socks5", socks("\x05\x02", "\x01\x01"), nil, grantway.KindInvalid, "SOCKS: username/password authentication failed"},
		{"SOCKS forbids the host", "socks5", reply(2), nil, grantway.KindInvalid, "SOCKS: connection not allowed by ruleset"},
		{"SOCKS cannot reach the host", "socks5", reply(4), nil, grantway.KindNotSent, "SOCKS: host unreachable"},
		{"SOCKS fails", "socks5h", reply(1), nil, grantway.KindNotSent, "SOCKS: general SOCKS server failure"},
		{"SOCKS is no SOCKS", "socks5", socks(proxyCanary, ""), nil, grantway.KindNotSent, "its answer cannot be read"},
		{"the proxy does not speak TLS", "https", func(c net.Conn) { _, _ = c.Read(make([]byte, 1)); _, _ = io.WriteString(c, "HTTP/1.1 400 Bad\r\n\r\n") },
			nil, grantway.KindNotSent, "TLS: the server does not speak it"},
		{"the proxy's certificate is not trusted", "https", func(c net.Conn) { _ = tls.Server(c, secure.TLS).HandshakeContext(t.Context()) },
			nil, grantway.KindNotSent, "TLS: the certificate is not trusted"},
		{"the proxy's name has no address", "http", nil, noDial(&net.DNSError{Err: proxyCanary, Name: proxyCanary, IsNotFound: true}),
			grantway.KindNotSent, "the host's name could not be resolved"},
		{"the proxy is not there", "http", nil, noDial(errors.New(proxyCanary)), grantway.KindNotSent, "no connection"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := "proxy.example:3128"
			if c.proxy != nil {
				at = behind(t, c.proxy)
			}
			tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: c.scheme, Host: at, User: url.UserPassword("example-user", proxyCanary)})}
			if c.set != nil {
				c.set(tr)
			}
			err := callThrough(t, tr, "https://provider.example")
			var e *grantway.Error
			switch {
			case !errors.As(err, &e) || e.Kind != c.kind:
				t.Errorf("its kind is another: %v", err)
			case !strings.Contains(err.Error(), "the proxy "+at+": "+c.words):
				t.Errorf("it does not say so: %v", err)
			case e.Status != 0:
				t.Errorf("the proxy's status reads as the provider's: %d", e.Status)
			case e.Kind == grantway.KindInvalid && e.Field != "HTTPClient":
				t.Errorf("it names the field %q", e.Field)
			case !errors.Is(err, grantway.ErrNotSent):
				t.Error("it does not count as not sent")
			}
			for ; err != nil; err = errors.Unwrap(err) {
				if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, proxyCanary) || strings.Contains(text, "example-user") {
					t.Errorf("it shows %s", text)
				}
			}
		})
	}
}

func TestC3_AProxySettingThatCannotBeReadIsNamedAndNotShown(t *testing.T) {
	err := callThrough(t, &http.Transport{Proxy: func(*http.Request) (*url.URL, error) {
		return nil, errors.New("invalid proxy address http://example-user:" + proxyCanary + "@proxy")
	}}, "https://provider.example")
	var e *grantway.Error
	if !errors.As(err, &e) || e.Kind != grantway.KindInvalid || e.Field != "HTTPClient" || strings.Contains(err.Error(), proxyCanary) {
		t.Errorf("%v", err)
	}
}

// The inverse: a proxy that works is not in the way, and is not blamed for what
// the provider does.
func TestC3_AProxyThatWorksIsNotBlamed(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusProxyAuthRequired} {
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "{}")
		}))
		at := behind(t, func(c net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				return
			}
			there, err := net.Dial("tcp", server.Listener.Addr().String()) //nolint:noctx // it ends with the server
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			go func() { _, _ = io.Copy(there, c); _ = there.Close() }()
			_, _ = io.Copy(c, there)
		})
		tr, ok := server.Client().Transport.(*http.Transport)
		if !ok {
			t.Fatal("no *http.Transport")
		}
		tr = tr.Clone()
		tr.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: at})
		err := callThrough(t, tr, "https://example.com")
		var e *grantway.Error
		if status == http.StatusOK && err != nil {
			t.Errorf("%v", err)
		}
		if status != http.StatusOK && (!errors.As(err, &e) || e.Status != status || strings.Contains(err.Error(), "proxy")) {
			t.Errorf("%d: %v", status, err)
		}
		server.Close()
	}
}

// callThrough makes one call over tr.
func callThrough(t *testing.T, tr *http.Transport, base string) error {
	t.Helper()
	c := mustNew(t, grantway.ClientConfig{BaseURL: base, HTTPClient: &http.Client{Transport: tr}})
	_, err := c.Call(t.Context(), &Operation{Name: "op", Method: http.MethodPost, Path: "/token", ContentType: "application/json"}, &Request{Body: []byte("{}")})
	return err
}
