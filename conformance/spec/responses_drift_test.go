package spec_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/grantway/grantway/conformance/internal/calls"
	"github.com/grantway/grantway/conformance/internal/repo"
	"github.com/grantway/grantway/conformance/internal/spec"
	"github.com/grantway/grantway/internal/wiretest"
)

// pairs are the values of properties that their type alone does not settle.
var pairs = map[string]map[string]spec.Pair{
	"builtbybit": {
		"TokenResponse.token_type": {A: "Bearer", B: "bearer"}, // another one is refused
		"EnvelopeError.result":     {A: "error", B: nil},
	},
	"bytenite": {
		"AccessTokenResponse.expiresIn": {A: "1111", B: "2222"},
		"AccessTokenResponse.code":      {A: 3, B: nil}, // any but 0 refuses
		"SignOutResponse.code":          {A: 3, B: nil},
		"SkipResponse.code":             {A: 3, B: nil},
		"GenericError.code":             {A: 404, B: 400}, // reads like a status
		"RpcStatus.code":                {A: 3, B: 5},     // one of gRPC's
	},
	"square": {
		"LegacyError.type":                             {A: "service.not_authorized", B: "oauth.expired"}, // another one is not Square's
		"ObtainTokenResponse.token_type":               {A: "bearer", B: "Bearer"},
		"ObtainTokenResponse.expires_at":               {A: "2026-11-21T12:00:00Z", B: "2026-11-22T12:00:00Z"},
		"ObtainTokenResponse.refresh_token_expires_at": {A: "2026-11-21T12:00:00Z", B: "2026-11-22T12:00:00Z"},
		"RenewTokenResponse.token_type":                {A: "bearer", B: "Bearer"},
		"RenewTokenResponse.expires_at":                {A: "2026-11-21T12:00:00Z", B: "2026-11-22T12:00:00Z"},
		"RetrieveTokenStatusResponse.expires_at":       {A: "2026-11-21T12:00:00Z", B: "2026-11-22T12:00:00Z"},
	},
}

// notRead are the properties that no wrapper hands on, with the reason. "200"
// and "error" say in which answers.
var notRead = map[[3]string]string{
	{"builtbybit", "error", "EnvelopeError.result"}:         "always \"error\"; the status has said so",
	{"builtbybit", "error", "EnvelopeErrorDetail.message"}:  forPeople,
	{"builtbybit", "error", "OAuthError.error_description"}: forPeople,
	{"builtbybit", "error", "OAuthError.error_uri"}:         forPeople,
	{"bytenite", "200", "GenericError.message"}:             forPeople,
	{"bytenite", "200", "GenericError.description"}:         forPeople,
	{"bytenite", "error", "GenericError.message"}:           forPeople,
	{"bytenite", "error", "GenericError.description"}:       forPeople,
	{"bytenite", "error", "GenericResponse.message"}:        forPeople,
	{"bytenite", "error", "GenericResponse.ok"}:             "the status has said so",
	{"bytenite", "error", "RpcStatus.message"}:              forPeople,
	{"bytenite", "error", "RpcStatus.details"}:              "messages of any type, which only their own API knows how to read",
	{"bytenite", "error", "ProtobufAny.@type"}:              "part of RpcStatus.details",
}

const forPeople = "the server's text for people: it may repeat a credential, and is in Error.Body alone"

// drift compares what a spec declares with what the wrapper reads. It returns
// the properties that are declared, not read and not listed, and the entries of
// the list that are not needed.
func drift(t *testing.T, s *spec.Spec, list map[[3]string]string) (unread, stale []string, properties int) {
	t.Helper()
	needed := map[[3]string]bool{}
	for _, op := range s.Operations() {
		_, success := op.Success(t, calls.Success[s.Provider][op.ID])
		for _, p := range op.Probes(t, success, pairs[s.Provider]) {
			properties++
			kind := "error"
			if p.Status/100 == 2 {
				kind = "200"
			}
			key := [3]string{s.Provider, kind, p.Property}
			switch read := isRead(t, s.Provider, op.ID, p); {
			case read:
			case list[key] != "":
				needed[key] = true
			default:
				unread = append(unread, op.ID+" "+p.Answer+" "+p.Property)
			}
		}
	}
	for key := range list {
		if key[0] == s.Provider && !needed[key] {
			stale = append(stale, key[1]+" "+key[2])
		}
	}
	slices.Sort(stale)
	return unread, stale, properties
}

// isRead reports whether the two answers of a probe lead to different outcomes,
// and, where they differ in a text that was made up for this, whether the
// caller gets that text.
func isRead(t *testing.T, provider, operation string, p spec.Probe) bool {
	t.Helper()
	answer := func(body []byte) string {
		return outcome(first(t, provider, operation).Do(t, calls.Env{
			Transport: &wiretest.Transport{Reply: wiretest.Reply{Status: p.Status, Body: string(body)}}, Values: calls.Plain}))
	}
	a, b := answer(p.A), answer(p.B)
	_, name, _ := strings.Cut(p.Property, ".")
	marker := "marker_a_" + name
	if bytes.Contains(p.A, []byte(marker)) && !bytes.Contains(p.B, []byte(marker)) {
		return strings.Contains(a, marker)
	}
	return a != b
}

func TestEveryPropertyOfAnAnswerReachesTheCaller(t *testing.T) {
	for _, provider := range repo.Providers(t) {
		t.Run(provider, func(t *testing.T) {
			unread, stale, properties := drift(t, spec.Load(t, provider), notRead)
			for _, p := range unread {
				t.Errorf("%s is in the spec, and the wrapper does not read it", p)
			}
			for _, p := range stale {
				t.Errorf("%s is listed as not read, and is read or not in the spec", p)
			}
			if properties == 0 {
				t.Error("no property was looked at")
			}
			t.Logf("properties of answers, per operation and status: %d", properties)
		})
	}
}

func TestAnInventedPropertyOfAnAnswerIsSeenAsNotRead(t *testing.T) {
	for _, c := range []struct{ provider, schema, want string }{
		{"builtbybit", "TokenResponse", "requestToken 200 TokenResponse.invented"},
		{"builtbybit", "OAuthError", "requestToken 4XX OAuthError.invented"},
		{"bytenite", "SkipResponse", "skip 200 SkipResponse.invented"},
		{"bytenite", "RpcStatus", "accessToken default RpcStatus.invented"},
		{"square", "RetrieveTokenStatusResponse", "retrieveTokenStatus 200 RetrieveTokenStatusResponse.invented"},
		{"square", "Error", "obtainToken 200 Error.invented"},
	} {
		t.Run(c.provider+"/"+c.schema, func(t *testing.T) {
			s := spec.Load(t, c.provider)
			s.Doc.Components.Schemas[c.schema].Value.Properties["invented"] = openapi3.NewStringSchema().NewRef()
			if unread, _, _ := drift(t, s, notRead); !slices.Contains(unread, c.want) {
				t.Errorf("not seen: %s; seen: %v", c.want, unread)
			}
		})
	}
}

func TestAnEntryTooManyOrTooFewInTheListOfWhatIsNotReadIsSeen(t *testing.T) {
	s := spec.Load(t, "square")
	extra := [3]string{"square", "200", "ObtainTokenResponse.merchant_id"}
	if _, stale, _ := drift(t, s, map[[3]string]string{extra: "wrong: it is read"}); !slices.Equal(stale, []string{"200 ObtainTokenResponse.merchant_id"}) {
		t.Errorf("stale entries: %v", stale)
	}
	s = spec.Load(t, "builtbybit")
	if unread, _, _ := drift(t, s, nil); !slices.Contains(unread, "requestToken 4XX OAuthError.error_uri") {
		t.Errorf("not read: %v", unread)
	}
}
