package login_test

import (
	"strings"
	"testing"

	"github.com/grantway/grantway/login"
)

// STD-26: a machine with one family of addresses signs in over that one, by
// whatever mode.
func TestASignInOverEachFamilyAlone(t *testing.T) {
	for _, tt := range []struct{ name, prefix string }{{"IPv4 only", "127.0.0.1:"}, {"IPv6 only", "[::1]:"}} {
		t.Run(tt.name, func(t *testing.T) {
			login.OnlyFamily(t, tt.prefix)
			r := run(t, newSquare(t, "http://"+strings.TrimSuffix(tt.prefix, ":")+"/callback/square"))
			if !strings.HasPrefix(r.redirect(), "http://"+tt.prefix) {
				t.Errorf("it comes back to %s", r.redirect())
			}
			for _, address := range []string{strings.Replace(r.redirect(), tt.prefix, "localhost:", 1), r.redirect() + "/other"} {
				host := strings.SplitN(strings.TrimPrefix(address, "http://"), "/", 2)
				a := send(t, strings.SplitN(strings.TrimPrefix(r.redirect(), "http://"), "/", 2)[0], "GET /"+host[1]+"?state=junk HTTP/1.1\r\nHost: "+host[0]+"\r\n\r\n")
				refused(t, a, 404, 421)
			}
			r.waits()
			r.succeeds()

			redirect := "http://" + tt.prefix + freePort(t) + "/cb"
			r = run(t, newSquare(t, redirect), func(c *login.Config) { fixed(c, redirect) })
			r.succeeds()
		})
	}
}
