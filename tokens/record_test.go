package tokens

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/grantway/grantway"
	"github.com/grantway/grantway/provider"
)

func fullRecord() *record {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC)
	return &record{
		key: "acme///one", generation: 7, rejected: "invalid_grant",
		attempt: &attempt{ID: "example", StartedAt: at, Replays: 1},
		token: &grantway.Token{
			AccessToken: grantway.NewSecret("example-access"), RefreshToken: grantway.NewSecret("example-refresh"), Type: "bearer",
			Expiry: grantway.ExpiresAt(at), RefreshExpiry: grantway.NeverExpires(), ObtainedAt: at, Scopes: []string{"A"}, RequestedScopes: []string{"A", "B"}, WidenedScopes: []string{"C"}, Extra: map[string]string{"k": "v"},
		},
	}
}

func TestRecordComesBackAsItWas(t *testing.T) {
	for _, r := range []*record{fullRecord(), {key: "k", generation: 1}, {key: "k", generation: 1, token: &grantway.Token{AccessToken: grantway.NewSecret("a")}}} {
		data, err := r.marshal()
		if err != nil {
			t.Fatal(err)
		}
		got, err := unmarshalRecord(r.key, r.generation, data)
		if err != nil {
			t.Fatal(err)
		}
		got.unknown = nil
		if !reflect.DeepEqual(got, r) {
			t.Errorf("got %+v, want %+v", got, r)
		}
	}
}

// What was requested is in no record of an older release.
func TestRecordWithoutRequestedScopesIsRead(t *testing.T) {
	data, err := fullRecord().marshal()
	if err != nil {
		t.Fatal(err)
	}
	older := strings.Replace(string(data), `"requested_scopes":["A","B"],"widened_scopes":["C"],`, ``, 1)
	if older == string(data) {
		t.Fatalf("the members are not where this test looks: %s", data)
	}
	r, err := unmarshalRecord("acme///one", 7, []byte(older))
	if err != nil {
		t.Fatal(err)
	}
	want := fullRecord()
	want.token.RequestedScopes, want.token.WidenedScopes = nil, nil
	if r.unknown = nil; !reflect.DeepEqual(r, want) {
		t.Errorf("got %+v, want %+v", r, want)
	}
}

func TestRecordKeepsWhatItDoesNotKnow(t *testing.T) {
	data, err := fullRecord().marshal()
	if err != nil {
		t.Fatal(err)
	}
	with := strings.Replace(string(data), `{`, `{"later":{"a":[1]},`, 1)
	r, err := unmarshalRecord("acme///one", 7, []byte(with))
	if err != nil {
		t.Fatal(err)
	}
	r.generation++
	again, err := r.marshal()
	if err != nil || !strings.Contains(string(again), `"later":{"a":[1]}`) || !strings.Contains(string(again), `"generation":8`) {
		t.Errorf("%s, %v", again, err)
	}
}

func TestCheck073_ANewerSchemaAndARollbackAreRefused(t *testing.T) {
	data, err := fullRecord().marshal()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, tt := range []struct {
		name       string
		key        string
		generation uint64
		data       string
		want       error
	}{
		{"a newer schema", "acme///one", 7, strings.Replace(string(data), `"v":2`, `"v":3`, 1), errNewerSchema},
		{"a schema of next century", "acme///one", 7, `{"v":99,"token":{"shape":"unheard of"}}`, errNewerSchema},
		{"another credential's entry", "acme///two", 7, string(data), errOtherKey},
		{"an entry that was rolled back", "acme///one", 8, string(data), errGeneration},
		{"no schema", "acme///one", 7, `{}`, errUnreadable},
		{"a schema below the first", "acme///one", 7, `{"v":0}`, errUnreadable},
		{"garbage", "acme///one", 7, "\x00\x01example-secret", errUnreadable},
		{"nothing", "acme///one", 7, "", errUnreadable},
		{"two of one name", "acme///one", 7, strings.Replace(string(data), `"v":2`, `"v":2,"v":1`, 1), errUnreadable},
		{"a name in another case", "acme///one", 7, strings.Replace(string(data), `"v":2`, `"v":2,"KEY":"x"`, 1), errUnreadable},
		{"a token of the wrong type", "acme///one", 7, strings.Replace(string(data), `"example-access"`, `7`, 1), errUnreadable},
		{"no access token", "acme///one", 7, strings.Replace(string(data), `"example-access"`, `""`, 1), errUnreadable},
		{"an expiry that is no moment", "acme///one", 7, strings.Replace(string(data), `"never"`, `"soon"`, 1), errUnreadable},
		{"half of it", "acme///one", 7, string(data[:len(data)/2]), errUnreadable},
	} {
		_, err := unmarshalRecord(tt.key, tt.generation, []byte(tt.data))
		if !errors.Is(err, tt.want) || strings.Contains(err.Error(), "example") {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		n++
	}
	// Inverse: the same entry, untouched.
	if _, err := unmarshalRecord("acme///one", 7, data); err != nil {
		t.Errorf("inverse: %v", err)
	}
	t.Logf("figure: %d entries refused, unknown members kept", n)
}

func TestKeysDoNotCollide(t *testing.T) {
	keys := []Key{{}, {Provider: "a"}, {Account: "a"}, {Provider: "a", Environment: "b"}, {Provider: "a/b"}, {Provider: "a%2Fb"},
		{Provider: "a", Account: "b"}, {ClientID: "b", Provider: "a"}, {Provider: "a/", Environment: "b"}}
	seen := map[string]Key{}
	for _, k := range keys {
		if was, dup := seen[k.String()]; dup {
			t.Errorf("%+v and %+v are both %s", k, was, k)
		}
		seen[k.String()] = k
	}
}

// FuzzRecord: no entry makes it panic, and what it takes is written back the
// same.
func FuzzRecord(f *testing.F) {
	data, err := fullRecord().marshal()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{string(data), `{"v":1,"key":"acme///one","generation":7}`, `{"v":2}`, `{}`, `null`, `[]`, "", `{"v":1,"v":1}`,
		`{"v":1,"key":"acme///one","generation":7,"has_token":true,"access_token":"a","extra":null,"scopes":null}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := unmarshalRecord("acme///one", 7, data)
		if err != nil {
			if len(err.Error()) > 200 {
				t.Fatal("a long error")
			}
			return
		}
		again, err := r.marshal()
		if err != nil {
			t.Fatal(err)
		}
		b, err := unmarshalRecord("acme///one", 7, again)
		if err != nil {
			t.Fatalf("%v in what was written back", err)
		}
		if (b.token == nil) != (r.token == nil) || b.token != nil && !b.token.AccessToken.Equal(r.token.AccessToken) {
			t.Fatal("the token changed")
		}
	})
}

// A Source that is dropped without Close leaves nothing in the table of the
// process, the store least of all.
func TestADroppedSourceLeavesNothingBehind(t *testing.T) {
	count := func(store Store) (n int) {
		allShared.Range(func(id, _ any) bool {
			if id.(sharedID).store == store {
				n++
			}
			return true
		})
		return n
	}
	store := NewMemoryStore()
	open := func() *Source {
		s, err := NewSource(provider.TokenRules{Provider: "acme", Origin: "https://api.example.com",
			Refresh: func(context.Context, *grantway.Token) (*grantway.Token, error) { return nil, errors.New("never") },
			Advise:  func(*grantway.Token) provider.Advice { return provider.Advice{} }}, store, "", Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	kept := open()
	runtime.GC()
	if count(store) != 1 {
		t.Fatal("inverse: a Source that is in use has no entry")
	}
	runtime.KeepAlive(kept)
	kept = nil
	for i := 0; count(store) > 0; i++ {
		if i == 10_000 {
			t.Fatal("the entry stays")
		}
		runtime.GC() // the clean-up runs some time after it
	}
}

// A store whose error repeats what it was given does not print a token.
func TestAStoresErrorShowsNoToken(t *testing.T) {
	tok := &grantway.Token{AccessToken: grantway.NewSecret("example-access"), RefreshToken: grantway.NewSecret("example-refresh")}
	full := errors.New("no space left")
	for _, secret := range []string{"example-access", "example-refresh"} {
		err := (&Source{}).storeError("save", withoutSecrets(fmt.Errorf("insert %s: %w", secret, full), tok))
		for e := err; e != nil; e = errors.Unwrap(e) {
			if s := fmt.Sprintf("%v %+v %#v %s", e, e, e, e); strings.Contains(s, "example-") {
				t.Errorf("shown: %s", s)
			}
		}
		if !errors.Is(err, full) || !errors.Is(err, grantway.ErrStore) {
			t.Errorf("%v is not what it was", err)
		}
	}
	// Inverse: an error that repeats nothing is shown as it is.
	if err := withoutSecrets(full, tok); err != full { //nolint:errorlint // the very same error, not one that wraps it
		t.Errorf("got %v", err)
	}
}
