package scorecard

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/builtbybit"
	"github.com/grantway/grantway/builtbybit/builtbybittest"
	"github.com/grantway/grantway/bytenite"
	"github.com/grantway/grantway/bytenite/bytenitetest"
	"github.com/grantway/grantway/internal/wiretest"
	"github.com/grantway/grantway/square"
	"github.com/grantway/grantway/square/squaretest"
	"github.com/grantway/grantway/tokens"
)

// ask is what the configuration of each provider takes in place of its secret.
type ask = func(context.Context) (grantway.Secret, error)

// asking is newClients with a function for the secret.
func asking(t testing.TB, cfg grantway.ClientConfig, f ask) clients {
	t.Helper()
	sq, err := square.New(square.Config{ClientConfig: cfg, ApplicationID: "example-app", ApplicationSecretFunc: f})
	if err != nil {
		t.Fatal(err)
	}
	bb, err := builtbybit.New(builtbybit.Config{ClientConfig: cfg, ClientID: "example-client", ClientSecretFunc: f})
	if err != nil {
		t.Fatal(err)
	}
	bn, err := bytenite.New(bytenite.Config{ClientConfig: cfg, APIKeyFunc: f})
	if err != nil {
		t.Fatal(err)
	}
	return clients{square: sq, builtbybit: bb, bytenite: bn}
}

// secretFields are the fields of the three functions, by provider.
var secretFields = map[string]string{"square": "ApplicationSecretFunc", "builtbybit": "ClientSecretFunc", "bytenite": "APIKeyFunc"}

// needsSecret tells the operations that the client's own secret goes with.
func (op operation) needsSecret() bool {
	switch op.id() {
	case "square.retrieveTokenStatus", "bytenite.signOut", "bytenite.skip":
		return false
	}
	return secretFields[op.provider()] != ""
}

func (op operation) provider() string {
	p, _, _ := strings.Cut(op.name, ".")
	return p
}

func TestASecretIsAskedForByEachCallThatNeedsIt(t *testing.T) {
	// rotated calls op twice, and returns which secrets went out.
	rotated := func(t *testing.T, op operation, make func(cfg grantway.ClientConfig, f ask) clients) (asked int, sent string) {
		wire := &wiretest.Transport{Reply: wiretest.Reply{Body: op.success}}
		secrets := []string{"example-first", "example-second"}
		c := make(grantway.ClientConfig{HTTPClient: wire.Client()}, func(context.Context) (grantway.Secret, error) {
			asked++
			return grantway.NewSecret(secrets[asked-1]), nil
		})
		for range secrets {
			if err := op.call(context.Background(), c); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range wire.Requests() {
			for _, s := range append(secrets, canarySecret, canaryKey) {
				sent += strings.Repeat(" "+s, places(r, s))
			}
		}
		return asked, sent
	}
	for _, op := range operations {
		if secretFields[op.provider()] == "" {
			continue // an addition's
		}
		t.Run(op.name, func(t *testing.T) {
			wantAsked, want := 0, ""
			if op.needsSecret() {
				wantAsked, want = 2, " example-first example-second"
			}
			asked, sent := rotated(t, op, func(cfg grantway.ClientConfig, f ask) clients { return asking(t, cfg, f) })
			if asked != wantAsked || sent != want {
				t.Errorf("asked %d times, sent%s; want %d times and%s", asked, sent, wantAsked, want)
			}
			// Inverse: a secret that is fixed goes out again as it was.
			if asked, sent = rotated(t, op, func(cfg grantway.ClientConfig, _ ask) clients { return newClients(t, cfg) }); asked != 0 || op.needsSecret() && sent == want {
				t.Errorf("inverse: asked %d times, sent%s", asked, sent)
			}
		})
	}
}

// refused is a grantway.Error that a function may have met on its own way to a
// secret: it says nothing about the call.
var refused = &grantway.Error{Provider: "vault", Kind: grantway.KindRejected, Reason: canarySecret}

type canaryError struct{ Text string }

func (e canaryError) Error() string { return e.Text }

func TestWhatTheFunctionForASecretDoesWrongIsATypedErrorAndNothingIsSent(t *testing.T) {
	secret := grantway.NewSecret
	returns := func(s grantway.Secret, err error) ask {
		return func(context.Context) (grantway.Secret, error) { return s, err }
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	soon, stop := context.WithTimeout(context.Background(), time.Millisecond)
	defer stop()
	for _, tt := range []struct {
		name  string
		ctx   context.Context
		f     ask
		kind  grantway.Kind
		cause error // reachable
		never error // not reachable
	}{
		{"nothing", nil, returns(grantway.Secret{}, nil), grantway.KindInvalid, nil, nil},
		{"a line break", nil, returns(secret(canarySecret+"\r\nX-Evil: 1"), nil), grantway.KindInvalid, nil, nil},
		{"white space, as a file ends with", nil, returns(secret(canarySecret+"\n"), nil), grantway.KindInvalid, nil, nil},
		{"a pasted Basic header", nil, returns(secret("Basic "+canarySecret), nil), grantway.KindInvalid, nil, nil},
		{"a pasted Client header", nil, returns(secret("Client "+canarySecret), nil), grantway.KindInvalid, nil, nil},
		{"no UTF-8", nil, returns(secret(canarySecret+"\xff"), nil), grantway.KindInvalid, nil, nil},
		{"an error that repeats a secret", nil, returns(grantway.Secret{}, fmt.Errorf("no %s: %w", canarySecret, fs.ErrNotExist)), grantway.KindNotSent, fs.ErrNotExist, nil},
		{"an error of a type that prints itself", nil, returns(grantway.Secret{}, canaryError{canarySecret}), grantway.KindNotSent, canaryError{canarySecret}, nil},
		{"an error beside a secret", nil, returns(secret(canarySecret), fs.ErrPermission), grantway.KindNotSent, fs.ErrPermission, nil},
		{"a refusal that it met itself", nil, returns(grantway.Secret{}, refused), grantway.KindNotSent, nil, grantway.ErrReauthorize},
		{"several errors", nil, returns(grantway.Secret{}, errors.Join(fs.ErrClosed, refused)), grantway.KindNotSent, fs.ErrClosed, grantway.ErrReauthorize},
		{"its own deadline", nil, returns(grantway.Secret{}, context.DeadlineExceeded), grantway.KindNotSent, context.DeadlineExceeded, nil},
		{"the end of a context that has ended", ended, returns(secret(canarySecret), nil), grantway.KindNotSent, context.Canceled, nil},
		{"the end of a context that ends meanwhile", soon, func(ctx context.Context) (grantway.Secret, error) {
			<-ctx.Done()
			return grantway.Secret{}, ctx.Err()
		}, grantway.KindNotSent, context.DeadlineExceeded, nil},
		{"a secret when the context has ended", soon, func(ctx context.Context) (grantway.Secret, error) {
			<-ctx.Done()
			return secret(canarySecret), nil
		}, grantway.KindNotSent, context.DeadlineExceeded, nil},
	} {
		for _, op := range operations {
			if !op.needsSecret() {
				continue
			}
			t.Run(tt.name+": "+op.name, func(t *testing.T) {
				ctx := tt.ctx
				if ctx == nil {
					ctx = context.Background()
				}
				wire := &wiretest.Transport{Reply: wiretest.Reply{Body: op.success}}
				err := op.call(ctx, asking(t, grantway.ClientConfig{HTTPClient: wire.Client()}, tt.f))
				var e *grantway.Error
				if !errors.As(err, &e) || e.Kind != tt.kind || e.Provider != op.provider() || !errors.Is(err, grantway.ErrNotSent) {
					t.Fatalf("got %v", err)
				}
				if e.Kind == grantway.KindInvalid && e.Field != secretFields[op.provider()] {
					t.Errorf("the field is %q", e.Field)
				}
				if tt.cause != nil && !errors.Is(err, tt.cause) || tt.never != nil && errors.Is(err, tt.never) {
					t.Errorf("the cause is %v", errors.Unwrap(err))
				}
				if err := shows(prints(err), canarySecret); err != nil {
					t.Error(err)
				}
				if n := len(wire.Requests()); n != 0 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
	// Inverse: the same assertion sees what a careless wrapper would show.
	if shows(prints(fmt.Errorf("ApplicationSecretFunc: %w", canaryError{canarySecret})), canarySecret) == nil {
		t.Error("inverse: the text of the cause is not seen")
	}
}

func TestNoErrorEchoesASecretThatWasAskedFor(t *testing.T) {
	basic := strings.TrimRight(base64.StdEncoding.EncodeToString([]byte("example-client:"+canarySecret)), "=")
	for _, op := range operations {
		if !op.needsSecret() {
			continue
		}
		for _, echo := range []string{canarySecret, basic} {
			if echo == basic && op.provider() != "builtbybit" {
				continue // it never saw that
			}
			for _, body := range []string{`{"error":"` + echo + `"}`, `{"errors":[{"category":"X","code":"` + echo + `"}]}`, `{"requestId":"` + echo + `","ok":false}`} {
				wire := &wiretest.Transport{Reply: wiretest.Reply{Status: 401, Body: body, Header: map[string]string{"X-Request-Id": echo}}}
				err := op.call(context.Background(), asking(t, grantway.ClientConfig{HTTPClient: wire.Client()}, func(context.Context) (grantway.Secret, error) {
					return grantway.NewSecret(canarySecret), nil
				}))
				var e *grantway.Error
				if !errors.As(err, &e) || strings.Contains(e.Code+strings.Join(e.Codes, "")+e.RequestID, echo) {
					t.Errorf("%s: %v has code %q, request id %q", op.name, err, e.Code, e.RequestID)
				}
				if err := shows(prints(err), echo); err != nil {
					t.Errorf("%s: %v", op.name, err)
				}
			}
		}
	}
}

func TestASecretIsGivenOrAskedForButNotBoth(t *testing.T) {
	secret := grantway.NewSecret("example-secret")
	f := func(context.Context) (grantway.Secret, error) { return secret, nil }
	for _, tt := range []struct {
		name, field string
		make        func() error
	}{
		{"Square with both", "ApplicationSecretFunc", func() error {
			_, err := square.New(square.Config{ApplicationID: "example-app", ApplicationSecret: secret, ApplicationSecretFunc: f})
			return err
		}},
		{"Square with neither, which is a public client", "", func() error {
			_, err := square.New(square.Config{ApplicationID: "example-app"})
			return err
		}},
		{"BuiltByBit with both", "ClientSecretFunc", func() error {
			_, err := builtbybit.New(builtbybit.Config{ClientID: "example-client", ClientSecret: secret, ClientSecretFunc: f})
			return err
		}},
		{"BuiltByBit with neither", "ClientSecret", func() error {
			_, err := builtbybit.New(builtbybit.Config{ClientID: "example-client"})
			return err
		}},
		{"ByteNite with both", "APIKeyFunc", func() error {
			_, err := bytenite.New(bytenite.Config{APIKey: secret, APIKeyFunc: f})
			return err
		}},
		{"ByteNite with neither", "APIKey", func() error {
			_, err := bytenite.New(bytenite.Config{})
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.make()
			var e *grantway.Error
			if tt.field == "" && err != nil || tt.field != "" && (!errors.As(err, &e) || e.Kind != grantway.KindInvalid || e.Operation != "config" || e.Field != tt.field) {
				t.Errorf("got %v, want the field %q", err, tt.field)
			}
		})
	}
}

// deployment is a program whose secret was changed at the provider.
type deployment struct {
	name string
	// begin starts the fake and signs in. It returns the source, its clock, what
	// changes the secret at the provider, and how many requests that has seen.
	begin func(t *testing.T, f ask) (src *tokens.Source, advance func(time.Duration), change func(grantway.Secret), requests func() int)
}

// signedIn is a source with the token that code buys.
func signedIn(t *testing.T, c interface {
	Exchange(context.Context, grantway.AuthorizationCode) (*grantway.Token, error)
	TokenSource(tokens.Store, string, tokens.Options) (*tokens.Source, error)
}, code grantway.AuthorizationCode) *tokens.Source {
	t.Helper()
	src, err := c.TokenSource(tokens.NewMemoryStore(), "example-account", tokens.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tok, err := c.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	if err := src.Save(t.Context(), tok); err != nil {
		t.Fatal(err)
	}
	return src
}

var deployments = []deployment{
	{"Square, the code flow", func(t *testing.T, f ask) (*tokens.Source, func(time.Duration), func(grantway.Secret), func() int) {
		fake, err := squaretest.Start(squaretest.Options{ApplicationSecret: grantway.NewSecret("example-old")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(fake.Close)
		cfg := fake.Config()
		cfg.ApplicationSecret, cfg.ApplicationSecretFunc = grantway.Secret{}, f
		c, err := square.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return signedIn(t, c, fake.IssueCode(squaretest.Grant{})), fake.Advance, fake.SetApplicationSecret, func() int { return len(fake.Requests()) }
	}},
	{"BuiltByBit", func(t *testing.T, f ask) (*tokens.Source, func(time.Duration), func(grantway.Secret), func() int) {
		fake, err := builtbybittest.Start(builtbybittest.Options{ClientSecret: grantway.NewSecret("example-old")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(fake.Close)
		cfg := fake.Config()
		cfg.ClientSecret, cfg.ClientSecretFunc = grantway.Secret{}, f
		c, err := builtbybit.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return signedIn(t, c, fake.IssueCode(builtbybittest.Grant{})), fake.Advance, fake.SetClientSecret, func() int { return len(fake.Requests()) }
	}},
	{"ByteNite", func(t *testing.T, f ask) (*tokens.Source, func(time.Duration), func(grantway.Secret), func() int) {
		fake, err := bytenitetest.Start(bytenitetest.Options{APIKey: grantway.NewSecret("example-old")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(fake.Close)
		cfg := fake.Config()
		cfg.APIKey, cfg.APIKeyFunc = grantway.Secret{}, f
		c, err := bytenite.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		src, err := c.TokenSource(tokens.NewMemoryStore(), "", tokens.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := src.TokenContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		return src, fake.Advance, fake.SetAPIKey, func() int { return len(fake.Requests()) }
	}},
}

func TestASourceRecoversFromABadSecretWithoutARestart(t *testing.T) {
	for _, d := range deployments {
		for _, tt := range []struct {
			name string
			bad  ask
			want error
			sent int // requests with what was bad
		}{
			{"the old one after it was changed", func(context.Context) (grantway.Secret, error) { return grantway.NewSecret("example-old"), nil }, grantway.ErrBadClient, 1},
			{"none", func(context.Context) (grantway.Secret, error) { return grantway.Secret{}, nil }, grantway.ErrInvalidArgument, 0},
			{"a function that fails", func(context.Context) (grantway.Secret, error) { return grantway.Secret{}, fs.ErrNotExist }, fs.ErrNotExist, 0},
		} {
			t.Run(d.name+": "+tt.name, func(t *testing.T) {
				current, asked := func(context.Context) (grantway.Secret, error) { return grantway.NewSecret("example-old"), nil }, 0
				src, advance, change, requests := d.begin(t, func(ctx context.Context) (grantway.Secret, error) {
					asked++
					return current(ctx)
				})
				defer src.Close()
				change(grantway.NewSecret("example-new"))
				current, asked = tt.bad, 0
				advance(365 * 24 * time.Hour) // over the access token's life
				before := requests()
				for range 10 { // asked again and again, it keeps its pace
					if tok, err := src.TokenContext(t.Context()); !errors.Is(err, tt.want) {
						t.Fatalf("got %v, %v, want %v", tok, err, tt.want)
					}
				}
				if n := requests() - before; n != tt.sent || asked != 1 {
					t.Errorf("%d requests, asked %d times; want %d and once", n, asked, tt.sent)
				}
				st, err := src.Status(t.Context())
				if err != nil || !st.RejectedSince.IsZero() || !st.OutcomeUnknownSince.IsZero() || st.LastError == nil {
					t.Errorf("it counts as spent: %v, %v", st, err)
				}
				current = func(context.Context) (grantway.Secret, error) { return grantway.NewSecret("example-new"), nil }
				advance(2 * time.Minute) // over the pause
				if _, err := src.TokenContext(t.Context()); err != nil {
					t.Errorf("with the right secret: %v", err)
				}
				if st, err = src.Status(t.Context()); err != nil || st.LastError != nil || !st.HasToken {
					t.Errorf("afterwards: %v, %v", st, err)
				}
			})
		}
	}
}
