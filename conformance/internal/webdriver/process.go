package webdriver

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// endLimit is how long a program may take to end after it was asked to.
const endLimit = 5 * time.Second

// processes are the programs of one user's browser, and the folder where they
// write: home, profile and temporary files.
type processes struct {
	dir     string
	started []*child
}

// child is one program that was started here.
type child struct {
	cmd   *exec.Cmd
	log   *os.File
	ended chan struct{} // closed when it has
}

// newProcesses makes the folder. Its path is short: it holds sockets, whose paths
// have a hundred characters at most.
func newProcesses() (*processes, error) {
	dir, err := os.MkdirTemp("", "grantway-browser-")
	if err != nil {
		return nil, err
	}
	return &processes{dir: dir}, nil
}

// mark is in the environment of every process that was started here, and of all
// that these start.
func (p *processes) mark() string { return "GRANTWAY_BROWSER=" + p.dir }

// start runs a program that has only this folder and no settings of the user's.
func (p *processes) start(program string, args, env []string, files ...*os.File) (*child, error) {
	name := filepath.Base(program)
	log, err := os.Create(filepath.Join(p.dir, name+".log"))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(context.Background(), program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = p.dir, log, log, files
	cmd.Env = append([]string{p.mark(), "PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "TMPDIR=" + p.dir, "XDG_RUNTIME_DIR=" + p.dir, "LANG=C.UTF-8"}, env...)
	if err := cmd.Start(); err != nil {
		_ = log.Close()
		return nil, err
	}
	c := &child{cmd, log, make(chan struct{})}
	go func() {
		defer close(c.ended)
		_ = cmd.Wait() // ended by us, or too early, which whoever waits for it tells
	}()
	p.started = append(p.started, c)
	return c, nil
}

// said is what the programs have written.
func (p *processes) said() string {
	var b strings.Builder
	for _, c := range p.started {
		out, _ := os.ReadFile(c.log.Name())
		fmt.Fprintf(&b, "%s:\n%s\n", filepath.Base(c.cmd.Path), out)
	}
	return b.String()
}

// wait runs do until it succeeds, the program has ended, or ctx has.
func (c *child) wait(ctx context.Context, what string, do func() error) error {
	for {
		err := do()
		if err == nil {
			return nil
		}
		select {
		case <-c.ended:
			return fmt.Errorf("%s ended before %s", filepath.Base(c.cmd.Path), what)
		default:
		}
		if pause(ctx) != nil {
			return fmt.Errorf("%s is late, %s: %w", filepath.Base(c.cmd.Path), what, err)
		}
	}
}

// pause is the time between two looks at what will come; an error if ctx ends
// first.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(10 * time.Millisecond):
		return nil
	}
}

// end stops all that was started, the last one first, and removes the folder.
func (p *processes) end() error {
	for _, c := range slices.Backward(p.started) {
		_ = c.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-c.ended:
		case <-time.After(endLimit):
			_ = c.cmd.Process.Kill()
			<-c.ended
		}
		_ = c.log.Close()
	}
	deadline := time.After(endLimit)
	for {
		for _, pid := range marked(p.mark()) { // what a driver has left behind
			if process, err := os.FindProcess(pid); err == nil {
				_ = process.Kill()
			}
		}
		err := os.RemoveAll(p.dir)
		if err == nil && len(marked(p.mark())) == 0 {
			return nil
		}
		select {
		case <-deadline:
			return fmt.Errorf("a browser's processes %v or its folder are left: %w", marked(p.mark()), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// marked are the processes whose environment has mark, where the system has /proc.
func marked(mark string) (pids []int) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		env, err := os.ReadFile(filepath.Join("/proc", e.Name(), "environ"))
		if err == nil && bytes.Contains(append([]byte{0}, env...), []byte("\x00"+mark+"\x00")) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// freePort is a port that nobody listens on. Another process may take it before
// it is used; the program that finds it taken then ends, and is started again.
func freePort(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// display starts an X server and returns its name for DISPLAY. Its screen is
// large enough for a whole page.
func (p *processes) display(ctx context.Context, xvfb string) (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	// 3 is the first of a child's extra files; the server writes the number there.
	_, err = p.start(xvfb, []string{"-displayfd", "3", "-screen", "0", "1600x3000x24", "-nolisten", "tcp"}, nil, w)
	_ = w.Close()
	if err != nil {
		return "", err
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = r.SetReadDeadline(deadline)
	}
	number, err := bufio.NewReader(r).ReadString('\n') // to its end, which is written apart
	if err != nil {
		return "", fmt.Errorf("%s gives no display: %w", filepath.Base(xvfb), err)
	}
	return ":" + strings.TrimSpace(number), nil
}
