package webdriver

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// marionette is Firefox's own protocol for WebDriver's commands, which
// geckodriver speaks (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html):
// messages of JSON over TCP, each behind its length and a colon. Debian packages
// no geckodriver.
type marionette struct {
	conn net.Conn
	in   *bufio.Reader
	last int // the id of the last command
}

// longest bounds a message; a screenshot is the longest there is.
const longest = 64 << 20

func dialMarionette(ctx context.Context, address string) (*marionette, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	var hello struct {
		Protocol int `json:"marionetteProtocol"`
	}
	m.limit(ctx)
	err = m.receive(&hello)
	if err == nil && hello.Protocol != 3 {
		err = fmt.Errorf("firefox speaks version %d of its protocol", hello.Protocol)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return m, nil
}

func (m *marionette) limit(ctx context.Context) {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Time{}
	}
	_ = m.conn.SetDeadline(deadline)
}

func (m *marionette) receive(message any) error {
	length, err := m.in.ReadString(':')
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil || n < 0 || n > longest {
		return fmt.Errorf("firefox announces %q bytes", length)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(m.in, b); err != nil {
		return err
	}
	return json.Unmarshal(b, message)
}

func (m *marionette) do(ctx context.Context, c command, p params) (json.RawMessage, error) {
	if p == nil {
		p = params{}
	}
	m.limit(ctx)
	m.last++
	b, err := json.Marshal([]any{0, m.last, c.name, p})
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(b), b); err != nil {
		return nil, err
	}
	for {
		var answer [4]json.RawMessage // kind, id, error, result
		if err := m.receive(&answer); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		if string(answer[1]) != strconv.Itoa(m.last) {
			continue // of a command that was given up
		}
		if string(answer[2]) != "null" {
			return nil, refused(c.name, answer[2])
		}
		// What HTTP's answers have in their value is in a value here only if it
		// is no object.
		var wrapped map[string]json.RawMessage
		if json.Unmarshal(answer[3], &wrapped) == nil && len(wrapped) == 1 && wrapped["value"] != nil {
			return wrapped["value"], nil
		}
		return answer[3], nil
	}
}

func (m *marionette) close() error { return m.conn.Close() }
