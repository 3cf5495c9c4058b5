package login

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// notAddresses are what an opener could take for something else (STD-24).
var notAddresses = []string{
	"", "-flag", "--version", "https", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "ftp://example.com/",
	"http://example.com/", "http://localhost/", "https://example.com/\nhttps://other.example/", "https://example.com/ -flag",
	"https://example.com/\x00", "https://example.com/'; id; '", `https://example.com/" & calc & "`, "https://example.com/`id`",
	"https://example.com/|id", "https://example.com/^&", "https://example.com/<x>", `\\example.com\share`, `C:\Windows\calc.exe`,
	"https://user@example.com/", "https://example.com/#-flag", "https://example.com/é", "ms-settings:", "xdg-open", "/etc/passwd",
}

func TestOnlyAnAddressReachesTheOpener(t *testing.T) {
	good := []string{"https://example.com/authorize?a=b&c=%0A+d", "http://127.0.0.1:8080/authorize?a=b"}
	for _, goos := range []string{"linux", "darwin", "windows", "freebsd"} {
		for _, address := range notAddresses {
			if cmd, err := browserCommand(goos, address); err == nil {
				t.Errorf("STD-24: %s: %q would run %q", goos, address, cmd.Args)
			} else if len(address) > 3 && strings.Contains(err.Error(), address) {
				t.Errorf("%q is in the error", address)
			}
		}
		for _, address := range good {
			cmd, err := browserCommand(goos, address)
			if err != nil {
				t.Fatal(err)
			}
			if cmd.Args[len(cmd.Args)-1] != address || slices.Contains([]string{"sh", "cmd", "cmd.exe", "powershell"}, filepath.Base(cmd.Args[0])) {
				t.Errorf("%s runs %q", goos, cmd.Args)
			}
		}
	}
}

// What the system's opener is given, in a process of its own.
func TestTheOpenerGetsOneArgument(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("its opener is not found through PATH alone")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\nprintf '%s\\n' \"$#\" \"$1\" > "+out+".part && mv "+out+".part "+out+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	const address = "https://example.com/authorize?a=b&state=example-state"
	cmd, err := browserCommand(runtime.GOOS, address)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "1\n"+address+"\n" {
		t.Errorf("%q, %v", got, err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := openBrowser(address); err == nil || strings.Contains(err.Error(), "example-state") {
		t.Errorf("without an opener: %v", err)
	}
}
