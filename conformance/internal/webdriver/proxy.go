package webdriver

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
)

// proxy is the only way out of a browser, and it leads to this machine alone.
type proxy struct {
	server  *httptest.Server
	passed  func(address string) // for each request that is let through; of https, the host alone
	forward *httputil.ReverseProxy
}

func newProxy(passed func(address string)) *proxy {
	p := &proxy{passed: passed, forward: &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.RawQuery = r.In.URL.RawQuery // byte for byte, which is not the default
			r.Out.Host = r.In.Host
		},
		Transport:     &http.Transport{DisableCompression: true},
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0), // a page that is left in the middle
	}}
	p.server = httptest.NewServer(p)
	return p
}

func (p *proxy) address() string { return p.server.Listener.Addr().String() }

// close does not wait for a browser that keeps its connections.
func (p *proxy) close() {
	p.server.CloseClientConnections()
	p.server.Close()
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address := r.URL
	if r.Method == http.MethodConnect {
		address = &url.URL{Scheme: "https", Host: r.Host}
	}
	if !here(address.Hostname()) {
		http.Error(w, "the browser of a test calls nobody but this machine", http.StatusForbidden)
		return
	}
	p.passed(address.String())
	switch {
	case r.Method == http.MethodConnect:
		tunnel(w, r)
	case r.URL.Scheme != "http":
		http.Error(w, "not a request for a proxy", http.StatusBadRequest)
	default:
		p.forward.ServeHTTP(w, r)
	}
}

// here reports whether host is this machine.
func here(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// tunnel hands bytes on in both directions until one side ends.
func tunnel(w http.ResponseWriter, r *http.Request) {
	var d net.Dialer
	there, err := d.DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(w, "nobody listens there", http.StatusBadGateway)
		return
	}
	defer there.Close()
	browser, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer browser.Close()
	if _, err := io.WriteString(browser, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	ended := make(chan struct{}, 2)
	for _, way := range []struct {
		to   io.Writer
		from io.Reader
	}{{there, buffered}, {browser, there}} {
		go func() {
			_, _ = io.Copy(way.to, way.from)
			ended <- struct{}{}
		}()
	}
	<-ended
}
