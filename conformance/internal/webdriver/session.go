package webdriver

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"
)

// startLimit is how long a browser may take to start.
const startLimit = time.Minute

// session is a running browser with an empty profile.
type session struct {
	*processes
	engine Engine
	paths  map[string]string
	proxy  *proxy
	wire   wire
	eyes   eyes

	current string // the window that commands are for

	mu  sync.Mutex
	tab *Tab // that has them; what is asked for meanwhile it has asked for
}

// User is a browser of its own, with its first tab. It ends with the test.
func (b *Browser) User(t *testing.T) *Tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	var s *session
	if last := len(b.idle) - 1; last >= 0 {
		s, b.idle = b.idle[last], b.idle[:last]
	} else {
		s = b.start(ctx, t)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), startLimit)
		defer cancel()
		if b.empty == nil || t.Failed() || s.clear(ctx) != nil {
			s.end(t)
			return
		}
		b.idle = append(b.idle, s)
	})
	tab := &Tab{t: t, s: s, window: s.current}
	if err := s.turn(ctx, tab); err != nil {
		t.Fatalf("%s: %v", b.Name, err)
	}
	return tab
}

func (b *Browser) start(ctx context.Context, t *testing.T) *session {
	t.Helper()
	s := &session{engine: b.Engine, paths: b.paths}
	var err error
	if s.processes, err = newProcesses(); err != nil {
		t.Fatal(err)
	}
	s.proxy = newProxy(s.passed)
	if err = b.open(ctx, s); err == nil {
		err = s.do(ctx, getWindow, nil, &s.current)
	}
	if err != nil {
		said := s.said()
		s.end(t)
		t.Fatalf("%s: %v\n%s", b.Name, err, said)
	}
	return s
}

// clear leaves one tab that has been nowhere, and an empty profile.
func (s *session) clear(ctx context.Context) error {
	var old []string
	if err := s.do(ctx, getWindows, nil, &old); err != nil {
		return err
	}
	fresh, err := s.open(ctx)
	if err != nil {
		return err
	}
	for _, window := range old {
		if err := s.do(ctx, switchWindow, params{"handle": window}, nil); err != nil {
			return err
		}
		if err := s.do(ctx, closeWindow, nil, nil); err != nil {
			return err
		}
	}
	s.current = fresh
	if err := s.do(ctx, switchWindow, params{"handle": fresh}, nil); err != nil {
		return err
	}
	return s.engine.empty(ctx, s)
}

// open makes another tab, and says its name.
func (s *session) open(ctx context.Context) (string, error) {
	var made struct{ Handle string }
	err := s.do(ctx, newWindow, params{"type": s.engine.window}, &made)
	return made.Handle, err
}

// startDriver runs a driver on a free port and returns its URL.
func (s *session) startDriver(ctx context.Context, program string, env []string, portFlag string) (string, error) {
	var err error
	for range 3 {
		var port string
		if port, err = freePort(ctx); err != nil {
			return "", err
		}
		base := "http://127.0.0.1:" + port
		var c *child
		if c, err = s.start(program, []string{portFlag + port}, env); err != nil {
			return "", err
		}
		err = c.wait(ctx, "it listens", func() error {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/status", nil)
			if err != nil {
				return err
			}
			resp, err := direct.Do(r)
			if err != nil {
				return err
			}
			return resp.Body.Close()
		})
		if err == nil {
			return base, nil
		}
	}
	return "", err
}

// end closes the browser in good order, then whatever is left of it.
func (s *session) end(t *testing.T) {
	t.Helper()
	if s.wire != nil {
		ctx, cancel := context.WithTimeout(context.Background(), endLimit)
		defer cancel()
		_, _ = s.wire.do(ctx, quit, params{"flags": []string{"eForceQuit"}}) // it may have ended already
		_ = s.wire.close()
	}
	if err := s.processes.end(); err != nil {
		t.Errorf("%s: %v", s.engine.Name, err)
	}
	s.proxy.close()
}

// passed keeps what the browser gets.
func (s *session) passed(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tab != nil {
		s.tab.requested = append(s.tab.requested, address)
	}
}

// turn makes tab the one that commands are for.
func (s *session) turn(ctx context.Context, tab *Tab) error {
	s.mu.Lock()
	s.tab = tab
	s.mu.Unlock()
	if s.current == tab.window {
		return nil
	}
	s.current = tab.window
	return s.do(ctx, switchWindow, params{"handle": tab.window}, nil)
}

// do sends a command and reads its result.
func (s *session) do(ctx context.Context, c command, p params, result any) error {
	raw, err := s.wire.do(ctx, c, p)
	if err != nil || result == nil {
		return err
	}
	return json.Unmarshal(raw, result)
}

// script runs a function's body in the page.
func (s *session) script(ctx context.Context, body string, result any, args ...any) error {
	return s.do(ctx, execute, params{"script": body, "args": append([]any{}, args...)}, result)
}
