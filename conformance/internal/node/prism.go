package node

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// startLimit is how long Prism may take to read a spec and listen.
const startLimit = time.Minute

// Prism serves a spec on loopback, checking each request against it, and
// returns its URL. It ends with the test.
func Prism(t testing.TB, specFile string) string {
	t.Helper()
	dir := Dir(t)
	var err error
	for range 3 { // between choosing a port and using it, another process may take it
		var url string
		if url, err = startPrism(t, dir, specFile); err == nil {
			return url
		}
	}
	t.Fatal(err)
	return ""
}

func startPrism(t testing.TB, dir, specFile string) (string, error) {
	t.Helper()
	port, err := freePort()
	if err != nil {
		return "", err
	}
	cmd := command(t, dir, filepath.Join("node_modules", "@stoplight", "prism-cli", "dist", "index.js"),
		"mock", "--host", "127.0.0.1", "--port", port, "--errors", specFile)
	said := &output{until: "Prism is listening on", found: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		return "", err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // ended by us, or too early, which is told below
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	select {
	case <-said.found:
		return "http://127.0.0.1:" + port, nil
	case <-ended:
		return "", fmt.Errorf("prism ended before it listened:\n%s", said)
	case <-time.After(startLimit):
		return "", fmt.Errorf("prism did not listen within %s:\n%s", startLimit, said)
	}
}

// output keeps what a process says until it has said a certain thing.
type output struct {
	until string
	found chan struct{} // closed then

	mu   sync.Mutex
	text strings.Builder
	done bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done {
		return len(p), nil
	}
	o.text.Write(p)
	if strings.Contains(o.text.String(), o.until) {
		o.done = true
		close(o.found)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
