package browser_test

import (
	"testing"

	"github.com/grantway/grantway/conformance/internal/webdriver"
)

// A person makes the provider fail, and sees what comes of it: each state that the
// web app has a name for, by the demo's own buttons.
func webAppShowsStates(t *testing.T, browser *webdriver.Browser, program string) {
	for _, p := range providers {
		t.Run(p.name, func(t *testing.T) {
			app := startApp(t, program) // each has its own clock
			tab := browser.User(t)
			tab.Goto(app + "/connect/" + p.name)
			tab.Click(p.user1())
			tab.Click(allow)
			// press is a button of the demo, or of the provider's section. The app is
			// opened anew then, without the notice that a failure leaves.
			press := func(action string) {
				t.Helper()
				tab.Click("form[action='" + action + "'] button")
				tab.Goto(app)
			}
			tab.Shows("Connected", "Last refresh", "Good until", "Next refresh")
			tab.Shot(p.name + "-10-connected")

			press("/demo/later")
			tab.Shows("Refreshing soon")
			tab.Shot(p.name + "-11-due")

			press("/demo/" + p.name + "/503")
			tab.Click("form[action='/refresh/" + p.name + "'] button")
			tab.Shows(p.title + " does not answer as it should")
			tab.Shot(p.name + "-12-refresh-failed")
			tab.Goto(app)
			tab.Shows(p.title+" is down", "Renewing the access fails since")
			tab.Shot(p.name + "-13-down")

			press("/demo/later")
			press("/demo/" + p.name + "/page")
			press("/refresh/" + p.name)
			tab.Shows("Something is between us and "+p.title, "Renewing the access fails since")
			tab.Shot(p.name + "-14-not-judged")

			press("/demo/later")
			press("/demo/later")
			tab.Shows("Likely dead", "Sign in again")
			tab.Shot(p.name + "-15-likely-dead")

			press("/demo/" + p.name + "/up")
			press("/refresh/" + p.name)
			tab.Shows("Connected", "Next refresh") // it was not: nobody had to sign in

			press("/demo/" + p.name + "/revoke")
			press("/demo/later")
			press("/refresh/" + p.name)
			tab.Shows(p.title+" has refused the access on", "Sign in again")
			tab.Shot(p.name + "-16-refused")
			tab.Click(p.connect())
			tab.Click(p.user1())                  // 40 days later, the provider has forgotten who it was
			tab.Shows("Allow access for Webapp?") // the access has ended, so that it is asked for
			tab.Click(allow)
			tab.Shows("Connected", "Next refresh")
			staysHere(t, tab)
		})
	}
}
