package builtbybit_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
)

func newBuiltByBit(t *testing.T, change ...func(*builtbybit.Config)) *builtbybit.Client {
	t.Helper()
	cfg := builtbybit.Config{ClientID: "client-abc", ClientSecret: grantway.NewSecret("example/secret"),
		RedirectURL: "http://localhost:8788/callback"}
	for _, c := range change {
		c(&cfg)
	}
	bb, err := builtbybit.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return bb
}

func onAFake(c *builtbybit.Config) { c.BaseURL = "http://127.0.0.1:8080" }

func TestBeginAuth(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config func(*builtbybit.Config)
		want   string
	}{
		{"on the web host", func(*builtbybit.Config) {},
			"https://builtbybit.com/account/external/authorize?client_id=client-abc&redirect_uri=http%3A%2F%2Flocalhost%3A8788%2Fcallback&response_type=code&scope=members.self&state=*"},
		{"on a fake, whose own query is kept", func(c *builtbybit.Config) { onAFake(c); c.AuthorizeURL = "http://127.0.0.1:8080/authorize?as=example" },
			"http://127.0.0.1:8080/authorize?as=example&client_id=client-abc&redirect_uri=http%3A%2F%2Flocalhost%3A8788%2Fcallback&response_type=code&scope=members.self&state=*"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := newBuiltByBit(t, tt.config).BeginAuth(builtbybit.AuthOptions{Scopes: []string{"members.self"}})
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(a.URL())
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Replace(a.URL(), u.Query().Get("state"), "*", 1); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestBeginAuthRefuses(t *testing.T) {
	scopes := []string{"members.self"}
	for _, tt := range []struct {
		name   string
		config func(*builtbybit.Config)
		o      builtbybit.AuthOptions
		field  string
	}{
		{"a request without a scope", func(*builtbybit.Config) {}, builtbybit.AuthOptions{}, "Scopes"},
		{"one without a redirect URL", func(c *builtbybit.Config) { c.RedirectURL = "" }, builtbybit.AuthOptions{Scopes: scopes}, "RedirectURL"},
		{"a redirect to another machine over http", func(*builtbybit.Config) {}, builtbybit.AuthOptions{Scopes: scopes, RedirectURL: "http://app.example/"}, "RedirectURL"},
		{"STD-18: BuiltByBit's page for another token endpoint", onAFake, builtbybit.AuthOptions{Scopes: scopes}, "AuthorizeURL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newBuiltByBit(t, tt.config).BeginAuth(tt.o)
			var e *grantway.Error
			if !errors.Is(err, grantway.ErrInvalidArgument) || !errors.As(err, &e) || e.Field != tt.field || e.Provider != "builtbybit" {
				t.Errorf("got %v", err)
			}
		})
	}
	_, err := builtbybit.New(builtbybit.Config{ClientID: "a", ClientSecret: grantway.NewSecret("example-secret"), AuthorizeURL: "https://acme.example/"})
	var e *grantway.Error
	if !errors.As(err, &e) || e.Field != "AuthorizeURL" {
		t.Errorf("another page for BuiltByBit's token endpoint: %v", err)
	}
}
