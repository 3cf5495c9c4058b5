package browser_test

import (
	"testing"

	"github.com/grantway/grantway/conformance/internal/webdriver"
)

// One engine after the other, for what starts a browser takes longer than what
// one does in it.
func TestBrowsers(t *testing.T) {
	if testing.Short() {
		t.Skip("browsers take minutes")
	}
	program := buildApp(t)
	webdriver.Each(t, func(t *testing.T, b *webdriver.Browser) {
		t.Run("finds faults of a page", func(t *testing.T) { findsFaults(t, b) })
		t.Run("login.Run", func(t *testing.T) { toolsSignIn(t, b) })
		t.Run("the web app", func(t *testing.T) { webAppSignsIn(t, b, program) })
		t.Run("the web app says how it is", func(t *testing.T) { webAppShowsStates(t, b, program) })
		t.Run("the web app refuses", func(t *testing.T) { webAppRefuses(t, b, program) })
		if !b.OnlyLooks {
			t.Run("L14: which cookies it keeps on loopback", func(t *testing.T) { keepsCookies(t, b) })
			t.Run("L14: the cookie over TLS", func(t *testing.T) { signsInOverTLS(t, b) })
		}
	})
}
