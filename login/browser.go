package login

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/grantway/grantway/internal/address"
)

// openBrowser hands address to the system's browser and does not wait for it.
// No shell is involved, and what it starts gets nothing but an address that
// was checked (RFC 8252 section 6).
func openBrowser(address string) error {
	cmd, err := browserCommand(runtime.GOOS, address)
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("login: no browser could be started: %w", err)
	}
	go func() { _ = cmd.Wait() }() // takes the process off the system's list; a browser may stay open
	return nil
}

// browserCommand is the opener of each system, which takes one address.
func browserCommand(goos, address string) (*exec.Cmd, error) {
	if err := checkAddress(address); err != nil {
		return nil, err
	}
	switch goos {
	case "darwin":
		return exec.Command("open", address), nil
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", address), nil
	default:
		return exec.Command("xdg-open", address), nil
	}
}

// checkAddress lets https addresses through, and http ones of a fake on this
// machine, in the characters of RFC 3986: nothing that an opener could take
// for a flag, a file or a second argument.
func checkAddress(raw string) error {
	for i := range len(raw) {
		if c := raw[i]; c <= ' ' || c > '~' || strings.IndexByte("\"'<>\\^`{|}", c) >= 0 {
			return errors.New("login: the address to open has a character that an address does not have")
		}
	}
	if _, reason := address.Page(raw); reason != "" {
		return errors.New("login: the address to open " + reason)
	}
	return nil
}
