package webdriver

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestProcesses_LeaveNothing(t *testing.T) {
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("there is no /proc")
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for _, tt := range []struct{ name, script string }{
		{"one that ends when it is asked", "sleep 1000"},
		{"one that has ended", "exit 1"},
		{"one that leaves a child", "sleep 1000 & exec sleep 1000"},
		{"one whose child writes on", `while :; do mkdir -p "$HOME/a/b"; done & exec sleep 1000`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := newProcesses()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.start(sh, []string{"-c", tt.script}, nil); err != nil {
				t.Fatal(err)
			}
			if err := p.end(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(p.dir); !os.IsNotExist(err) {
				t.Errorf("the folder is left: %v", err)
			}
			if left := marked(p.mark()); len(left) != 0 {
				t.Errorf("processes %v are left", left)
			}
		})
	}
}

// The inverse: what runs is seen, and what is another's is not.
func TestProcesses_KnowTheirOwn(t *testing.T) {
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("there is no /proc")
	}
	p, err := newProcesses()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := p.start("/bin/sh", []string{"-c", "sleep 1000 & echo started; wait"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = c.wait(ctx, "it has a child", func() error {
		if len(marked(p.mark())) != 2 || !strings.Contains(p.said(), "started") {
			return os.ErrNotExist
		}
		return nil
	})
	if err != nil {
		t.Errorf("%v: %v\n%s", err, marked(p.mark()), p.said())
	}
	if got := p.said(); !strings.Contains(got, "started") {
		t.Errorf("it said %q", got)
	}
	if others := marked(p.mark() + "0"); len(others) != 0 {
		t.Errorf("another's are taken for it: %v", others)
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

func TestWait_EndsWithTheProgram(t *testing.T) {
	p, err := newProcesses()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.end(); err != nil {
			t.Error(err)
		}
	})
	never := func() error { return os.ErrNotExist }
	c, err := p.start("/bin/sh", []string{"-c", "exit 1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.wait(t.Context(), "it listens", never); err == nil || err.Error() != "sh ended before it listens" {
		t.Error(err)
	}
	c, err = p.start("/bin/sh", []string{"-c", "sleep 1000"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.wait(ctx, "it listens", never); err == nil || !strings.Contains(err.Error(), "sh is late, it listens") {
		t.Error(err)
	}
}
