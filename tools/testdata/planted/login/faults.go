// Package login has one fault for each thing that is looked for.
package login

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// want: unused func nobody is unused
func nobody() {}

// Trimmed is what staticcheck finds: the cutset has a letter twice.
func Trimmed(s string) string {
	// want: staticcheck SA1024
	return strings.TrimLeft(s, "Bearer")
}

// want: staticcheck ST1020

// A comment that does not begin with the name.
func Commented() {}

// Unchecked is what errcheck finds, and what is excepted.
func Unchecked(v any, body io.ReadCloser, c net.Conn, f *os.File) string {
	body.Close()
	c.Close()
	fmt.Fprintln(os.Stderr, "for a person")
	// want: errcheck f.Close
	f.Close()
	// want: errcheck Error return value is not checked
	return v.(string)
}

// Compared is what errorlint finds.
func Compared(err error) error {
	// want: errorlint comparing with ==
	if err == io.EOF {
		return nil
	}
	// want: errorlint type assertion on error
	if _, ok := err.(*net.OpError); ok {
		return nil
	}
	// want: errorlint non-wrapping format verb
	return fmt.Errorf("login: %v", err)
}

// LeftOpen is what bodyclose finds.
func LeftOpen(hc *http.Client, req *http.Request) (int, error) {
	// want: bodyclose response body must be closed
	resp, err := hc.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

// Endless is what noctx finds, and what is excepted.
func Endless() error {
	// want: noctx net/http.NewRequest must not be called
	_, err := http.NewRequest(http.MethodGet, "https://provider.example", nil)
	if err != nil {
		return err
	}
	// want: noctx net.Dial must not be called
	c, err := net.Dial("tcp", "127.0.0.1:1")
	if err != nil {
		return err
	}
	c.Close()
	// excepted: noctx net.Listen must not be called
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	l.Close()
	// excepted: noctx os/exec.Command must not be called
	return exec.Command("xdg-open").Run()
}

// Excused is what nolintlint finds.
func Excused(f *os.File) {
	// want: nolintlint should mention specific linter
	f.Close() //nolint // it says for which linter
	// want: nolintlint should provide explanation
	f.Close() //nolint:errcheck
	// want: nolintlint is unused for linter "errcheck"
	Commented() //nolint:errcheck // and it is needed
	f.Close()   //nolint:errcheck // this is how
}

// Forbidden is what forbidigo finds.
func Forbidden() *http.Client {
	// want: forbidigo time.Sleep
	time.Sleep(time.Second)
	// want: forbidigo fmt.Println
	fmt.Println("a library prints nothing")
	// want: forbidigo log.Printf
	log.Printf("nor here")
	_ = log.New(io.Discard, "", 0)
	// want: forbidigo http.DefaultClient
	return http.DefaultClient
}

// Has is what modernize finds.
func Has(list []string, s string) bool {
	// want: modernize slicescontains
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// RenewToken is deprecated as Square's operation is.
//
// Deprecated: Square retired it.
func RenewToken() {}

// Old is deprecated as well.
//
// Deprecated: nobody tests it.
func Old() {}

var errWrapped = errors.New("login: wrapped")

// Wrapped has nothing to find.
func Wrapped(err error) bool { return errors.Is(err, errWrapped) }
