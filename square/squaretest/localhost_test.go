package squaretest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
)

// L8: the desktop case, as Square's reference has it.
func TestAPortOfLocalhostThatIsNotRegistered(t *testing.T) {
	const challenge = "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	for _, tt := range []struct {
		name, registered, query string
		option, ok              bool
	}{
		{"L8: a port in place of the placeholder", "http://localhost:<port>/cb", "&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcb" + challenge, true, true},
		{"L8: without a path", "http://localhost:<port>", "&redirect_uri=http%3A%2F%2Flocalhost%3A8000" + challenge, true, true},
		{"L8: in the code flow", "http://localhost:<port>/cb", "&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcb", true, false},
		{"L8: no port", "http://localhost:<port>/cb", "&redirect_uri=http%3A%2F%2Flocalhost%2Fcb" + challenge, true, false},
		{"L8: no redirect URL", "http://localhost:<port>/cb", challenge, true, false},
		{"L8: another path", "http://localhost:<port>/cb", "&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fother" + challenge, true, false},
		{"L8: another host", "http://localhost:<port>/cb", "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Fcb" + challenge, true, false},
		{"L8: the placeholder itself", "http://localhost:<port>/cb", "&redirect_uri=http%3A%2F%2Flocalhost%3A%3Cport%3E%2Fcb" + challenge, true, false},
		{"without the option another port is another address", "http://localhost:8000/cb", "&redirect_uri=http%3A%2F%2Flocalhost%3A8001%2Fcb" + challenge, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fake, err := squaretest.Start(squaretest.Options{RedirectURL: tt.registered, DynamicLocalhost: tt.option})
			if err != nil {
				t.Fatal(err)
			}
			defer fake.Close()
			got, err := fake.Allow(fake.AuthorizeURL() + "?client_id=example-application" + tt.query)
			if (err == nil) != tt.ok || tt.ok && !strings.HasPrefix(got, "http://localhost:8000") {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
	if _, err := squaretest.Start(squaretest.Options{RedirectURL: "https://app.example/cb", DynamicLocalhost: true}); err == nil {
		t.Error("the option goes with any address")
	}
}

// L8: a public client signs in on a desktop, from end to end.
func TestAPublicClientOnADesktop(t *testing.T) {
	fake, err := squaretest.Start(squaretest.Options{RedirectURL: "http://localhost:<port>/cb", DynamicLocalhost: true})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	cfg := fake.Config()
	cfg.ApplicationSecret = grantway.Secret{}
	sq, err := square.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	auth, err := sq.BeginAuth(square.AuthOptions{RedirectURL: "http://localhost:8000/cb", DynamicLocalhost: true})
	if err != nil {
		t.Fatal(err)
	}
	callback, err := fake.Allow(auth.URL())
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, callback, nil)
	if err != nil {
		t.Fatal(err)
	}
	code, err := sq.Callback(auth, r)
	if err != nil {
		t.Fatal(err)
	}
	if token, err := sq.Exchange(context.Background(), code); err != nil || token.Extra[square.ExtraFlow] != square.FlowPKCE {
		t.Errorf("%v, %v", token, err)
	}
}
